from typing import Any

from apiflask import APIBlueprint, FileSchema
from flask import Response
from sqlalchemy import select

from backend.api.auth import ADMINS, REVIEWERS, allow, asking
from backend.api.binary import stored_file_response
from backend.api.current import context, looking, writing
from backend.api.listing import list_page
from backend.api.schemas.base import PageIn
from backend.api.schemas.training import (
    ModelVersionOut,
    ModelVersionPageOut,
    PromotionIn,
    PromotionOut,
    PromotionPageOut,
    QueuedOut,
    RollBackIn,
    RoundsOut,
    RunIn,
    RunOut,
    RunPageOut,
)
from backend.errors import NotFound
from backend.models.job import Job
from backend.models.model_version import ModelVersion
from backend.models.promotion import Promotion
from backend.models.run import Run
from backend.services import model_versions, projects, promotions, rounds, training_runs

training = APIBlueprint("training", __name__, tag="Training")
_MODEL_COLUMNS = frozenset(ModelVersionOut().fields) - {"is_current"}


@training.get("/projects/<int:project_id>/runs")
@allow(training, REVIEWERS)
@training.input(PageIn, location="query")
@training.output(RunPageOut)
def list_runs(project_id: int, query_data: dict[str, Any]) -> dict[str, Any]:
    """The runs of a project."""
    with looking() as session:
        projects.get_project(session, project_id=project_id)
        return list_page(session, Run, Run.project_id == project_id, page=query_data)


@training.post("/projects/<int:project_id>/runs")
@allow(training, ADMINS)
@training.input(RunIn)
@training.output(RunOut, status_code=201)
@training.doc(responses={409: "A training run is alive already"})
def start_run(project_id: int, json_data: dict[str, Any]) -> Run:
    """Queue a training run on what is accepted by then."""
    with writing() as session:
        projects.get_project(session, project_id=project_id)
        return training_runs.request_training(
            session, context(), project_id=project_id, start_from=json_data.get("start_from")
        )


@training.get("/runs/<int:run_id>")
@allow(training, REVIEWERS)
@training.output(RunOut)
def get_run(run_id: int) -> Run:
    """One run with its progress."""
    with looking() as session:
        return training_runs.get_run(session, run_id=run_id)


@training.post("/runs/<int:run_id>/cancel")
@allow(training, ADMINS)
@training.output(RunOut)
@training.doc(responses={409: "The run has ended"})
def cancel_run(run_id: int) -> Run:
    """Stop a run that is alive."""
    with writing() as session:
        return training_runs.cancel_run(session, context(), run_id=run_id)


@training.get("/projects/<int:project_id>/model-versions")
@allow(training, REVIEWERS)
@training.input(PageIn, location="query")
@training.output(ModelVersionPageOut)
def list_model_versions(project_id: int, query_data: dict[str, Any]) -> dict[str, Any]:
    """The model versions of a project; one of them may be current."""
    with looking() as session:
        current = projects.get_project(session, project_id=project_id).current_model_id
        page = list_page(session, ModelVersion, ModelVersion.project_id == project_id, page=query_data)
    shown = [{name: getattr(row, name) for name in _MODEL_COLUMNS} for row in page["items"]]
    return {**page, "items": [{**row, "is_current": row["id"] == current} for row in shown]}


@training.get("/model-versions/<int:model_version_id>/report")
@allow(training, REVIEWERS)
@training.output(FileSchema(), content_type="text/html")
def get_report(model_version_id: int) -> Response:
    """The report of a model version: loss curves, scores per source, examples beside the truth."""
    with looking() as session:
        version = model_versions.get_model_version(session, model_version_id=model_version_id)
        name, prefix = version.name, version.storage_prefix
    key = f"{prefix}/report.html"
    if not context().storage.exists(key):
        raise NotFound(f"{name} has no report; the model versions of this program's trainings have one.")
    response = stored_file_response(context().storage, key, name=f"{name}-report.html", mimetype="text/html")
    # A page from the storage runs nothing and reaches nothing, wherever it is opened.
    response.headers["Content-Security-Policy"] = (
        "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'"
    )
    return response


@training.get("/projects/<int:project_id>/promotions")
@allow(training, REVIEWERS)
@training.input(PageIn, location="query")
@training.output(PromotionPageOut)
def list_promotions(project_id: int, query_data: dict[str, Any]) -> dict[str, Any]:
    """Every decision about the predictor of new jobs."""
    with looking() as session:
        projects.get_project(session, project_id=project_id)
        return list_page(session, Promotion, Promotion.project_id == project_id, page=query_data)


@training.post("/projects/<int:project_id>/promotions")
@allow(training, ADMINS)
@training.input(PromotionIn)
@training.output(QueuedOut, status_code=202)
def consider_promotion(project_id: int, json_data: dict[str, int]) -> dict[str, str]:
    """Compare a model version with the current one again; the outcome shows in the list of promotions."""
    model_version_id = json_data["model_version_id"]
    with writing() as session:
        version = promotions.request_promotion(session, context(), model_version_id=model_version_id)
        if version.project_id != project_id:
            raise NotFound(f"Project {project_id} has no model version {model_version_id}.")
    return {"work": "decide_promotion"}


@training.post("/projects/<int:project_id>/rollbacks")
@allow(training, ADMINS)
@training.input(RollBackIn)
@training.output(PromotionOut, status_code=201)
@training.doc(responses={409: "There is nothing to go back to"})
def roll_back(project_id: int, json_data: dict[str, str]) -> Promotion:
    """Make the model version before the current one predict new jobs again."""
    with writing() as session:
        projects.get_project(session, project_id=project_id)
        return promotions.roll_back(
            session,
            context(),
            project_id=project_id,
            user_id=asking().user_id,
            reason=json_data["reason"],
        )


@training.get("/projects/<int:project_id>/rounds")
@allow(training, REVIEWERS)
@training.output(RoundsOut)
def list_rounds(project_id: int) -> dict[str, Any]:
    """The figures of each job, oldest first."""
    with looking() as session:
        projects.get_project(session, project_id=project_id)
        ids = session.scalars(select(Job.id).where(Job.project_id == project_id).order_by(Job.id)).all()
        return {"items": [rounds.job_figures(session, context(), job_id=job_id) for job_id in ids]}
