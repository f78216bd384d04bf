"""Opens the scene in a browser: as a page, in a frame of another site, in a sandbox."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser

from backend.demo.images import DemoImage
from backend.demo.stages import Stages
from tests.e2e.editor_page import READY
from tests.e2e.lab import Job, Lab
from tests.e2e.player import Player
from tests.e2e.scene import scene_labels, set_labels, write_scene

ATTRIBUTES = {"frame": "", "sandbox": 'sandbox="allow-scripts"'}


def launch_scene(lab: Lab, name: str) -> Job:
    """Ingest the scene and launch a job of one crop on it."""
    image = DemoImage(write_scene(lab.folder, name), source="e2e", truth={})
    stages = Stages("e2e", quiet=True)
    fov_ids = list(lab.loop.ingest([image], stages))
    return Job(lab.loop, lab.loop.launch(name, fov_ids, stages), image, fov_ids[0])


def open_scene(
    job: Job,
    annotator: str,
    *,
    browser: Browser,
    place: str = "page",
    host: Callable[[str, str], str] | None = None,
    shots: Path | None = None,
) -> Player:
    """A player at the scene with its labels as designed; `place` is page, frame or sandbox."""
    client, assignment = job.session(annotator)
    set_labels(client, assignment, scene_labels())
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    if host is None or place == "page":
        page.goto(job.url(annotator))
        surface = page.main_frame
    else:
        page.goto(host(job.url(annotator), ATTRIBUTES[place]))
        page.frame_locator("#task").locator(READY).wait_for()
        surface = page.frames[1]
    surface.wait_for_selector(READY)
    player = Player(page, surface, client, assignment, shots)
    # The first click gives the frame the keys.
    player.press("v")
    player.click((145, 3))
    return player
