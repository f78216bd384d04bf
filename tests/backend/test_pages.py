"""The built pages and the headers around them."""

import gzip
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from backend.app import create_app
from backend.services.context import Context
from tests.backend.api.conftest import dist  # noqa: F401

SITES = "https://*.prolific.com https://crowd.example"
PAGES = ["/", "/review", "/review/fovs/3", "/admin", "/admin/projects/1"]


@pytest.fixture
def client(sqlite_context: Context, dist: Path) -> FlaskClient:  # noqa: F811
    context = replace(sqlite_context, settings=replace(sqlite_context.settings, frame_ancestors=SITES))
    return create_app(context, dist=dist).test_client()


@pytest.mark.parametrize("path", [*PAGES, "/embed/some.launch-token"])
def test_each_page_is_the_one_that_was_built(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    name = path.split("/")[1] or "index"
    assert answer.status_code == 200
    assert f"<title>{name}</title>" in answer.get_data(as_text=True)
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "X-Frame-Options" not in answer.headers


def policy(client: FlaskClient, path: str) -> dict[str, str]:
    parts = client.get(path).headers["Content-Security-Policy"].split(";")
    return dict(part.strip().split(" ", 1) for part in parts)


def test_only_the_annotators_page_may_stand_in_a_frame(client: FlaskClient) -> None:
    assert policy(client, "/embed/token")["frame-ancestors"] == SITES
    for path in [*PAGES, "/static/favicon.svg", "/api/v1/me", "/api/v1/docs", "/healthz", "/nowhere"]:
        assert policy(client, path)["frame-ancestors"] == "'none'", path


def test_pages_load_nothing_from_elsewhere(client: FlaskClient) -> None:
    found = policy(client, "/embed/token")
    assert found["default-src"] == "'none'"
    assert found["script-src"] == "'self'"
    assert found["worker-src"] == "'self' blob:"
    assert "unsafe" not in str(found)


def test_hashed_files_are_kept_for_ever(client: FlaskClient) -> None:
    answer = client.get("/static/assets/embed-1a2b3c.js", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Content-Encoding"] == "gzip"
    assert client.get("/static/favicon.svg").headers["Cache-Control"] == "public, no-cache"


@pytest.mark.parametrize(
    "path",
    [
        "/static/../secret.txt",
        "/static/%2e%2e/secret.txt",
        "/static/assets/..%2f..%2fsecret.txt",
        "/static//etc/passwd",
        "/static/.vite/manifest.json",
        "/static/nothing.js",
        "/static/assets",
        "/static/",
    ],
)
def test_nothing_else_is_served(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code in (308, 404)
    assert b"not for anybody" not in answer.data


@pytest.mark.parametrize(
    ("path", "opened"),
    [
        ("/static/assets/embed-1a2b3c.js", True),
        ("/api/v1/launches", True),
        ("/api/v1/jobs/1/claims", True),
        ("/api/v1/assignments/1/edits", True),
        ("/api/v1/assignments/1/labels.npy", True),
        ("/api/v1/sign-in", False),
        ("/api/v1/projects", False),
        ("/api/v1/fovs/1", False),
        ("/embed/token", False),
    ],
)
def test_a_sandboxed_frame_reaches_what_it_needs(client: FlaskClient, path: str, opened: bool) -> None:
    answer = client.options(path, headers={"Origin": "null", "Access-Control-Request-Method": "POST"})
    assert answer.headers.get("Access-Control-Allow-Origin") == ("*" if opened else None)
    assert "Access-Control-Allow-Credentials" not in answer.headers
    if opened:
        assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]


def test_a_refusal_reaches_the_sandboxed_frame_too(client: FlaskClient) -> None:
    answer = client.get("/api/v1/assignments/1/labels.npy")
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (401, "*")
    assert "Cytoloop-Seq" in answer.headers["Access-Control-Expose-Headers"]


def test_pages_that_were_not_built(sqlite_context: Context, tmp_path: Path) -> None:
    answer = create_app(sqlite_context, dist=tmp_path / "none").test_client().get("/")
    assert answer.status_code == 503
    assert "npm run build" in answer.get_data(as_text=True)


def test_hashed_files_are_compressed_as_small_as_can_be(client: FlaskClient, dist: Path) -> None:  # noqa: F811
    path = dist / "assets" / "embed-1a2b3c.js"
    answer = client.get("/static/assets/embed-1a2b3c.js", headers={"Accept-Encoding": "gzip"})
    assert answer.data == gzip.compress(path.read_bytes(), 9, mtime=0)
    assert client.get("/static/assets/embed-1a2b3c.js").data == path.read_bytes()


@pytest.mark.parametrize("path", ["view-presets", "predictions", "marks", "edits"])
def test_a_sandboxed_frame_may_do_all_that_an_annotator_does(client: FlaskClient, path: str) -> None:
    answer = client.options(f"/api/v1/assignments/1/{path}")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Access-Control-Allow-Methods"] == "GET, POST, PUT"
