"""How long the editor page takes from the request to a crop that can be edited, in a real browser."""

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from backend.bootstrap import build_context
from backend.config import Settings
from backend.demo.client import ApiClient
from backend.demo.images import synthetic_images
from backend.demo.loop import Loop
from backend.demo.stages import Stages
from backend.logging import configure_logging
from backend.serve import Stack, embedded_stack

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
READY = "[data-ready='true']"


def editor_ready_s(*, n_loads: int = 3) -> float | None:
    """Seconds until the first crop can be edited, the median of a few loads; None without a browser."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        return None
    configure_logging(level="ERROR", style="console")
    with tempfile.TemporaryDirectory(prefix="cytoloop-page-") as folder:
        settings = replace(Settings.from_env(), data_dir=Path(folder) / "data")
        with embedded_stack(settings, port=0) as stack:
            url = open_job(stack, Path(folder) / "images")
            return sorted(_load_s(browser, url) for _ in range(n_loads))[n_loads // 2]


def open_job(stack: Stack, folder: Path) -> str:
    """One synthetic FOV in a job; the launch link of an annotator."""
    admin = ApiClient.sign_in(stack.url, "admin", stack.passwords["admin"])
    reviewer = ApiClient.sign_in(stack.url, "reviewer", stack.passwords["reviewer"])
    project = admin.post("/projects", {"name": "Page", "settings": {"predictor": "baseline"}})
    loop = Loop(build_context(stack.settings, role="cli"), stack.url, admin, reviewer, project["id"], seed=0)
    images = synthetic_images(folder, n_rounds=1, per_round=1, seed=0).rounds[0]
    stages = Stages("page", quiet=True)
    job = loop.launch("Page", list(loop.ingest(images, stages)), stages)
    return loop.launch_url(job["id"], "visitor")


def _load_s(executable: str, url: str) -> float:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox", "--disable-gpu"]
        )
        try:
            page = browser.new_page()
            page.goto(url, wait_until="commit")
            page.wait_for_selector(READY, timeout=30_000)
            return float(page.evaluate("performance.now()")) / 1000
        finally:
            browser.close()
