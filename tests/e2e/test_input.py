"""Mouse, wheel, touch, pinch, pen and keys, in a page and in a frame of another site."""

import pytest

from tests.e2e import scene
from tests.e2e.playground import open_scene
from tests.e2e.scene import LABEL

EMPTY, PLAIN = scene.EMPTY, scene.PLAIN
PINNED_PX = 1.5
"""A place under the pointer may move this far when the view is zoomed about it."""


@pytest.fixture(scope="module", params=["page", "frame"])
def opened(request, scene_job, browser, platform):
    player = open_scene(
        scene_job, f"input-{request.param}", browser=browser, place=request.param, host=platform
    )
    yield player
    assert player.page.evaluate("[scrollX, scrollY, visualViewport.scale]") == [0, 0, 1]
    player.close()


@pytest.fixture
def player(opened):
    opened.rest()
    yield opened
    opened.rest()
    opened.restore(scene.scene_labels())


@pytest.fixture
def devtools(player):
    session = player.page.context.new_cdp_session(player.page)
    yield session
    session.detach()


def touches(player, devtools, *steps):
    """One touch event per step: its kind and the places of the fingers."""
    for kind, *places in steps:
        points = [dict(zip("xy", player.on_screen(place), strict=True)) for place in places]
        numbered = [{**point, "id": number} for number, point in enumerate(points)]
        devtools.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": numbered})


def test_the_wheel_zooms_at_the_pointer_and_scrolls_nothing(player):
    before, at = player.state()["camera"]["zoom"], player.on_screen(PLAIN)
    player.page.mouse.move(*at)
    for _ in range(3):
        player.page.mouse.wheel(0, -200)
    player.surface.wait_for_function(f"() => theEditor().state.getSnapshot().camera.zoom > {before * 2}")
    assert player.on_screen(PLAIN) == pytest.approx(at, abs=PINNED_PX)
    for _ in range(9):
        player.page.mouse.wheel(0, 800)
    player.surface.wait_for_function(f"() => theEditor().state.getSnapshot().camera.zoom < {before}")
    assert player.page.evaluate("scrollY") == 0


def test_a_pinch_on_a_trackpad_zooms_the_crop_and_not_the_page(player):
    before, at = player.state()["camera"]["zoom"], player.on_screen(PLAIN)
    player.page.mouse.move(*at)
    player.page.keyboard.down("Control")
    player.page.mouse.wheel(0, -60)
    player.page.keyboard.up("Control")
    player.surface.wait_for_function(f"() => theEditor().state.getSnapshot().camera.zoom > {before * 1.5}")
    assert player.on_screen(PLAIN) == pytest.approx(at, abs=PINNED_PX)
    assert player.page.evaluate("visualViewport.scale") == 1


def test_two_fingers_pinch_and_change_no_pixel(player, devtools):
    player.press("b")
    seq, before = player.state()["lastSeq"], player.state()["camera"]["zoom"]
    r, c = EMPTY
    fingers = [((r, c - by), (r, c + by)) for by in (5, 8, 11, 14)]
    touches(player, devtools, ("Start", *fingers[0]))
    scale_from = player.on_screen(fingers[0][1])[0] - player.on_screen(fingers[0][0])[0]
    places = [[player.on_screen(place) for place in pair] for pair in fingers]
    for pair in places:
        points = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(pair)]
        devtools.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": points})
    touches(player, devtools, ("End",))
    wanted = (places[-1][1][0] - places[-1][0][0]) / scale_from
    assert player.state()["camera"]["zoom"] / before == pytest.approx(wanted, rel=0.1)
    assert player.state()["lastSeq"] == seq
    assert player.page.evaluate("visualViewport.scale") == 1


def test_a_finger_paints(player, devtools):
    player.press("b")
    seq, (r, c) = player.state()["lastSeq"], EMPTY
    touches(player, devtools, ("Start", (r, c)), ("Move", (r, c + 5)), ("Move", (r, c + 12)), ("End",))
    labels = player.saved_labels()
    assert [edit["tool"] for edit in player.edits_after(seq)] == ["brush"]
    assert labels[0, 0, r, c] == labels[0, 0, r, c + 12] > max(LABEL.values())


def test_a_second_finger_takes_back_what_the_first_painted(player, devtools):
    player.press("b")
    seq, (r, c) = player.state()["lastSeq"], EMPTY
    touches(player, devtools, ("Start", (r, c)), ("Move", (r, c + 9)))
    assert player.state()["path"] == "brush.painting"
    touches(player, devtools, ("Start", (r, c + 9), (r + 20, c)))
    assert player.state()["path"] == "pan.pinching"
    touches(player, devtools, ("End",))
    assert player.state()["lastSeq"] == seq
    assert (player.saved_labels() == scene.scene_labels()).all()


def test_a_pen_paints_with_one_edit(player, devtools):
    player.press("b")
    seq, (r, c) = player.state()["lastSeq"], EMPTY
    steps = [("mousePressed", c), *(("mouseMoved", c + by) for by in (3, 6, 9)), ("mouseReleased", c + 9)]
    for kind, col in steps:
        x, y = player.on_screen((r, col))
        pen = {"pointerType": "pen", "force": 0.6, "button": "left", "buttons": 1, "clickCount": 1}
        devtools.send("Input.dispatchMouseEvent", {"type": kind, "x": x, "y": y, **pen})
    labels = player.saved_labels()
    assert [edit["tool"] for edit in player.edits_after(seq)] == ["brush"]
    assert labels[0, 0, r, c + 9] > max(LABEL.values())


@pytest.mark.parametrize("how", ["space", "middle"])
def test_a_drag_moves_the_view_while_another_tool_is_chosen(player, how):
    player.press("b", "=")
    seq, before, at = player.state()["lastSeq"], player.state()["camera"], player.on_screen(EMPTY)
    player.page.mouse.move(*at)
    if how == "space":
        player.page.keyboard.down("Space")
    player.page.mouse.down(button="middle" if how == "middle" else "left")
    player.page.mouse.move(at[0] - 30, at[1] - 20, steps=3)
    player.page.mouse.up(button="middle" if how == "middle" else "left")
    if how == "space":
        player.page.keyboard.up("Space")
    after = player.state()
    assert (after["camera"]["left"] - before["left"]) * before["zoom"] == pytest.approx(30, abs=0.5)
    assert (after["camera"]["top"] - before["top"]) * before["zoom"] == pytest.approx(20, abs=0.5)
    assert (after["tool"], after["lastSeq"]) == ("brush", seq)


def test_the_hand_and_select_move_the_view_and_change_nothing(player):
    for key in ("m", "v"):
        player.press(key)
        before = player.state()["camera"]
        player.drag([EMPTY, (EMPTY[0] - 8, EMPTY[1] - 8)])
        assert player.state()["camera"]["left"] > before["left"]
    assert (player.saved_labels() == scene.scene_labels()).all()


def test_brush_size_by_keys_wheel_and_drag(player):
    player.press("b")
    first = player.state()["brushRadiusPx"]
    player.press(".", ".", ",")
    assert player.state()["brushRadiusPx"] == first + 1
    player.page.keyboard.down("Alt")
    player.hover(EMPTY)
    player.page.mouse.wheel(0, -100)
    player.surface.wait_for_function(
        f"() => theEditor().state.getSnapshot().brushRadiusPx === {first + 2}", timeout=5000
    )
    player.drag([EMPTY, (EMPTY[0], EMPTY[1] + 10)], button="right")
    player.page.keyboard.up("Alt")
    assert player.state()["brushRadiusPx"] == pytest.approx(first + 12, abs=1)
    player.press(*[","] * 11, ",")
    assert player.state()["brushRadiusPx"] == pytest.approx(first, abs=1)


def test_keys_that_scroll_leave_the_host_page_where_it_is(player):
    player.click(EMPTY)
    player.press("Space", "PageDown", "ArrowDown", "ArrowUp", "End", "PageUp", "ArrowRight", "ArrowLeft")
    assert player.page.evaluate("[scrollX, scrollY]") == [0, 0]


def test_select_cycles_hover_names_and_hide_takes_away(player):
    assert player.select(PLAIN) == LABEL[PLAIN]
    player.hover(scene.RING)
    player.surface.get_by_text("cell 2", exact=False).first.wait_for()
    shown = player.canvas.screenshot()
    player.press("Shift+H")
    hidden = player.canvas.screenshot()
    assert shown != hidden
    player.press("Shift+U")
    assert player.state()["selected"] == LABEL[PLAIN]
    player.page.keyboard.down("h")
    held = player.canvas.screenshot()
    player.page.keyboard.up("h")
    assert held not in (shown, hidden)


def test_keys_reach_the_frame_once_it_has_the_focus(scene_job, browser, platform):
    player = open_scene(scene_job, "focus", browser=browser, place="frame", host=platform)
    player.page.mouse.click(1200, 750)
    player.press("b")
    assert player.state()["tool"] == "select"
    player.click(EMPTY)
    player.press("b")
    assert player.state()["tool"] == "brush"
    player.close()
