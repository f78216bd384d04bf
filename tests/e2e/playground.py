"""Opens the scene in a browser: as a page, in a frame of another site, in a sandbox."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser

from backend.demo.client import wait_until
from backend.demo.images import DemoImage
from backend.demo.loop import INSTRUCTIONS
from backend.demo.stages import Stages
from tests.e2e.editor_page import READY
from tests.e2e.lab import Job, Lab
from tests.e2e.player import Player
from tests.e2e.scene import SHAPE, scene_labels, set_labels, write_scenes

N_ANNOTATORS = 16
PATIENCE_MS = 90_000
"""A machine that does other work at the same time is slow to open the first crop."""
ATTRIBUTES = {"frame": "", "sandbox": 'sandbox="allow-scripts"'}


def launch_scene(lab: Lab) -> Job:
    """Ingest the scene and launch a job of as many crops, all alike, as there may be annotators."""
    path = lab.folder / "scenes.ome.tif"
    write_scenes(path, count=N_ANNOTATORS)
    image = DemoImage(path, source="e2e", truth={})
    fov_ids = list(lab.loop.ingest([image], Stages("e2e", quiet=True)))
    size = {"crop_size_px": SHAPE[2], "overlap": 0}
    body = {"name": "Scene", "instructions": INSTRUCTIONS, "fov_ids": fov_ids, **size}
    job = lab.loop.admin.post(f"/projects/{lab.loop.project_id}/jobs", body)
    job = wait_until(
        lambda: lab.loop.admin.get(f"/jobs/{job['id']}"),
        lambda found: found["state"] != "preparing",
        timeout_s=60,
        what="the job of the scene",
        every_s=0.1,
    )
    return Job(lab.loop, job, image, fov_ids[0])


def open_scene(
    job: Job,
    annotator: str,
    *,
    browser: Browser,
    place: str = "page",
    host: Callable[[str, str], str] | None = None,
    shots: Path | None = None,
    setup: str = "",
) -> Player:
    """A player at the scene with its labels as designed, in a browser context of its own.

    `place` is page, frame or sandbox; `setup` is a script that runs before those of the page.
    """
    client, assignment = job.session(annotator)
    set_labels(client, assignment, scene_labels())
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    page.add_init_script(setup)
    if host is None or place == "page":
        page.goto(job.url(annotator))
        surface = page.main_frame
    else:
        page.goto(host(job.url(annotator), ATTRIBUTES[place]))
        page.frame_locator("#task").locator(READY).wait_for(timeout=PATIENCE_MS)
        surface = page.frames[1]
    surface.wait_for_selector(READY, timeout=PATIENCE_MS)
    player = Player(page, surface, client, assignment, shots)
    # The first click gives the frame the keys.
    player.press("v")
    player.click((145, 3))
    return player
