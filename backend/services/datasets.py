"""Dataset versions: accepted FOVs, frozen."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.db import reading, transaction
from backend.errors import Conflict, StorageError
from backend.models import DatasetVersion, Fov, Project, Revision
from backend.models.fov import FovState
from backend.services.context import Context
from backend.services.dataset_contents import CROP_PX, dataset_items, group_of
from backend.services.projects import ProjectSettings, get_project
from backend.services.storage_prefixes import fresh_prefix, store_folder
from pipeline.dataset import DatasetItem, build_dataset
from pipeline.qc import QcThresholds

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class _Plan:
    """The accepted FOVs with their labels, and what decides how they are frozen."""

    project_id: int
    accepted: Sequence[tuple[Fov, Revision]]
    thresholds: QcThresholds
    seed: int
    hide_uncertain: bool
    fixed: Mapping[str, str]
    """The splits that groups have from earlier versions."""
    added_in: Mapping[int, int] = field(default_factory=dict)
    """The number of the first dataset version of each revision: a training sees enough of the newest."""

    @property
    def inputs(self) -> dict[str, Any]:
        """What makes a dataset version; the same inputs need no second one."""
        return {
            "revision_ids": [revision.id for _, revision in self.accepted],
            "seed": self.seed,
            "min_area_px": self.thresholds.min_area_px,
            "min_cells": self.thresholds.min_cells,
            "hide_uncertain": self.hide_uncertain,
        }


def freeze_dataset(
    context: Context, *, project_id: int, seed: int = 0, hide_uncertain: bool | None = None
) -> int:
    """Freeze the project's accepted FOVs into a dataset version; its id.

    An FOV stays in the split of the first version that holds it, with the rest of its group. When nothing
    was accepted since, the version that stands is given. Regions marked to be ignored are -1 in `y`, and so
    are cells marked as uncertain with `hide_uncertain`; None is what the project says.

    Raises
    ------
    NotFound
        When there is no such project.
    Conflict
        When no FOV is accepted, or a version that splits FOVs otherwise was frozen at the same time.
    pipeline.errors.PipelineError
        When quality control leaves nothing.
    """
    with reading(context.sessions) as session:
        plan = _plan(session, project_id=project_id, seed=seed, hide_uncertain=hide_uncertain)
        known = _find_same(session, plan)
    if known is not None:
        return known
    with (
        tempfile.TemporaryDirectory(prefix="cytoloop-dataset-") as folder,
        fresh_prefix(context, "datasets") as prefix,
    ):
        out = Path(folder) / "dataset"
        manifest = build_dataset(
            _items(context, plan),
            out,
            seed=seed,
            fixed=plan.fixed,
            min_area=plan.thresholds.min_area_px,
            min_cells=plan.thresholds.min_cells,
            size=CROP_PX,
        )
        store_folder(context.storage, prefix, out)
        return _record(context, plan, prefix=prefix, manifest={**manifest, "inputs": plan.inputs})


def _plan(session: Session, *, project_id: int, seed: int, hide_uncertain: bool | None) -> _Plan:
    project = get_project(session, project_id=project_id)
    rows = session.execute(
        select(Fov, Revision)
        .join(Revision, Revision.id == Fov.current_revision_id)
        .where(Fov.project_id == project_id, Fov.state == FovState.ACCEPTED)
        .order_by(Fov.id)
    )
    accepted = [(fov, revision) for fov, revision in rows]
    if not accepted:
        raise Conflict(
            f"Project {project.name!r} has no accepted FOV to train on; accept one in review first."
        )
    settings = ProjectSettings.from_dict(project.settings)
    hidden = settings.hide_uncertain if hide_uncertain is None else hide_uncertain
    known = session.scalars(select(Fov).where(Fov.project_id == project_id, Fov.split.is_not(None)))
    fixed = {group_of(fov): fov.split for fov in known if fov.split is not None}
    added_in = _added_in(session, project_id, [revision.id for _, revision in accepted])
    return _Plan(project_id, accepted, settings.qc_thresholds(), seed, hidden, fixed, added_in)


def _added_in(session: Session, project_id: int, revision_ids: Sequence[int]) -> dict[int, int]:
    """The number of the first dataset version of each revision; of those in none, the next number."""
    query = (
        select(DatasetVersion.number, DatasetVersion.manifest["inputs"]["revision_ids"])
        .where(DatasetVersion.project_id == project_id)
        .order_by(DatasetVersion.number)
    )
    held = [(number, set(ids or ())) for number, ids in session.execute(query)]
    following = held[-1][0] + 1 if held else 1
    return {
        wanted: next((number for number, ids in held if wanted in ids), following) for wanted in revision_ids
    }


def _find_same(session: Session, plan: _Plan) -> int | None:
    latest = session.scalars(
        select(DatasetVersion)
        .where(DatasetVersion.project_id == plan.project_id)
        .order_by(DatasetVersion.number.desc())
        .limit(1)
    ).first()
    return latest.id if latest is not None and _inputs_of(latest) == plan.inputs else None


def _inputs_of(version: DatasetVersion) -> dict[str, Any]:
    """What made a version; those from before there were marks hid no cell."""
    return {"hide_uncertain": False, **version.manifest.get("inputs", {})}


def _items(context: Context, plan: _Plan) -> Iterator[DatasetItem]:
    for fov, revision in plan.accepted:
        added_in = {"added_in": plan.added_in[revision.id]}
        for item in dataset_items(context, fov, revision, hide_uncertain=plan.hide_uncertain):
            yield replace(item, provenance={**item.provenance, **added_in})


def _record(context: Context, plan: _Plan, *, prefix: str, manifest: dict[str, Any]) -> int:
    with transaction(context.sessions) as session:
        # Numbers and splits are given one after the other: the project's row is the lock.
        session.get_one(Project, plan.project_id, with_for_update={"key_share": True})
        known = _find_same(session, plan)
        if known is None:
            version = _add_version(session, context, plan, prefix=prefix, manifest=manifest)
    if known is not None:
        # Frozen by another request while this one built it, as when somebody pressed twice.
        with suppress(StorageError):
            context.storage.delete_prefix(prefix)
        return known
    log.info("dataset_frozen", dataset_version_id=version.id, splits=manifest["splits"])
    return version.id


def _add_version(
    session: Session, context: Context, plan: _Plan, *, prefix: str, manifest: dict[str, Any]
) -> DatasetVersion:
    _keep_splits(session, plan, manifest["groups"])
    highest = session.scalar(
        select(func.max(DatasetVersion.number)).where(DatasetVersion.project_id == plan.project_id)
    )
    version = DatasetVersion(
        project_id=plan.project_id,
        number=(highest or 0) + 1,
        manifest=manifest,
        storage_prefix=prefix,
        created_at=context.clock.now(),
    )
    session.add(version)
    return version


def _keep_splits(session: Session, plan: _Plan, splits: dict[str, str]) -> None:
    """Note the split of each FOV that is in a dataset version for the first time."""
    fovs = session.scalars(
        select(Fov)
        .where(Fov.id.in_([fov.id for fov, _ in plan.accepted]))
        .execution_options(populate_existing=True)
    )
    for fov in fovs:
        split = splits.get(group_of(fov))
        if split is None or fov.split == split:
            continue
        if fov.split is not None:
            raise Conflict(
                f"FOV {fov.name!r} went into the split {fov.split!r} of another dataset version meanwhile;"
                " freeze again."
            )
        fov.split = split
