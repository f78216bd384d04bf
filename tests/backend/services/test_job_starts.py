"""Another job on an accepted FOV begins with its accepted labels, or with the predictor's proposal."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from sqlalchemy import select

from backend.db import reading, transaction
from backend.errors import InvalidInput
from backend.models import Revision, Task
from backend.models.fov import FovState
from backend.models.revision import RevisionSource
from backend.models.user import Role
from backend.services.assignments import claim_assignment
from backend.services.confidences import crop_confidences
from backend.services.context import Context
from backend.services.crop_bases import find_base, window_of
from backend.services.drafts import committed_draft
from backend.services.fov_labels import open_fov_labels
from backend.services.jobs import launch_job
from backend.services.marks import read_marks
from backend.services.reviews import get_stitch_report
from backend.services.rounds import job_figures
from pipeline.labels import same_partition
from tests.backend.services.loop import Loop, frame_of

Plane = npt.NDArray[np.uint32]


@pytest.fixture
def loop(context: Context, tmp_path: Path) -> Loop:
    return Loop(context, tmp_path)


def remove_first(labels: Plane) -> None:
    """What the annotator corrects in the first job."""
    labels[labels == labels[labels > 0].min()] = 0


def accepted(loop: Loop, name: str = "one") -> int:
    """An FOV whose accepted labels differ from what the predictor proposed."""
    fov_id = loop.ingest(name)
    job_id = loop.launch(crop_size_px=200, fov_ids=[fov_id])
    loop.annotate(job_id, remove_first)
    loop.stitch(job_id, fov_id)
    loop.review(fov_id)
    return fov_id


def whole(loop: Loop, revision_id: int | None) -> dict[str, Any]:
    return frame_of(open_fov_labels(loop.context, loop.revision(revision_id)))


def tasks_of(loop: Loop, job_id: int) -> list[Task]:
    with reading(loop.context.sessions) as session:
        return list(session.scalars(select(Task).where(Task.job_id == job_id).order_by(Task.id)))


def figures(loop: Loop, job_id: int) -> dict[str, Any]:
    with reading(loop.context.sessions) as session:
        return job_figures(session, loop.context, job_id=job_id)


def test_crops_of_an_accepted_fov_begin_with_its_labels_and_marks(loop: Loop) -> None:
    fov_id = accepted(loop)
    before = loop.fov(fov_id).current_revision_id
    label = int(whole(loop, before)["whole_cell"].max())
    with transaction(loop.context.sessions) as session:
        session.get_one(Revision, before).marks = {f"checked/whole_cell/{label}": True}
    n_predicted = len(loop.trainer.asked)
    job_id = loop.launch(crop_size_px=200, fov_ids=[fov_id])
    assert len(loop.trainer.asked) == n_predicted, "nothing is predicted that nobody looks at"
    assert {task.proposal_id for task in tasks_of(loop, job_id)} == {before}
    annotator_id = loop.users[Role.ANNOTATOR]
    with transaction(loop.context.sessions) as session:
        held = claim_assignment(session, loop.context, job_id=job_id, annotator_id=annotator_id)
        assert held is not None
        task = session.get_one(Task, held.task_id)
        base = find_base(session, task, worked=False)
        assert base is not None
        assert (base.id, base.source, base.predictor) == (
            held.base_revision_id,
            RevisionSource.REVIEWER,
            None,
        )
        assert crop_confidences(session, loop.context, task) == {}
    draft = committed_draft(loop.context, assignment_id=held.id, annotator_id=annotator_id)
    rows_cols = window_of(task).slices
    for index, name in enumerate(draft.compartments):
        np.testing.assert_array_equal(draft.labels[index, 0], whole(loop, before)[name][rows_cols])
    assert dict(draft.marks) == {f"checked/whole_cell/{label}": True}


def test_crops_that_nobody_changed_give_the_accepted_labels_back(loop: Loop) -> None:
    fov_id = accepted(loop)
    before = loop.fov(fov_id).current_revision_id
    with transaction(loop.context.sessions) as session:
        session.get_one(Revision, before).marks = {"note/a": _note()}
    first_job, job_id = _stitched_in(loop, before), loop.launch(fov_ids=[fov_id])
    loop.skip_one(job_id)
    assert loop.annotate(job_id) > 2
    after = loop.stitch(job_id, fov_id)
    for name, labels in whole(loop, after).items():
        assert same_partition(labels, whole(loop, before)[name])
    with reading(loop.context.sessions) as session:
        assert read_marks(session, revision_id=after) == {"note/a": _note()}
        assert get_stitch_report(session, fov_id=fov_id)["revision_id"] == after
    # Labels that were accepted before say nothing about how good a predictor is.
    assert figures(loop, first_job)["proposal_f1"] < 1
    assert figures(loop, job_id)["proposal_f1"] is None
    loop.review(fov_id)
    assert loop.fov(fov_id).state is FovState.ACCEPTED


def _stitched_in(loop: Loop, revision_id: int | None) -> int:
    return int(loop.revision(revision_id).report["job_id"])


def _note() -> dict[str, Any]:
    return {"compartment": "whole_cell", "label": 0, "frame": 0, "row": 5, "column": 7, "text": "edge"}


def test_the_proposal_is_the_other_choice(loop: Loop) -> None:
    fov_id = accepted(loop)
    held = loop.fov(fov_id).current_revision_id
    job_id = loop.launch(fov_ids=[fov_id], start_from="proposal")
    sources = {loop.revision(task.proposal_id).source for task in tasks_of(loop, job_id)}
    assert sources == {RevisionSource.PREDICTOR}
    loop.annotate(job_id)
    after = loop.stitch(job_id, fov_id)
    assert whole(loop, after)["whole_cell"].max() == whole(loop, held)["whole_cell"].max() + 1
    assert figures(loop, job_id)["proposal_f1"] == 1


def test_fovs_that_were_never_accepted_begin_with_the_proposal(loop: Loop) -> None:
    old, new = accepted(loop), loop.ingest("two", seed=2)
    job_id = loop.launch(fov_ids=[new, old])
    sources = {task.fov_id: loop.revision(task.proposal_id).source for task in tasks_of(loop, job_id)}
    assert sources == {old: RevisionSource.STITCH, new: RevisionSource.PREDICTOR}


def test_an_unknown_start_is_refused(loop: Loop) -> None:
    loop.ingest()
    with reading(loop.context.sessions) as session, pytest.raises(InvalidInput) as caught:
        launch_job(session, loop.context, project_id=loop.project_id, name="job", start_from="nothing")
    assert caught.value.message == "start_from is 'nothing'; give accepted or proposal."
