"""How sure the predictor is of each proposed instance: stored beside the proposal, shown with its crops."""

import io
import zipfile
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import structlog
from sqlalchemy.orm import Session

from backend.models import Revision, Task
from backend.ports import MissingObject
from backend.services.context import Context
from backend.services.crop_bases import find_base
from backend.services.label_renumbering import Renumbering
from backend.services.revisions import get_revision, load_crop_labels

Values = npt.NDArray[np.float32]
"""Confidences of one compartment, 0 to 1, indexed by label; NaN where unknown, 0 for the background."""

_DECIMALS = 3
log = structlog.get_logger(__name__)


def append_confidences(held: Values | None, found: Values, *, start: int) -> Values:
    """Add those of a frame whose label 1 became `start + 1` to those of the frames before."""
    known = np.zeros(1, np.float32) if held is None else held
    gap = np.full(max(0, start + 1 - len(known)), np.nan, np.float32)
    return np.concatenate((known[: start + 1], gap, found[1:].astype(np.float32)))


def renumber_confidences(
    confidences: Mapping[str, Values], renumberings: Mapping[str, Renumbering]
) -> dict[str, Values]:
    """Index confidences by the labels after a renumbering; compartments that it leaves alone stay."""
    return {name: _renumbered(values, renumberings.get(name)) for name, values in confidences.items()}


def _renumbered(values: Values, renumbering: Renumbering | None) -> Values:
    if renumbering is None:
        return values
    known = renumbering.old < len(values)
    after = np.full(int(renumbering.new.max(initial=0)) + 1, np.nan, np.float32)
    after[0] = 0
    after[renumbering.new[known]] = values[renumbering.old[known]]
    return after


def store_confidences(context: Context, confidences: Mapping[str, Values], *, prefix: str) -> None:
    """Store confidences beside the label images below a revision's prefix; nothing when there are none."""
    if not confidences:
        return
    file = io.BytesIO()
    np.savez_compressed(file, allow_pickle=False, **{name: values for name, values in confidences.items()})
    context.storage.put(_key(prefix), file.getvalue())


def load_confidences(context: Context, revision: Revision) -> dict[str, Values]:
    """The confidences of a proposal; empty when its predictor gave none."""
    try:
        data = context.storage.get(_key(revision.storage_prefix))
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            return {name: file[name] for name in file.files}
    except MissingObject:
        return {}
    except (ValueError, EOFError, zipfile.BadZipFile) as fault:
        # They help people to choose where to look; work goes on without them.
        log.warning("confidences_damaged", revision_id=revision.id, reason=str(fault))
        return {}


def crop_confidences(session: Session, context: Context, task: Task) -> dict[str, dict[str, float]]:
    """The confidences of what was proposed inside the task's crop, by compartment and label in decimals.

    Labels of a crop keep the numbers of the proposal, so these fit a returned task too.
    """
    confidences = load_confidences(context, get_revision(session, revision_id=task.proposal_id))
    crop = find_base(session, task, worked=False) if confidences else None
    if crop is None:
        return {}
    planes = dict(zip(crop.compartments, load_crop_labels(context, crop), strict=True))
    return {name: _of_labels(values, planes[name]) for name, values in confidences.items() if name in planes}


def _of_labels(values: Values, labels: npt.NDArray[np.uint32]) -> dict[str, float]:
    present = np.zeros(max(len(values), int(labels.max(initial=0)) + 1), bool)
    present[labels] = True
    known = np.flatnonzero(present[1 : len(values)] & np.isfinite(values[1:])) + 1
    return {str(label): round(float(values[label]), _DECIMALS) for label in known}


def _key(prefix: str) -> str:
    return f"{prefix}/confidences.npz"
