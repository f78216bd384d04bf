"""What is committed for the browser is what the code says."""

import json
import shlex
import subprocess
from pathlib import Path

import pytest

from backend.openapi import DOCUMENT, current_document

FRONTEND = DOCUMENT.parent


@pytest.fixture(scope="module")
def generator() -> list[str]:
    """The words of the script `generate-api`, without the document that it reads."""
    scripts = json.loads((FRONTEND / "package.json").read_text())["scripts"]
    words = shlex.split(scripts["generate-api"])
    return [word for word in words if word != DOCUMENT.name]


def test_the_committed_document_is_current() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == current_document(), (
        "frontend/openapi.json is stale: run `python -m backend.openapi`, then `npm run generate-api`."
    )


def test_the_committed_types_are_current(generator: list[str], tmp_path: Path) -> None:
    committed = FRONTEND / generator[generator.index("--output") + 1]
    fresh = tmp_path / committed.name
    words = [str(fresh) if FRONTEND / word == committed else word for word in generator]
    program = FRONTEND / "node_modules" / ".bin" / words[0]
    subprocess.run(
        [program, DOCUMENT.name, *words[1:]], cwd=FRONTEND, check=True, capture_output=True, timeout=120
    )
    assert _without_spaces(committed) == _without_spaces(fresh), (
        f"{committed.name} is stale: run `npm run generate-api` in the folder frontend."
    )


def _without_spaces(path: Path) -> str:
    """The text without its layout, which the frontend's formatter may have changed."""
    return "".join(path.read_text(encoding="utf-8").split())
