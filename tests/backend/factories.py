"""Rows for the tests of the backend: people, projects, FOVs with labels, jobs with tasks, assignments."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy.orm import Session

from backend.db import transaction
from backend.models import Assignment, DatasetVersion, Fov, ModelVersion, Project, Revision, Run, User
from backend.models.fov import FovState
from backend.models.revision import RevisionSource
from backend.models.run import RunKind, RunState
from backend.models.user import Role
from backend.services.assignments import claim_assignment
from backend.services.context import Context
from backend.services.edits import NewEdit, append_edits
from backend.services.jobs import launch_job, publish_tasks
from backend.services.transitions import move_fov
from pipeline.compartments import COMPARTMENTS
from pipeline.io.ome_zarr import write_labels
from pipeline.label_diff import diff_labels, edit_checksum, encode_diff
from pipeline.windows import Window

SHAPE = (1, 64, 96)
LabelImage = npt.NDArray[np.uint32]


def grid_labels(shape: tuple[int, int, int] = SHAPE, *, step: int = 16) -> npt.NDArray[np.int32]:
    """Square cells in a grid, numbered from 1 in each frame, (frame, row, col)."""
    _, rows, cols = shape
    row, col = np.mgrid[:rows, :cols]
    labels = (row // step) * (-(-cols // step)) + col // step + 1
    labels[(row % step > step - 4) | (col % step > step - 4)] = 0
    return np.broadcast_to(labels, shape).astype(np.int32)


def make_edit(old: LabelImage, new: LabelImage, *, seq: int, compartment: int = 0, **values: Any) -> NewEdit:
    """The edit that turns the first frame of one compartment of a crop into another."""
    name = COMPARTMENTS[compartment]
    diff = diff_labels(old, new, compartment=name, frame=values.pop("frame", 0))
    assert diff is not None
    data = encode_diff(diff)
    moment = datetime(2024, 1, 1, tzinfo=UTC)
    return NewEdit(seq, values.pop("tool", "brush"), moment, 1.5, data, edit_checksum(data))


def paint_edits(plane: LabelImage, *, n: int, first: int = 1) -> tuple[list[NewEdit], LabelImage]:
    """`n` edits that paint one new cell each into a (row, col) plane of whole cells, and the plane after."""
    edits = []
    for seq in range(first, first + n):
        later = plane.copy()
        row, col = divmod(seq * 7, plane.shape[1] - 4)
        row %= plane.shape[0] - 4
        later[row : row + 3, col : col + 3] = 1000 + seq
        edits.append(make_edit(plane, later, seq=seq))
        plane = later
    return edits, plane


@dataclass(frozen=True)
class OpenJob:
    """Ids of a job that hands out tasks."""

    project_id: int
    fov_ids: tuple[int, ...]
    job_id: int

    @property
    def fov_id(self) -> int:
        return self.fov_ids[0]


class Maker:
    """Adds rows, each in a transaction of its own, and gives their ids."""

    def __init__(self, context: Context, *, prefix: str = "") -> None:
        self._context = context
        self._prefix = prefix
        self._n = 0

    def _name(self, kind: str) -> str:
        self._n += 1
        return f"{self._prefix}{kind} {self._n}"

    def user(self, name: str = "", role: Role = Role.ANNOTATOR) -> int:
        user = User(
            name=name or self._name(role.value),
            role=role,
            password_hash=None,
            created_at=self._context.clock.now(),
        )
        return self._add(user)

    def project(self) -> int:
        return self._add(
            Project(name=self._name("project"), settings={}, created_at=self._context.clock.now())
        )

    def fov(
        self,
        project_id: int,
        *,
        shape: tuple[int, int, int] = SHAPE,
        state: FovState = FovState.INGESTED,
        compartments: Sequence[str] = COMPARTMENTS,
    ) -> int:
        n_frames, rows, cols = shape
        fov = Fov(
            project_id=project_id,
            name=self._name("fov"),
            state=state,
            n_frames=n_frames,
            n_rows=rows,
            n_columns=cols,
            dtype="uint16",
            channels=[{"name": "DAPI", "role": "nuclear", "min": 3, "max": 900}],
            compartments=list(compartments),
            pixel_size_um=0.5,
            source={},
            checksum="0" * 64,
            n_bytes=2 * n_frames * rows * cols,
            storage_prefix=f"fovs/{self._n}",
            created_at=self._context.clock.now(),
        )
        return self._add(fov)

    def proposal(self, fov_id: int, *, labels: npt.NDArray[np.int32] | None = None) -> int:
        """Store labels for every compartment of an ingested FOV as its proposal."""
        with transaction(self._context.sessions) as session:
            fov = session.get_one(Fov, fov_id)
            shape = (fov.n_frames, fov.n_rows, fov.n_columns)
            held = grid_labels(shape) if labels is None else labels
            revision = Revision(
                fov_id=fov_id,
                source=RevisionSource.PREDICTOR,
                predictor="baseline",
                compartments=fov.compartments,
                storage_prefix=f"proposals/{fov_id}",
                checksums={},
                counts={},
                report={},
                created_at=self._context.clock.now(),
            )
            store = self._context.storage.zarr_store(revision.storage_prefix)
            for name in fov.compartments:
                planes = [(frame, Window(0, 0, *shape[1:]), held[frame]) for frame in range(shape[0])]
                write_labels(store, name, planes, shape=shape)
            session.add(revision)
            move_fov(session, fov, FovState.PROPOSED)
            return revision.id

    def open_job(
        self,
        *,
        n_fovs: int = 1,
        shape: tuple[int, int, int] = SHAPE,
        compartments: Sequence[str] = COMPARTMENTS,
        crop_size_px: int = 40,
        redundancy: int = 1,
    ) -> OpenJob:
        """A job with tasks on proposed FOVs: six crops of 40 px per FOV of the standard shape."""
        project_id = self.project()
        fov_ids = tuple(self.fov(project_id, shape=shape, compartments=compartments) for _ in range(n_fovs))
        for fov_id in fov_ids:
            self.proposal(fov_id)
        with transaction(self._context.sessions) as session:
            job = launch_job(
                session,
                self._context,
                project_id=project_id,
                name="job",
                crop_size_px=crop_size_px,
                redundancy=redundancy,
            )
            publish_tasks(session, self._context, job_id=job.id)
            return OpenJob(project_id, fov_ids, job.id)

    def claim(self, job: OpenJob, annotator_id: int) -> Assignment:
        """The annotator's next assignment of the job."""
        with transaction(self._context.sessions, self._context.queue.send) as session:
            assignment = claim_assignment(
                session, self._context, job_id=job.job_id, annotator_id=annotator_id
            )
            assert assignment is not None
            return assignment

    def append(self, assignment: Assignment, edits: Sequence[NewEdit]) -> int:
        """Append edits as their annotator."""
        with transaction(self._context.sessions, self._context.queue.send) as session:
            return append_edits(
                session,
                self._context,
                assignment_id=assignment.id,
                annotator_id=assignment.annotator_id,
                edits=edits,
            )

    def _add(self, row: Any) -> int:
        with transaction(self._context.sessions) as session:
            session.add(row)
            session.flush()
            return int(row.id)


def add_model_version(
    session: Session,
    project_id: int,
    *,
    now: datetime,
    inputs: dict[str, Any] | None = None,
    **values: Any,
) -> ModelVersion:
    """A model version of a training that has ended, with its dataset version."""
    run = Run(
        project_id=project_id,
        kind=RunKind.TRAIN,
        state=RunState.SUCCEEDED,
        inputs=inputs or {},
        progress={},
        created_at=now,
    )
    dataset = DatasetVersion(
        project_id=project_id, number=1, manifest={"seed": 0}, storage_prefix="datasets/1", created_at=now
    )
    session.add_all([run, dataset])
    session.flush()
    usual = {"number": 1, "config": {}, "metrics": {}, "checksums": {}, "storage_prefix": "models/1"}
    version = ModelVersion(
        project_id=project_id,
        kind="unet",
        dataset_version_id=dataset.id,
        run_id=run.id,
        created_at=now,
        **(usual | values),
    )
    session.add(version)
    session.flush()
    return version


def count(session: Session, query: Any) -> int:
    """How many rows a query gives."""
    return len(session.execute(query).all())
