"""Plays the editor with mouse and keyboard, wherever it stands, and compares it with the server."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Frame, Locator, Page

from backend.demo.client import ApiClient
from tests.e2e.editor_page import READY, labels_of

Place = tuple[float, float]
"""Row and column of a pixel of the image."""

# The editor is an object of the page that no script can name; React keeps it beside the canvas.
FIND_EDITOR = """
window.theEditor = () => {
  const canvas = document.querySelector("canvas[data-path]");
  const key = Object.keys(canvas).find((name) => name.startsWith("__reactFiber"));
  let node = canvas[key];
  while (!node.memoizedProps?.editor) node = node.return;
  return node.memoizedProps.editor;
};
"""
READ_STATE = """() => {
  const state = theEditor().state.getSnapshot();
  const { tool, path, compartment, frame, selected, camera, save, nEdits, brushRadiusPx } = state;
  const { renderer, writeMode, editable, nInstances } = state;
  const { busy, notice } = state.work;
  return { tool, path, compartment, frame, selected, camera, save: save.kind, nEdits, busy, notice,
    brushRadiusPx, renderer, writeMode, editable, nInstances, lastSeq: theEditor().lastSeq() };
}"""
SETTLED = """() => {
  const { save, work } = theEditor().state.getSnapshot();
  return work.busy === null && save.kind === "saved";
}"""


@dataclass
class Player:
    """One person at one open crop. `surface` is the frame that holds the editor, `page` the tab."""

    page: Page
    surface: Frame
    client: ApiClient
    assignment: dict[str, Any]
    shots: Path | None = None
    faults: list[str] = field(default_factory=list)
    """What the page threw."""

    def __post_init__(self) -> None:
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.find_editor()

    def find_editor(self) -> None:
        """To be called again when the page was loaded anew."""
        self.surface.evaluate(FIND_EDITOR)

    def close(self) -> None:
        """Close the browser context; fails when the page threw anything."""
        self.page.context.close()
        assert self.faults == []

    def reload(self) -> None:
        is_framed = self.surface != self.page.main_frame
        self.page.reload()
        if is_framed:
            self.page.frame_locator("#task").locator(READY).wait_for()
            self.surface = self.page.frames[1]
        self.surface.wait_for_selector(READY)
        self.find_editor()

    @property
    def canvas(self) -> Locator:
        return self.surface.locator("canvas[data-path]")

    def state(self) -> dict[str, Any]:
        """What the editor says of itself."""
        found: dict[str, Any] = self.surface.evaluate(READ_STATE)
        return found

    def on_screen(self, place: Place) -> tuple[float, float]:
        """Where on the page the middle of a pixel lies."""
        camera, box = self.state()["camera"], self.canvas.bounding_box()
        x = (place[1] + 0.5 - camera["left"]) * camera["zoom"]
        y = (place[0] + 0.5 - camera["top"]) * camera["zoom"]
        return box["x"] + x, box["y"] + y

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def hover(self, place: Place) -> None:
        self.page.mouse.move(*self.on_screen(place))

    def click(self, *places: Place) -> None:
        for place in places:
            self.page.mouse.click(*self.on_screen(place))

    def drag(self, places: Sequence[Place], *, button: str = "left") -> None:
        """Press at the first place, pass the others, let go at the last."""
        self.hover(places[0])
        self.page.mouse.down(button=button)
        for place in places[1:]:
            self.hover(place)
        self.page.mouse.up(button=button)

    def trace(self, places: Sequence[Place]) -> None:
        """Click the first place, move past the others with no button held, click the last."""
        self.click(places[0])
        for place in places[1:-1]:
            self.hover(place)
        self.click(places[-1])

    def select(self, place: Place) -> int:
        """Select the cell at a place; returns its label."""
        self.press("v")
        self.click(place)
        return int(self.state()["selected"])

    def show(self, *, compartment: str = "whole_cell", frame: int = 0) -> None:
        """Go to another plane."""
        if self.state()["compartment"] != compartment:
            self.press("f")
        while (held := self.state()["frame"]) != frame:
            self.press("d" if held < frame else "a")

    def rest(self) -> None:
        """No tool, nothing selected, the first frame of the cells, all of it in view."""
        self.press("Escape", "Escape", "v", "Home")
        self.show()

    def settle(self) -> None:
        """Wait until nothing is computed and everything is saved."""
        self.press("Control+s")
        self.surface.wait_for_function(SETTLED, polling=20, timeout=20_000)

    def undo(self, n_times: int = 1) -> None:
        self.press(*["Control+z"] * n_times)
        self.settle()

    def restore(self, wanted: np.ndarray) -> None:
        """Undo until the labels are these; a test that failed half way leaves steps behind."""
        for _ in range(5):
            if (self.saved_labels() == wanted).all():
                return
            self.undo()
        raise AssertionError("five steps back do not lead to the labels that the test began with")

    def saved_labels(self) -> np.ndarray:
        """The server's labels, which have the checksums that the browser's have."""
        self.settle()
        labels = labels_of(self.client, self.assignment)
        held = {
            name: zlib.crc32(np.ascontiguousarray(labels[index], "<u4").tobytes())
            for index, name in enumerate(self.assignment["compartments"])
        }
        assert self.surface.evaluate("() => theEditor().checksums()") == held
        return labels

    def marks(self) -> dict[str, Any]:
        """The marks that the server holds."""
        found: dict[str, Any] = self.client.get(f"/assignments/{self.assignment['id']}/marks")["marks"]
        return found

    def edits_after(self, seq: int) -> list[dict[str, Any]]:
        """The edits that the server holds after one."""
        found: list[dict[str, Any]] = self.client.get(
            f"/assignments/{self.assignment['id']}/edits?after={seq}"
        )["items"]
        return found

    def picture(self, name: str) -> None:
        """Keep a picture of the editor, when somebody wants to look at it."""
        if self.shots is not None:
            self.surface.locator("body").screenshot(path=self.shots / f"{name}.png")
