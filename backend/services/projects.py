"""Projects and their settings."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend.errors import AlreadyExists, Conflict, InvalidInput, NotFound
from backend.models import Job, Project
from backend.services.cell_types import read_cell_types
from backend.services.context import Context
from backend.services.model_versions import first_predictor
from backend.services.names import clean_name
from backend.services.setting_values import is_whole
from backend.services.submit_checks import read_submit_checks
from backend.services.view_presets import read_view_presets
from pipeline.errors import PipelineError
from pipeline.qc import QcThresholds
from pipeline.watershed_settings import check_postprocessing

CROP_SIZES_PX = (32, 2048)
FIRST_PREDICTORS = ("default", "baseline")
TRAINING_STARTS = ("default", "fresh", "current")
SHRINKS = ("auto", "1", "2", "4", "8")


@dataclass(frozen=True)
class ProjectSettings:
    """What a project sets for its jobs, its annotators and its quality control.

    `qc` holds thresholds by name, the rest of them at their defaults; `predictor` makes the proposals
    until a model version is promoted. `cell_types`, `submit_checks` and `view_presets` are what annotators
    find in the editor; see the modules of these names. `postprocessing` sets parameters of the watershed by
    compartment, for predictors that have them; the rest stays as the model has it. `train_from` is what a
    training begins with: `default`, the model that comes with the program where there is one; `fresh`,
    weights that have seen nothing; `current`, the model version that predicts new jobs. `hide_uncertain`
    keeps cells that annotators marked as uncertain out of training: they are neither cell nor background.
    `shrink` is how many pixels of an image lie along the side of one that the predictor sees, `auto` to let
    it choose for each FOV.
    """

    qc: Mapping[str, Any] = field(default_factory=dict)
    crop_size_px: int = 270
    overlap: float = 0.2
    retrain_min_new_cells: int = 500
    predictor: str = "default"
    cell_types: Sequence[Mapping[str, Any]] = ()
    submit_checks: Mapping[str, Any] = field(default_factory=dict)
    view_presets: Sequence[Mapping[str, Any]] = ()
    postprocessing: Mapping[str, Any] = field(default_factory=dict)
    train_from: str = "default"
    hide_uncertain: bool = True
    shrink: str = "auto"

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "ProjectSettings":
        """Read settings, the absent ones at their defaults.

        Raises
        ------
        InvalidInput
            Naming the unknown keys, or the value that cannot be and what was expected.
        """
        known = {item.name for item in fields(cls)}
        unknown = sorted(str(key) for key in set(values) - known)
        if unknown:
            raise InvalidInput(
                f"A project has no setting {', '.join(unknown)}; known are {', '.join(sorted(known))}."
            )
        settings = cls(**values)
        settings.check()
        return settings

    def check(self) -> None:
        """Raise `InvalidInput` for the first setting that cannot be."""
        check_crop_plan(self.crop_size_px, self.overlap)
        if not is_whole(self.retrain_min_new_cells) or self.retrain_min_new_cells < 1:
            raise InvalidInput(
                f"retrain_min_new_cells is {self.retrain_min_new_cells!r}; give a whole number of 1 or more."
            )
        if self.predictor not in FIRST_PREDICTORS:
            raise InvalidInput(f"predictor is {self.predictor!r}; give {' or '.join(FIRST_PREDICTORS)}.")
        if not isinstance(self.qc, Mapping):
            raise InvalidInput(f"qc is {self.qc!r}; give thresholds by name.", field="qc")
        self.qc_thresholds()
        check_training_start(self.train_from)
        if self.shrink not in SHRINKS:
            raise InvalidInput(f"shrink is {self.shrink!r}; give {', '.join(SHRINKS)}.", field="shrink")
        if not isinstance(self.hide_uncertain, bool):
            raise InvalidInput(f"hide_uncertain is {self.hide_uncertain!r}; give true or false.")
        self.watershed_parameters()
        self.editor_settings()

    def editor_settings(self) -> dict[str, Any]:
        """`cell_types`, `submit_checks` and `view_presets` in full, the defaults filled in.

        Raises
        ------
        InvalidInput
            Naming the entry, the key and the value that cannot be.
        """
        return {
            "cell_types": read_cell_types(self.cell_types),
            "submit_checks": read_submit_checks(self.submit_checks),
            "view_presets": read_view_presets(self.view_presets),
        }

    def qc_thresholds(self) -> QcThresholds:
        """The thresholds for `pipeline.qc.run_qc`; raises `InvalidInput` for unknown names."""
        try:
            return QcThresholds.from_settings(dict(self.qc))
        except PipelineError as fault:
            raise InvalidInput(f"qc: {fault}", field="qc") from fault

    def watershed_parameters(self) -> dict[str, dict[str, Any]]:
        """`postprocessing`, checked; raises `InvalidInput` for unknown names and values out of range."""
        try:
            return check_postprocessing(self.postprocessing)
        except PipelineError as fault:
            raise InvalidInput(str(fault), field="postprocessing") from fault

    def chosen_shrink(self) -> int | None:
        """`shrink` as a number; None when the predictor chooses."""
        return None if self.shrink == "auto" else int(self.shrink)

    def to_dict(self) -> dict[str, Any]:
        """The settings as they are stored and shown."""
        own = {"qc": dict(self.qc), "postprocessing": self.watershed_parameters()}
        return {**asdict(self), **own, **self.editor_settings()}


def check_training_start(train_from: object) -> None:
    """Raise `InvalidInput` for what a training cannot begin with."""
    if train_from not in TRAINING_STARTS:
        raise InvalidInput(f"train_from is {train_from!r}; give {', '.join(TRAINING_STARTS)}.")


def check_crop_plan(crop_size_px: object, overlap: object) -> None:
    """Raise `InvalidInput` unless crops of this size and overlap can be handed out."""
    least, most = CROP_SIZES_PX
    if not is_whole(crop_size_px) or not least <= crop_size_px <= most:
        raise InvalidInput(f"crop_size_px is {crop_size_px!r}; give {least} to {most} px.")
    if isinstance(overlap, bool) or not isinstance(overlap, int | float) or not 0 <= overlap <= 0.5:
        raise InvalidInput(f"overlap is {overlap!r}; give a share from 0 to 0.5.")


def create_project(
    session: Session, context: Context, *, name: str, settings: Mapping[str, Any] | None = None
) -> Project:
    """Add a project; raises `AlreadyExists` when the name is taken and `InvalidInput` for bad settings."""
    project = Project(
        name=clean_name(name, what="project", longest=200),
        settings=ProjectSettings.from_dict(settings or {}).to_dict(),
        created_at=context.clock.now(),
    )
    try:
        with session.begin_nested():
            session.add(project)
    except IntegrityError:
        raise AlreadyExists(f"There is a project {project.name!r} already; choose another name.") from None
    return project


def get_project(session: Session, *, project_id: int) -> Project:
    """The project of this id, or `NotFound`."""
    project = session.get(Project, project_id)
    if project is None:
        raise NotFound(f"There is no project {project_id}.")
    return project


@dataclass(frozen=True)
class PredictionSettings:
    """What a project sets for predictors.

    postprocessing : parameters of the watershed by compartment
    shrink : how much images are shrunk; None when the predictor chooses
    """

    postprocessing: Mapping[str, Mapping[str, Any]]
    shrink: int | None


def prediction_settings(session: Session, *, project_id: int) -> PredictionSettings:
    """What a project sets for predictors."""
    settings = ProjectSettings.from_dict(get_project(session, project_id=project_id).settings)
    return PredictionSettings(settings.watershed_parameters(), settings.chosen_shrink())


def find_project(session: Session, *, name: str) -> Project | None:
    """The project of this name."""
    return session.scalar(select(Project).where(Project.name == name.strip()))


def list_projects(session: Session) -> Sequence[Project]:
    """Every project, by name."""
    return session.scalars(select(Project).order_by(Project.name)).all()


def update_settings(session: Session, *, project_id: int, changes: Mapping[str, Any]) -> Project:
    """Change the named settings of a project and leave the others; raises as `ProjectSettings.from_dict`.

    The predictor can be changed until the first job is launched; later it is a `Conflict`.
    """
    project = session.get(Project, project_id, with_for_update=True, populate_existing=True)
    if project is None:
        raise NotFound(f"There is no project {project_id}.")
    held = {"predictor": first_predictor(session, project_id), **project.settings}
    settings = ProjectSettings.from_dict({**held, **changes}).to_dict()
    _refuse_other_predictor(session, project, settings["predictor"])
    project.settings = settings
    session.flush()
    return project


def _refuse_other_predictor(session: Session, project: Project, predictor: str) -> None:
    """Proposals are told apart by model version, so what proposes before the first one cannot change."""
    made_by = first_predictor(session, project.id)
    has_jobs = session.scalar(select(Job.id).where(Job.project_id == project.id).limit(1)) is not None
    if predictor != made_by and has_jobs:
        raise Conflict(
            f"Project {project.name!r} has jobs whose proposals the {made_by} made; its predictor stays."
            f" Start another project to work with the {predictor}."
        )
