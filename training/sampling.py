"""What the manifest of a dataset version says of its crops: how often each comes up, and its pixel size.

How often: three things in the provenance of a source decide: `weight`, a number that multiplies how
often its crops come up; the key that `FitConfig.balance_by` names; and `added_in`, a number that is higher
the later the source was added, for `FitConfig.new_share`.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from training.errors import UnusableDataset
from training.fit_config import FitConfig

WEIGHT, ADDED_IN, PIXEL_SIZE = "weight", "added_in", "pixel_size_um"

Shares = npt.NDArray[np.float64]


def crop_sources(manifest: Mapping[str, Any], split: str, *, n_crops: int) -> list[Mapping[str, Any]]:
    """Return the provenance of the source of each crop of a split, in the order of the crops.

    Raises
    ------
    UnusableDataset
        The manifest lists another number of crops, or a source without a list of them.
    """
    if "sources" not in manifest:
        return [{}] * n_crops
    try:
        sources = [source for source in manifest["sources"] if source["split"] == split]
        listed = [source.get("provenance", {}) for source in sources for _ in source["crops"]]
    except (KeyError, TypeError) as error:
        raise UnusableDataset(
            "a source of the manifest has no split, or lists no crops. Build the dataset again."
        ) from error
    if len(listed) != n_crops:
        raise UnusableDataset(
            f"the manifest lists {len(listed)} crops of the {split} split, the split holds {n_crops}. "
            "Build the dataset again."
        )
    return listed


def crop_pixel_um(source: Mapping[str, Any]) -> float | None:
    """Return the pixel size that the provenance of a crop names; None where it names none.

    Raises
    ------
    UnusableDataset
        It names what is no size.
    """
    named = source.get(PIXEL_SIZE)
    if named is None:
        return None
    # Images may say what they like: one that cannot be seen at the size of the model's pixels is told then.
    if isinstance(named, bool) or not isinstance(named, int | float) or not 0 < named < math.inf:
        raise UnusableDataset(
            f"the manifest says {PIXEL_SIZE} {named!r} of a source; a number above 0 was expected. "
            "Build the dataset again."
        )
    return float(named)


def draw_shares(sources: Sequence[Mapping[str, Any]], *, fit: FitConfig) -> Shares | None:
    """Return the share of the draws of each crop; None when all are equal.

    Parameters
    ----------
    sources
        Provenance of the source of each crop.

    Returns
    -------
    Shares
        Float64, one per crop, summing to 1.

    Raises
    ------
    UnusableDataset
        A weight is no number, negative, or all are 0; `added_in` is no whole number.
    """
    shares = np.array([_weight(source) for source in sources], np.float64)
    if not shares.max() > 0:
        raise UnusableDataset("every source of the training split has weight 0; nothing could be drawn.")
    shares /= shares.max()
    if fit.balance_by:
        shares = _balanced(shares, [str(source.get(fit.balance_by, "")) for source in sources])
    shares /= shares.sum()
    shares = _renewed(shares, [_added_in(source) for source in sources], share=fit.new_share)
    return None if np.allclose(shares, shares[0]) else shares


def _weight(source: Mapping[str, Any]) -> float:
    weight = source.get(WEIGHT, 1.0)
    is_number = isinstance(weight, int | float) and not isinstance(weight, bool)
    if not is_number or not 0 <= weight < np.inf:
        raise UnusableDataset(f"the weight of a source is {weight!r}; it must be a number of at least 0.")
    return float(weight)


def _added_in(source: Mapping[str, Any]) -> int:
    number = source.get(ADDED_IN, 0)
    if not isinstance(number, int) or isinstance(number, bool):
        raise UnusableDataset(f"{ADDED_IN} of a source is {number!r}; it must be a whole number.")
    return number


def _balanced(shares: Shares, names: Sequence[str]) -> Shares:
    """Give each name the same total."""
    _, which = np.unique(names, return_inverse=True)
    totals = np.bincount(which, shares)[which]
    return np.divide(shares, totals, out=np.zeros_like(shares), where=totals > 0)


def _renewed(shares: Shares, added_in: Sequence[int], *, share: float) -> Shares:
    """Give the sources that were added last at least `share` of the draws, unless nothing is older."""
    newest = np.asarray(added_in) == max(added_in)
    natural = float(shares[newest].sum())
    if newest.all() or not 0 < natural < share:
        return shares
    rest = (1.0 - share) / (1.0 - natural)
    return np.where(newest, shares * (share / natural), shares * rest)
