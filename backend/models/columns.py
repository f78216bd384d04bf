"""Column types that several tables share."""

import enum
from datetime import datetime
from typing import Annotated, Any

from sqlalchemy import JSON, Enum, ForeignKey
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import mapped_column

from backend.db import Moment

Id = Annotated[int, mapped_column(primary_key=True, autoincrement=True)]
MomentAt = Annotated[datetime, mapped_column(Moment)]
JsonDict = Annotated[dict[str, Any], mapped_column(JSON().with_variant(JSONB(), "postgresql"))]
JsonList = Annotated[list[Any], mapped_column(JSON().with_variant(JSONB(), "postgresql"))]


def reference(table: str) -> Any:
    """A foreign key to `table.id` that is indexed and refuses to orphan rows."""
    return mapped_column(ForeignKey(f"{table}.id", ondelete="RESTRICT"), index=True)


def enum_column(kind: type[enum.StrEnum]) -> Any:
    """A short text column that holds the values of `kind`, checked by the database."""
    return mapped_column(
        Enum(
            kind,
            native_enum=False,
            length=24,
            create_constraint=True,
            name=kind.__name__.lower(),
            values_callable=lambda members: [member.value for member in members],
        )
    )
