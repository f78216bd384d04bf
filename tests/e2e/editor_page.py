"""What a person does on the editor page, and what the server holds of it afterwards."""

from collections.abc import Callable
from typing import Any

import numpy as np
from playwright.sync_api import FrameLocator, Page

from backend.demo.client import ApiClient, wait_until

READY = "[data-ready='true']"
SAVED = "All changes saved"
PATIENCE_S = 20.0


def stroke(page: Page, *, at: tuple[float, float] = (0.7, 0.5), length_px: int = 60) -> None:
    """Draw a short stroke with the mouse, starting at this share of the canvas."""
    box = page.locator("canvas").first.bounding_box()
    x, y = box["x"] + at[0] * box["width"], box["y"] + at[1] * box["height"]
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(1, 7):
        page.mouse.move(x + length_px * step / 6, y + 2 * step)
    page.mouse.up()


def submit(page: Page | FrameLocator) -> None:
    """Press Submit, and confirm where the checks found something to look at first."""
    page.get_by_role("button", name="Submit", exact=True).first.click()
    anyway = page.get_by_role("button", name="Submit anyway")
    gone = page.get_by_text("All done").or_(page.get_by_text("Thank you"))
    anyway.or_(gone).first.wait_for()
    if anyway.is_visible():
        anyway.click()


def labels_of(client: ApiClient, assignment: dict[str, Any]) -> np.ndarray:
    """The server's labels (compartment, frame, row, column)."""
    return client.get_npy(f"/assignments/{assignment['id']}/labels.npy")


def labels_once(
    client: ApiClient, assignment: dict[str, Any], settled: Callable[[np.ndarray], bool]
) -> np.ndarray:
    """The server's labels as soon as `settled(labels)`; edits go out in the background."""
    return wait_until(
        lambda: labels_of(client, assignment),
        settled,
        timeout_s=PATIENCE_S,
        what="the edits to arrive",
        every_s=0.1,
    )


def edits_once(client: ApiClient, assignment: dict[str, Any], count: int) -> list[dict[str, Any]]:
    """The edits that the server holds, as soon as there are this many."""
    path = f"/assignments/{assignment['id']}/edits"
    return wait_until(
        lambda: client.get(path)["items"],
        lambda edits: len(edits) == count,
        timeout_s=PATIENCE_S,
        what=f"{count} edits to arrive",
        every_s=0.1,
    )


def instances(labels: np.ndarray) -> set[int]:
    """Labels of the first compartment, background included."""
    return set(np.unique(labels[0]).tolist())
