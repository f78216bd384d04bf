"""What stitching did: merges, conflicts, counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pipeline.windows import Window

MAX_LISTED = 1000
"""Most merges, and most conflicts, that a report lists; the counts cover all of them."""


@dataclass(frozen=True)
class Merge:
    """A cell that two or more crops hold.

    Parameters
    ----------
    label : int
        Its label in the stitched label image.
    n_crops : int
        How many crops hold it.
    source : Window or None
        The crop whose version was used; None when no crop has the cell whole, so that each pixel comes from
        the crop in which it lies deepest.
    row, col : int
        Middle of its box, in FOV pixels.
    """

    label: int
    n_crops: int
    source: Window | None
    row: int
    col: int


@dataclass(frozen=True)
class Conflict:
    """Pixels that two crops give to different cells, or one to a cell and the other to background.

    Parameters
    ----------
    windows : (Window, Window)
        The two crops, in the order of windows.
    crop_labels : (int, int)
        The label in each of them; 0 is background.
    labels : (int, int)
        The labels that these cells have in the stitched label image; 0 where the cell was not used.
    frame, row, col : int
        The first of the pixels, in FOV pixels.
    n_px : int
        How many pixels.
    """

    windows: tuple[Window, Window]
    crop_labels: tuple[int, int]
    labels: tuple[int, int]
    frame: int
    row: int
    col: int
    n_px: int


@dataclass(frozen=True)
class StitchReport:
    """Summary of one stitching.

    Parameters
    ----------
    n_crops, n_instances : int
        Crops read and cells in the result.
    n_merges, merges : int, list of Merge
        Cells that two or more crops hold; the list is in the order of labels and at most `MAX_LISTED` long.
    n_conflicts, conflicts : int, list of Conflict
        Disagreements per pair of crops and of cells; the list starts with the largest and is at most
        `MAX_LISTED` long.
    n_conflict_px : int
        Pixels on which any two crops disagree, each counted once.
    n_refused : int
        Matches not made because they would have merged two cells of one crop.
    n_unmatched_cut : int
        Cells of the result that a crop border cuts and that no other crop holds. With an overlap of 0 px
        every cell on a border is counted here once per piece.
    """

    n_crops: int
    n_instances: int
    n_merges: int
    merges: list[Merge]
    n_conflicts: int
    conflicts: list[Conflict]
    n_conflict_px: int
    n_refused: int
    n_unmatched_cut: int

    def to_json(self) -> dict[str, Any]:
        """Give the report as numbers, lists and dicts; a window is [row, col, height, width]."""
        counts = {name: value for name, value in vars(self).items() if isinstance(value, int)}
        return {
            **counts,
            "merges": [_plain(merge) for merge in self.merges],
            "conflicts": [_plain(conflict) for conflict in self.conflicts],
        }


def _plain(item: Merge | Conflict) -> dict[str, Any]:
    return {name: _plain_value(value) for name, value in vars(item).items()}


def _plain_value(value: Any) -> Any:
    if isinstance(value, Window):
        return [value.row, value.col, value.height, value.width]
    if isinstance(value, tuple):
        return [_plain_value(part) for part in value]
    return value
