"""The application as a whole: no cookie, no secret in the open, every call in the architecture's table."""

import re
import subprocess
import sys
from pathlib import Path

from apiflask import APIFlask

from backend.api.docs import api_document
from backend.app import create_app
from backend.services.context import Context

ROOT = Path(__file__).resolve().parents[2]
METHODS_AND_PATH = re.compile(r"((?:GET|POST|PUT|PATCH)(?:/(?:GET|POST|PUT|PATCH))*) `(/[^`]*)`")


def plain(path: str) -> str:
    """The path with nameless parameters."""
    return re.sub(r"\{\w+\}", "{}", path)


def documented_calls() -> set[tuple[str, str]]:
    """(method, path) of each call in the table of docs/architecture.md."""
    text = (ROOT / "docs" / "architecture.md").read_text()
    table = text[text.index("| call | who | what |") : text.index("Outside the API:")]
    return {
        (method, plain(path))
        for methods, path in METHODS_AND_PATH.findall(table)
        for method in methods.split("/")
    }


def served_calls(app: APIFlask) -> set[tuple[str, str]]:
    return {
        (method.upper(), plain(path.removeprefix("/api/v1")))
        for path, methods in api_document(app)["paths"].items()
        for method in methods
    }


def test_the_table_of_the_architecture_is_what_is_served(sqlite_context: Context) -> None:
    assert documented_calls() == served_calls(create_app(sqlite_context))


def test_no_cookie_is_ever_set(sqlite_context: Context) -> None:
    client = create_app(sqlite_context).test_client()
    for path in ("/", "/embed/token", "/review", "/admin", "/healthz", "/api/v1/me", "/api/v1/docs"):
        assert "Set-Cookie" not in client.get(path).headers, path


def test_the_web_process_knows_no_network_library() -> None:
    script = (
        "import sys; import backend.app, backend.pages, backend.health;"
        "found = {'keras', 'tensorflow', 'openvino', 'celery', 'boto3', 'training'} & set(sys.modules);"
        "sys.exit(repr(found) if found else 0)"
    )
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True, timeout=60)
