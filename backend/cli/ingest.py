"""`cytoloop ingest`: images into a project of this installation, without its server running."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from backend.bootstrap import build_context
from backend.cli.options import channel_options
from backend.cli.progress import progress_of
from backend.config import Settings
from backend.errors import AlreadyExists, CytoloopError, InvalidInput
from backend.migrate import migrate
from backend.services.context import Context
from backend.services.fovs import IngestOptions, ingest_image
from backend.services.projects import create_project, find_project
from pipeline.errors import InputError
from pipeline.io import UnnamedAcquisition, find_images


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--project", "project_name", required=True, help="Made when there is none of this name.")
@channel_options
def ingest(
    paths: tuple[Path, ...],
    *,
    project_name: str,
    **how: Any,
) -> None:
    """Read images, folders of them or zips, and store them as FOVs of a project.

    Every acquisition of an IMC file becomes an FOV, unless one is named.

    \b
    Example:
      cytoloop ingest slide1.ome.tif fov8/ --project Colon --nuclear DAPI --membrane ECAD
    """
    settings = Settings.from_env().with_data_dir()
    migrate(settings.database_url)
    context = build_context(settings, role="cli")
    project_id = _project_id(context, project_name)
    n_failures = sum(
        _ingest(context, path, IngestOptions(**how), project_id=project_id)
        for path in find_images(list(paths))
    )
    if n_failures:
        raise click.ClickException(f"{n_failures} of the images could not be ingested; the others are in.")


def _ingest(context: Context, path: Path, options: IngestOptions, *, project_id: int) -> int:
    """Ingest a file, or each of its acquisitions; how many of them failed."""
    try:
        with progress_of(path.name) as report:
            fov_id = ingest_image(context, project_id=project_id, path=path, options=options, progress=report)
    except (InputError, InvalidInput, AlreadyExists) as fault:
        if isinstance(fault, UnnamedAcquisition) and options.acquisition is None:
            every = [replace(options, acquisition=number) for number in fault.choices]
            return sum(_ingest(context, path, each, project_id=project_id) for each in every)
        # What reads files names them by itself.
        told = f"{path}: {fault}" if isinstance(fault, CytoloopError) else str(fault)
        click.echo(f"Error: {told}", err=True)
        return 1
    part = "" if options.acquisition is None else f", acquisition {options.acquisition}"
    click.echo(f"{path}{part}: FOV {fov_id}")
    return 0


def _project_id(context: Context, name: str) -> int:
    with context.sessions.begin() as session:
        found = find_project(session, name=name) or create_project(session, context, name=name)
        session.flush()
        return found.id
