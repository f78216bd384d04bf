"""What is committed for the browser is what the code says."""

import subprocess
from pathlib import Path

from backend.openapi import DOCUMENT, current_document

FRONTEND = DOCUMENT.parent
SCHEMA = FRONTEND / "src" / "api" / "schema.d.ts"


def test_the_committed_document_is_current() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == current_document(), (
        "frontend/openapi.json is stale: run `python -m backend.openapi`, then `npm run generate-api`."
    )


def test_the_committed_types_are_current(tmp_path: Path) -> None:
    fresh = tmp_path / "schema.d.ts"
    command = ["node_modules/.bin/openapi-typescript", "openapi.json", "--output", str(fresh)]
    subprocess.run(command, cwd=FRONTEND, check=True, capture_output=True, timeout=60)
    assert SCHEMA.read_text(encoding="utf-8") == fresh.read_text(encoding="utf-8"), (
        "frontend/src/api/schema.d.ts is stale: run `npm run generate-api` in the folder frontend."
    )
