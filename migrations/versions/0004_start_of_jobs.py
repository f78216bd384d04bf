"""Where a job begins its work on accepted FOVs

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The jobs that there are began from proposals, and older processes that go on writing do so still.
    start = sa.Column("start_from", sa.String(10), nullable=False, server_default=sa.text("'proposal'"))
    op.add_column("jobs", start)


def downgrade() -> None:
    op.drop_column("jobs", "start_from")
