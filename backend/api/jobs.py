from collections.abc import Sequence
from typing import Any

from apiflask import APIBlueprint
from sqlalchemy.orm import Session

from backend.api.auth import ADMINS, REVIEWERS, allow
from backend.api.current import context, looking, writing
from backend.api.listing import list_page
from backend.api.schemas.base import PageIn
from backend.api.schemas.jobs import JobIn, JobOut, JobPageOut, LaunchTokenIn, LaunchTokenOut
from backend.models.job import Job
from backend.services import jobs as rules
from backend.services import projects, tokens, users

jobs = APIBlueprint("jobs", __name__, tag="Jobs")
_COLUMNS = frozenset(JobOut().fields) - {"counts"}


@jobs.get("/projects/<int:project_id>/jobs")
@allow(jobs, REVIEWERS)
@jobs.input(PageIn, location="query")
@jobs.output(JobPageOut)
def list_jobs(project_id: int, query_data: dict[str, Any]) -> dict[str, Any]:
    """The jobs of a project."""
    with looking() as session:
        projects.get_project(session, project_id=project_id)
        page = list_page(session, Job, Job.project_id == project_id, page=query_data)
        return {**page, "items": _shown(session, page["items"])}


@jobs.post("/projects/<int:project_id>/jobs")
@allow(jobs, ADMINS)
@jobs.input(JobIn)
@jobs.output(JobOut, status_code=201)
@jobs.doc(responses={409: "An FOV is in a state that takes no new job"})
def launch_job(project_id: int, json_data: dict[str, Any]) -> dict[str, Any]:
    """Launch a job: the predictor proposes labels, then its tasks are published."""
    with writing() as session:
        launched = rules.launch_job(session, context(), project_id=project_id, **json_data)
        return _shown(session, [launched])[0]


@jobs.get("/jobs/<int:job_id>")
@allow(jobs, REVIEWERS)
@jobs.output(JobOut)
def get_job(job_id: int) -> dict[str, Any]:
    """One job with its tasks by state."""
    with looking() as session:
        return _shown(session, [rules.get_job(session, job_id=job_id)])[0]


@jobs.post("/jobs/<int:job_id>/launch-tokens")
@allow(jobs, ADMINS)
@jobs.input(LaunchTokenIn)
@jobs.output(LaunchTokenOut, status_code=201)
def create_launch_token(job_id: int, json_data: dict[str, Any]) -> dict[str, str]:
    """A link for one annotator."""
    with looking() as session:
        rules.get_job(session, job_id=job_id)
        # A link under a name that cannot annotate would fail whoever opens it.
        users.find_annotator(session, name=json_data["annotator"])
    token = tokens.issue_launch_token(context(), job_id=job_id, annotator=json_data["annotator"])
    return {"launch_token": token, "url": f"{context().settings.public_url}/embed/{token}"}


def _shown(session: Session, shown: Sequence[Job]) -> list[dict[str, Any]]:
    counts = rules.jobs_progress(session, [job.id for job in shown])
    return [{**{name: getattr(job, name) for name in _COLUMNS}, "counts": counts[job.id]} for job in shown]
