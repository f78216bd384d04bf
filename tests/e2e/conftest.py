"""The whole application and a real browser, started once for all browser tests."""

import http.server
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from backend.bootstrap import build_context
from backend.config import Settings
from backend.demo.client import ApiClient
from backend.demo.loop import Loop
from backend.serve import Stack, embedded_stack
from tests.e2e.browser import ensure_browser
from tests.e2e.lab import Job, Lab
from tests.e2e.playground import launch_scene

READY = "[data-ready='true']"
CELL_TYPES = [
    {"id": "tumour", "name": "Tumour", "color": "#e4572e", "hotkey": 1},
    {"id": "immune", "name": "Immune", "color": "#29b6f6", "hotkey": 2},
]
HOST_PAGE = """<!doctype html><title>Platform</title><body style="margin:0;height:3000px">
<iframe id="task" src="{url}" style="width:1000px;height:700px;border:0" {attributes}></iframe>
<script>window.heard = []; addEventListener("message", (event) => heard.push(event.data));</script>"""


def pytest_addoption(parser: pytest.Parser) -> None:
    """`pytest tests/e2e --shots FOLDER` keeps a picture from before and after every tool."""
    parser.addoption("--shots", default=None, help="folder for pictures of the editor")


@pytest.fixture(scope="session")
def shots(pytestconfig: pytest.Config) -> Path | None:
    """Where pictures go, or None when nobody wants to look at them."""
    given = pytestconfig.getoption("--shots", default=None)
    if given is None:
        return None
    folder = Path(given)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """`cytoloop serve` on a free port with a data folder of its own."""
    with (
        tempfile.TemporaryDirectory(prefix="cytoloop-e2e-") as folder,
        embedded_stack(Settings(data_dir=Path(folder)), port=0) as running,
    ):
        yield running


@pytest.fixture(scope="session")
def lab(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """A project to work in."""
    admin = ApiClient.sign_in(stack.url, "admin", stack.passwords["admin"])
    reviewer = ApiClient.sign_in(stack.url, "reviewer", stack.passwords["reviewer"])
    settings = {"cell_types": CELL_TYPES, "predictor": "baseline"}
    project = admin.post("/projects", {"name": "Browser tests", "settings": settings})
    context = build_context(stack.settings, role="cli")
    loop = Loop(context, stack.url, admin, reviewer, project["id"], seed=0)
    return Lab(loop, tmp_path_factory.mktemp("images"))


@pytest.fixture(scope="session")
def scene_job(lab: Lab) -> Job:
    """A job whose crop is the scene; every annotator gets an assignment of their own."""
    return launch_scene(lab)


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


@pytest.fixture(scope="session")
def platform() -> Iterator[Callable[..., str]]:
    """A crowdsourcing site on another origin: the address of a page with the given one in a frame."""
    pages: dict[str, str] = {}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path in pages else 404)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(pages.get(self.path, "").encode())

        def log_message(self, *_: object) -> None:
            """Keep the test's output quiet."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def host(url: str, attributes: str = "") -> str:
        path = f"/{len(pages)}"
        pages[path] = HOST_PAGE.format(url=url, attributes=attributes)
        return f"http://localhost:{server.server_port}{path}"

    yield host
    server.shutdown()
    server.server_close()
