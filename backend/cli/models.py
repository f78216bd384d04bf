"""`cytoloop models` and `cytoloop rollback`: which predictor serves, and back to the one before."""

import click

from backend.bootstrap import build_context
from backend.config import Settings
from backend.errors import NotFound
from backend.services.context import Context
from backend.services.projects import find_project
from backend.services.promotions import list_promotions, roll_back


@click.command()
@click.option("--project", "project_name", required=True)
def models(*, project_name: str) -> None:
    """Show every decision about a project's predictor, the newest first.

    \b
    Example:
      cytoloop models --project Colon
    """
    context, project_id = _open(project_name)
    with context.sessions() as session:
        for promotion in list_promotions(session, project_id=project_id):
            click.echo(f"{promotion.decided_at:%Y-%m-%d %H:%M}  {promotion.outcome:<12} {promotion.reason}")


@click.command()
@click.option("--project", "project_name", required=True)
@click.option("--reason", required=True, help="Kept in the record.")
def rollback(*, project_name: str, reason: str) -> None:
    """Make the predictor before the current one serve again; one atomic change, recorded.

    \b
    Example:
      cytoloop rollback --project Colon --reason "misses small nuclei"
    """
    context, project_id = _open(project_name)
    with context.sessions.begin() as session:
        promotion = roll_back(session, context, project_id=project_id, user_id=None, reason=reason)
    click.echo(promotion.reason)


def _open(project_name: str) -> tuple[Context, int]:
    context = build_context(Settings.from_env().with_data_dir(), role="cli")
    with context.sessions() as session:
        project = find_project(session, name=project_name)
    if project is None:
        raise NotFound(f"There is no project {project_name!r}; `cytoloop ingest --project` makes one.")
    return context, project.id
