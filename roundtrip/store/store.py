"""The queries: every one takes an owner, and another owner's run is a run that is not there.

Owns transactions and their order. Beside what each query says, all of them raise `Unavailable`.
The one query without an owner, `abandoned`, is the process's own sweep after a crash and must not
be reachable from a route.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Row,
    Table,
    bindparam,
    delete,
    insert,
    literal,
    select,
    tuple_,
    update,
)

from roundtrip.events import Event, dump, load
from roundtrip.exchange import Exchange
from roundtrip.store import exchanges as exchange_rows
from roundtrip.store import leases
from roundtrip.store.bodies import LastBodies
from roundtrip.store.database import default_url, open_engine, own_errors, writing
from roundtrip.store.errors import Conflict, NotFound
from roundtrip.store.tables import events as event_table
from roundtrip.store.tables import exchanges as exchange_table
from roundtrip.store.tables import runs


@dataclass(frozen=True)
class RunHead:
    """A run as a list shows it. Times are seconds since the epoch."""

    id: str
    title: str
    created_at: float
    updated_at: float
    """When its last events were written."""

    head: int
    """The last event's seq; 0 where there is none."""

    parent: tuple[str, int] | None
    """The run it was forked from and the last seq they share."""

    lease_until: float | None
    lease_process: str | None


class Store:
    """All runs of all owners in one database. Thread-safe; calls block: keep them off the loop."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writer = writing(engine)
        # A lease is no use to a process that a power cut ended, and runs out by itself.
        self._lease_writer = writing(engine, durably=False)
        self._last = LastBodies()
        # SQLite has one writer and lets the others poll, the longest waiting last. Threads of
        # one process queue here instead; other processes are few.
        sqlite = engine.dialect.name == "sqlite"
        self._turn: AbstractContextManager[object] = threading.Lock() if sqlite else nullcontext()

    @classmethod
    def open(cls, url: str | None = None) -> Store:
        """Open and migrate. None: `ROUNDTRIP_DATABASE_URL`, else a file in the user's data folder.

        Raises ValueError for a SQLite database in memory, `Damaged` for a database of a later
        version, and `Unavailable` for one that cannot be reached.
        """
        return cls(open_engine(url or default_url()))

    def close(self) -> None:
        self._engine.dispose()

    # Runs

    def new_run(self, owner: str, title: str, at: float) -> RunHead:
        """An empty run."""
        run = RunHead(_new_id(), _title(title), at, at, 0, None, None, None)
        with self._writing() as connection:
            _insert(connection, owner, run)
        return run

    def fork(
        self, owner: str, run: str, title: str, at: float, *, seq: int, exchanges: int
    ) -> RunHead:
        """A new run that begins with the other's events up to `seq`.

        `exchanges`: the highest number those events tell of; exchanges up to it are copied, as
        they lie. Raises `NotFound`, and `Conflict` where the run is shorter than `seq`.
        """
        fork = RunHead(_new_id(), _title(title), at, at, seq, (run, seq), None, None)
        with self._writing() as connection:
            if not 0 <= seq <= _find(connection, owner, run, lock=True).head:
                raise Conflict(f"the run has no event {seq}")
            _insert(connection, owner, fork)
            _copy(connection, event_table, run, fork.id, event_table.c.seq <= seq)
            # A body differs from one of a lower number only, so the copied chains are whole.
            wanted = exchange_table.c.number <= exchanges
            _copy(connection, exchange_table, run, fork.id, wanted)
        return fork

    def head(self, owner: str, run: str) -> RunHead | None:
        with self._reading() as connection:
            try:
                return _head(_find(connection, owner, run))
            except NotFound:
                return None

    def heads(self, owner: str, limit: int = 50, before: RunHead | None = None) -> list[RunHead]:
        """The owner's runs, last changed first. `before`: the last one of the page before."""
        query = select(runs).where(runs.c.owner == owner)
        if before is not None:
            query = query.where(
                tuple_(runs.c.updated_at, runs.c.id) < tuple_(before.updated_at, before.id)
            )
        query = query.order_by(runs.c.updated_at.desc(), runs.c.id.desc()).limit(limit)
        with self._reading() as connection:
            return [_head(row) for row in connection.execute(query)]

    def delete_run(self, owner: str, run: str) -> None:
        """Delete the run with its events and exchanges, for good. Raises `NotFound`."""
        with self._writing() as connection:
            _find(connection, owner, run, lock=True)
            connection.execute(delete(runs).where(runs.c.id == run))
        self._last.forget(run)

    # Events and exchanges

    def append(
        self,
        owner: str,
        run: str,
        events: Sequence[Event],
        *,
        exchange: Exchange | None = None,
        process: str | None = None,
        now: float,
    ) -> None:
        """Write events, and the exchange they tell of, in one transaction: all or nothing.

        When it returns they are durable. `process`: the writer, which must hold the run's lease.
        Raises `NotFound`, `Conflict` where the events do not continue at head + 1 or the
        exchange sent another body before, `LeaseLost` where `process` does not hold the lease,
        `LeaseHeld` where no process is named and one holds it.
        """
        rows = [
            {"run": run, "seq": one.seq, "at": one.at, "kind": one.kind, "body": dump(one)}
            for one in events
        ]
        kept = None
        with self._writing() as connection:
            found = _find(connection, owner, run, lock=True)
            leases.check(found, process, now)
            head = found.head + len(rows)
            if [row["seq"] for row in rows] != list(range(found.head + 1, head + 1)):
                raise Conflict(f"the run's next event is {found.head + 1}")
            if rows:
                connection.execute(insert(event_table), rows)
            if exchange is not None:
                kept = exchange_rows.write(connection, run, exchange, self._last)
            changed = update(runs).where(runs.c.id == run)
            connection.execute(changed.values(head=head, updated_at=now))
        if kept is not None:
            self._last.keep(run, kept)

    def save_progress(self, owner: str, run: str, exchange: Exchange) -> None:
        """Write what has arrived of a response that is still coming.

        Comes too late once the exchange has ended: then nothing changes. Raises `NotFound`, and
        `Conflict` where the exchange sent another body before.
        """
        with self._writing() as connection:
            _find(connection, owner, run, lock=True)
            kept = exchange_rows.write(connection, run, exchange, self._last, only_unfinished=True)
        if kept is not None:
            self._last.keep(run, kept)

    def events(self, owner: str, run: str, after: int = 0, limit: int | None = None) -> list[Event]:
        """The events with a seq above `after`, in order. Raises `NotFound`."""
        query = (
            select(event_table.c.body)
            .where(event_table.c.run == run, event_table.c.seq > after)
            .order_by(event_table.c.seq)
            .limit(limit)
        )
        with self._reading() as connection:
            head = _find(connection, owner, run).head
            # Asked at every look at a run, and most of them find nothing new.
            bodies = list(connection.scalars(query)) if head > after else []
        return [load(body) for body in bodies]

    def exchange(self, owner: str, run: str, number: int) -> Exchange | None:
        """Raises `NotFound` for the run; None where it has no exchange of that number."""
        with self._reading() as connection:
            _find(connection, owner, run)
            return exchange_rows.read(connection, run, number)

    def exchanges(self, owner: str, run: str) -> Iterator[Exchange]:
        """All exchanges by number, one at a time in memory. Raises `NotFound` when called."""
        with self._reading() as connection:
            _find(connection, owner, run)
            numbers = exchange_rows.numbers(connection, run)
        return self._each(run, numbers)

    def _each(self, run: str, numbers: list[int]) -> Iterator[Exchange]:
        near: dict[int, bytes] = {}
        for number in numbers:
            # A connection for each: the reader may be slow, and an open transaction would keep
            # SQLite from emptying its write-ahead log.
            with self._reading() as connection:
                exchange = exchange_rows.read(connection, run, number, near)
            if exchange is None:  # the run was deleted meanwhile
                return
            near = {number: exchange.request_body}
            yield exchange

    # Leases

    def lease(
        self, owner: str, run: str, process: str, now: float, ttl: float = leases.TTL
    ) -> bool:
        """Take the lease until `now + ttl`; False where another process holds it.

        Raises `NotFound`.
        """
        with self._writing(self._lease_writer) as connection:
            _find(connection, owner, run, lock=True)
            taken = connection.execute(
                update(runs)
                .where(runs.c.id == run, leases.free_for(process, now))
                .values(lease_process=process, lease_until=now + ttl)
            )
            return taken.rowcount == 1

    def renew(
        self, owner: str, run: str, process: str, now: float, ttl: float = leases.TTL
    ) -> bool:
        """Hold the lease until `now + ttl`; False where the process holds it no more.

        Not the same as taking it again: whoever had it in between has written. Raises `NotFound`.
        """
        with self._writing(self._lease_writer) as connection:
            _find(connection, owner, run, lock=True)
            kept = connection.execute(
                update(runs)
                .where(runs.c.id == run, runs.c.lease_process == process)
                .values(lease_until=now + ttl)
            )
            return kept.rowcount == 1

    def release(self, owner: str, run: str, process: str) -> None:
        """Give the lease back, if this process holds it. Raises `NotFound`."""
        with self._writing(self._lease_writer) as connection:
            _find(connection, owner, run, lock=True)
            connection.execute(
                update(runs)
                .where(runs.c.id == run, runs.c.lease_process == process)
                .values(lease_process=None, lease_until=None, stop_asked_at=None)
            )

    def ask_to_stop(self, owner: str, run: str, now: float) -> bool:
        """Leave word for whoever holds the run's lease; False where nobody does.

        It holds until the lease is given back. Raises `NotFound`.
        """
        with self._writing(self._lease_writer) as connection:
            _find(connection, owner, run, lock=True)
            asked = connection.execute(
                update(runs)
                .where(runs.c.id == run, runs.c.lease_process.is_not(None))
                .values(stop_asked_at=now)
            )
            return asked.rowcount == 1

    def stops_asked(self, among: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """Those of these (owner, run) that somebody asked to stop; for whoever holds the lease."""
        owners = {run: owner for owner, run in among}
        query = select(runs.c.owner, runs.c.id).where(
            runs.c.id.in_(owners), runs.c.stop_asked_at.is_not(None)
        )
        with self._reading() as connection:
            found = [(row.owner, row.id) for row in connection.execute(query)]
        return [(owner, run) for owner, run in found if owners[run] == owner]

    def abandoned(self, now: float) -> list[tuple[str, str]]:
        """(owner, run) of every run whose lease expired and was not given back: its process died.

        Over all owners, for the process's own sweep; whoever handles one takes its lease first.
        """
        query = select(runs.c.owner, runs.c.id).where(runs.c.lease_until <= now)
        with self._reading() as connection:
            return [(row.owner, row.id) for row in connection.execute(query)]

    @contextmanager
    def _writing(self, writer: Engine | None = None) -> Iterator[Connection]:
        with own_errors(), self._turn, (writer or self._writer).begin() as connection:
            yield connection

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with own_errors(), self._engine.connect() as connection:
            yield connection


# Built once: with each look at a run, building it would take longer than asking it.
_FIND = select(runs).where(runs.c.id == bindparam("run"), runs.c.owner == bindparam("of"))
_FIND_LOCKED = _FIND.with_for_update()


def _find(
    connection: Connection, owner: str, run: str, *, lock: bool = False
) -> Row[*tuple[Any, ...]]:
    """The run's row under its owner, locked against other writers where asked."""
    row = connection.execute(_FIND_LOCKED if lock else _FIND, {"run": run, "of": owner}).first()
    if row is None:
        raise NotFound("there is no such run")
    return row


def _insert(connection: Connection, owner: str, run: RunHead) -> None:
    parent_run, parent_seq = run.parent or (None, None)
    connection.execute(
        insert(runs).values(
            id=run.id,
            owner=owner,
            title=run.title,
            created_at=run.created_at,
            updated_at=run.updated_at,
            head=run.head,
            parent_run=parent_run,
            parent_seq=parent_seq,
        )
    )


def _copy(
    connection: Connection, table: Table, run: str, to: str, wanted: ColumnElement[bool]
) -> None:
    """Copy rows of a run to another without reading them."""
    columns = [literal(to) if column is table.c.run else column for column in table.c]
    rows = select(*columns).where(table.c.run == run, wanted)
    connection.execute(insert(table).from_select(list(table.c), rows))


def _head(row: Row[*tuple[Any, ...]]) -> RunHead:
    parent = None if row.parent_run is None else (row.parent_run, row.parent_seq)
    return RunHead(
        id=row.id,
        title=row.title,
        created_at=row.created_at,
        updated_at=row.updated_at,
        head=row.head,
        parent=parent,
        lease_until=row.lease_until,
        lease_process=row.lease_process,
    )


def _new_id() -> str:
    """128 random bits in 22 characters that fit an address; the first is a letter or digit, so
    that a command line does not take an id for an option."""
    while (run := secrets.token_urlsafe(16))[0] in "-_":
        pass
    return run


def _title(text: str) -> str:
    return text.encode("utf-8", "replace").decode().replace("\0", " ").strip()
