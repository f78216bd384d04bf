"""First tables

Revision ID: 0001
Revises: -
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Tables that refer to each other: SQLite takes the reference before its target exists and cannot add it
# later, PostgreSQL the other way round.
CYCLES = (
    ("projects", "current_model_id", "model_versions"),
    ("fovs", "current_revision_id", "revisions"),
    ("revisions", "task_id", "tasks"),
)
TABLES = (
    "users",
    "projects",
    "dataset_versions",
    "runs",
    "model_versions",
    "fovs",
    "jobs",
    "revisions",
    "tasks",
    "assignments",
    "edits",
    "findings",
    "reviews",
    "promotions",
)


def upgrade() -> None:
    _create_people_and_models()
    _create_fovs_and_jobs()
    _create_tasks_and_edits()
    _create_decisions()
    if not _is_sqlite():
        for table, column, target in CYCLES:
            name = f"fk_{table}_{column}_{target}"
            op.create_foreign_key(name, table, target, [column], ["id"], ondelete="RESTRICT")


def downgrade() -> None:
    if not _is_sqlite():
        for table, column, target in CYCLES:
            op.drop_constraint(f"fk_{table}_{column}_{target}", table, type_="foreignkey")
    for table in reversed(TABLES):
        op.drop_table(table)


def _create_people_and_models() -> None:
    _create(
        "users",
        _text("name", 200),
        _choice("role", "role", "annotator", "reviewer", "admin"),
        _text("password_hash", 300, nullable=True),
        _moment("created_at"),
        sa.UniqueConstraint("name", name="uq_users_name"),
    )
    _create(
        "projects",
        _text("name", 200),
        _json("settings"),
        _number("current_model_id", nullable=True),
        _moment("created_at"),
        sa.UniqueConstraint("name", name="uq_projects_name"),
    )
    _create(
        "dataset_versions",
        _number("project_id"),
        _number("number"),
        _json("manifest"),
        _text("storage_prefix", 200),
        _moment("created_at"),
        sa.UniqueConstraint("project_id", "number", name="uq_dataset_versions_project_id"),
        refers={"project_id": "projects"},
    )
    _create(
        "runs",
        _number("project_id"),
        _choice("kind", "runkind", "train", "predict"),
        _choice("state", "runstate", "queued", "running", "succeeded", "failed", "cancelled"),
        _json("inputs"),
        _json("progress"),
        sa.Column("failure", sa.Text()),
        _moment("created_at"),
        _moment("started_at", nullable=True),
        _moment("heartbeat_at", nullable=True),
        _moment("finished_at", nullable=True),
        refers={"project_id": "projects"},
    )
    _create_unique_where(
        "uq_runs_training", "runs", "kind", "kind = 'train' AND state IN ('queued', 'running')"
    )
    _create(
        "model_versions",
        _number("project_id"),
        _number("number"),
        _text("kind", 40),
        _number("dataset_version_id"),
        _number("run_id"),
        _json("config"),
        _json("metrics"),
        _json("checksums"),
        _text("storage_prefix", 200),
        _moment("created_at"),
        sa.UniqueConstraint("project_id", "number", name="uq_model_versions_project_id"),
        refers={"project_id": "projects", "dataset_version_id": "dataset_versions", "run_id": "runs"},
    )


def _create_fovs_and_jobs() -> None:
    _create(
        "fovs",
        _number("project_id"),
        _text("name", 300),
        _choice(
            "state", "fovstate", "ingested", "proposed", "annotating", "stitched", "accepted", "returned"
        ),
        _number("n_frames"),
        _number("n_rows"),
        _number("n_columns"),
        _text("dtype", 16),
        _json("channels"),
        _json("compartments"),
        sa.Column("pixel_size_um", sa.Double()),
        _json("source"),
        _text("checksum", 64),
        sa.Column("n_bytes", sa.BigInteger(), nullable=False),
        _text("storage_prefix", 200),
        _text("fov_group", 200, nullable=True),
        _text("split", 8, nullable=True),
        _number("current_revision_id", nullable=True),
        _moment("created_at"),
        _moment("accepted_at", nullable=True),
        sa.UniqueConstraint("project_id", "name", name="uq_fovs_project_id"),
        refers={"project_id": "projects"},
    )
    _create(
        "jobs",
        _number("project_id"),
        _text("name", 200),
        _choice("state", "jobstate", "preparing", "open", "done", "failed"),
        sa.Column("instructions", sa.Text(), nullable=False),
        _json("fov_ids"),
        _number("model_version_id", nullable=True),
        _number("crop_size_px"),
        sa.Column("overlap", sa.Double(), nullable=False),
        _number("redundancy"),
        _text("platform", 40),
        _number("seed"),
        sa.Column("failure", sa.Text()),
        _moment("created_at"),
        refers={"project_id": "projects", "model_version_id": "model_versions"},
    )
    _create(
        "revisions",
        _number("fov_id"),
        _number("task_id", nullable=True),
        _number("parent_id", nullable=True),
        _choice("source", "revisionsource", "ingest", "predictor", "annotator", "stitch", "reviewer"),
        _number("author_id", nullable=True),
        _text("predictor", 100, nullable=True),
        _number("model_version_id", nullable=True),
        _json("compartments"),
        _text("storage_prefix", 200),
        _json("checksums"),
        _json("counts"),
        _json("report"),
        _moment("created_at"),
        refers={
            "fov_id": "fovs",
            "parent_id": "revisions",
            "author_id": "users",
            "model_version_id": "model_versions",
        },
    )
    op.create_index("ix_revisions_task_id", "revisions", ["task_id"])


def _create_tasks_and_edits() -> None:
    _create(
        "tasks",
        _number("job_id"),
        _number("fov_id"),
        _choice("state", "taskstate", "ready", "assigned", "submitted", "returned", "approved", "skipped"),
        _number("position"),
        _number("row"),
        _number("col"),
        _number("height"),
        _number("width"),
        _number("proposal_id"),
        _moment("created_at"),
        sa.UniqueConstraint("job_id", "fov_id", "row", "col", name="uq_tasks_job_id"),
        refers={"job_id": "jobs", "fov_id": "fovs", "proposal_id": "revisions"},
    )
    op.create_index("ix_tasks_queue", "tasks", ["job_id", "state", "position"])
    _create(
        "assignments",
        _number("task_id"),
        _number("annotator_id"),
        _choice("state", "assignmentstate", "open", "submitted", "released", "expired", "skipped"),
        _number("base_revision_id"),
        _number("base_seq"),
        _number("last_seq"),
        _number("submitted_revision_id", nullable=True),
        _moment("lease_expires_at"),
        _moment("created_at"),
        _moment("closed_at", nullable=True),
        refers={
            "task_id": "tasks",
            "annotator_id": "users",
            "base_revision_id": "revisions",
            "submitted_revision_id": "revisions",
        },
    )
    op.create_index("ix_assignments_lease", "assignments", ["state", "lease_expires_at"])
    _create_unique_where("uq_assignments_open", "assignments", "task_id", "state = 'open'")
    op.create_table(
        "edits",
        _number("assignment_id", autoincrement=False),
        _number("seq", autoincrement=False),
        _text("tool", 40),
        sa.Column("diff", sa.LargeBinary(), nullable=False),
        sa.Column("checksum", sa.BigInteger(), nullable=False),
        _number("n_px"),
        sa.Column("active_s", sa.Double(), nullable=False),
        _moment("client_at"),
        _moment("received_at"),
        sa.PrimaryKeyConstraint("assignment_id", "seq", name="pk_edits"),
        _reference("edits", "assignment_id", "assignments"),
    )


def _create_decisions() -> None:
    _create(
        "findings",
        _number("revision_id"),
        _text("rule", 60),
        _text("severity", 10),
        _text("compartment", 20, nullable=True),
        _number("label", nullable=True),
        _number("frame"),
        _number("row"),
        _number("col"),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("value", sa.Double()),
        refers={"revision_id": "revisions"},
    )
    _create(
        "reviews",
        _number("fov_id"),
        _number("revision_id"),
        _number("reviewer_id"),
        _choice("decision", "decision", "accepted", "returned"),
        sa.Column("notes", sa.Text(), nullable=False),
        _moment("created_at"),
        refers={"fov_id": "fovs", "revision_id": "revisions", "reviewer_id": "users"},
    )
    _create(
        "promotions",
        _number("project_id"),
        _number("from_model_id", nullable=True),
        _number("to_model_id", nullable=True),
        _choice("outcome", "promotionoutcome", "promoted", "rejected", "rolled_back"),
        sa.Column("reason", sa.Text(), nullable=False),
        _json("comparison"),
        _number("decided_by_id", nullable=True),
        _moment("decided_at"),
        refers={
            "project_id": "projects",
            "from_model_id": "model_versions",
            "to_model_id": "model_versions",
            "decided_by_id": "users",
        },
    )


def _create(table: str, *parts: Any, refers: dict[str, str] | None = None) -> None:
    """Create a table with an id and an index under every reference."""
    refers = refers or {}
    cyclic = {column: target for name, column, target in CYCLES if name == table and _is_sqlite()}
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        *parts,
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        *(_reference(table, column, target) for column, target in {**refers, **cyclic}.items()),
    )
    for column in refers:
        op.create_index(f"ix_{table}_{column}", table, [column])


def _reference(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_{column}_{target}"
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, ondelete="RESTRICT")


def _create_unique_where(name: str, table: str, column: str, where: str) -> None:
    clause = sa.text(where)
    op.create_index(name, table, [column], unique=True, sqlite_where=clause, postgresql_where=clause)


def _number(name: str, *, nullable: bool = False, autoincrement: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=nullable, autoincrement=autoincrement)


def _text(name: str, length: int, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=nullable)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _json(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False)


def _choice(name: str, kind: str, *values: str) -> sa.Column[str]:
    choice = sa.Enum(*values, name=kind, native_enum=False, create_constraint=True, length=24)
    return sa.Column(name, choice, nullable=False)


def _is_sqlite() -> bool:
    return op.get_context().dialect.name == "sqlite"
