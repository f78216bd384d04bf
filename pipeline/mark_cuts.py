"""The marks of a crop, cut out of those of its FOV."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np

from pipeline.mark_grammar import (
    DIVISION,
    IGNORE,
    NOTE,
    REGION_POINTS,
    MarkKey,
    MarkValue,
    parse_key,
)
from pipeline.regions import clip_polygon, polygon_mask
from pipeline.types import AnyArray
from pipeline.windows import Window

Marks = Mapping[str, MarkValue]


def cut_marks(marks: Marks, window: Window, labels: Mapping[str, AnyArray]) -> dict[str, MarkValue]:
    """Give the marks that concern a crop, in its pixels; its labels are numbered as in the FOV.

    Parameters
    ----------
    marks : mapping
        Those of the FOV.
    window : Window
        The crop, in FOV pixels.
    labels : mapping
        Label images of the crop by compartment, integers (frame, row, col).

    Returns
    -------
    dict
        Cell types and flags of labels that have pixels in the crop; divisions of such labels, without the
        daughters that have none; and `cut_places`.
    """
    held = _labels_held(marks, labels)
    cut = {key: _cut_label(parse_key(key), value, held) for key, value in marks.items()}
    places = cut_places(marks, window, labels)
    return {**{key: value for key, value in cut.items() if value is not None}, **places}


def _labels_held(marks: Marks, labels: Mapping[str, AnyArray]) -> dict[str, set[int]]:
    # Most FOVs have no marks: then nobody looks for labels.
    return {name: set(np.unique(plane).tolist()) for name, plane in labels.items()} if marks else {}


def _cut_label(key: MarkKey, value: MarkValue, held: Mapping[str, set[int]]) -> MarkValue:
    present = held.get(key.compartment, set())
    if key.label not in present:
        return None
    if key.kind != DIVISION:
        return value
    daughters = [label for label in value["daughters"] if label in present]
    return {"daughters": daughters} if daughters else None


def cut_places(marks: Marks, window: Window, compartments: Collection[str]) -> dict[str, MarkValue]:
    """Give the notes that are pinned to a place in the window, and the parts of ignored regions in it."""
    cut: dict[str, MarkValue] = {}
    for key, value in marks.items():
        kind = parse_key(key).kind
        found = None
        if kind == NOTE and value["compartment"] in compartments:
            found = _cut_note(value, window)
        elif kind == IGNORE:
            found = _cut_region(value, window)
        if found is not None:
            cut[key] = found
    return cut


def _cut_note(note: dict[str, Any], window: Window) -> dict[str, Any] | None:
    row, col = shifted(note["row"], -window.row), shifted(note["column"], -window.col)
    inside = 0 <= row < window.height and 0 <= col < window.width
    return {**note, "row": row, "column": col} if inside else None


def _cut_region(region: dict[str, Any], window: Window) -> dict[str, Any] | None:
    points = clip_polygon(region["points"], window)
    if len(points) < REGION_POINTS[0] or not polygon_mask(points, window).any():
        return None
    return move_region({**region, "points": _thinned(points)}, -window.row, -window.col)


def _thinned(points: list[list[float]]) -> list[list[float]]:
    """Points evenly taken from an outline that has more than a region may: cutting adds some."""
    most = REGION_POINTS[1]
    if len(points) <= most:
        return points
    return [points[place] for place in np.linspace(0, len(points), most, endpoint=False).astype(int)]


def move_region(region: dict[str, Any], rows: int, cols: int) -> dict[str, Any]:
    """Give a region moved by whole pixels."""
    points = [[shifted(row, rows), shifted(col, cols)] for row, col in region["points"]]
    return {**region, "points": points}


def shifted(place: float, by: int) -> float:
    """Give a place moved by whole pixels; fractions are kept to a thousandth, whole numbers stay whole."""
    moved = round(place + by, 3)
    return int(moved) if moved == int(moved) else moved
