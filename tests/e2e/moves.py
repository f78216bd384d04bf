"""Every tool and command as a person uses it on the scene, and what must have come of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from tests.e2e import scene
from tests.e2e.player import Place, Player
from tests.e2e.scene import LABEL, NUCLEAR, WHOLE_CELL, disc

Labels = np.ndarray
Play = Callable[[Player], None]
Check = Callable[[Labels, Labels], None]


@dataclass(frozen=True)
class Move:
    """What a person does, the names of the edits it makes, and what must hold before and after."""

    name: str
    play: Play
    tools: tuple[str, ...]
    check: Check


def around(centre: Place, radius: float, n_corners: int = 12) -> list[Place]:
    """Places on a circle, the first again at the end."""
    angles = np.linspace(0, 2 * np.pi, n_corners + 1)
    return [(centre[0] + radius * float(np.sin(a)), centre[1] + radius * float(np.cos(a))) for a in angles]


def near(place: Place, by: float) -> list[Place]:
    """Two opposite corners of the box about a place."""
    return [(place[0] - by, place[1] - by), (place[0] + by, place[1] + by)]


def _area(labels: Labels, label: int, *, compartment: int = WHOLE_CELL, frame: int = 0) -> int:
    return int((labels[compartment, frame] == label).sum())


def _only(before: Labels, after: Labels, *labels: int) -> None:
    """No pixel of another label than these changed."""
    changed = before != after
    assert changed.any()
    assert set(np.unique(before[changed])) | set(np.unique(after[changed])) <= {0, *labels}


def drew_new(area: tuple[int, int], place: tuple[int, int] = scene.EMPTY) -> Check:
    """A new label of about this area lies at a place."""

    def check(before: Labels, after: Labels) -> None:
        label = after[WHOLE_CELL, 0, place[0], place[1]]
        assert label > before.max(), "a label of its own, which no cell had before"
        assert area[0] <= _area(after, label) <= area[1], _area(after, label)
        _only(before, after, label)

    return check


def became(place: Place, shares: tuple[float, float], *, compartment: int = WHOLE_CELL) -> Check:
    """The label of a place has this share of the area that it had, and nothing else changed."""

    def check(before: Labels, after: Labels) -> None:
        label = LABEL[place]
        share = _area(after, label, compartment=compartment) / _area(before, label, compartment=compartment)
        assert shares[0] <= share <= shares[1], share
        _only(before, after, label)

    return check


def gone(*places: Place) -> Check:
    """The cells of these places were deleted, and nothing else."""

    def check(before: Labels, after: Labels) -> None:
        left = before.copy()
        left[WHOLE_CELL, 0][np.isin(left[WHOLE_CELL, 0], [LABEL[place] for place in places])] = 0
        assert (after == left).all()

    return check


def is_split(before: Labels, after: Labels) -> None:
    """The peanut is two cells, one about each middle, and no pixel of it was lost but the cut."""
    first, second = (after[WHOLE_CELL, 0, r, c] for r, c in scene.PEANUT)
    assert first != second
    assert min(first, second) > 0
    whole = _area(before, LABEL[scene.PEANUT])
    assert _area(after, first) + _area(after, second) > 0.95 * whole
    assert min(_area(after, first), _area(after, second)) > 0.4 * whole
    _only(before, after, LABEL[scene.PEANUT], int(max(first, second)))


def relabelled(**become: int) -> Check:
    """Exactly: the left and the right cell of the pair have these labels now."""

    def check(before: Labels, after: Labels) -> None:
        expected = before.copy()
        for at, name in enumerate(("left", "right")):
            expected[before == LABEL[scene.PAIR[at]]] = become[name]
        assert (after == expected).all()

    return check


def has_copy(place: Place, *, source: tuple[int, int], target: tuple[int, int]) -> Check:
    """The cell of a place lies in another (compartment, frame) as it lies in its own."""

    def check(before: Labels, after: Labels) -> None:
        expected = before.copy()
        expected[target][before[source] == LABEL[place]] = LABEL[place]
        assert (before != expected).any()
        assert (after == expected).all()

    return check


def is_between(before: Labels, after: Labels) -> None:
    """The moving cell lies in the middle frame, half way."""
    label = LABEL[scene.MOVING]
    rows, cols = np.nonzero(after[WHOLE_CELL, 1] == label)
    assert abs(rows.mean() - (scene.MOVING[0] + 8)) < 1.5
    assert abs(cols.mean() - scene.MOVING[1]) < 1.5
    assert 0.6 < len(rows) / _area(before, label) < 1.4
    _only(before, after, label)


def fits_image(before: Labels, after: Labels) -> None:
    """The loose outline came nearer to the disc that the image shows."""
    label, truth = LABEL[scene.LOOSE], disc(scene.LOOSE, 12)

    def overlap(labels: Labels) -> float:
        cell = labels[WHOLE_CELL, 0] == label
        return float((cell & truth).sum() / (cell | truth).sum())

    assert overlap(after) > max(0.8, overlap(before) + 0.2), (overlap(before), overlap(after))
    _only(before, after, label)


def is_cell_of_nucleus(before: Labels, after: Labels) -> None:
    """A cell of the nucleus's label surrounds it, wider by the default of 5 px."""
    cell = after[WHOLE_CELL, 0] == LABEL[scene.NUCLEUS]
    assert (disc(scene.NUCLEUS, 9) <= cell).all()
    assert (cell <= disc(scene.NUCLEUS, 11)).all()
    assert (after[NUCLEAR] == before[NUCLEAR]).all()


def flooded(before: Labels, after: Labels) -> None:
    expected = before.copy()
    expected[before == LABEL[scene.SMALL[0]]] = LABEL[scene.PLAIN]
    assert (after == expected).all()


def hole_filled(before: Labels, after: Labels) -> None:
    expected = before.copy()
    expected[WHOLE_CELL, 0, disc(scene.HOLED, 4)] = LABEL[scene.HOLED]
    assert (after == expected).all()


def part_kept(before: Labels, after: Labels) -> None:
    expected = before.copy()
    expected[WHOLE_CELL, 0, disc(scene.PARTS[1], 5)] = 0
    assert (after == expected).all()


def nothing(before: Labels, after: Labels) -> None:
    assert (after == before).all()


def keys(*names: str) -> Play:
    return lambda player: player.press(*names)


def on(place: Place, *names: str) -> Play:
    """Select the cell at a place and press keys."""

    def play(player: Player) -> None:
        assert player.select(place) == LABEL[place]
        player.press(*names)

    return play


def dragging(key: str, places: Sequence[Place]) -> Play:
    def play(player: Player) -> None:
        player.press(key)
        player.drag(places)

    return play


def clicking(key: str, *places: Place) -> Play:
    def play(player: Player) -> None:
        player.press(key)
        player.click(*places)

    return play


def then(*plays: Play) -> Play:
    def play(player: Player) -> None:
        for step in plays:
            step(player)

    return play


def at_plane(play: Play, *, compartment: str = "whole_cell", frame: int = 0) -> Play:
    def shown(player: Player) -> None:
        player.show(compartment=compartment, frame=frame)
        play(player)

    return shown
