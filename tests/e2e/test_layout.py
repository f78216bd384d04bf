"""Nothing around the crop moves it while somebody works."""

import re
from pathlib import Path

import pytest

from tests.e2e import scene
from tests.e2e.playground import open_scene

SIZES = [(800, 600), (1280, 800), (600, 500)]
TOOL_LIST = Path(__file__).parents[2] / "frontend/src/engine/tool-list.ts"
TOOLS = re.findall(r'^    id: "(\w+)"', TOOL_LIST.read_text(), re.MULTILINE)
PLACE_BY_TOOL = """async (tools) => {
  const frame = () => new Promise(requestAnimationFrame);
  const places = {};
  for (const tool of tools) {
    theEditor().setTool(tool);
    await frame();
    await frame();
    const { x, y, width, height } = document.querySelector(".crop-canvas").getBoundingClientRect();
    places[tool] = [x, y, width, height];
  }
  return places;
}"""
IS_ON_TOP = """(field) => {
  const { left, right, top, bottom } = field.getBoundingClientRect();
  return field.contains(document.elementFromPoint((left + right) / 2, (top + bottom) / 2));
}"""
CROP = ".crop-canvas"
WAND_OPTIONS = [
    "Pixels of other cells",
    "New cell per shape",
    "Tolerance",
    "Reach",
    "Channel that the tool reads",
]


@pytest.fixture(scope="module")
def player(scene_job, browser, shots):
    opened = open_scene(scene_job, "layout", browser=browser, shots=shots)
    opened.press("Control+b")
    yield opened
    opened.close()


@pytest.fixture(params=SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def size(request, player):
    """The size of the page that the player has."""
    width, height = request.param
    player.page.set_viewport_size({"width": width, "height": height})
    player.rest()
    return request.param


def can_be_reached(page, option):
    """Whether a pointer in the middle of an option meets it."""
    options = page.get_by_role("toolbar", name="About this tool")
    return options.get_by_label(option).evaluate(IS_ON_TOP)


def test_the_crop_stays_where_it_is_whatever_the_tool(player, size):
    places = player.surface.evaluate(PLACE_BY_TOOL, TOOLS)
    assert len(places) > 20
    assert len({tuple(place) for place in places.values()}) == 1, places


def test_every_button_of_the_top_bar_is_in_view(player, size):
    for button in player.surface.locator(".top-bar button").all():
        box = button.bounding_box()
        assert box is None or box["x"] + box["width"] <= size[0]


def test_every_option_is_within_reach_of_pointer_and_keyboard(player, size):
    page = player.page
    more = page.get_by_role("button", name="More about this tool")
    player.press("Shift+W")
    player.picture(f"layout-{size[0]}")
    before = page.locator(CROP).bounding_box()
    hidden = [option for option in WAND_OPTIONS if not can_be_reached(page, option)]
    assert more.is_visible() == (hidden != [])
    if hidden:
        more.click()
        player.picture(f"layout-{size[0]}-open")
        assert [option for option in WAND_OPTIONS if not can_be_reached(page, option)] == []
        page.keyboard.press("Escape")
        assert more.get_attribute("aria-expanded") == "false"
        page.get_by_label(hidden[-1]).focus()
        assert can_be_reached(page, hidden[-1])
        player.click(scene.EMPTY)
        assert more.get_attribute("aria-expanded") == "false"
        player.undo()
    assert page.locator(CROP).bounding_box() == before


def test_a_flagged_cell_shows_a_question_mark_that_goes_with_the_labels(player, size):
    player.select(scene.PLAIN)
    player.press("'")
    sign = player.surface.locator(".uncertain-signs .ground")
    sign.wait_for()
    box, place = sign.bounding_box(), player.on_screen(scene.PLAIN)
    assert abs(box["x"] + box["width"] / 2 - place[0]) < player.state()["camera"]["zoom"]
    assert abs(box["y"] + box["height"] / 2 - place[1]) < player.state()["camera"]["zoom"]
    player.picture(f"uncertain-{size[0]}")
    player.page.keyboard.down("h")
    sign.wait_for(state="detached")
    player.page.keyboard.up("h")
    sign.wait_for()
    player.undo()
    sign.wait_for(state="detached")
