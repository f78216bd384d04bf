"""A script of random edits of two label planes, with what a plain reference makes of it.

An edit is ``[operation, plane, overwrite, row, col, other row, other col, k]``, all whole numbers. What they
mean depends on the labels that are there when the edit comes: ``here`` is the label at (row, col), ``there``
the one at the other place, ``new`` one more than the highest label that any plane ever held.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tests.contract import reference_image_operations as of_image
from tests.contract import reference_operations as plain
from tests.contract.reference_operations import Labels, Values

#: Operations with the weight of each in the script.
OPERATIONS = {
    "brush": 16,
    "erase": 6,
    "flood": 3,
    "trim": 5,
    "fill_holes": 5,
    "grow": 5,
    "shrink": 4,
    "smooth": 5,
    "threshold": 4,
    "wand": 4,
    "watershed": 6,
    "split_line": 6,
    "autofit": 1,
    "replace": 4,
    "delete": 4,
    "swap": 3,
    "delete_in": 2,
    "copy": 5,
    "interpolate": 2,
    "expand": 2,
    "polygon": 7,
    "undo": 8,
    "redo": 4,
}
NAMES = list(OPERATIONS)
#: Checksums are taken after every so many edits.
EVERY = 250


@dataclass
class Desk:
    """Two label planes with an image, their history, and the highest label ever held."""

    planes: list[Labels]
    image: Values
    highest: int
    done: list[list[Labels]] = field(default_factory=list)
    undone: list[list[Labels]] = field(default_factory=list)

    def change(self, plane: int, labels: Labels) -> None:
        """Take over the labels of one plane; without a change nothing is recorded."""
        if (labels == self.planes[plane]).all():
            return
        self.done.append(list(self.planes))
        self.undone = []
        self.planes[plane] = labels
        self.highest = max(self.highest, int(labels.max()))

    def undo(self) -> None:
        """Take the last change back."""
        if self.done:
            self.undone.append(list(self.planes))
            self.planes = self.done.pop()

    def redo(self) -> None:
        """Make the change undone last again."""
        if self.undone:
            self.done.append(list(self.planes))
            self.planes = self.undone.pop()


@dataclass(frozen=True)
class Edit:
    """One edit, with the labels that it finds."""

    desk: Desk
    plane: int
    mode: str
    place: tuple[int, int]
    other: tuple[int, int]
    k: int

    @property
    def labels(self) -> Labels:
        """The plane that changes."""
        return self.desk.planes[self.plane]

    @property
    def here(self) -> int:
        """The label at the first place."""
        return int(self.labels[self.place])

    @property
    def there(self) -> int:
        """The label at the other place."""
        return int(self.labels[self.other])

    @property
    def new(self) -> int:
        """A label that nobody had."""
        return self.desk.highest + 1

    @property
    def box(self) -> list[int]:
        """The box between the places."""
        (r0, c0), (r1, c1) = self.place, self.other
        return [min(r0, r1), min(c0, c1), abs(r0 - r1) + 1, abs(c0 - c1) + 1]


def stroke(edit: Edit) -> plain.Mask:
    """Give the pixels of a stroke of radius k / 2 between the places."""
    (r0, c0), (r1, c1) = edit.place, edit.other
    return plain.stroke_mask((c0 + 0.5, r0 + 0.5), (c1 + 0.5, r1 + 0.5), edit.k / 2, edit.labels.shape)


def brush(edit: Edit) -> Labels:
    """Paint with the label under the start, or a new one."""
    return plain.paint(edit.labels, stroke(edit), label=edit.here or edit.new, mode=edit.mode)


def erase(edit: Edit) -> Labels:
    """Erase the label under the start, or whatever there is."""
    own = True if edit.mode == "overwrite" else (edit.labels == edit.here)
    return np.where(stroke(edit) & own, 0, edit.labels)


def polygon(edit: Edit) -> Labels:
    """Fill a figure with corners about the places."""
    (r0, c0), (r1, c1) = edit.place, edit.other
    points = [[c0 + 0.25, r0 + 0.5], [c1 + 0.75, r0 - 1.0], [c1 + 0.5, r1 + 0.3], [c0 - 2.0, r1 + edit.k / 4]]
    return plain.polygon(edit.labels, points=points, label=edit.here or edit.new, mode=edit.mode)


def run_edit(name: str, edit: Edit) -> Labels:
    """Give the plane after an edit."""
    labels, image = edit.labels, edit.desk.image
    (row, col), (end_row, end_col) = edit.place, edit.other
    mode: dict[str, Any] = {"mode": edit.mode}
    own: dict[str, Any] = {"label": edit.here, **mode}
    fresh: dict[str, Any] = {"label": edit.new, **mode}
    ends = {"first": [row, col], "second": [end_row, end_col]}
    both = {"before": edit.desk.planes[0], "after": edit.desk.planes[1], "share": edit.k / 8}
    runs: dict[str, Callable[[], Labels]] = {
        "brush": lambda: brush(edit),
        "erase": lambda: erase(edit),
        "flood": lambda: plain.flood(labels, row=row, col=col, label=edit.there or edit.new, **mode),
        "trim": lambda: plain.trim(labels, row=row, col=col, label=edit.here),
        "fill_holes": lambda: plain.fill_holes(labels, **own),
        "grow": lambda: plain.grow(labels, **own),
        "shrink": lambda: plain.shrink(labels, label=edit.here),
        "smooth": lambda: plain.smooth(labels, radiusPx=1 + edit.k % 3, **own),
        "threshold": lambda: of_image.threshold(labels, image=image, box=edit.box, **fresh),
        "wand": lambda: of_image.wand(
            labels, image=image, row=row, col=col, tolerance=60 * edit.k, reachPx=6, **fresh
        ),
        "watershed": lambda: of_image.watershed(
            labels, image=image, label=edit.here, newLabel=edit.new, **ends
        ),
        "split_line": lambda: plain.split_line(
            labels, label=edit.here, newLabel=edit.new, path=[[2 * row - end_row, 2 * col - end_col],
                                                              [end_row, end_col]]
        ),
        "autofit": lambda: of_image.autofit(labels, image=image, **own),
        "replace": lambda: plain.replace(labels, **{"from": edit.here, "to": edit.there}),
        "delete": lambda: plain.replace(labels, **{"from": edit.here, "to": 0}),
        "swap": lambda: plain.swap(labels, a=edit.here, b=edit.there),
        "delete_in": lambda: plain.delete_in(labels, box=edit.box),
        "copy": lambda: plain.copy(
            labels, source=edit.desk.planes[1 - edit.plane],
            label=int(edit.desk.planes[1 - edit.plane][edit.place]), **mode
        ),
        "interpolate": lambda: plain.interpolate(labels, **both, **own),
        "expand": lambda: plain.expand(
            labels, nuclei=edit.desk.planes[1], distancePx=edit.k / 2,
            label=int(edit.desk.planes[1][edit.place]), **mode
        ),
        "polygon": lambda: polygon(edit),
    }  # fmt: skip
    return runs[name]()


def random_rows(generator: np.random.Generator, n_edits: int, shape: tuple[int, ...]) -> list[list[int]]:
    """Draw edits; the two places of one are mostly near each other."""
    weights = np.array(list(OPERATIONS.values()), dtype=np.float64)
    rows = []
    for op in generator.choice(len(NAMES), n_edits, p=weights / weights.sum()):
        place = [int(generator.integers(size)) for size in shape]
        step = generator.integers(-9, 10, 2)
        other = [int(np.clip(at + by, 0, size - 1)) for at, by, size in zip(place, step, shape, strict=True)]
        overwrite = int(generator.random() < 0.3)
        rows.append(
            [int(op), int(generator.integers(2)), overwrite, *place, *other, int(generator.integers(1, 8))]
        )
    return rows


def record_script(
    planes: list[Labels], image: Values, *, n_edits: int, seed: int, checksum: Callable[[Labels], int]
) -> dict[str, Any]:
    """Draw edits and run them; give them with the checksums of both planes along the way."""
    rows = random_rows(np.random.default_rng(seed), n_edits, image.shape)
    desk = Desk(list(planes), image, max(int(plane.max()) for plane in planes))
    checksums = []
    for number, (op, plane, overwrite, row, col, end_row, end_col, k) in enumerate(rows, start=1):
        mode = "overwrite" if overwrite else "protect"
        edit = Edit(desk, plane, mode, (row, col), (end_row, end_col), k)
        if NAMES[op] in ("undo", "redo"):
            getattr(desk, NAMES[op])()
        else:
            desk.change(plane, run_edit(NAMES[op], edit))
        if number % EVERY == 0:
            checksums.append([checksum(labels) for labels in desk.planes])
    return {"operations": NAMES, "every": EVERY, "edits": rows, "checksums": checksums}
