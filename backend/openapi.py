"""Writes the OpenAPI document of the API to `frontend/openapi.json`: `python -m backend.openapi`."""

from pathlib import Path

from backend.adapters.memory import FixedClock, MemoryQueue, MemoryStorage
from backend.api.docs import api_document, document_text
from backend.app import create_app
from backend.config import Settings
from backend.db import make_engine, session_factory
from backend.services.context import Context

DOCUMENT = Path(__file__).resolve().parents[1] / "frontend" / "openapi.json"


def current_document() -> str:
    """The document that the code describes; needs no database, storage or queue."""
    context = Context(
        settings=Settings(),
        sessions=session_factory(make_engine("sqlite://")),
        storage=MemoryStorage(),
        queue=MemoryQueue(),
        clock=FixedClock(),
    )
    return document_text(api_document(create_app(context)))


if __name__ == "__main__":
    DOCUMENT.write_text(current_document(), encoding="utf-8")
