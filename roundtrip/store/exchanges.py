"""Exchanges as rows, to and from.

Owns how an exchange is spelt in its table, request bodies as differences included. Knows no
owner: whoever calls has looked the run up under its owner and holds its lock when writing.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

import zstandard
from sqlalchemy import Connection, Row, insert, select, update

from roundtrip.exchange import Exchange, Headers
from roundtrip.store.bodies import KEY_EVERY, KeptBody, LastBodies, pack, unpack
from roundtrip.store.errors import Conflict, Damaged
from roundtrip.store.tables import exchanges


def write(
    connection: Connection,
    run: str,
    exchange: Exchange,
    last: LastBodies,
    *,
    only_unfinished: bool = False,
) -> KeptBody | None:
    """Insert the exchange, or bring the row of its number up to date.

    A request that lies ready may be edited: its body may change until a response comes or a
    later body was written as a difference from it. With `only_unfinished` a row that has ended
    stays as it is. Returns the body to keep in memory once the transaction is committed, None
    where no body was written. Raises `Conflict` where the body may not change any more.
    """
    here = (exchanges.c.run == run) & (exchanges.c.number == exchange.number)
    digest = hashlib.sha256(exchange.request_body).digest()
    known = connection.execute(
        select(exchanges.c.request_digest, exchanges.c.status, exchanges.c.ended_at).where(here)
    ).one_or_none()
    if known is not None and known.request_digest == digest:
        if not (only_unfinished and known.ended_at is not None):
            connection.execute(update(exchanges).where(here).values(_columns(exchange)))
        return None
    if known is not None and (known.status, known.ended_at) != (None, None):
        raise Conflict(f"exchange {exchange.number} has sent another body already")
    if known is not None and _is_base(connection, run, exchange.number):
        raise Conflict(f"a later request was written as a difference from {exchange.number}")
    kept, request = _difference(connection, run, exchange, digest, last)
    values = request | _columns(exchange)
    if known is None:
        key = {"run": run, "number": exchange.number}
        connection.execute(insert(exchanges).values(key | values))
    else:
        connection.execute(update(exchanges).where(here).values(values))
    return kept


def numbers(connection: Connection, run: str) -> list[int]:
    """The numbers there are, ascending."""
    query = select(exchanges.c.number).where(exchanges.c.run == run)
    return list(connection.scalars(query.order_by(exchanges.c.number)))


def read(
    connection: Connection, run: str, number: int, near: dict[int, bytes] | None = None
) -> Exchange | None:
    """The exchange as it was written. Raises `Damaged` where its body cannot be restored.

    `near`: request bodies at hand by number, which shorten the chain to unpack.
    """
    row = connection.execute(
        select(exchanges).where(exchanges.c.run == run, exchanges.c.number == number)
    ).one_or_none()
    if row is None:
        return None
    return _exchange(row, _request_body(connection, run, row, near or {}))


def _difference(
    connection: Connection, run: str, exchange: Exchange, digest: bytes, last: LastBodies
) -> tuple[KeptBody, dict[str, Any]]:
    """The request's columns, and the body to keep."""
    before = connection.execute(
        select(
            exchanges.c.number,
            exchanges.c.request_base,
            exchanges.c.request_depth,
            exchanges.c.request_digest,
            exchanges.c.request_frame,
        )
        .where(exchanges.c.run == run, exchanges.c.number < exchange.number)
        .order_by(exchanges.c.number.desc())
        .limit(1)
    ).one_or_none()
    base, depth, base_body = None, 0, b""
    if before is not None and before.request_depth + 1 < KEY_EVERY:
        base, depth = before.number, before.request_depth + 1
        found = last.find(run, before.number, before.request_digest)
        base_body = _request_body(connection, run, before, {}) if found is None else found
    columns = {
        "request_base": base,
        "request_depth": depth,
        "request_digest": digest,
        "request_frame": pack(exchange.request_body, base_body),
    }
    return KeptBody(exchange.number, digest, exchange.request_body), columns


def _is_base(connection: Connection, run: str, number: int) -> bool:
    query = select(exchanges.c.number).where(
        exchanges.c.run == run, exchanges.c.request_base == number
    )
    return connection.scalar(query.limit(1)) is not None


def _request_body(
    connection: Connection, run: str, row: Row[*tuple[Any, ...]], near: dict[int, bytes]
) -> bytes:
    """Walk from the row to its key frame, or to a body at hand, and unpack on the way back."""
    frames, base = [row.request_frame], row.request_base
    while base is not None and base not in near:
        link = connection.execute(
            select(exchanges.c.request_base, exchanges.c.request_frame).where(
                exchanges.c.run == run, exchanges.c.number == base
            )
        ).one()
        frames.append(link.request_frame)
        base = link.request_base
    body = b"" if base is None else near[base]
    try:
        for frame in reversed(frames):
            body = unpack(frame, body)
    except zstandard.ZstdError as error:
        raise Damaged(f"the request of exchange {row.number} cannot be unpacked") from error
    if hashlib.sha256(body).digest() != row.request_digest:
        raise Damaged(f"the request of exchange {row.number} is not what was written")
    return body


def _columns(exchange: Exchange) -> dict[str, Any]:
    """Everything but the request's body and the key."""
    return {
        "attempt": exchange.attempt,
        "method": exchange.method,
        "url": _plain(exchange.url),
        "request_headers": json.dumps(exchange.request_headers),
        "request_sha256": exchange.request_sha256,
        "status": exchange.status,
        "response_headers": json.dumps(exchange.response_headers),
        "response_sha256": exchange.response_sha256,
        "response_frame": pack(exchange.response_body),
        "chunks_frame": pack(json.dumps(exchange.chunks).encode()),
        "started_at": exchange.started_at,
        "ended_at": exchange.ended_at,
        "error": None if exchange.error is None else _plain(exchange.error),
    }


def _exchange(row: Row[*tuple[Any, ...]], request_body: bytes) -> Exchange:
    return Exchange(
        number=row.number,
        attempt=row.attempt,
        method=row.method,
        url=row.url,
        request_headers=_headers(row.request_headers),
        request_body=request_body,
        request_sha256=row.request_sha256,
        started_at=row.started_at,
        status=row.status,
        response_headers=_headers(row.response_headers),
        response_body=unpack(row.response_frame),
        response_sha256=row.response_sha256,
        chunks=tuple((at, size) for at, size in json.loads(unpack(row.chunks_frame))),
        ended_at=row.ended_at,
        error=row.error,
    )


def _headers(text: str) -> Headers:
    return tuple((name, value) for name, value in json.loads(text))


def _plain(text: str) -> str:
    """Text every database takes: PostgreSQL has no NUL, neither encodes half a surrogate pair."""
    return text.encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")
