"""What a handler needs of the request at hand: the context, a session, who is asking."""

from contextlib import AbstractContextManager

from flask import current_app
from sqlalchemy.orm import Session

from backend.db import reading, transaction
from backend.services.context import Context

EXTENSION = "cytoloop"


def context() -> Context:
    """The context that `create_app` was given."""
    found: Context = current_app.extensions[EXTENSION]
    return found


def writing() -> AbstractContextManager[Session]:
    """One unit of work; the messages it notes go out after the commit."""
    return transaction(context().sessions, context().queue.send)


def looking() -> AbstractContextManager[Session]:
    """A session that only reads."""
    return reading(context().sessions)
