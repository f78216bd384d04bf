"""`cytoloop ingest`: images into a project of this installation, without its server running."""

from pathlib import Path

import click

from backend.bootstrap import build_context
from backend.cli.options import channel_options
from backend.cli.progress import progress_of
from backend.config import Settings
from backend.migrate import migrate
from backend.services.context import Context
from backend.services.fovs import IngestOptions, ingest_image
from backend.services.projects import create_project, find_project
from pipeline.errors import InputError
from pipeline.io import find_images


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--project", "project_name", required=True, help="Made when there is none of this name.")
@channel_options
def ingest(
    paths: tuple[Path, ...],
    *,
    project_name: str,
    axes: str | None,
    nuclear: str | int | None,
    membrane: str | int | None,
    pixel_size_um: float | None,
) -> None:
    """Read images, folders of them or zips, and store them as FOVs of a project.

    \b
    Example:
      cytoloop ingest slide1.ome.tif fov8/ --project Colon --nuclear DAPI --membrane ECAD
    """
    settings = Settings.from_env().with_data_dir()
    migrate(settings.database_url)
    context = build_context(settings, role="cli")
    project_id = _project_id(context, project_name)
    options = IngestOptions(axes=axes, nuclear=nuclear, membrane=membrane, pixel_size_um=pixel_size_um)
    failures = []
    for path in find_images(list(paths)):
        try:
            with progress_of(path.name) as report:
                fov_id = ingest_image(
                    context, project_id=project_id, path=path, options=options, progress=report
                )
            click.echo(f"{path}: FOV {fov_id}")
        except InputError as fault:
            failures.append(str(fault))
            click.echo(f"Error: {fault}", err=True)
    if failures:
        raise click.ClickException(f"{len(failures)} of the images could not be ingested; the others are in.")


def _project_id(context: Context, name: str) -> int:
    with context.sessions.begin() as session:
        found = find_project(session, name=name) or create_project(session, context, name=name)
        session.flush()
        return found.id
