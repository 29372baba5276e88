"""Runs, their events and their exchanges."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "runs",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("updated_at", sa.Double, nullable=False),
        sa.Column("head", sa.Integer, nullable=False),
        sa.Column("parent_run", sa.String(32)),
        sa.Column("parent_seq", sa.Integer),
        sa.Column("lease_process", sa.String(128)),
        sa.Column("lease_until", sa.Double),
    )
    op.create_index("ix_runs_owner_updated", "runs", ["owner", "updated_at", "id"])
    op.create_index("ix_runs_lease_until", "runs", ["lease_until"])
    op.create_table(
        "events",
        _run(),
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_table(
        "exchanges",
        _run(),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("method", sa.String(16), nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("request_headers", sa.Text, nullable=False),
        sa.Column("request_sha256", sa.String(64), nullable=False),
        sa.Column("request_base", sa.Integer),
        sa.Column("request_depth", sa.Integer, nullable=False),
        sa.Column("request_digest", sa.LargeBinary, nullable=False),
        sa.Column("request_frame", sa.LargeBinary, nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("response_headers", sa.Text, nullable=False),
        sa.Column("response_sha256", sa.String(64)),
        sa.Column("response_frame", sa.LargeBinary, nullable=False),
        sa.Column("chunks_frame", sa.LargeBinary, nullable=False),
        sa.Column("started_at", sa.Double, nullable=False),
        sa.Column("ended_at", sa.Double),
        sa.Column("error", sa.Text),
    )


def _run() -> sa.Column[str]:
    return sa.Column(
        "run", sa.String(32), sa.ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True
    )


def downgrade() -> None:
    op.drop_table("exchanges")
    op.drop_table("events")
    op.drop_table("runs")
