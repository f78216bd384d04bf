"""The whole application and a real browser, started once for all browser tests."""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from backend.bootstrap import build_context
from backend.config import Settings
from backend.demo.annotator import SimulatedAnnotator
from backend.demo.client import ApiClient, wait_until
from backend.demo.corrections import HumanError
from backend.demo.images import DemoImage, blind_copy
from backend.demo.loop import Loop
from backend.demo.stages import Stages
from backend.serve import Stack, embedded_stack
from pipeline.synthetic import synthetic_tissue
from tests.e2e.browser import ensure_browser

READY = "[data-ready='true']"


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """`cytoloop serve` on a free port with a data folder of its own."""
    with (
        tempfile.TemporaryDirectory(prefix="cytoloop-e2e-") as folder,
        embedded_stack(Settings(data_dir=Path(folder)), port=0) as running,
    ):
        yield running


@dataclass(frozen=True)
class Lab:
    """A lab at work on the running application."""

    loop: Loop
    folder: Path

    def open_job(self, name: str, *, shape: tuple[int, int] = (120, 150), crop_size_px: int = 270) -> "Job":
        """Ingest one small FOV, its right half empty for drawing, and launch a job on it."""
        tissue = synthetic_tissue(7, shape=shape)
        tissue.image[:, shape[1] // 2 :] = tissue.image.min(axis=(0, 1))
        for labels in tissue.labels.values():
            labels[:, shape[1] // 2 :] = 0
        facts = {"channels": list(tissue.channels), "nuclear_channel": tissue.channels[0]}
        image = blind_copy(
            self.folder, name.replace(" ", "-"), tissue.image, source="e2e", truth=tissue.labels, facts=facts
        )
        stages = Stages("e2e", quiet=True)
        truths = self.loop.ingest([image], stages)
        job = self.loop.launch(name, list(truths), stages, crop_size_px=crop_size_px)
        return Job(self.loop, job, image, next(iter(truths)))


@dataclass(frozen=True)
class Job:
    """A launched job on one FOV."""

    loop: Loop
    job: dict[str, Any]
    image: DemoImage
    fov_id: int

    def url(self, annotator: str) -> str:
        return self.loop.launch_url(self.job["id"], annotator)

    def session(self, annotator: str) -> tuple[ApiClient, dict[str, Any]]:
        """The annotator's own HTTP session and open assignment, to see what the server holds."""
        token = self.url(annotator).rsplit("/", 1)[1]
        client = ApiClient.launch(self.loop.base_url, token)
        return client, client.post(f"/jobs/{self.job['id']}/claims")

    def annotate(self) -> None:
        """Let a simulated annotator finish the job and wait for the stitched FOV."""
        client = ApiClient.launch(self.loop.base_url, self.url("simulated").rsplit("/", 1)[1])
        SimulatedAnnotator(client, lambda _: self.image.truth, seed=0, error=HumanError()).work(
            self.job["id"]
        )
        self.wait_for_state("stitched")

    def wait_for_state(self, state: str) -> dict[str, Any]:
        found: dict[str, Any] = wait_until(
            lambda: self.loop.reviewer.get(f"/fovs/{self.fov_id}"),
            lambda fov: fov["state"] == state,
            timeout_s=60,
            what=f"FOV to be {state}",
        )
        return found


@pytest.fixture(scope="session")
def lab(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """A project to work in."""
    admin = ApiClient.sign_in(stack.url, "admin", stack.passwords["admin"])
    reviewer = ApiClient.sign_in(stack.url, "reviewer", stack.passwords["reviewer"])
    project = admin.post("/projects", {"name": "Browser tests"})
    context = build_context(stack.settings, role="cli")
    loop = Loop(context, stack.url, admin, reviewer, project["id"], seed=0)
    return Lab(loop, tmp_path_factory.mktemp("images"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=ensure_browser(), args=["--no-sandbox", "--disable-gpu"]
        )
        yield running
        running.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of its own, 1280 x 800; anything that throws in it fails the test."""
    opened = browser.new_page(viewport={"width": 1280, "height": 800})
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    yield opened
    opened.close()
    assert faults == []


@pytest.fixture
def open_editor(page: Page) -> Callable[[str], Page]:
    """Open a launch link and wait until its crop can be edited."""

    def open_link(url: str) -> Page:
        page.goto(url)
        page.wait_for_selector(READY)
        return page

    return open_link


@pytest.fixture
def pixels() -> Callable[[bytes], np.ndarray]:
    """A PNG as an array."""

    def decode(png: bytes) -> np.ndarray:
        import imagecodecs

        return np.asarray(imagecodecs.png_decode(png))

    return decode
