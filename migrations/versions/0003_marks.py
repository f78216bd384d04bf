"""Marks: in edits as a text, in revisions as a map

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MAP = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    # Defaults of the database, so that no row is rewritten and older processes may go on writing.
    op.add_column("edits", sa.Column("marks", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.add_column("revisions", sa.Column("marks", MAP, nullable=False, server_default=sa.text("'{}'")))


def downgrade() -> None:
    op.drop_column("revisions", "marks")
    op.drop_column("edits", "marks")
