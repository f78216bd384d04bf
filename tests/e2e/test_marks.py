"""What an annotator says of cells and places, played in a real browser: one edit each, undone exactly."""

from dataclasses import dataclass

import pytest

from tests.e2e import scene
from tests.e2e.moves import Play, around, clicking, dragging, keys, on, then
from tests.e2e.playground import open_scene
from tests.e2e.scene import LABEL, scene_labels

PLAIN, EMPTY, MOVING, LATER = scene.PLAIN, scene.EMPTY, scene.MOVING, scene.LATER
CELL = f"whole_cell/{LABEL[PLAIN]}"
TEXT = "Is this one cell or two?"


@dataclass(frozen=True)
class Saying:
    """What a person does, the tool of the edit, and the key and value that it sets."""

    name: str
    play: Play
    tool: str
    key: str
    value: object


def writing(player):
    """Types into the note that was opened, and keeps it."""
    field = player.surface.get_by_role("region", name="Note:").get_by_role("textbox")
    field.wait_for()
    field.fill(TEXT)
    field.press("Control+Enter")
    field.wait_for(state="detached")


def note(label, place):
    row, column = place
    where = {"compartment": "whole_cell", "label": label, "frame": 0, "row": row, "column": column}
    return {**where, "text": TEXT}


def dividing(player):
    player.select(MOVING)
    player.show(frame=1)
    player.press("Shift+Y")
    player.click(LATER)


SAYINGS = [
    Saying("type by its digit", on(PLAIN, "1"), "type", f"type/{CELL}", "tumour"),
    Saying(
        "type by clicks",
        then(on(scene.RING, "2", "Control+z"), clicking("Shift+T", PLAIN)),
        "type",
        f"type/{CELL}",
        "immune",
    ),
    Saying("flag", on(PLAIN, "'"), "uncertain", f"uncertain/{CELL}", True),
    Saying("accept and go on", on(PLAIN, "Enter"), "checked", f"checked/{CELL}", True),
    Saying(
        "note on the selected cell",
        then(on(PLAIN, "Control+Shift+A"), writing),
        "note",
        "note/",
        note(LABEL[PLAIN], PLAIN),
    ),
    Saying("note on a place", then(clicking("Shift+V", EMPTY), writing), "note", "note/", note(0, EMPTY)),
    Saying(
        "ignored box",
        dragging(";", [(95, 120), (109, 149)]),
        "ignore",
        "ignore/",
        {"frame": 0, "points": [[95, 120], [95, 150], [110, 150], [110, 120]]},
    ),
    Saying("ignored lasso", dragging("Shift+A", around(EMPTY, 14)), "ignore", "ignore/", None),
    Saying(
        "division",
        dividing,
        "division",
        f"division/whole_cell/{LABEL[MOVING]}/1",
        {"daughters": [LABEL[LATER]]},
    ),
]


@pytest.fixture(scope="module", params=["page", "frame"])
def opened(request, scene_job, browser, platform, shots):
    place = request.param
    player = open_scene(scene_job, f"marks-{place}", browser=browser, place=place, host=platform, shots=shots)
    yield player
    player.close()


@pytest.fixture
def player(opened):
    opened.rest()
    yield opened
    opened.rest()
    opened.restore(scene_labels())
    while opened.marks():
        opened.undo()


@pytest.mark.parametrize("saying", SAYINGS, ids=lambda saying: saying.name.replace(" ", "_"))
def test_a_mark_is_one_edit_and_undo_takes_it_away(player, saying, request):
    name = f"mark-{saying.name.replace(' ', '-')}-{request.node.callspec.params['opened']}"
    player.picture(f"{name}-1-before")
    saying.play(player)
    assert (player.saved_labels() == scene_labels()).all()
    player.picture(f"{name}-2-after")
    marks = player.marks()
    (key,) = marks
    assert key.startswith(saying.key)
    if saying.value is not None:
        assert marks[key] == saying.value
    assert player.edits_after(0)[-1]["tool"] == saying.tool
    player.undo()
    assert player.marks() == {}
    player.press("Control+Shift+z")
    player.settle()
    assert player.marks() == marks
    player.reload()
    player.settle()
    assert player.marks() == marks
    player.press("v")
    player.click((145, 3))
    player.undo()
    assert player.marks() == {}


def test_a_box_is_predicted_by_the_server_and_is_one_step(player):
    on(PLAIN, "Delete")(player)
    before, seq = player.saved_labels(), player.state()["lastSeq"]
    player.press("Shift+K")
    player.drag([(3, 3), (46, 44)])
    player.surface.wait_for_function(
        "seq => theEditor().lastSeq() > seq || theEditor().state.getSnapshot().work.notice",
        arg=seq,
        timeout=60_000,
    )
    assert player.state()["notice"] is None
    after = player.saved_labels()
    assert [edit["tool"] for edit in player.edits_after(seq)] == ["predict_box"]
    assert after[(0, 0, *PLAIN)] > max(LABEL.values())
    changed = after != before
    assert (before[changed] == 0).all()
    changed[0, 0, 3:47, 3:45] = False
    assert not changed.any()
    player.undo()
    assert (player.saved_labels() == before).all()
    player.undo()


def test_the_crop_is_worked_through_by_keyboard_alone(player):
    player.press("j")
    seen = []
    for _ in range(3):
        seen.append(f"checked/whole_cell/{player.state()['selected']}")
        player.press("Enter")
    player.settle()
    assert player.marks() == dict.fromkeys(seen, True)
    player.undo(3)


def test_renewed_labels_and_removed_daughters(player):
    before, seq = player.saved_labels(), player.state()["lastSeq"]
    on(PLAIN, "Control+Shift+U")(player)
    after = player.saved_labels()
    assert ((after != before) == (before == LABEL[PLAIN])).all()
    player.undo()
    assert (player.saved_labels() == before).all()
    dividing(player)
    player.press("v")
    player.click(LATER)
    keys("Control+Shift+Y")(player)
    player.settle()
    assert player.marks() == {}
    assert player.edits_after(seq)[-1]["tool"] == "division"
    player.undo(2)
