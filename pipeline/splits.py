"""Which split of a dataset an FOV goes to."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from math import isclose

from pipeline.errors import InvalidSetting

SPLITS: tuple[str, ...] = ("train", "val", "test")


def assign_splits(
    groups: Sequence[str],
    *,
    fractions: Sequence[float] = (0.8, 0.1, 0.1),
    seed: int = 0,
    fixed: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Split FOVs by group: a group is never in two splits, and one that has a split keeps it.

    Large groups are placed first, each where most is missing. With three groups or more (two, one) that are
    not fixed, no split (not train and val, not train) stays empty. The order of `groups` plays no role.

    Parameters
    ----------
    groups
        Group of each FOV; a group that comes twice counts twice.
    fractions
        Shares of train, val and test; their sum is 1.
    seed
        Decides between groups of one size.
    fixed
        Splits given earlier, by group; groups that are not in `groups` are ignored.

    Returns
    -------
    dict
        Split of each group.

    Raises
    ------
    InvalidSetting
        When the fractions are not three shares that sum to 1 with some for train, or `fixed` names an
        unknown split.
    """
    _check(fractions, fixed or {})
    sizes = Counter(groups)
    chosen = {group: split for group, split in (fixed or {}).items() if group in sizes}
    free = sorted(
        (group for group in sizes if group not in chosen),
        key=lambda group: (-sizes[group], hashlib.sha256(f"{seed}:{group}".encode()).digest()),
    )
    missing = {
        split: fraction * len(groups) for split, fraction in zip(SPLITS, fractions, strict=True) if fraction
    }
    for group, split in chosen.items():
        missing[split] = missing.get(split, 0.0) - sizes[group]
    empty = [split for split in missing if split not in chosen.values()]
    for split in empty[: len(free)]:
        # Train begins with the largest group, val and test with the smallest.
        group = free.pop(0 if split == SPLITS[0] else -1)
        chosen[group] = split
        missing[split] -= sizes[group]
    for group in free:
        split = max(missing, key=lambda name: missing[name])
        chosen[group] = split
        missing[split] -= sizes[group]
    return chosen


def _check(fractions: Sequence[float], fixed: Mapping[str, str]) -> None:
    if (
        len(fractions) != len(SPLITS)
        or not all(0 <= fraction <= 1 for fraction in fractions)
        or not isclose(sum(fractions), 1, abs_tol=1e-6)
        or not fractions[0]
    ):
        raise InvalidSetting(
            f"Split fractions {tuple(fractions)} cannot be; give shares of train, val and test that sum to 1,"
            " such as 0.8 0.1 0.1."
        )
    unknown = {group: split for group, split in fixed.items() if split not in SPLITS}
    if unknown:
        raise InvalidSetting(f"Splits {unknown} are unknown; use {', '.join(SPLITS)}.")
