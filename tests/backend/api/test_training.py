import pytest

from backend.adapters.memory import MemoryQueue
from backend.db import transaction
from backend.models import ModelVersion, Project, Promotion
from backend.models.promotion import PromotionOutcome
from backend.services.context import Context
from tests.backend.api.conftest import Caller
from tests.backend.factories import Maker, OpenJob, add_model_version


@pytest.fixture
def model_id(make: Maker, context: Context) -> int:
    """A project's current model version, promoted from `baseline`."""
    project_id = make.project()
    now = context.clock.now()
    with transaction(context.sessions) as session:
        model = add_model_version(session, project_id, now=now, number=3, metrics={"mean_f1": 0.9})
        session.get_one(Project, project_id).current_model_id = model.id
        session.add(
            Promotion(
                project_id=project_id,
                from_model_id=None,
                to_model_id=model.id,
                outcome=PromotionOutcome.PROMOTED,
                reason="better",
                comparison={},
                decided_at=now,
            )
        )
        return model.id


@pytest.fixture
def project_id(model_id: int, context: Context) -> int:
    with transaction(context.sessions) as session:
        return session.get_one(ModelVersion, model_id).project_id


def test_a_training_run_is_queued_once(admin: Caller, make: Maker, context: Context) -> None:
    project_id = make.project()
    made = admin.post(f"/projects/{project_id}/runs", {"kind": "train"})
    assert made.status_code == 201, made.get_json()
    run = made.get_json()
    assert (run["kind"], run["state"], run["failure"]) == ("train", "queued", None)
    assert isinstance(context.queue, MemoryQueue)
    assert context.queue.take() == [("train", {"run_id": run["id"]})]
    second = admin.post(f"/projects/{project_id}/runs", {"kind": "train"})
    assert second.status_code == 409
    assert "wait for its end or cancel it" in second.get_json()["message"]
    assert admin.get(f"/projects/{project_id}/runs").get_json()["items"] == [run]


def test_a_run_can_be_cancelled_once(admin: Caller, make: Maker) -> None:
    run = admin.post(f"/projects/{make.project()}/runs", {"kind": "train"}).get_json()
    assert admin.post(f"/runs/{run['id']}/cancel").get_json()["state"] == "cancelled"
    assert admin.post(f"/runs/{run['id']}/cancel").status_code == 409
    assert admin.get(f"/runs/{run['id']}").get_json()["state"] == "cancelled"


def test_only_training_runs_can_be_asked_for(admin: Caller, make: Maker) -> None:
    answer = admin.post(f"/projects/{make.project()}/runs", {"kind": "predict"})
    assert answer.status_code == 422
    assert "kind: Must be one of: train." in answer.get_json()["message"]


def test_model_versions_say_which_is_current(reviewer: Caller, project_id: int) -> None:
    (model,) = reviewer.get(f"/projects/{project_id}/model-versions").get_json()["items"]
    assert (model["name"], model["is_current"], model["metrics"]) == ("unet-3", True, {"mean_f1": 0.9})
    current = reviewer.get(f"/projects/{project_id}").get_json()["current_model"]
    assert current == {"id": model["id"], "name": "unet-3"}


def test_a_comparison_is_left_to_a_worker(
    admin: Caller, project_id: int, model_id: int, context: Context
) -> None:
    answer = admin.post(f"/projects/{project_id}/promotions", {"model_version_id": model_id})
    assert (answer.status_code, answer.get_json()) == (202, {"work": "decide_promotion"})
    assert isinstance(context.queue, MemoryQueue)
    assert context.queue.take() == [("decide_promotion", {"model_version_id": model_id})]


def test_a_model_version_of_another_project(
    admin: Caller, make: Maker, model_id: int, context: Context
) -> None:
    answer = admin.post(f"/projects/{make.project()}/promotions", {"model_version_id": model_id})
    assert answer.status_code == 404
    assert isinstance(context.queue, MemoryQueue)
    assert context.queue.take() == []


def test_rolling_back_and_the_record_of_it(admin: Caller, project_id: int) -> None:
    made = admin.post(f"/projects/{project_id}/rollbacks", {"reason": "worse on kidney"})
    assert made.status_code == 201, made.get_json()
    assert (made.get_json()["outcome"], made.get_json()["to_model_id"]) == ("rolled_back", None)
    assert made.get_json()["decided_by_id"] == admin.user_id
    assert admin.get(f"/projects/{project_id}").get_json()["current_model"] is None
    outcomes = [row["outcome"] for row in admin.get(f"/projects/{project_id}/promotions").get_json()["items"]]
    assert outcomes == ["promoted", "rolled_back"]
    assert admin.post(f"/projects/{project_id}/rollbacks", {"reason": "again"}).status_code == 409


def test_a_roll_back_needs_a_reason(admin: Caller, project_id: int) -> None:
    answer = admin.post(f"/projects/{project_id}/rollbacks", {"reason": ""})
    assert answer.status_code == 422
    assert "reason: " in answer.get_json()["message"]


def test_rounds_have_one_entry_for_each_job(reviewer: Caller, job: OpenJob) -> None:
    answer = reviewer.get(f"/projects/{job.project_id}/rounds")
    assert answer.status_code == 200
    (figures,) = answer.get_json()["items"]
    assert figures["n_fovs"] == 1


def test_a_run_that_is_not_there(reviewer: Caller) -> None:
    assert reviewer.get("/runs/4").get_json()["message"] == "There is no run 4."


def test_a_report_is_a_page_that_may_do_nothing(reviewer: Caller, model_id: int, context: Context) -> None:
    missing = reviewer.get(f"/model-versions/{model_id}/report")
    assert (missing.status_code, missing.get_json()["message"]) == (
        404,
        "unet-3 has no report; the model versions of this program's trainings have one.",
    )
    context.storage.put("models/1/report.html", b"<h1>unet-3</h1>")
    answer = reviewer.get(f"/model-versions/{model_id}/report")
    assert (answer.status_code, answer.mimetype, answer.data) == (200, "text/html", b"<h1>unet-3</h1>")
    assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none';")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="unet-3-report.html"'
    assert reviewer.get("/model-versions/999/report").status_code == 404


def test_a_training_is_told_what_to_begin_with(admin: Caller, make: Maker) -> None:
    path = f"/projects/{make.project()}/runs"
    assert admin.post(path, {"kind": "train", "start_from": "last"}).status_code == 422
    made = admin.post(path, {"kind": "train", "start_from": "fresh"}).get_json()
    assert made["inputs"]["start_from"] == "fresh"
