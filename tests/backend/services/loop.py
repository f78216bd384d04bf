"""What the tests of the loop share: a predictor and a trainer that are quick, and ways through a job."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import ndimage as ndi

from backend.db import reading, transaction
from backend.models import Fov, Job, Revision, User
from backend.models.review import Decision
from backend.models.user import Role
from backend.ports import (
    LabelBand,
    ModelError,
    Predictor,
    ReadInput,
    TrainedModel,
    TrainingCancelled,
    TrainingLimits,
    TrainingStep,
)
from backend.services.assignments import claim_assignment, skip_assignment
from backend.services.context import Context
from backend.services.drafts import committed_draft
from backend.services.edits import NewEdit, append_edits
from backend.services.fov_labels import FovLabels
from backend.services.fovs import IngestOptions, ingest_image
from backend.services.jobs import launch_job
from backend.services.predictions import prepare_job
from backend.services.projects import create_project
from backend.services.reviews import review_fov
from backend.services.stitching import stitch_fov
from backend.services.submissions import submit_assignment
from pipeline.label_diff import diff_labels, edit_checksum, encode_diff, labels_checksum
from pipeline.types import LabelSet
from pipeline.windows import Window
from tests.backend.services.loop_images import write_image_npz

QC = {"min_cells": 1}


@dataclass(frozen=True)
class BrightPredictor:
    """Nuclei are what is bright in the nuclear channel, cells what lies within two pixels of a nucleus."""

    name: str = "baseline"
    compartments: tuple[str, ...] = ("whole_cell", "nuclear")
    mean_f1: float = 0.5
    input_channels: tuple[str, ...] = ("nuclear", "membrane")

    def predict(self, image: npt.NDArray[Any]) -> LabelSet:
        nuclei, _ = ndi.label(image[..., 0] > 100)
        cells = ndi.grey_dilation(nuclei, size=(5, 5))
        answers = {"whole_cell": cells.astype(np.int32), "nuclear": nuclei.astype(np.int32)}
        return {name: answers[name] for name in self.compartments}


def load_bright(spec: str | Path) -> Predictor:
    """`baseline`, or what the quick trainer left in a folder."""
    if spec == "baseline":
        return BrightPredictor()
    model = json.loads((Path(spec) / "model.json").read_text())
    return BrightPredictor("unet", tuple(model["compartments"]), model["mean_f1"])


class QuickBands:
    """The bands of label images, and once they were taken confidences: label 1 gets 0.5, label 2 0.25, ..."""

    def __init__(self, labels: LabelSet) -> None:
        self._labels = labels
        self.confidences: dict[str, npt.NDArray[np.float32]] = {}

    def __iter__(self) -> Iterator[LabelBand]:
        for name, labels in self._labels.items():
            for row in range(0, len(labels), 50):
                yield LabelBand(name, row, labels[row : row + 50])
        for name, labels in self._labels.items():
            values = np.float32(0.5) ** np.arange(labels.max() + 1).astype(np.float32)
            values[0] = 0
            self.confidences[name] = values


@dataclass
class QuickTrainer:
    """Trains nothing; `f1s` are the scores that the models it makes will reach, one after the other."""

    f1s: list[float]
    n_steps: int = 3
    compartments: tuple[str, ...] = ("whole_cell", "nuclear")
    failure: str = ""
    on_step: Callable[[], None] = lambda: None
    n_trained: int = 0
    limits: list[TrainingLimits] = field(default_factory=list)
    asked: list[tuple[float | None, dict[str, Any]]] = field(default_factory=list)
    shrink: int | None = 1
    n_chosen: int = 0
    shrinks: list[int | None] = field(default_factory=list)

    def choose_shrink(
        self,
        predictor: Predictor,
        read: ReadInput,
        *,
        shape: tuple[int, int],
        pixel_size_um: float | None = None,
    ) -> int | None:
        assert read(Window(0, 0, 1, 1)).shape[:2] == (1, 1)
        self.n_chosen += 1
        return self.shrink

    def predict_bands(
        self,
        predictor: Predictor,
        read: ReadInput,
        *,
        shape: tuple[int, int],
        pixel_size_um: float | None = None,
        shrink: int | None = None,
        postprocessing: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> "QuickBands":
        self.asked.append((pixel_size_um, dict(postprocessing or {})))
        self.shrinks.append(shrink)
        return QuickBands(predictor.predict(read(Window(0, 0, *shape))))

    def predict_window(
        self,
        predictor: Predictor,
        image: npt.NDArray[Any],
        window: Window,
        *,
        pixel_size_um: float | None = None,
        shrink: int | None = None,
        postprocessing: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> LabelSet:
        self.asked.append((pixel_size_um, dict(postprocessing or {})))
        self.shrinks.append(shrink)
        return predictor.predict(image[window.slices])

    def train(
        self,
        dataset: Path,
        out: Path,
        *,
        limits: TrainingLimits,
        progress: Callable[[TrainingStep], None],
        should_stop: Callable[[], bool],
    ) -> TrainedModel:
        assert (dataset / "train.npz").is_file()
        self.limits.append(limits)
        assert isinstance(limits.start, str) or (limits.start / "model.json").is_file()
        if out.exists():
            return self._trained(out)
        for step in range(1, self.n_steps + 1):
            self.on_step()
            if should_stop():
                raise TrainingCancelled("training was stopped")
            progress(TrainingStep(step, step / self.n_steps, 1 / step, 2 / step, 10.0 - step))
        if self.failure:
            raise ModelError(self.failure)
        out.mkdir()
        f1 = self.f1s[min(self.n_trained, len(self.f1s) - 1)]
        self.n_trained += 1
        (out / "model.json").write_text(json.dumps({"compartments": self.compartments, "mean_f1": f1}))
        (out / "checksums.json").write_text(json.dumps({"model.json": "abc"}))
        return self._trained(out)

    def _trained(self, out: Path) -> TrainedModel:
        f1 = json.loads((out / "model.json").read_text())["mean_f1"]
        return TrainedModel("unet", {"width": 1}, {"test": {"mean_f1": f1}})

    def score(
        self,
        predictor: Predictor,
        images: npt.NDArray[Any],
        labels: npt.NDArray[Any],
        *,
        pixel_sizes_um: Sequence[float | None],
    ) -> Mapping[str, Any]:
        assert isinstance(predictor, BrightPredictor)
        assert len(images) == len(labels) == len(pixel_sizes_um) > 0
        return {"mean_f1": predictor.mean_f1, "nuclear": {"f1": predictor.mean_f1}}


class Loop:
    """Goes through the loop with services alone; the context predicts and trains as a worker's does."""

    def __init__(self, context: Context, folder: Path, *, trainer: QuickTrainer | None = None) -> None:
        self.trainer = trainer or QuickTrainer([0.8])
        self.context = replace(context, load_predictor=load_bright, trainer=self.trainer)
        self.folder = folder
        with transaction(context.sessions) as session:
            self.project_id = create_project(
                session, context, name="loop", settings={"qc": QC, "predictor": "baseline"}
            ).id
            self.users = {
                role: self._user(session, role) for role in (Role.ANNOTATOR, Role.REVIEWER, Role.ADMIN)
            }

    def _user(self, session: Any, role: Role) -> int:
        user = User(name=f"a {role}", role=role, password_hash=None, created_at=self.context.clock.now())
        session.add(user)
        session.flush()
        return user.id

    def ingest(self, name: str = "one", **image: Any) -> int:
        """An FOV of bright squares; see `write_image_npz`."""
        group = image.pop("group", None)
        path = write_image_npz(self.folder / f"{name}.npz", **image)
        axes = "TYXC" if image.get("n_frames", 1) > 1 else None
        options = IngestOptions(name=name, group=group, axes=axes)
        return ingest_image(self.context, project_id=self.project_id, path=path, options=options)

    def launch(self, *, prepare: bool = True, **options: Any) -> int:
        """A job on every free FOV, prepared."""
        with transaction(self.context.sessions, self.context.queue.send) as session:
            options = {"crop_size_px": 48, "overlap": 0.25, **options}
            job = launch_job(session, self.context, project_id=self.project_id, name="job", **options)
        if prepare:
            prepare_job(self.context, job_id=job.id)
        return job.id

    def annotate(
        self, job_id: int, change: Callable[[npt.NDArray[np.uint32]], None] = lambda labels: None
    ) -> int:
        """Work through the job: `change` edits the first compartment of each crop; how many tasks."""
        n_tasks = 0
        while self._annotate_one(job_id, change):
            n_tasks += 1
        return n_tasks

    def _annotate_one(self, job_id: int, change: Callable[[npt.NDArray[np.uint32]], None]) -> bool:
        annotator_id = self.users[Role.ANNOTATOR]
        with transaction(self.context.sessions, self.context.queue.send) as session:
            held = claim_assignment(session, self.context, job_id=job_id, annotator_id=annotator_id)
        if held is None:
            return False
        ids = {"assignment_id": held.id, "annotator_id": annotator_id}
        draft = committed_draft(self.context, **ids)
        labels = draft.labels
        old = labels[0, 0].copy()
        change(labels[0, 0])
        edits = [self._edit(old, labels[0, 0], draft.compartments[0])] if (old != labels[0, 0]).any() else []
        with transaction(self.context.sessions, self.context.queue.send) as session:
            last_seq = append_edits(session, self.context, **ids, edits=edits) if edits else 0
        checksums = {name: labels_checksum(labels[i]) for i, name in enumerate(draft.compartments)}
        with transaction(self.context.sessions, self.context.queue.send) as session:
            submit_assignment(session, self.context, **ids, last_seq=last_seq, checksums=checksums)
        return True

    def _edit(self, old: Any, new: Any, compartment: str) -> Any:
        diff = diff_labels(old, new, compartment=compartment, frame=0)
        assert diff is not None
        data = encode_diff(diff)
        return NewEdit(1, "brush", self.context.clock.now(), 2.0, data, edit_checksum(data))

    def skip_one(self, job_id: int) -> int:
        """Skip the next task; its id."""
        annotator_id = self.users[Role.ANNOTATOR]
        with transaction(self.context.sessions, self.context.queue.send) as session:
            held = claim_assignment(session, self.context, job_id=job_id, annotator_id=annotator_id)
            assert held is not None
            skip_assignment(session, self.context, assignment_id=held.id, annotator_id=annotator_id)
        return held.task_id

    def stitch(self, job_id: int, fov_id: int) -> int:
        """The revision of the stitched FOV."""
        revision_id = stitch_fov(self.context, job_id=job_id, fov_id=fov_id)
        assert revision_id is not None
        return revision_id

    def review(self, fov_id: int, decision: Decision = Decision.ACCEPTED) -> None:
        """Decide on the present labels."""
        with transaction(self.context.sessions, self.context.queue.send) as session:
            revision_id = session.get_one(Fov, fov_id).current_revision_id
            assert revision_id is not None
            review_fov(
                session,
                self.context,
                fov_id=fov_id,
                reviewer_id=self.users[Role.REVIEWER],
                decision=decision,
                revision_id=revision_id,
                notes="",
            )

    def accept(self, n_fovs: int, *, first: int = 0, **image: Any) -> list[int]:
        """Ingest FOVs and take them through a job to acceptance."""
        fov_ids = [self.ingest(f"fov {first + k}", seed=first + k, **image) for k in range(n_fovs)]
        job_id = self.launch(crop_size_px=200)
        self.annotate(job_id)
        for fov_id in fov_ids:
            self.stitch(job_id, fov_id)
            self.review(fov_id)
        return fov_ids

    def fov(self, fov_id: int) -> Fov:
        with reading(self.context.sessions) as session:
            return session.get_one(Fov, fov_id)

    def job(self, job_id: int) -> Job:
        with reading(self.context.sessions) as session:
            return session.get_one(Job, job_id)

    def revision(self, revision_id: int | None) -> Revision:
        with reading(self.context.sessions) as session:
            return session.get_one(Revision, revision_id)


def frame_of(labels: FovLabels, frame: int = 0) -> LabelSet:
    """Whole label images of a frame."""
    planes = {name: labels.plane(name, frame) for name in labels.compartments}
    return {name: plane.read(Window(0, 0, *plane.shape)) for name, plane in planes.items()}
