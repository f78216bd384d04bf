"""The pages that Vite built, and the headers that keep them to themselves.

Only `/embed` may stand in a frame, and only in those of `FRAME_ANCESTORS`. A sandboxed frame has an opaque
origin, to which our own files and the annotator's API are cross-origin: they allow any origin, which is
safe because there are no cookies, only bearer tokens.
"""

import gzip
import mimetypes
from functools import lru_cache
from pathlib import Path
from typing import Final

from flask import Blueprint, Flask, Response, abort, current_app, request

from backend.api.binary import binary_response
from backend.config import Settings

DIST: Final = Path(__file__).resolve().parents[1] / "frontend" / "dist"
FOREVER: Final = "public, max-age=31536000, immutable"
NOT_BUILT: Final = (
    "The pages are not built yet. Run `npm ci && npm run build` in the folder frontend, then reload."
)
_OPEN_ENDPOINTS: Final = frozenset({"people.launch", "people.get_me", "pages.static_file"})
_OPEN_BLUEPRINTS: Final = frozenset({"assignments", "boxes", "view_presets"})
_EXPOSED: Final = "Cytoloop-Seq, ETag, X-Request-ID, Retry-After"

pages = Blueprint("pages", __name__)


@pages.get("/")
def home() -> Response:
    """Sign-in and what the user may open."""
    return _page("index.html")


@pages.get("/embed/<launch_token>")
def embed(launch_token: str) -> Response:
    """The annotator's page; its script reads the token from the address."""
    return _page("embed.html")


@pages.get("/review")
@pages.get("/review/<path:_place>")
def review(_place: str = "") -> Response:
    """The reviewer's page."""
    return _page("review.html")


@pages.get("/admin")
@pages.get("/admin/<path:_place>")
def admin(_place: str = "") -> Response:
    """The admin's page."""
    return _page("admin.html")


@pages.get("/static/<path:name>")
def static_file(name: str) -> Response:
    """A built file. Those below `assets` carry a hash of their content in their name."""
    path = (_dist() / name).resolve()
    inside = path.is_relative_to(_dist().resolve()) and not any(
        part.startswith(".") for part in Path(name).parts
    )
    if not inside or not path.is_file():
        abort(404)
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    hashed = name.startswith("assets/")
    compress = kind.startswith("text/") or kind in {"application/json", "image/svg+xml"}
    return binary_response(
        path.read_bytes(),
        mimetype=kind,
        cache=FOREVER if hashed else "public, no-cache",
        compress=compress,
        gzipped=_best_gzip(path) if hashed and compress else None,
    )


@lru_cache(maxsize=128)
def _best_gzip(path: Path) -> bytes:
    """Compress a file as small as can be, once: its name changes when its content does."""
    return gzip.compress(path.read_bytes(), 9, mtime=0)


def protect_responses(app: Flask, settings: Settings) -> None:
    """Put the protective headers on every response, and CORS where a sandboxed frame needs it."""
    page_policy = content_policy(frame_ancestors="'none'")
    embed_policy = content_policy(frame_ancestors=settings.frame_ancestors)

    @app.after_request
    def add_headers(response: Response) -> Response:
        headers = response.headers
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "no-referrer"
        headers.setdefault("Cache-Control", "no-store")
        if request.blueprint == "pages":
            policy = embed_policy if request.endpoint == "pages.embed" else page_policy
        else:
            policy = "default-src 'none'; frame-ancestors 'none'"
        headers.setdefault("Content-Security-Policy", policy)
        if request.endpoint in _OPEN_ENDPOINTS or request.blueprint in _OPEN_BLUEPRINTS:
            _allow_any_origin(response)
        return response


def content_policy(*, frame_ancestors: str) -> str:
    """What a page may load: its own files, blobs for the worker and pictures, and nothing else."""
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self';"
        " img-src 'self' blob: data:; worker-src 'self' blob:; form-action 'none'; base-uri 'none';"
        f" frame-ancestors {frame_ancestors}"
    )


def _allow_any_origin(response: Response) -> None:
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = _EXPOSED
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = "GET, POST, PUT"
        response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type, If-None-Match"
        response.headers["Access-Control-Max-Age"] = "7200"


def _page(name: str) -> Response:
    path = _dist() / name
    if not path.is_file():
        return Response(NOT_BUILT, status=503, mimetype="text/plain")
    return binary_response(path.read_bytes(), mimetype="text/html", cache="no-cache")


def _dist() -> Path:
    found: Path = current_app.extensions["cytoloop.dist"]
    return found
