from collections.abc import Sized
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from sqlalchemy import event, select

from backend.db import reading, transaction
from backend.errors import NotFound, WrongState
from backend.models import Finding, Fov, Project, Revision, Task
from backend.models.fov import FovState
from backend.models.review import Decision
from backend.models.revision import RevisionSource
from backend.services.context import Context
from backend.services.fov_labels import open_fov_labels
from backend.services.reviews import list_reviews
from backend.services.stitching import stitch_fov
from pipeline.labels import same_partition
from pipeline.types import LabelSet
from tests.backend.services.loop import Loop, frame_of
from tests.backend.services.loop_images import square_nuclei

Plane = npt.NDArray[np.uint32]


@pytest.fixture
def loop(context: Context, tmp_path: Path) -> Loop:
    return Loop(context, tmp_path)


@pytest.fixture
def lite(sqlite_context: Context, tmp_path: Path) -> Loop:
    return Loop(sqlite_context, tmp_path)


def _labels(loop: Loop, revision_id: int | None, frame: int = 0) -> LabelSet:
    return frame_of(open_fov_labels(loop.context, loop.revision(revision_id)), frame)


def _findings(loop: Loop, revision_id: int) -> list[Finding]:
    with reading(loop.context.sessions) as session:
        return list(session.scalars(select(Finding).where(Finding.revision_id == revision_id)))


def test_crops_that_nobody_changed_give_the_proposal_back(loop: Loop) -> None:
    fov_id = loop.ingest("one", n_frames=2)
    job_id = loop.launch()
    proposal_id = loop.fov(fov_id).current_revision_id
    assert loop.annotate(job_id) > 4
    assert loop.context.queue.take()[-1] == ("stitch_fov", {"job_id": job_id, "fov_id": fov_id})
    revision = loop.revision(loop.stitch(job_id, fov_id))
    for frame in range(2):
        before, after = _labels(loop, proposal_id, frame), _labels(loop, revision.id, frame)
        for name, labels in after.items():
            assert same_partition(labels, before[name])
        np.testing.assert_array_equal(
            after["nuclear"][after["nuclear"] > 0], after["whole_cell"][after["nuclear"] > 0]
        )
    fov = loop.fov(fov_id)
    assert (fov.state, fov.current_revision_id) == (FovState.STITCHED, revision.id)
    assert (revision.source, revision.parent_id) == (RevisionSource.STITCH, proposal_id)
    assert revision.counts == loop.revision(proposal_id).counts
    assert revision.report["n_skipped"] == 0
    assert revision.report["compartments"]["nuclear"]["n_conflicts"] == 0
    counts = revision.report["proposal"]["nuclear"]
    assert counts["n_true"] == counts["n_pred"] == counts["correct"] > 0


def test_no_statement_grows_with_the_tasks_of_an_fov(lite: Loop) -> None:
    fov_id = lite.ingest("one")
    job_id = lite.launch()
    n_tasks = lite.annotate(job_id)
    n_parameters: list[int] = []

    def count(
        _connection: object, _cursor: object, statement: str, parameters: Sized, *_rest: object
    ) -> None:
        if statement.lstrip().startswith("SELECT"):
            n_parameters.append(len(parameters))

    with reading(lite.context.sessions) as session:
        engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", count)
    lite.stitch(job_id, fov_id)
    event.remove(engine, "before_cursor_execute", count)
    assert 0 < max(n_parameters) < n_tasks


def test_what_annotators_changed_is_in_the_stitched_labels(lite: Loop) -> None:
    fov_id = lite.ingest("one", channels=("DAPI",))
    job_id = lite.launch(crop_size_px=200)
    proposal_id = lite.fov(fov_id).current_revision_id

    def remove_first(labels: Plane) -> None:
        labels[labels == labels[labels > 0].min()] = 0

    lite.annotate(job_id, remove_first)
    revision = lite.revision(lite.stitch(job_id, fov_id))
    assert revision.counts["nuclear"] == lite.revision(proposal_id).counts["nuclear"] - 1
    assert revision.compartments == ["nuclear"]
    scored = revision.report["proposal"]["nuclear"]
    assert scored["correct"] == scored["n_true"] == scored["n_pred"] - 1


def test_stitching_again_gives_the_revision_that_stands(loop: Loop) -> None:
    fov_id = loop.ingest("one")
    job_id = loop.launch()
    loop.annotate(job_id)
    first = loop.stitch(job_id, fov_id)
    stored = sorted(loop.context.storage.list(""))
    n_findings = len(_findings(loop, first))
    assert loop.stitch(job_id, fov_id) == first
    loop.review(fov_id)
    assert loop.stitch(job_id, fov_id) == first
    assert sorted(loop.context.storage.list("")) == stored
    assert len(_findings(loop, first)) == n_findings
    assert loop.fov(fov_id).state is FovState.ACCEPTED


def test_nothing_is_stitched_while_tasks_are_left(lite: Loop) -> None:
    fov_id = lite.ingest("one")
    job_id = lite.launch()
    assert stitch_fov(lite.context, job_id=job_id, fov_id=fov_id) is None
    assert lite.fov(fov_id).state is FovState.ANNOTATING


def test_a_skipped_task_contributes_its_proposal(lite: Loop) -> None:
    fov_id = lite.ingest("one")
    job_id = lite.launch()
    proposal_id = lite.fov(fov_id).current_revision_id
    lite.skip_one(job_id)
    lite.annotate(job_id)
    revision = lite.revision(lite.stitch(job_id, fov_id))
    assert revision.report["n_skipped"] == 1
    before, after = _labels(lite, proposal_id), _labels(lite, revision.id)
    assert all(same_partition(after[name], before[name]) for name in after)


def test_findings_follow_the_thresholds_of_the_project_and_name_their_frame(lite: Loop) -> None:
    with transaction(lite.context.sessions) as session:
        project = session.get_one(Project, lite.project_id)
        project.settings = {**project.settings, "qc": {"min_area_px": 70, "min_cells": 1}}
    fov_id = lite.ingest("one", n_frames=2, channels=("DAPI",))
    job_id = lite.launch()
    lite.annotate(job_id)
    revision_id = lite.stitch(job_id, fov_id)
    small = [finding for finding in _findings(lite, revision_id) if finding.rule == "small"]
    assert len(small) == lite.revision(revision_id).counts["nuclear"]
    assert {finding.frame for finding in small} == {0, 1}
    frames = [_labels(lite, revision_id, frame)["nuclear"] for frame in range(2)]
    assert all(frames[f.frame][f.row, f.col] == f.label for f in small)


def test_a_cut_along_a_crop_border_is_found_as_a_seam(lite: Loop) -> None:
    fov_id = lite.ingest("one", channels=("DAPI",), shape=(60, 120))
    job_id = lite.launch(crop_size_px=60, overlap=0.0)

    def fill(labels: Plane) -> None:
        labels[:] = 0
        if not lite.__dict__.setdefault("filled", False):
            lite.__dict__["filled"] = True
            labels[10:40, :] = 1

    lite.annotate(job_id, fill)
    revision_id = lite.stitch(job_id, fov_id)
    assert "seam" in {finding.rule for finding in _findings(lite, revision_id)}


def test_conflicts_and_merges_name_the_labels_the_fov_has_now(lite: Loop) -> None:
    fov_id = lite.ingest("one")
    job_id = lite.launch()
    lite.annotate(job_id)
    revision_id = lite.stitch(job_id, fov_id)
    report, labels = lite.revision(revision_id).report, _labels(lite, revision_id)
    for name, stitched in report["compartments"].items():
        assert stitched["n_merges"] == len(stitched["merges"]) > 0
        held = set(np.unique(labels[name]).tolist())
        assert {merge["label"] for merge in stitched["merges"]} <= held
        places = [(merge["row"], merge["col"], merge["label"]) for merge in stitched["merges"]]
        assert all(labels[name][row, col] == label for row, col, label in places)


def test_returned_crops_are_stitched_anew_after_their_second_submission(lite: Loop) -> None:
    fov_id = lite.ingest("one", channels=("DAPI",))
    job_id = lite.launch(crop_size_px=200)
    lite.annotate(job_id)
    first = lite.stitch(job_id, fov_id)
    lite.review(fov_id, Decision.RETURNED)
    assert stitch_fov(lite.context, job_id=job_id, fov_id=fov_id) is None

    def remove_all(labels: Plane) -> None:
        labels[:] = 0

    lite.annotate(job_id, remove_all)
    second = lite.stitch(job_id, fov_id)
    assert second != first
    assert lite.revision(second).counts == {"nuclear": 0}
    assert lite.fov(fov_id).state is FovState.STITCHED


def test_a_returned_fov_that_nobody_changes_waits_for_review_again(loop: Loop) -> None:
    fov_id = loop.ingest("one")
    job_id = loop.launch(crop_size_px=200)
    assert loop.annotate(job_id) == 1
    revision_id = loop.stitch(job_id, fov_id)
    for _ in range(2):
        loop.review(fov_id, Decision.RETURNED)
        loop.skip_one(job_id)
        assert loop.context.queue.take()[-1] == ("stitch_fov", {"job_id": job_id, "fov_id": fov_id})
        assert loop.fov(fov_id).state is FovState.ANNOTATING
        assert loop.stitch(job_id, fov_id) == revision_id
        assert loop.fov(fov_id).state is FovState.STITCHED
    loop.review(fov_id, Decision.ACCEPTED)
    with reading(loop.context.sessions) as session:
        decisions = [review.decision for review in list_reviews(session, fov_id=fov_id)]
    assert decisions == [Decision.ACCEPTED, Decision.RETURNED, Decision.RETURNED]


def test_a_late_message_of_an_older_job_leaves_the_fov_to_the_job_that_holds_it(lite: Loop) -> None:
    fov_id = lite.ingest("one")
    first = lite.launch(crop_size_px=200)
    lite.annotate(first)
    revision_id = lite.stitch(first, fov_id)
    lite.review(fov_id)
    lite.launch(fov_ids=[fov_id], crop_size_px=200)
    assert lite.stitch(first, fov_id) == revision_id
    assert lite.fov(fov_id).state is FovState.ANNOTATING


def test_who_was_slower_leaves_nothing(loop: Loop, monkeypatch: pytest.MonkeyPatch) -> None:
    fov_id = loop.ingest("one")
    job_id = loop.launch()
    loop.annotate(job_id)
    faster: list[int] = []
    from backend.services import stitching

    check = stitching.write_findings

    def overtaken(*args: object, **values: object) -> object:
        if not faster:
            faster.append(0)
            faster[0] = loop.stitch(job_id, fov_id)
        return check(*args, **values)

    monkeypatch.setattr(stitching, "write_findings", overtaken)
    assert loop.stitch(job_id, fov_id) == faster[0]
    with reading(loop.context.sessions) as session:
        revisions = session.scalars(select(Revision).where(Revision.source == RevisionSource.STITCH)).all()
    assert [revision.id for revision in revisions] == faster
    stored = set(loop.context.storage.list_folder("revisions"))
    assert len(stored) == 2


def test_a_failure_half_way_leaves_nothing(lite: Loop, monkeypatch: pytest.MonkeyPatch) -> None:
    fov_id = lite.ingest("one")
    job_id = lite.launch()
    lite.annotate(job_id)
    before = sorted(lite.context.storage.list(""))

    def lost(*_args: object, **_values: object) -> None:
        raise ConnectionError("the database went away")

    with monkeypatch.context() as patch:
        patch.setattr("backend.services.stitching.add_fov_revision", lost)
        with pytest.raises(ConnectionError):
            stitch_fov(lite.context, job_id=job_id, fov_id=fov_id)
    assert sorted(lite.context.storage.list("")) == before
    assert lite.fov(fov_id).state is FovState.ANNOTATING
    assert lite.stitch(job_id, fov_id) == lite.fov(fov_id).current_revision_id


def test_an_fov_in_the_hands_of_another_job_is_left_alone(lite: Loop) -> None:
    fov_id = lite.ingest("one")
    job_id = lite.launch()
    lite.annotate(job_id)
    with transaction(lite.context.sessions) as session:
        session.get_one(Fov, fov_id).state = FovState.PROPOSED
    with pytest.raises(WrongState, match="proposed and cannot become stitched"):
        stitch_fov(lite.context, job_id=job_id, fov_id=fov_id)


def test_absent_jobs_and_fovs_are_not_found(lite: Loop) -> None:
    with pytest.raises(NotFound, match="no job 5"):
        stitch_fov(lite.context, job_id=5, fov_id=1)
    lite.ingest("one")
    with pytest.raises(NotFound, match="no FOV 77"):
        stitch_fov(lite.context, job_id=lite.launch(), fov_id=77)


def test_the_truth_is_reached_when_annotators_draw_it(lite: Loop) -> None:
    fov_id = lite.ingest("one", channels=("DAPI",))
    truth = square_nuclei(step=24, seed=3)
    job_id = lite.launch(crop_size_px=50, overlap=0.3)
    with reading(lite.context.sessions) as session:
        tasks = session.scalars(select(Task).where(Task.job_id == job_id).order_by(Task.position)).all()
    windows = iter([(task.row, task.col, task.height, task.width) for task in tasks])

    def draw(labels: Plane) -> None:
        row, col, height, width = next(windows)
        labels[:] = truth[row : row + height, col : col + width]

    lite.annotate(job_id, draw)
    stitched = _labels(lite, lite.stitch(job_id, fov_id))["nuclear"]
    assert same_partition(stitched, truth)
