"""Every tool and command, played in a real browser: the pixels, the server's copy, and undo.

`pytest tests/e2e/test_tools.py --shots FOLDER` keeps a picture from before and after each.
"""

import pytest

from tests.e2e import scene
from tests.e2e.moves import (
    Move,
    around,
    at_plane,
    became,
    clicking,
    dragging,
    drew_new,
    fits_image,
    flooded,
    gone,
    has_copy,
    hole_filled,
    is_between,
    is_cell_of_nucleus,
    is_split,
    keys,
    near,
    nothing,
    on,
    part_kept,
    relabelled,
    then,
)
from tests.e2e.playground import open_scene
from tests.e2e.scene import LABEL

EMPTY, PLAIN, PAIR, PEANUT, SMALL = scene.EMPTY, scene.PLAIN, scene.PAIR, scene.PEANUT, scene.SMALL
ACROSS = [(EMPTY[0], EMPTY[1] + by) for by in (-20, -10, 0, 10, 20)]
CORNERS = [(EMPTY[0] + r, EMPTY[1] + c) for r, c in ((-10, -10), (-10, 10), (10, 10), (10, -10), (-10, -10))]
LEFT, RIGHT = LABEL[PAIR[0]], LABEL[PAIR[1]]
BOX_OF_SMALL = [(55, 130), (76, 175)]
CUT = [(5, 104), (25, 104), (45, 104)]
CELLS, NUCLEI = scene.WHOLE_CELL, scene.NUCLEAR

MOVES = [
    Move("brush", dragging("b", ACROSS), ("brush",), drew_new((150, 900))),
    Move("new", then(on(PLAIN, "n"), dragging("b", ACROSS)), ("brush",), drew_new((150, 900))),
    Move("erase", dragging("e", [PLAIN, (25, 40)]), ("erase",), became(PLAIN, (0.3, 0.95))),
    Move("encircle by a drag", dragging("u", around(EMPTY, 14)), ("encircle",), drew_new((540, 680))),
    Move(
        "encircle without the button",
        lambda player: (player.press("u"), player.trace(around(EMPTY, 14)[:-1])),
        ("encircle",),
        drew_new((540, 680)),
    ),
    Move("polygon", clicking("Shift+P", *CORNERS), ("polygon",), drew_new((370, 450))),
    Move(
        "polygon closed by Enter",
        then(clicking("Shift+P", *CORNERS[:-1]), keys("Enter")),
        ("polygon",),
        drew_new((370, 450)),
    ),
    Move("flood a hole", then(on(scene.RING), clicking("g", scene.HOLED)), ("flood",), hole_filled),
    Move("flood a cell", then(on(PLAIN, "p"), clicking("g", SMALL[0]), keys("p")), ("flood",), flooded),
    Move("trim", clicking("k", scene.PARTS[0]), ("trim",), part_kept),
    Move(
        "threshold", dragging("t", near(scene.BRIGHT, 14)), ("threshold",), drew_new((250, 330), scene.BRIGHT)
    ),
    Move("wand", clicking("Shift+W", scene.BRIGHT), ("wand",), drew_new((10, 330), scene.BRIGHT)),
    Move("watershed", clicking("w", *PEANUT), ("watershed",), is_split),
    Move("split", dragging("Shift+S", CUT), ("split",), is_split),
    Move("merge by a drag", dragging("r", PAIR), ("merge",), relabelled(left=LEFT, right=LEFT)),
    Move(
        "merge by a click",
        then(on(PAIR[1]), clicking("r", PAIR[0])),
        ("merge",),
        relabelled(left=RIGHT, right=RIGHT),
    ),
    Move(
        "replace",
        then(on(PLAIN), clicking("Shift+R", PAIR[0])),
        ("replace",),
        relabelled(left=LABEL[PLAIN], right=RIGHT),
    ),
    Move(
        "swap",
        then(on(PAIR[0]), clicking("Shift+X", PAIR[1])),
        ("swap",),
        relabelled(left=RIGHT, right=LEFT),
    ),
    Move("delete", on(SMALL[0], "Delete"), ("delete",), gone(SMALL[0])),
    Move("delete in a box", dragging("Shift+D", BOX_OF_SMALL), ("delete_box",), gone(*SMALL)),
    Move("delete in a lasso", dragging("Shift+L", around(SMALL[1], 12)), ("delete_lasso",), gone(SMALL[1])),
    Move("fill holes", on(scene.RING, "Shift+F"), ("fill_holes",), hole_filled),
    Move("grow", on(PLAIN, "Shift+Q"), ("grow",), became(PLAIN, (1.1, 1.25))),
    Move("shrink", on(PLAIN, "q"), ("shrink",), became(PLAIN, (0.78, 0.9))),
    Move("smooth", on(scene.ROUGH, "Shift+G"), ("smooth",), became(scene.ROUGH, (0.9, 1.05))),
    Move("autofit", on(scene.LOOSE, "Shift+M"), ("autofit",), fits_image),
    Move("expand by a click", clicking("Shift+E", scene.NUCLEUS), ("expand",), is_cell_of_nucleus),
    Move(
        "expand the selected",
        at_plane(on(scene.NUCLEUS, "Shift+N"), compartment="nuclear"),
        ("expand",),
        is_cell_of_nucleus,
    ),
    Move("expand all", keys("Control+Shift+E"), ("expand",), is_cell_of_nucleus),
    Move(
        "copy to the other compartment",
        on(PLAIN, "Shift+C"),
        ("copy",),
        has_copy(PLAIN, source=(CELLS, 0), target=(NUCLEI, 0)),
    ),
    Move(
        "copy to the next frame",
        on(PLAIN, "Shift+ArrowRight"),
        ("copy",),
        has_copy(PLAIN, source=(CELLS, 0), target=(CELLS, 1)),
    ),
    Move(
        "copy to the previous frame",
        at_plane(on(scene.LATER, "Shift+ArrowLeft"), frame=1),
        ("copy",),
        has_copy(scene.LATER, source=(CELLS, 1), target=(CELLS, 0)),
    ),
    Move("interpolate", on(scene.MOVING, "Shift+I"), ("interpolate",), is_between),
]
IN_SANDBOX = {
    "brush",
    "erase",
    "polygon",
    "flood a hole",
    "watershed",
    "merge by a drag",
    "delete",
    "autofit",
}
ROUNDS = [
    pytest.param(place, move, id=f"{place}-{move.name.replace(' ', '_')}")
    for place in ("page", "frame", "sandbox")
    for move in MOVES
    if place != "sandbox" or move.name in IN_SANDBOX
]


@pytest.fixture(scope="module")
def players(scene_job, browser, platform, shots):
    """The player at each kind of place, opened when the first test asks for it."""
    opened = {}

    def at(place):
        if place not in opened:
            opened[place] = open_scene(
                scene_job, f"tools-{place}", browser=browser, place=place, host=platform, shots=shots
            )
        return opened[place]

    yield at
    for player in opened.values():
        player.close()


@pytest.fixture
def player_at(players):
    """A player at rest on the scene as it was designed."""
    used = []

    def at(place):
        player = players(place)
        used.append(player)
        player.rest()
        return player

    yield at
    for player in used:
        player.rest()
        player.restore(scene.scene_labels())


@pytest.mark.parametrize(("place", "move"), ROUNDS)
def test_a_tool_does_its_work_and_undo_takes_it_back(player_at, place, move):
    player = player_at(place)
    before, seq = player.saved_labels(), player.state()["lastSeq"]
    name = f"{move.name.replace(' ', '-')}-{place}"
    player.picture(f"{name}-1-before")
    move.play(player)
    after = player.saved_labels()
    player.picture(f"{name}-2-after")
    edits = player.edits_after(seq)
    assert tuple(edit["tool"] for edit in edits) == move.tools, player.state()["notice"]
    move.check(before, after)
    player.undo(len(edits))
    assert (player.saved_labels() == before).all()
    assert {edit["tool"] for edit in player.edits_after(seq)[len(edits) :]} == {"undo"}
    player.press("Control+Shift+z")
    assert (player.saved_labels() == after).all()
    player.undo()
    nothing(before, player.saved_labels())
