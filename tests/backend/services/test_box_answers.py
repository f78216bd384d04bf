import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from backend.adapters.memory import MemoryStorage
from backend.db import reading, transaction
from backend.errors import StorageError
from backend.models import Assignment, BoxPrediction, Fov, Project, Task
from backend.models.box_prediction import BoxState
from backend.models.user import Role
from backend.ports import ModelError, Predictor
from backend.services.assignments import claim_assignment, release_assignment
from backend.services.box_answers import MARGIN_PX, give_up_box, predict_box
from backend.services.box_predictions import labels_key, request_box
from backend.services.context import Context
from backend.services.fov_labels import find_proposal
from pipeline.labels import same_partition
from pipeline.types import LabelSet
from pipeline.windows import Window
from tests.backend.services.loop import BrightPredictor, Loop, QuickTrainer
from tests.backend.services.loop_images import square_nuclei

BOX = Window(10, 20, 40, 50)


class SeeingTrainer(QuickTrainer):
    """Notes what it is shown."""

    def __init__(self) -> None:
        super().__init__([0.8])
        self.seen: list[tuple[tuple[int, ...], Window]] = []

    def predict_window(
        self, predictor: Predictor, image: npt.NDArray[Any], window: Window, **how: Any
    ) -> LabelSet:
        self.seen.append((image.shape, window))
        return super().predict_window(predictor, image, window, **how)


class Asking:
    """An annotator with a crop of 200 px who asks about boxes."""

    def __init__(self, context: Context, folder: Path, **image: Any) -> None:
        self.trainer = SeeingTrainer()
        self.loop = Loop(context, folder, trainer=self.trainer)
        self.loop.ingest("one", **image)
        self.job_id = self.loop.launch(crop_size_px=200)
        self.annotator_id = self.loop.users[Role.ANNOTATOR]
        with transaction(context.sessions) as session:
            held = claim_assignment(session, self.context, job_id=self.job_id, annotator_id=self.annotator_id)
            assert held is not None
            self.assignment_id = held.id

    @property
    def context(self) -> Context:
        return self.loop.context

    def ask(self, window: Window = BOX, *, compartment: str = "nuclear", frame: int = 0) -> int:
        ids = {"assignment_id": self.assignment_id, "annotator_id": self.annotator_id}
        with transaction(self.context.sessions) as session:
            return request_box(
                session, self.context, **ids, compartment=compartment, frame=frame, window=window
            ).id

    def box(self, box_id: int) -> BoxPrediction:
        with reading(self.context.sessions) as session:
            return session.get_one(BoxPrediction, box_id)

    def labels(self, box_id: int) -> npt.NDArray[np.uint32]:
        data = self.context.storage.get(labels_key(self.box(box_id).storage_prefix or ""))
        found: npt.NDArray[np.uint32] = np.load(io.BytesIO(data), allow_pickle=False)
        return found


@pytest.fixture
def asking(context: Context, tmp_path: Path) -> Asking:
    return Asking(context, tmp_path)


@pytest.fixture
def lite(sqlite_context: Context, tmp_path: Path) -> Asking:
    """For rules that say nothing about the database."""
    return Asking(sqlite_context, tmp_path)


def test_a_box_gets_what_the_predictor_says_of_it(asking: Asking) -> None:
    box_id = asking.ask()
    predict_box(asking.context, box_id=box_id)
    assert (asking.box(box_id).state, asking.box(box_id).message) == (BoxState.DONE, None)
    labels = asking.labels(box_id)
    assert (labels.dtype, labels.shape) == (np.uint32, BOX.shape)
    assert same_partition(labels.astype(np.int32), square_nuclei()[BOX.slices])
    assert list(np.unique(labels)) == list(range(int(labels.max()) + 1))


def test_answering_again_changes_nothing(asking: Asking) -> None:
    box_id = asking.ask()
    predict_box(asking.context, box_id=box_id)
    before = sorted(asking.context.storage.list("predictions"))
    predict_box(asking.context, box_id=box_id)
    predict_box(asking.context, box_id=999)
    assert sorted(asking.context.storage.list("predictions")) == before
    assert len(asking.trainer.seen) == 1


def test_a_box_is_predicted_at_the_pixel_size_and_with_the_settings_of_its_fov(lite: Asking) -> None:
    with transaction(lite.context.sessions) as session:
        fov_id = session.get_one(Task, session.get_one(Assignment, lite.assignment_id).task_id).fov_id
        fov = session.get_one(Fov, fov_id)
        fov.pixel_size_um = 0.25
        project = session.get_one(Project, fov.project_id)
        project.settings = {**project.settings, "postprocessing": {"nuclear": {"growth_px": 0}}}
    predict_box(lite.context, box_id=lite.ask())
    assert lite.trainer.asked[-1] == (0.25, {"nuclear": {"growth_px": 0}})


@pytest.mark.parametrize(("setting", "shrink"), [("auto", 4), ("2", 2), ("1", 1)])
def test_a_box_is_seen_at_the_scale_of_the_proposal_unless_one_is_set(
    lite: Asking, setting: str, shrink: int
) -> None:
    with transaction(lite.context.sessions) as session:
        fov_id = session.get_one(Task, session.get_one(Assignment, lite.assignment_id).task_id).fov_id
        proposal = find_proposal(session, fov_id=fov_id, model_version_id=None)
        assert proposal is not None
        assert proposal.report["shrink"] == {"whole_cell": 1, "nuclear": 1}
        proposal.report = {"shrink": {"whole_cell": 8, "nuclear": 4}}
        project = session.get_one(Project, session.get_one(Fov, fov_id).project_id)
        project.settings = {**project.settings, "shrink": setting}
    predict_box(lite.context, box_id=lite.ask(compartment="nuclear"))
    assert lite.trainer.shrinks[-1] == shrink


def test_a_box_of_a_proposal_of_unknown_scale_is_left_to_the_predictor(lite: Asking) -> None:
    with transaction(lite.context.sessions) as session:
        fov_id = session.get_one(Task, session.get_one(Assignment, lite.assignment_id).task_id).fov_id
        proposal = find_proposal(session, fov_id=fov_id, model_version_id=None)
        assert proposal is not None
        proposal.report = {}
    predict_box(lite.context, box_id=lite.ask())
    assert lite.trainer.shrinks[-1] is None


def test_work_that_was_lost_in_the_middle_is_done_again(lite: Asking) -> None:
    box_id = lite.ask()
    with transaction(lite.context.sessions) as session:
        session.get_one(BoxPrediction, box_id).state = BoxState.RUNNING
    predict_box(lite.context, box_id=box_id)
    assert lite.box(box_id).state is BoxState.DONE


def test_the_predictor_sees_what_lies_around_the_box(lite: Asking) -> None:
    with reading(lite.context.sessions) as session:
        task = session.get_one(Task, session.get_one(Assignment, lite.assignment_id).task_id)
    box = Window(task.height - 17, 0, 16, 30)
    box_id = lite.ask(box, compartment="whole_cell")
    predict_box(lite.context, box_id=box_id)
    ((shape, seen),) = lite.trainer.seen
    assert seen.col == 0
    assert seen.width == min(task.width, 30 + MARGIN_PX)
    assert seen.height == min(task.height, 16 + 1 + MARGIN_PX)
    assert seen.row + seen.height == shape[0]
    assert lite.labels(box_id).shape == (16, 30)


def test_the_frame_that_was_asked_for(sqlite_context: Context, tmp_path: Path) -> None:
    asking = Asking(sqlite_context, tmp_path, n_frames=2)
    box_id = asking.ask(frame=1)
    predict_box(asking.context, box_id=box_id)
    assert asking.labels(box_id).any()


def test_a_predictor_is_loaded_once(lite: Asking) -> None:
    specs: list[object] = []

    def load(spec: object) -> Predictor:
        specs.append(spec)
        return BrightPredictor()

    lite.loop.context = replace(lite.context, load_predictor=load)
    for box_id in (lite.ask(), lite.ask()):
        predict_box(lite.context, box_id=box_id)
    assert specs == ["baseline"]


def test_a_predictor_that_fails_is_told_to_the_annotator(asking: Asking) -> None:
    def damaged(_spec: object) -> Predictor:
        raise ModelError("The model folder is damaged.")

    asking.loop.context = replace(asking.context, load_predictor=damaged)
    box_id = asking.ask()
    predict_box(asking.context, box_id=box_id)
    box = asking.box(box_id)
    assert box.state is BoxState.FAILED
    assert box.message == "The box cannot be predicted: The model folder is damaged. Draw by hand."
    give_up_box(asking.context, box_id=box_id, message="later")
    give_up_box(asking.context, box_id=999, message="never")
    assert asking.box(box_id).message == box.message


def test_a_compartment_that_no_predictor_gives(lite: Asking) -> None:
    lite.loop.context = replace(
        lite.context, load_predictor=lambda _: BrightPredictor(compartments=("whole_cell",))
    )
    box_id = lite.ask()
    predict_box(lite.context, box_id=box_id)
    assert "No predictor gives nuclear." in (lite.box(box_id).message or "")


def test_a_process_without_a_predictor_says_so(lite: Asking) -> None:
    lite.loop.context = replace(lite.context, trainer=None)
    box_id = lite.ask()
    predict_box(lite.context, box_id=box_id)
    assert "belongs to a worker" in (lite.box(box_id).message or "")


def test_a_box_of_an_assignment_that_was_closed_meanwhile(lite: Asking) -> None:
    box_id = lite.ask()
    with transaction(lite.context.sessions) as session:
        release_assignment(
            session, lite.context, assignment_id=lite.assignment_id, annotator_id=lite.annotator_id
        )
    predict_box(lite.context, box_id=box_id)
    assert "is released and takes no more changes" in (lite.box(box_id).message or "")
    assert lite.trainer.seen == []


def test_storage_that_does_not_answer_leaves_the_box_to_be_tried_again(
    lite: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    box_id = lite.ask()

    def away(*_args: object) -> None:
        raise StorageError("The storage does not answer.")

    with monkeypatch.context() as patched:
        patched.setattr(MemoryStorage, "put", away)
        with pytest.raises(StorageError):
            predict_box(lite.context, box_id=box_id)
    assert lite.box(box_id).state is BoxState.RUNNING
    predict_box(lite.context, box_id=box_id)
    assert lite.box(box_id).state is BoxState.DONE


def test_an_answer_that_nobody_waits_for_is_thrown_away(lite: Asking) -> None:
    box_id = lite.ask()
    plain = lite.trainer.predict_window

    def slow(*args: Any, **how: Any) -> LabelSet:
        give_up_box(lite.context, box_id=box_id, message="too late")
        return plain(*args, **how)

    lite.trainer.predict_window = slow  # type: ignore[method-assign]
    predict_box(lite.context, box_id=box_id)
    assert (lite.box(box_id).state, lite.box(box_id).storage_prefix) == (BoxState.FAILED, None)
    assert list(lite.context.storage.list("predictions")) == []
