"""Model versions: stored whole, loaded for work, listed."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.db import reading, transaction
from backend.errors import Conflict, NotFound
from backend.models import ModelVersion, Project, Run
from backend.ports import Predictor, TrainedModel
from backend.services.context import Context
from backend.services.storage_prefixes import fresh_prefix, store_folder

BASELINE = "baseline"


def store_model_version(
    context: Context, trained: TrainedModel, *, folder: Path, run_id: int, dataset_version_id: int
) -> int:
    """Store a model folder and its row; the id of the new model version. This alone makes nothing current."""
    checksums = json.loads((folder / "checksums.json").read_text())
    with fresh_prefix(context, "models") as prefix:
        store_folder(context.storage, prefix, folder)
        with transaction(context.sessions) as session:
            project_id = session.get_one(Run, run_id).project_id
            # Numbers are given one after the other: the project's row is the lock.
            session.get_one(Project, project_id, with_for_update=True)
            highest = session.scalar(
                select(func.max(ModelVersion.number)).where(ModelVersion.project_id == project_id)
            )
            version = ModelVersion(
                project_id=project_id,
                number=(highest or 0) + 1,
                kind=trained.kind,
                dataset_version_id=dataset_version_id,
                run_id=run_id,
                config=dict(trained.config),
                metrics=dict(trained.metrics),
                checksums=checksums,
                storage_prefix=prefix,
                created_at=context.clock.now(),
            )
            session.add(version)
        return version.id


def get_model_version(session: Session, *, model_version_id: int) -> ModelVersion:
    """The model version of this id, or `NotFound`."""
    version = session.get(ModelVersion, model_version_id)
    if version is None:
        raise NotFound(f"There is no model version {model_version_id}.")
    return version


def find_model_of_run(session: Session, *, run_id: int) -> ModelVersion | None:
    """The model version that a run made."""
    return session.scalars(select(ModelVersion).where(ModelVersion.run_id == run_id)).first()


def list_model_versions(session: Session, *, project_id: int) -> Sequence[ModelVersion]:
    """The project's model versions, the latest first."""
    return session.scalars(
        select(ModelVersion).where(ModelVersion.project_id == project_id).order_by(ModelVersion.number.desc())
    ).all()


def first_predictor(session: Session, project_id: int) -> str:
    """What predicts in a project as long as no model version was promoted: `default` or `baseline`."""
    return str(session.get_one(Project, project_id).settings.get("predictor", BASELINE))


def model_name(session: Session, model_version_id: int | None, *, first: str = BASELINE) -> str:
    """What people call a predictor: the name of the model version, or of the project's first predictor."""
    if model_version_id is None:
        return first
    return get_model_version(session, model_version_id=model_version_id).name


@contextmanager
def open_predictor(
    context: Context, model_version_id: int | None, *, first: str = BASELINE
) -> Iterator[Predictor]:
    """The predictor of a model version, or the project's first one; its files are here as long as the block.

    Raises
    ------
    Conflict
        In a process that does not predict.
    StorageError
        When the model folder is gone.
    """
    if context.load_predictor is None:
        raise Conflict("This process loads no predictors; that work belongs to a worker.")
    if model_version_id is None:
        yield context.load_predictor(first)
        return
    with reading(context.sessions) as session:
        prefix = get_model_version(session, model_version_id=model_version_id).storage_prefix
    with context.storage.local_copy(prefix) as folder:
        yield context.load_predictor(folder)
