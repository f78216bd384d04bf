"""The tables. Importing this package registers every one of them on `Base.metadata`."""

from backend.models.assignment import Assignment
from backend.models.box_prediction import BoxPrediction
from backend.models.dataset_version import DatasetVersion
from backend.models.edit import Edit
from backend.models.finding import Finding
from backend.models.fov import Fov
from backend.models.job import Job
from backend.models.model_version import ModelVersion
from backend.models.project import Project
from backend.models.promotion import Promotion
from backend.models.review import Review
from backend.models.revision import Revision
from backend.models.run import Run
from backend.models.task import Task
from backend.models.user import User
from backend.models.view_presets import ViewPresets

__all__ = [
    "Assignment",
    "BoxPrediction",
    "DatasetVersion",
    "Edit",
    "Finding",
    "Fov",
    "Job",
    "ModelVersion",
    "Project",
    "Promotion",
    "Review",
    "Revision",
    "Run",
    "Task",
    "User",
    "ViewPresets",
]
