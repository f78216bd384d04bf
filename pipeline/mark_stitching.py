"""The marks of an FOV, put together from those of its stitched crops.

Labels
    A label of a crop becomes the label of the FOV that holds most of its pixels. Where crops say different
    things of one cell, the crop that holds more of it is heard. Daughters of one division add up. What is
    said of labels without pixels is left out. A daughter that no crop showed together with its parent stays
    with it, since nobody could say otherwise.

Places
    Notes and ignored regions are moved to FOV pixels, under ids of their own. What the crops inherited from
    their FOV and all of them kept comes back as it was; a note that one of them changed or removed is
    replaced, a region keeps the parts that are left.

Law: crops that nobody changed give back what they were cut from, for labels that have pixels.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from pipeline.compartments import COMPARTMENTS
from pipeline.contingency import count_pairs
from pipeline.mark_cuts import Marks, cut_places, move_region, shifted
from pipeline.mark_grammar import DIVISION, IGNORE, MAX_DAUGHTERS, NOTE, MarkKey, MarkValue, parse_key
from pipeline.types import Labels
from pipeline.windows import Window

ReadWindow = Callable[[str, Window], Labels]
"""Labels of a window of an FOV by compartment, int32 (frame, row, col)."""

_ID_STEM = 10


@dataclass(frozen=True)
class MarkedCrop:
    """A crop, its marks in its own pixels, and its labels by compartment, int32 (frame, row, col)."""

    window: Window
    marks: Marks
    read: Callable[[str], Labels]


def majority_labels(crop: Labels, fov: Labels) -> dict[int, tuple[int, int]]:
    """Find for each label of a crop the label of the FOV that holds most of its pixels.

    Parameters
    ----------
    crop, fov : int32 arrays of one shape
        The same pixels, labelled twice; ties go to the label that comes first in row-major order.

    Returns
    -------
    dict
        Label of the crop to (label of the FOV, shared pixels); without labels that became background.
    """
    pairs = count_pairs(crop, fov)
    both = np.flatnonzero((pairs.first > 0) & (pairs.second > 0))
    order = both[np.lexsort((both, -pairs.counts[both], pairs.first[both]))]
    labels, places = np.unique(pairs.first[order], return_index=True)
    best = order[places]
    return {
        int(label): (int(pairs.second[place]), int(pairs.counts[place]))
        for label, place in zip(labels, best, strict=True)
    }


def stitch_marks(
    crops: Iterable[MarkedCrop],
    read_fov: ReadWindow,
    *,
    inherited: Marks,
    read_inherited: ReadWindow,
) -> dict[str, MarkValue]:
    """Put the marks of crops together; see the module for the rules.

    Parameters
    ----------
    crops : iterable of MarkedCrop
        Every crop of the FOV, in a fixed order; labels are read where a mark names some.
    read_fov : function
        Labels of a window of the stitched FOV by compartment, int32 (frame, row, col).
    inherited : mapping
        The marks of the FOV that the crops were cut from.
    read_inherited : function
        As `read_fov`, of the labels that the crops were cut from; called where those marks hold divisions.

    Returns
    -------
    dict
        Marks of the FOV, in FOV pixels.
    """
    places = {name: value for name, value in inherited.items() if parse_key(name).kind in (NOTE, IGNORE)}
    stitch = _Stitch(places, read_fov)
    apart = _Apart.of(inherited)
    for crop in crops:
        stitch.add(crop)
        apart.look(crop.window, read_fov, read_inherited)
    for name, daughters in apart.divisions():
        stitch.daughters.setdefault(name, set()).update(daughters)
    return dict(sorted({**stitch.label_marks(), **stitch.place_marks()}.items()))


@dataclass
class _Apart:
    """Inherited divisions, less the daughters that some crop showed together with their parent."""

    unseen: dict[MarkKey, set[int]]
    became: dict[tuple[str, int], tuple[int, int]] = field(default_factory=dict)
    """By compartment and inherited label: the label of the FOV that holds most of it, and the pixels."""

    @classmethod
    def of(cls, inherited: Marks) -> _Apart:
        keys = {name: parse_key(name) for name in inherited}
        held = {key: name for name, key in keys.items() if key.kind == DIVISION}
        return cls({key: set(inherited[name]["daughters"]) for key, name in held.items()})

    def look(self, window: Window, read_fov: ReadWindow, read_inherited: ReadWindow) -> None:
        """Take note of what a crop showed, and of what its labels became."""
        for name in sorted({key.compartment for key in self.unseen}):
            before = read_inherited(name, window)
            shown = set(np.unique(before).tolist())
            for key, daughters in self.unseen.items():
                if key.compartment == name and key.label in shown:
                    daughters -= shown
            for label, found in majority_labels(before, read_fov(name, window)).items():
                if found[1] > self.became.get((name, label), (0, 0))[1]:
                    self.became[name, label] = found

    def divisions(self) -> Iterator[tuple[str, set[int]]]:
        """The key of each division in labels of the FOV, with the daughters that nobody could speak of."""
        for key, daughters in self.unseen.items():
            parent, *found = (
                self.became.get((key.compartment, label), (0, 0))[0] for label in (key.label, *daughters)
            )
            left = set(found) - {0, parent}
            if parent and left:
                yield f"{DIVISION}/{key.compartment}/{parent}/{key.frame}", left


@dataclass(frozen=True)
class _Piece:
    """A note or region of one crop in FOV pixels; `kept` when it is as it was handed to the crop."""

    key: str
    value: MarkValue
    kept: bool


@dataclass
class _Stitch:
    """What was gathered of the crops so far; `inherited` are notes and regions alone."""

    inherited: Marks
    read_fov: ReadWindow
    n_px: dict[str, int] = field(default_factory=dict)
    said: dict[str, MarkValue] = field(default_factory=dict)
    daughters: dict[str, set[int]] = field(default_factory=dict)
    pieces: list[_Piece] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)
    """Keys of inherited notes and regions that a crop changed or removed."""

    def add(self, crop: MarkedCrop) -> None:
        names = {name for key, value in crop.marks.items() if (name := _compartment(key, value))}
        handed = cut_places(self.inherited, crop.window, COMPARTMENTS)
        self.touched |= {key for key, value in handed.items() if crop.marks.get(key) != value}
        became = {
            name: majority_labels(crop.read(name), self.read_fov(name, crop.window)) for name in sorted(names)
        }
        for name, value in crop.marks.items():
            key = parse_key(name)
            if key.kind in (NOTE, IGNORE):
                moved = _move(key.kind, value, crop.window, became)
                self.pieces.append(_Piece(name, moved, handed.get(name) == value))
            else:
                self._add_label(key, value, became[key.compartment])

    def _add_label(self, key: MarkKey, value: MarkValue, became: Mapping[int, tuple[int, int]]) -> None:
        label, n_px = became.get(key.label, (0, 0))
        if label == 0:
            return
        name = f"{key.kind}/{key.compartment}/{label}"
        if key.kind == DIVISION:
            found = {became[daughter][0] for daughter in value["daughters"] if daughter in became}
            self.daughters.setdefault(f"{name}/{key.frame}", set()).update(found)
        elif n_px > self.n_px.get(name, 0):
            self.n_px[name], self.said[name] = n_px, value

    def label_marks(self) -> dict[str, MarkValue]:
        """Cell types, flags and divisions."""
        divisions = {
            key: {"daughters": sorted(found)[:MAX_DAUGHTERS]}
            for key, found in self.daughters.items()
            if found
        }
        return {**self.said, **divisions}

    def place_marks(self) -> dict[str, MarkValue]:
        """Notes and regions under distinct keys; what was inherited and kept comes first."""
        marks: dict[str, MarkValue] = {}
        for piece in self.pieces:
            whole = piece.kept and piece.key not in self.touched
            if whole and parse_key(piece.key).kind == IGNORE:
                marks[piece.key] = self.inherited[piece.key]
            elif whole and not marks.get(piece.key, {}).get("label"):
                # Of the crops that have the place, one may lack the label.
                label = piece.value["label"]
                marks[piece.key] = {**self.inherited[piece.key], "label": label}
        for piece in self.pieces:
            if self._stands_alone(piece) and not _is_held(marks, piece):
                marks[_free_key(marks, piece.key)] = piece.value
        return marks

    def _stands_alone(self, piece: _Piece) -> bool:
        if not piece.kept:
            return True
        return piece.key in self.touched and parse_key(piece.key).kind == IGNORE


def _compartment(name: str, value: MarkValue) -> str:
    """The compartment whose labels a mark names; "" when it names none."""
    key = parse_key(name)
    if key.kind == NOTE:
        return str(value["compartment"]) if value["label"] else ""
    return key.compartment


def _move(
    kind: str, value: MarkValue, window: Window, became: Mapping[str, Mapping[int, tuple[int, int]]]
) -> MarkValue:
    if kind == IGNORE:
        return move_region(value, window.row, window.col)
    label, _ = became.get(value["compartment"], {}).get(value["label"], (0, 0))
    row, col = shifted(value["row"], window.row), shifted(value["column"], window.col)
    return {**value, "label": label, "row": row, "column": col}


def _is_held(marks: Marks, piece: _Piece) -> bool:
    """Whether the same was said under the same key by another crop."""
    return bool(marks.get(piece.key) == piece.value)


def _free_key(marks: Marks, wanted: str) -> str:
    kind, name = wanted.split("/")
    key, number = wanted, 2
    while key in marks:
        key, number = f"{kind}/{name[:_ID_STEM]}{number}", number + 1
    return key
