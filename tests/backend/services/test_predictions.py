from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select

from backend.db import reading, transaction
from backend.errors import NotFound, StorageError
from backend.models import Fov, Job, Project, Revision, Run, Task
from backend.models.fov import FovState
from backend.models.job import JobState
from backend.models.revision import RevisionSource
from backend.models.run import RunKind, RunState
from backend.services.context import Context
from backend.services.fov_labels import find_proposal, open_fov_labels
from backend.services.predictions import prepare_job
from backend.services.projects import update_settings
from pipeline.labels import same_partition
from tests.backend.factories import add_model_version
from tests.backend.services.loop import BrightPredictor, Loop, frame_of
from tests.backend.services.loop_images import square_nuclei


@pytest.fixture
def loop(context: Context, tmp_path: Path) -> Loop:
    return Loop(context, tmp_path)


@pytest.fixture
def lite(sqlite_context: Context, tmp_path: Path) -> Loop:
    """For rules that say nothing about the database."""
    return Loop(sqlite_context, tmp_path)


def _proposal(loop: Loop, fov_id: int, model_version_id: int | None = None) -> Revision:
    with reading(loop.context.sessions) as session:
        found = find_proposal(session, fov_id=fov_id, model_version_id=model_version_id)
    assert found is not None
    return found


def _add_model(loop: Loop, compartments: tuple[str, ...]) -> int:
    """A current model version that gives these compartments."""
    now = loop.context.clock.now()
    loop.context.storage.put("models/m/model.json", b"{}")
    loop.context.storage.put("models/m/compartments", ",".join(compartments).encode())
    with transaction(loop.context.sessions) as session:
        version = add_model_version(session, loop.project_id, now=now, storage_prefix="models/m")
        session.get_one(Project, loop.project_id).current_model_id = version.id
    loop.context = replace(
        loop.context,
        load_predictor=lambda spec: (
            BrightPredictor() if spec == "baseline" else BrightPredictor("unet", compartments)
        ),
    )
    return version.id


SEEN_AS_IT_IS = {"shrink": {"whole_cell": 1, "nuclear": 1}}


def test_every_fov_of_the_job_gets_a_proposal_and_the_job_opens(loop: Loop) -> None:
    fov_ids = [loop.ingest("one"), loop.ingest("two", seed=1, n_frames=2)]
    job_id = loop.launch()
    assert loop.job(job_id).state is JobState.OPEN
    for fov_id in fov_ids:
        fov, proposal = loop.fov(fov_id), _proposal(loop, fov_id)
        assert fov.state is FovState.ANNOTATING
        assert fov.current_revision_id == proposal.id
        assert (proposal.source, proposal.predictor) == (RevisionSource.PREDICTOR, "baseline")
        assert proposal.model_version_id is None
        assert proposal.report == SEEN_AS_IT_IS
    with reading(loop.context.sessions) as session:
        tasks = session.scalars(select(Task).where(Task.job_id == job_id)).all()
        run = session.scalars(select(Run)).one()
    assert {task.proposal_id for task in tasks} == {_proposal(loop, fov_id).id for fov_id in fov_ids}
    assert (run.kind, run.state, run.inputs["job_id"]) == (RunKind.PREDICT, RunState.SUCCEEDED, job_id)


def test_a_proposal_holds_matched_labels_that_differ_between_frames(lite: Loop) -> None:
    fov_id = lite.ingest("one", n_frames=2)
    lite.launch()
    labels = open_fov_labels(lite.context, _proposal(lite, fov_id))
    frames = [frame_of(labels, frame) for frame in range(2)]
    for frame in frames:
        assert same_partition(frame["nuclear"], square_nuclei())
        inside = frame["nuclear"] > 0
        np.testing.assert_array_equal(frame["nuclear"][inside], frame["whole_cell"][inside])
    assert set(np.unique(frames[0]["nuclear"])) & set(np.unique(frames[1]["nuclear"])) == {0}


def test_preparing_again_changes_nothing(loop: Loop) -> None:
    fov_id = loop.ingest("one")
    job_id = loop.launch()
    before = (_proposal(loop, fov_id).id, sorted(loop.context.storage.list("")))
    prepare_job(loop.context, job_id=job_id)
    assert (_proposal(loop, fov_id).id, sorted(loop.context.storage.list(""))) == before


def test_a_job_that_was_left_half_done_is_taken_up_behind_its_last_proposal(
    lite: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    fov_ids = [lite.ingest("one"), lite.ingest("two", seed=1)]
    job_id = lite.launch(prepare=False)
    predict = BrightPredictor.predict
    images: list[object] = []

    def lost_at_second(self: BrightPredictor, image: object) -> object:
        images.append(image)
        if len(images) == 2:
            raise SystemExit("killed")
        return predict(self, image)

    monkeypatch.setattr(BrightPredictor, "predict", lost_at_second)
    with pytest.raises(SystemExit):
        prepare_job(lite.context, job_id=job_id)
    assert [lite.fov(fov_id).state for fov_id in fov_ids] == [FovState.PROPOSED, FovState.INGESTED]
    first = _proposal(lite, fov_ids[0])
    prepare_job(lite.context, job_id=job_id)
    assert lite.job(job_id).state is JobState.OPEN
    assert len(images) == 3
    assert _proposal(lite, fov_ids[0]).id == first.id


def test_a_job_on_which_a_worker_is_heard_of_is_left_to_it(lite: Loop) -> None:
    lite.ingest("one")
    job_id = lite.launch(prepare=False)
    now = lite.context.clock.now()
    with transaction(lite.context.sessions) as session:
        session.add(
            Run(
                project_id=lite.project_id,
                kind=RunKind.PREDICT,
                state=RunState.RUNNING,
                inputs={"job_id": job_id},
                progress={},
                created_at=now,
                heartbeat_at=now,
            )
        )
    prepare_job(lite.context, job_id=job_id)
    assert lite.job(job_id).state is JobState.PREPARING
    lite.context.clock.advance(200)
    prepare_job(lite.context, job_id=job_id)
    assert lite.job(job_id).state is JobState.OPEN


def test_an_fov_that_cannot_be_predicted_fails_the_job_with_the_reason(loop: Loop) -> None:
    fov_id = loop.ingest("one")
    loop.context.storage.delete_prefix(loop.fov(fov_id).storage_prefix)
    job = loop.job(loop.launch())
    assert job.state is JobState.FAILED
    assert (job.failure or "").startswith(f"No labels can be proposed for FOV {fov_id}: ")
    assert loop.fov(fov_id).state is FovState.INGESTED
    with reading(loop.context.sessions) as session:
        run = session.scalars(select(Run)).one()
    assert (run.state, run.failure) == (RunState.FAILED, job.failure)


def test_storage_that_does_not_answer_leaves_the_job_to_be_tried_again(
    lite: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    lite.ingest("one")
    job_id = lite.launch(prepare=False)

    def away(*_args: object, **_options: object) -> None:
        raise StorageError("the storage is away")

    with monkeypatch.context() as patch:
        patch.setattr(lite.context.storage, "put", away)
        with pytest.raises(StorageError):
            prepare_job(lite.context, job_id=job_id)
    assert lite.job(job_id).state is JobState.PREPARING
    prepare_job(lite.context, job_id=job_id)
    assert lite.job(job_id).state is JobState.OPEN


def test_the_current_model_version_proposes_and_is_recorded(lite: Loop) -> None:
    version_id = _add_model(lite, ("whole_cell", "nuclear"))
    fov_id = lite.ingest("one")
    lite.launch()
    proposal = _proposal(lite, fov_id, version_id)
    assert (proposal.predictor, proposal.model_version_id) == ("unet-1", version_id)
    assert proposal.report == SEEN_AS_IT_IS


def test_the_baseline_stands_in_for_a_compartment_the_model_cannot_give_and_that_is_said(
    lite: Loop,
) -> None:
    version_id = _add_model(lite, ("nuclear",))
    fov_id = lite.ingest("one")
    lite.launch()
    proposal = _proposal(lite, fov_id, version_id)
    assert proposal.compartments == ["whole_cell", "nuclear"]
    assert proposal.report["from_first"] == ["whole_cell"]
    assert proposal.report["note"] == "unet-1 gives no whole_cell; the baseline proposed it instead."
    labels = frame_of(open_fov_labels(lite.context, proposal))
    assert (labels["whole_cell"][labels["nuclear"] > 0] == labels["nuclear"][labels["nuclear"] > 0]).all()


def test_an_fov_with_nuclei_alone_gets_nuclei_alone(lite: Loop) -> None:
    fov_id = lite.ingest("one", channels=("DAPI",))
    lite.launch()
    assert _proposal(lite, fov_id).compartments == ["nuclear"]


def test_an_accepted_fov_keeps_its_labels_until_a_new_job_is_stitched(lite: Loop) -> None:
    (fov_id,) = lite.accept(1)
    accepted = lite.fov(fov_id).current_revision_id
    with transaction(lite.context.sessions) as session:
        version_id = session.get_one(Project, lite.project_id).current_model_id
    _add_model(lite, ("whole_cell", "nuclear"))
    lite.launch(fov_ids=[fov_id])
    assert version_id is None
    assert lite.fov(fov_id).state is FovState.ANNOTATING
    assert lite.fov(fov_id).current_revision_id == accepted


def test_a_process_without_predictors_says_so(sqlite_context: Context, lite: Loop) -> None:
    lite.ingest("one")
    job_id = lite.launch(prepare=False)
    prepare_job(sqlite_context, job_id=job_id)
    assert "belongs to a worker" in (lite.job(job_id).failure or "")


def test_a_job_that_is_not_there_is_not_found(lite: Loop) -> None:
    with pytest.raises(NotFound, match="no job 7"):
        prepare_job(lite.context, job_id=7)


def test_a_cancelled_prediction_fails_the_job(lite: Loop, monkeypatch: pytest.MonkeyPatch) -> None:
    from backend.services.training_runs import cancel_run

    lite.ingest("one")
    lite.ingest("two", seed=1)
    job_id = lite.launch(prepare=False)
    predict = BrightPredictor.predict

    def cancelled_meanwhile(self: BrightPredictor, image: object) -> object:
        with transaction(lite.context.sessions) as session:
            cancel_run(session, lite.context, run_id=session.scalars(select(Run.id)).one())
        return predict(self, image)

    monkeypatch.setattr(BrightPredictor, "predict", cancelled_meanwhile)
    prepare_job(lite.context, job_id=job_id)
    job: Job = lite.job(job_id)
    assert job.state is JobState.FAILED
    assert "was cancelled" in (job.failure or "")


def test_the_pixel_size_of_the_fov_and_the_parameters_of_the_project_reach_the_predictor(lite: Loop) -> None:
    fov_id = lite.ingest("one")
    with transaction(lite.context.sessions) as session:
        session.get_one(Fov, fov_id).pixel_size_um = 0.25
        update_settings(
            session, project_id=lite.project_id, changes={"postprocessing": {"nuclear": {"growth_px": 0}}}
        )
    lite.launch()
    assert lite.trainer.asked == [(0.25, {"nuclear": {"growth_px": 0}})]


@pytest.mark.parametrize("wanted", ["DAPI", "CD3"])
def test_a_predictor_of_more_channels_gets_them_by_name_or_the_job_says_which_is_missing(
    lite: Loop, wanted: str
) -> None:
    taken = BrightPredictor(input_channels=("nuclear", "membrane", wanted))
    lite.context = replace(lite.context, load_predictor=lambda spec: taken)
    fov_id = lite.ingest("one")
    job = lite.job(lite.launch())
    if wanted == "DAPI":
        assert job.state is JobState.OPEN
        labels = frame_of(open_fov_labels(lite.context, _proposal(lite, fov_id)))
        assert same_partition(labels["nuclear"], square_nuclei())
    else:
        assert job.state is JobState.FAILED
        assert "takes a channel 'CD3', and 0 of the channels ['DAPI', 'membrane']" in (job.failure or "")


def test_all_frames_are_seen_at_the_scale_that_the_predictor_chooses_once(lite: Loop) -> None:
    lite.trainer.shrink = 4
    fov_id = lite.ingest("one", n_frames=3)
    lite.launch()
    assert (lite.trainer.n_chosen, lite.trainer.shrinks) == (1, [4, 4, 4])
    assert _proposal(lite, fov_id).report == {"shrink": {"whole_cell": 4, "nuclear": 4}}


def test_what_pixel_sizes_decide_is_not_noted(lite: Loop) -> None:
    lite.trainer.shrink = None
    fov_id = lite.ingest("one")
    lite.launch()
    assert lite.trainer.shrinks == [None]
    assert _proposal(lite, fov_id).report == {}


def test_the_shrink_that_the_project_sets_leaves_nothing_to_choose(lite: Loop) -> None:
    with transaction(lite.context.sessions) as session:
        update_settings(session, project_id=lite.project_id, changes={"shrink": "2"})
    fov_id = lite.ingest("one")
    lite.launch()
    assert (lite.trainer.n_chosen, lite.trainer.shrinks) == (0, [2])
    assert _proposal(lite, fov_id).report == {"shrink": {"whole_cell": 2, "nuclear": 2}}
