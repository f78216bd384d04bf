from typing import Any

from apiflask import APIBlueprint
from sqlalchemy.orm import Session

from backend.api.auth import ADMINS, REVIEWERS, allow
from backend.api.current import context, looking, writing
from backend.api.listing import count_states, list_page
from backend.api.schemas.base import PageIn
from backend.api.schemas.projects import ProjectIn, ProjectOut, ProjectPageOut, ProjectPatchIn
from backend.models.fov import Fov
from backend.models.job import Job
from backend.models.model_version import ModelVersion
from backend.models.project import Project
from backend.services import projects as rules

projects = APIBlueprint("projects", __name__, tag="Projects")


@projects.get("/projects")
@allow(projects, REVIEWERS)
@projects.input(PageIn, location="query")
@projects.output(ProjectPageOut)
def list_projects(query_data: dict[str, Any]) -> dict[str, Any]:
    """Every project."""
    with looking() as session:
        page = list_page(session, Project, page=query_data)
        return {**page, "items": [_shown(session, project) for project in page["items"]]}


@projects.post("/projects")
@allow(projects, ADMINS)
@projects.input(ProjectIn)
@projects.output(ProjectOut, status_code=201)
@projects.doc(responses={409: "The name is taken"})
def create_project(json_data: dict[str, Any]) -> dict[str, Any]:
    """Create a project; its setting `predictor` proposes until a model version is promoted."""
    with writing() as session:
        return _shown(session, rules.create_project(session, context(), **json_data))


@projects.get("/projects/<int:project_id>")
@allow(projects, REVIEWERS)
@projects.output(ProjectOut)
def get_project(project_id: int) -> dict[str, Any]:
    """One project with its counts."""
    with looking() as session:
        return _shown(session, rules.get_project(session, project_id=project_id))


@projects.patch("/projects/<int:project_id>")
@allow(projects, ADMINS)
@projects.input(ProjectPatchIn)
@projects.output(ProjectOut)
def change_project(project_id: int, json_data: dict[str, Any]) -> dict[str, Any]:
    """Change some settings of a project and leave the others."""
    with writing() as session:
        changed = rules.update_settings(session, project_id=project_id, changes=json_data["settings"])
        return _shown(session, changed)


def _shown(session: Session, project: Project) -> dict[str, Any]:
    fovs = count_states(session, Fov, Fov.project_id == project.id)
    jobs = count_states(session, Job, Job.project_id == project.id)
    model_id = project.current_model_id
    return {
        "id": project.id,
        "name": project.name,
        # Those of an older version lack the settings that came later.
        "settings": rules.ProjectSettings.from_dict(project.settings).to_dict(),
        "current_model": None if model_id is None else session.get(ModelVersion, model_id),
        "counts": {"fovs": fovs, "jobs": jobs, "n_fovs": sum(fovs.values()), "n_jobs": sum(jobs.values())},
        "created_at": project.created_at,
    }
