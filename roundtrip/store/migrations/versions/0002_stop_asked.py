"""A person's wish to stop a run, for the process that drives it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("runs", sa.Column("stop_asked_at", sa.Double))


def downgrade() -> None:
    op.drop_column("runs", "stop_asked_at")
