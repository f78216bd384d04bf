"""Predictions in boxes, view presets of annotators, failures of stitching

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

STATES = ("queued", "running", "done", "failed")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "box_predictions",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("annotator_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(*STATES, native_enum=False, length=24, create_constraint=True, name="boxstate"),
            nullable=False,
        ),
        sa.Column("compartment", sa.String(20), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("frame", "row", "col")),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("height", "width")),
        sa.Column("storage_prefix", sa.String(200)),
        sa.Column("message", sa.Text()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_box_predictions"),
        _reference("box_predictions", "assignment_id", "assignments"),
        _reference("box_predictions", "annotator_id", "users"),
    )
    op.create_index("ix_box_predictions_assignment_id", "box_predictions", ["assignment_id"])
    op.create_index("ix_box_predictions_asked", "box_predictions", ["annotator_id", "created_at"])
    op.create_table(
        "view_presets",
        sa.Column("project_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("annotator_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("items", JSON, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("project_id", "annotator_id", name="pk_view_presets"),
        _reference("view_presets", "project_id", "projects"),
        _reference("view_presets", "annotator_id", "users"),
    )
    op.add_column("fovs", sa.Column("stitch_failure", JSON))


def downgrade() -> None:
    op.drop_column("fovs", "stitch_failure")
    op.drop_table("view_presets")
    op.drop_table("box_predictions")


def _reference(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_{column}_{target}"
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, ondelete="RESTRICT")
