"""WebGL2 and Canvas 2D draw the same pixels, and a lost WebGL2 context costs nothing."""

import base64
from typing import Any

import numpy as np
import pytest

from tests.e2e.engine_build import build_engine_page, serve_folder

VIEWPORT = {"width": 320, "height": 240, "pixelRatio": 1}
ONE_LEVEL = 1
"""Graphics cards round the last bit as they like."""


@pytest.fixture(scope="module")
def engine_page(browser, tmp_path_factory):
    """The engine in a page of its own."""
    folder = tmp_path_factory.mktemp("engine")
    build_engine_page(folder)
    with serve_folder(folder) as url:
        page = browser.new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(f"{url}/engine.html")
        page.wait_for_function("() => window.enginePage")
        yield page
        page.close()
    assert faults == []


def packed(array: np.ndarray) -> str:
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


def cells(shape: tuple[int, int], pitch: int = 14, times: int = 1, plus: int = 0) -> np.ndarray:
    """Labels of discs on a grid, some of them touching."""
    row, col = np.indices(shape)
    number = (row // pitch) * (shape[1] // pitch + 1) + col // pitch + 1
    away = np.hypot(row % pitch - pitch / 2, col % pitch - pitch / 2)
    return np.where(away < pitch * 0.52, number * times + plus, 0).astype(np.uint32)


def ramp(shape: tuple[int, int], dtype: str) -> np.ndarray:
    """Intensities from the least to the greatest that are in use, with noise."""
    size = shape[0] * shape[1]
    values = (np.linspace(0, 1, size) + np.random.default_rng(1).normal(0, 0.05, size)).clip(0, 1)
    scale = {"uint8": 255, "uint16": 65535, "float32": 3.5}[dtype]
    return (values * scale - (1.5 if dtype == "float32" else 0)).astype(dtype).reshape(shape)


def channel(shape: tuple[int, int], dtype: str = "uint16", **settings: Any) -> dict[str, Any]:
    return {"dtype": dtype, "data": packed(ramp(shape, dtype)), "settings": settings}


def crop(shape: tuple[int, int] = (90, 130), **changes: Any) -> dict[str, Any]:
    """A crop as the page of the engine takes it: one channel, cells, fitted into the view."""
    labels = changes.pop("cells", None)
    spec = {
        "nRows": shape[0],
        "nCols": shape[1],
        "labels": {"whole_cell": packed(cells(shape) if labels is None else labels)},
        "channels": [channel(shape)],
        "viewport": VIEWPORT,
    }
    return {**spec, **changes}


WIDE, NUCLEI = (90, 130), {"nuclear": packed(cells((90, 130), pitch=14, plus=3))}
BOTH = {"whole_cell": packed(cells(WIDE)), **NUCLEI}
HUGE = cells(WIDE, times=2**24 + 7, plus=2**31)
ZOOMED = {"zoom": 11.3, "left": 30.2, "top": 20.7}
VALUES = [[label, label % 10 / 9] for label in range(1, 80)]
SOME_NAN = ramp(WIDE, "float32")
SOME_NAN[::7, ::5] = np.nan
SOME_NAN[3::7, ::5] = np.inf

CROPS = {
    "plain": crop(),
    "many labels": crop((300, 400), cells=cells((300, 400), pitch=4)),
    "labels above 2^24": crop(cells=HUGE, selected=int(HUGE.max())),
    "labels just below 2^22": crop(cells=cells(WIDE, plus=2**22 - 200)),
    "one label over all": crop(cells=np.full(WIDE, 7, np.uint32), selected=7),
    "no label": crop(cells=np.zeros(WIDE, np.uint32)),
    "8 bit": crop(channels=[channel(WIDE, "uint8")]),
    "float": crop(channels=[channel(WIDE, "float32")]),
    "not a number": crop(channels=[{"dtype": "float32", "data": packed(SOME_NAN)}]),
    "a constant channel": crop(channels=[{"dtype": "uint16", "data": packed(np.full(WIDE, 9, np.uint16))}]),
    "gamma": crop(channels=[channel(WIDE, gamma=0.45), channel(WIDE, "float32", gamma=2.2)]),
    "inverted": crop(channels=[channel(WIDE, inverted=True, gamma=1.7)]),
    "contrast narrow": crop(channels=[channel(WIDE, contrast=[20000, 20400])]),
    "contrast empty": crop(channels=[channel(WIDE, contrast=[500, 500])]),
    "viridis": crop(channels=[channel(WIDE, lut="viridis"), channel(WIDE, "uint8", lut="viridis")]),
    "three channels": crop(
        channels=[channel(WIDE, color=list(c)) for c in ((255, 0, 0), (0, 255, 90), (64, 128, 255))]
    ),
    "grayscale": crop(channels=[channel(WIDE), channel(WIDE, "uint8")], view={"mode": "grayscale"}),
    "one channel alone": crop(channels=[channel(WIDE), channel(WIDE, "uint8")], view={"soloChannel": 1}),
    "no channel": crop(channels=[channel(WIDE, visible=False)]),
    "more channels than texture units": crop(
        channels=[channel(WIDE, visible=True, contrast=[0, 65535 * 9]) for _ in range(13)]
        + [channel(WIDE, "float32", visible=True, lut="viridis", contrast=[0, 40], inverted=True)]
    ),
    "safe palette": crop(view={"palette": "safe"}),
    "coloured by compartment": crop(view={"colorBy": "compartment"}),
    "coloured by area": crop(view={"colorBy": "area"}),
    "coloured by value": crop(view={"colorBy": "value"}, values=VALUES),
    "both compartments": crop(labels=BOTH, view={"showOther": True}),
    "selected": crop(selected=15),
    "only the selected": crop(selected=15, view={"onlySelected": True}),
    "hovered": crop(pointer={"x": 130, "y": 90}),
    "hidden and accepted": crop(hidden=[12, 13, 14], accepted=[15, 16, 24], selected=0),
    "brush ring": crop(preferences={"tool": "brush", "brushRadiusPx": 9}, pointer={"x": 130, "y": 90}),
    "no fill": crop(view={"fillOpacity": 0}),
    "full fill": crop(view={"fillOpacity": 1, "outlineOpacity": 0.5}),
    "no outline": crop(view={"outlineWidthPx": 0}),
    "broad outline": crop(view={"outlineWidthPx": 5}, selected=15),
    "labels off": crop(view={"showLabels": False}),
    "zoomed in": crop(camera=ZOOMED, selected=30),
    "zoomed out": crop((900, 1300), cells=cells((900, 1300)), camera={"zoom": 0.13, "left": -90, "top": -70}),
    "two device pixels per pixel": crop(viewport={**VIEWPORT, "pixelRatio": 2}, selected=15),
    "one and a half": crop(viewport={**VIEWPORT, "pixelRatio": 1.5}, view={"outlineWidthPx": 1.5}),
    "one pixel": crop((1, 1), cells=np.ones((1, 1), np.uint32)),
    "one row": crop((1, 4096), cells=cells((1, 4096)), camera={"zoom": 5, "left": 1000, "top": -20}),
    "one column": crop((4096, 1), cells=cells((4096, 1)), camera={"zoom": 3, "left": -20, "top": 1000}),
}


@pytest.mark.parametrize("name", CROPS)
def test_both_renderers_draw_the_same_pixels(engine_page, name):
    found = engine_page.evaluate("spec => enginePage.compareRenderers(spec)", CROPS[name])
    assert found["furthest"] <= ONE_LEVEL, found
    few = {"one pixel", "no channel", "contrast empty", "a constant channel", "one label over all"}
    assert found["nColors"] >= (2 if name in few else 12), "the picture shows something"


def test_a_lost_context_costs_no_pixel_and_no_edit(engine_page):
    spec = crop(preferences={"tool": "brush", "brushRadiusPx": 6})
    assert engine_page.evaluate("spec => enginePage.loseContext(spec)", spec) == {
        "sameLabels": True,
        "samePixels": True,
        "nPainted": 1,
    }
