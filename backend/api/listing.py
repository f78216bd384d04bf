"""Rows of one table, page by page, in the order of their ids."""

from typing import Any, TypeVar

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from backend.db import Base

Row = TypeVar("Row", bound=Base)


def list_page(
    session: Session, model: type[Row], *where: ColumnElement[bool], page: dict[str, Any]
) -> dict[str, Any]:
    """`{items, next}`: up to `page["limit"]` rows with an id above `page["after"]`."""
    key: Any = model.__mapper__.primary_key[0]
    rows = session.scalars(
        select(model).where(key > page["after"], *where).order_by(key).limit(page["limit"] + 1)
    ).all()
    items = list(rows[: page["limit"]])
    more = len(rows) > page["limit"]
    return {"items": items, "next": items[-1].id if more else None}  # type: ignore[attr-defined]


def count_states(session: Session, model: Any, *where: ColumnElement[bool]) -> dict[str, int]:
    """How many rows are in each state; states without rows are left out."""
    rows = session.execute(select(model.state, func.count()).where(*where).group_by(model.state)).all()
    return {str(state): count for state, count in rows}
