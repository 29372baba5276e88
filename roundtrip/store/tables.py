"""The schema. Owns columns, keys and indexes; the migrations beside it bring a database to it.

Times are seconds since the epoch. Every table hangs on `runs`, and only `runs` knows the owner:
a query reaches the others through a run that was looked up under its owner.
"""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

metadata = MetaData()

runs = Table(
    "runs",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("owner", String(64), nullable=False),
    Column("title", Text, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("updated_at", Double, nullable=False),
    # The last event's seq; 0 before the first. The row is the lock that orders writers.
    Column("head", Integer, nullable=False),
    # Where a fork came from. No foreign key: the parent may be deleted, the fork stays.
    Column("parent_run", String(32)),
    Column("parent_seq", Integer),
    Column("lease_process", String(128)),
    Column("lease_until", Double),
    # Set by a process that does not hold the lease, read by the one that does.
    Column("stop_asked_at", Double),
    Index("ix_runs_owner_updated", "owner", "updated_at", "id"),
    Index("ix_runs_lease_until", "lease_until"),
)

events = Table(
    "events",
    metadata,
    Column("run", ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", Double, nullable=False),
    Column("kind", String(64), nullable=False),
    Column("body", Text, nullable=False),
)

exchanges = Table(
    "exchanges",
    metadata,
    Column("run", ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("attempt", Integer, nullable=False),
    Column("method", String(16), nullable=False),
    Column("url", Text, nullable=False),
    Column("request_headers", Text, nullable=False),
    Column("request_sha256", String(64), nullable=False),
    # The request's body as a difference: see bodies.py. `base` is the exchange it differs from,
    # null in a key frame; `depth` counts the frames since the key frame; `digest` is the
    # SHA-256 of the body as stored, which is not `request_sha256` once a secret was redacted.
    Column("request_base", Integer),
    Column("request_depth", Integer, nullable=False),
    Column("request_digest", LargeBinary, nullable=False),
    Column("request_frame", LargeBinary, nullable=False),
    Column("status", Integer),
    Column("response_headers", Text, nullable=False),
    Column("response_sha256", String(64)),
    Column("response_frame", LargeBinary, nullable=False),
    Column("chunks_frame", LargeBinary, nullable=False),
    Column("started_at", Double, nullable=False),
    Column("ended_at", Double),
    Column("error", Text),
)
