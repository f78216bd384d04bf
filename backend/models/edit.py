from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.db import Base
from backend.models.columns import MomentAt


class Edit(Base):
    """One line of an assignment's append-only log; its key makes a second append of it impossible.

    `diff` is a label diff and `marks` a marks text (see docs/architecture.md); either may be empty.
    """

    __tablename__ = "edits"

    assignment_id: Mapped[int] = mapped_column(
        ForeignKey("assignments.id", ondelete="RESTRICT"), primary_key=True, autoincrement=False
    )
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    tool: Mapped[str] = mapped_column(String(40))
    diff: Mapped[bytes] = mapped_column(LargeBinary)
    marks: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    checksum: Mapped[int] = mapped_column(BigInteger)
    n_px: Mapped[int]
    active_s: Mapped[float]
    client_at: Mapped[MomentAt]
    received_at: Mapped[MomentAt]
