"""What the code has, for the deployment files to be held against."""

import dataclasses
import importlib
import re
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from backend.adapters.celery_queue import BOX_QUEUE_NAME, QUEUE_NAME
from backend.config import Settings

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = {name.upper() for name in (item.name for item in dataclasses.fields(Settings))}
# Read by libraries, not by the application: boto3 and numba.
OF_LIBRARIES = {
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_DEFAULT_REGION",
    "AWS_ENDPOINT_URL",
    "NUMBA_CACHE_DIR",
}
PORT = 8000


def interpolate(part: Any, given: dict[str, str]) -> Any:
    """The parsed file with `${NAME}`, `${NAME:-default}` and `${NAME:?message}` filled in as Compose does."""
    if isinstance(part, dict):
        return {name: interpolate(value, given) for name, value in part.items()}
    if isinstance(part, list):
        return [interpolate(value, given) for value in part]
    if not isinstance(part, str):
        return part

    def fill(match: re.Match[str]) -> str:
        default = match["default"]
        return given[match["name"]] if default is None else given.get(match["name"], default)

    return re.sub(r"\$\{(?P<name>\w+)(?::-(?P<default>[^}]*)|:\?[^}]*)?\}", fill, part)


def check_command(command: str | Sequence[str]) -> str:
    """Prove that what a command runs exists in the code; gives `web`, `worker`, `boxes`, `beat` or the
    module.
    """
    words = shlex.split(command) if isinstance(command, str) else list(command)
    if words[0] == "gunicorn":
        return _check_web(words)
    if words[0] == "celery":
        return _check_celery(words)
    assert words[:2] == ["python", "-m"], words
    assert callable(importlib.import_module(words[2]).main)
    return words[2]


def _check_web(words: list[str]) -> str:
    config = words[words.index("--config") + 1]
    module = importlib.import_module(config.removeprefix("python:"))
    assert words[-1] == module.wsgi_app
    path, name = module.wsgi_app.split(":")
    source = (ROOT / path.replace(".", "/")).with_suffix(".py").read_text()
    assert re.search(rf"^{name} = ", source, re.MULTILINE)
    assert words[words.index("--bind") + 1].endswith(f":{PORT}")
    return "web"


def _check_celery(words: list[str]) -> str:
    path, name = words[words.index("--app") + 1].split(":")
    source = (ROOT / path.replace(".", "/")).with_suffix(".py").read_text()
    assert re.search(rf"^{name} = ", source, re.MULTILINE)
    kind = next(word for word in words if word in ("worker", "beat"))
    if "--queues" not in words:
        return kind
    return {QUEUE_NAME: "worker", BOX_QUEUE_NAME: "boxes"}[words[words.index("--queues") + 1]]
