"""The annotator's page with each renderer, and what axe says of it."""

from pathlib import Path

import numpy as np
import pytest

from tests.e2e import scene
from tests.e2e.browser import ensure_browser
from tests.e2e.playground import open_scene

# The editor prefers Canvas 2D to an emulated WebGL2: this emulation says that it is a real card.
AS_A_CARD = """
const read = WebGL2RenderingContext.prototype.getParameter;
WebGL2RenderingContext.prototype.getParameter = function (name) {
  return name === 0x9246 ? "A graphics card" : read.call(this, name);
};
"""
CONTEXT = 'document.querySelector("canvas[data-path]").getContext("webgl2")'
AXE = Path(__file__).resolve().parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
FAULTS = """async () => {
  const { violations } = await axe.run(document, { resultTypes: ["violations"] });
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map(({ html, any }) =>
      `${id}: ${html.slice(0, 160)} ${any.map(({ message }) => message).join(" ")}`));
}"""


def picture(player):
    """Pixels of the canvas with a cell selected, once everything is drawn."""
    import imagecodecs

    player.rest()
    player.select(scene.PLAIN)
    player.page.mouse.move(5, 5)
    player.page.wait_for_timeout(100)
    return np.asarray(imagecodecs.png_decode(player.canvas.screenshot())).astype(int)


@pytest.fixture
def opened(scene_job, browser):
    """Opens one crop again and again, in one browser or another, with one renderer or another."""
    players = []

    def open_with(renderer, running=browser, setup=""):
        for before in players:
            before.page.context.close()
        player = open_scene(scene_job, "renderers", browser=running, setup=setup)
        assert player.state()["renderer"] == renderer
        players.append(player)
        return player

    yield open_with
    assert [fault for player in players for fault in player.faults] == []


STROKE = [(112, 120 + 5 * i) for i in range(12)]


def test_the_page_looks_the_same_on_each_renderer(opened, browser):
    on_canvas2d = picture(opened("canvas2d"))
    on_webgl2 = picture(opened("webgl2", setup=AS_A_CARD))
    assert abs(on_canvas2d - on_webgl2).max() <= 1
    without_3d = browser.browser_type.launch(
        executable_path=ensure_browser(), args=["--no-sandbox", "--disable-gpu", "--disable-3d-apis"]
    )
    player = opened("canvas2d", without_3d)
    assert player.surface.evaluate("document.createElement('canvas').getContext('webgl2')") is None
    assert (picture(player) == on_canvas2d).all()
    without_3d.close()


def test_a_context_lost_in_a_stroke_comes_back_and_nothing_is_missing(opened):
    player = opened("webgl2", setup=AS_A_CARD)
    player.press("b")
    player.hover(STROKE[0])
    player.page.mouse.down()
    for i, place in enumerate(STROKE):
        player.hover(place)
        if i == 4:
            player.surface.evaluate(
                f"() => {{ window.loss = {CONTEXT}.getExtension('WEBGL_lose_context'); loss.loseContext(); }}"
            )
            assert player.surface.evaluate(f"() => {CONTEXT}.isContextLost()")
        if i == 8:
            player.surface.evaluate("() => loss.restoreContext()")
            player.surface.wait_for_function(f"() => !{CONTEXT}.isContextLost()")
    player.page.mouse.up()
    labels = player.saved_labels()
    painted = labels[0, 0, 112, 175]
    assert painted > 0
    assert (labels[0, 0, 112, 120:176] == painted).all()
    drawn = picture(player)
    player.reload()
    assert (player.saved_labels() == labels).all()
    assert abs(picture(player) - drawn).max() <= 1


def click(name):
    return lambda player: player.surface.get_by_role("button", name=name, exact=True).first.click()


def tab(name):
    def show(player):
        if player.surface.locator("[data-panel='false']").count():
            player.press("Control+b")
        player.surface.get_by_role("tab", name=name).click()

    return show


def noting(player):
    player.select(scene.PLAIN)
    player.press("Control+Shift+a")
    player.surface.get_by_role("region", name="Note:").wait_for()


def offline(player):
    player.page.context.set_offline(True)
    player.press("b")
    player.drag([scene.EMPTY, (112, 160)])
    player.surface.get_by_role("button", name="Try now").wait_for()


def tool(key):
    return lambda player: player.press(key)


STATES = {
    "as opened": lambda player: None,
    "a cell selected": lambda player: player.select(scene.PLAIN),
    "brush": tool("b"),
    "wand": tool("Shift+W"),
    "polygon": tool("Shift+P"),
    "keys and help": tool("?"),
    "palette": tool("Control+k"),
    "findings": tool("Control+Enter"),
    **{f"panel {name}": tab(name) for name in ("Types", "Notes", "Ignore", "Divisions")},
    "writing a note": noting,
    "the panel closed": tool("Control+b"),
    "menu": click("More"),
    "practice": lambda player: (click("More")(player), click("Practise on an example")(player)),
    "offline": offline,
}


IN_SMALL = ("as opened", "wand", "keys and help", "findings", "panel Notes", "practice")


@pytest.mark.parametrize(
    ("size", "names"), [((1280, 800), tuple(STATES)), ((800, 600), IN_SMALL)], ids=["large", "small"]
)
def test_axe_finds_no_serious_fault(scene_job, browser, size, names):
    found = {}
    player = open_scene(scene_job, "axe", browser=browser)
    player.page.set_viewport_size({"width": size[0], "height": size[1]})
    for name in names:
        STATES[name](player)
        player.page.wait_for_timeout(200)
        player.surface.evaluate(AXE.read_text())
        found[name] = player.surface.evaluate(FAULTS)
        player.page.context.set_offline(False)
        player.reload()
    player.close()
    assert {name: faults for name, faults in found.items() if faults} == {}
