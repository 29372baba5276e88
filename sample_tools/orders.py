"""The order desk of a small shop: customers, orders, parcels and refunds in a SQLite file.

The file is made with the same rows for everyone on first use, in the user's data folder or
where the environment's ROUNDTRIP_ORDER_DESK says. Refunds are real: they stay in the file.
ROUNDTRIP_ORDER_DESK_PAUSE_S is a pause in seconds after a refund is written, as a slow
payment service would make; it lets one see what happens when the program ends in between.
"""

from __future__ import annotations

import os
import sqlite3
import time
import unicodedata
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import platformdirs

DESTRUCTIVE = ("refund_order",)
"""Functions that ask a person before they run."""

OPTIONAL = ("query_orders",)
"""Functions that are offered once a person adds them in Settings."""

_TABLES = """
create table customers (
    customer_id text primary key, name text, email text unique, city text
);
create table orders (
    order_id text primary key, customer_id text references customers, ordered_on text,
    status text, carrier text, tracking text, shipped_on text, arrives_on text
);
create table items (order_id text references orders, item text, quantity int, price_cents int);
create table refunds (
    order_id text primary key references orders, reason text, amount_cents int, refunded_on text
);
"""

_CUSTOMERS = [
    ("C-1001", "Ada Lovelace", "ada@example.com", "London"),
    ("C-1002", "Grace Hopper", "grace@example.com", "New York"),
    ("C-1003", "Alan Turing", "alan@example.com", "Manchester"),
    ("C-1004", "Katherine Johnson", "katherine@example.com", "Hampton"),
    ("C-1005", "Clarence Johnson", "clarence@example.com", "Burbank"),
    ("C-1006", "Émilie du Châtelet", "emilie@example.com", "Paris"),
    ("C-1007", "Srinivasa Ramanujan", "srinivasa@example.com", "Chennai"),
    ("C-1008", "Sofia Kovalevskaya", "sofia@example.com", "Stockholm"),
]

_ORDERS = [
    ("O-5001", "C-1001", "2026-03-02", "delivered", "DHL", "DH4410027", "2026-03-03", "2026-03-06"),
    ("O-5002", "C-1002", "2026-03-19", "delivered", "UPS", "1Z7730418", "2026-03-20", "2026-03-24"),
    ("O-5003", "C-1003", "2026-04-08", "delivered", "DPD", "DP8810932", "2026-04-09", "2026-04-11"),
    ("O-5004", "C-1006", "2026-04-27", "delivered", "DHL", "DH4410561", "2026-04-28", "2026-05-02"),
    ("O-5005", "C-1001", "2026-05-14", "delivered", "DHL", "DH4410884", "2026-05-15", "2026-05-18"),
    ("O-5006", "C-1004", "2026-05-30", "delivered", "UPS", "1Z7731150", "2026-06-01", "2026-06-04"),
    ("O-5007", "C-1007", "2026-06-11", "cancelled", None, None, None, None),
    ("O-5008", "C-1005", "2026-06-25", "delivered", "UPS", "1Z7731702", "2026-06-26", "2026-06-30"),
    ("O-5009", "C-1002", "2026-07-09", "delivered", "UPS", "1Z7731988", "2026-07-10", "2026-07-14"),
    ("O-5010", "C-1008", "2026-07-22", "delivered", "DHL", "DH4411305", "2026-07-23", "2026-07-27"),
    ("O-5011", "C-1003", "2026-08-05", "delivered", "DPD", "DP8811276", "2026-08-06", "2026-08-08"),
    ("O-5012", "C-1004", "2026-08-20", "delivered", "UPS", "1Z7732440", "2026-08-21", "2026-08-25"),
    ("O-5013", "C-1006", "2026-09-03", "cancelled", None, None, None, None),
    ("O-5014", "C-1007", "2026-09-17", "delivered", "DHL", "DH4411790", "2026-09-18", "2026-09-25"),
    ("O-5015", "C-1005", "2026-10-01", "delivered", "UPS", "1Z7733016", "2026-10-02", "2026-10-06"),
    ("O-5016", "C-1002", "2026-10-15", "delivered", "UPS", "1Z7733371", "2026-10-16", "2026-10-20"),
    ("O-5017", "C-1008", "2026-11-04", "shipped", "DHL", "DH4412204", "2026-11-06", "2026-11-26"),
    ("O-5018", "C-1001", "2026-11-16", "shipped", "DHL", "DH4412297", "2026-11-18", "2026-11-25"),
    ("O-5019", "C-1003", "2026-11-19", "processing", None, None, None, None),
    ("O-5020", "C-1004", "2026-11-20", "processing", None, None, None, None),
]

_ITEMS = [
    ("O-5001", "notebook, dotted", 3, 1250),
    ("O-5002", "mechanical keyboard", 1, 12900),
    ("O-5003", "desk lamp", 1, 4590),
    ("O-5004", "fountain pen", 1, 6800),
    ("O-5004", "ink, blue", 2, 1150),
    ("O-5005", "noise-cancelling headphones", 1, 24900),
    ("O-5006", "graph paper", 5, 690),
    ("O-5007", "blackboard chalk", 4, 450),
    ("O-5008", "drafting table", 1, 38900),
    ("O-5009", "USB-C cable", 2, 1490),
    ("O-5010", "office chair", 1, 31900),
    ("O-5011", "running shoes", 1, 11900),
    ("O-5012", "slide rule", 1, 5400),
    ("O-5013", "prism", 2, 3200),
    ("O-5014", "wall clock", 1, 4200),
    ("O-5015", "model aeroplane kit", 2, 7950),
    ("O-5016", "monitor, 27 inch", 1, 32900),
    ("O-5017", "bookshelf", 1, 15900),
    ("O-5018", "standing desk", 1, 44900),
    ("O-5018", "desk mat", 1, 2900),
    ("O-5019", "chess set", 1, 5900),
    ("O-5020", "telescope", 1, 27900),
]


def find_customer(name_or_email: str) -> dict[str, Any]:
    """Find a customer of the shop by name or email address, to learn the customer_id.

    Use it first when a question names a person: the other order tools need an id. It gives
    the customer_id, the full name, the email address and the city.

    Args:
        name_or_email: Full name, part of a name, or email address, e.g. "Ada Lovelace".
    """
    wanted = _key(name_or_email)
    with _desk() as desk:
        customers = [dict(row) for row in desk.execute("select * from customers")]
    exact = [c for c in customers if wanted in (_key(c["name"]), _key(c["email"]))]
    found = exact or [c for c in customers if wanted and wanted in _key(c["name"])]
    if not found:
        raise ValueError(f'no customer is called "{name_or_email}"')
    if len(found) > 1:
        names = ", ".join(f"{c['name']} <{c['email']}>" for c in found[:5])
        raise ValueError(f'"{name_or_email}" could be any of: {names}; give the email address')
    return found[0]


def list_orders(customer_id: str) -> dict[str, Any]:
    """List all orders of one customer, the latest first.

    Use it to find an order_id, or the last order of somebody. It gives the order_id, date,
    status and total in US dollars of each order, but not its items or parcel.

    Args:
        customer_id: The customer's id from find_customer, e.g. "C-1001".
    """
    with _desk() as desk:
        customer = _row(desk, "customers", "customer_id", customer_id)
        orders = desk.execute(
            "select order_id from orders where customer_id = ? order by ordered_on desc",
            (customer["customer_id"],),
        ).fetchall()
        shown = [_order(desk, order["order_id"]) for order in orders]
    kept = ("order_id", "ordered_on", "status", "total_usd")
    return {
        "customer_id": customer["customer_id"],
        "name": customer["name"],
        "orders": [{key: order[key] for key in kept} for order in shown],
    }


def get_order(order_id: str) -> dict[str, Any]:
    """Get one order: its items, prices and total in US dollars, date, status and any refund.

    Use it for questions about what was bought or what it cost. For where the parcel is, use
    shipping_status.

    Args:
        order_id: The order's id, e.g. "O-5018".
    """
    with _desk() as desk:
        return _order(desk, order_id)


def shipping_status(order_id: str) -> dict[str, Any]:
    """Find out where the parcel of an order is: whether it has shipped and when it arrives.

    Use it for questions about shipping, delivery, tracking or where an order is. It gives the
    status ("processing", "shipped", "delivered" or "cancelled") and, once shipped, the
    carrier, the tracking number and the dates.

    Args:
        order_id: The order's id, e.g. "O-5018".
    """
    with _desk() as desk:
        order = _row(desk, "orders", "order_id", order_id)
    arrival = "delivered_on" if order["status"] == "delivered" else "expected_on"
    parcel = {
        "order_id": order["order_id"],
        "status": order["status"],
        "carrier": order["carrier"],
        "tracking": order["tracking"],
        "shipped_on": order["shipped_on"],
        arrival: order["arrives_on"],
    }
    return {key: value for key, value in parcel.items() if value is not None}


def refund_order(order_id: str, reason: str) -> dict[str, Any]:
    """Refund an order: pay its whole total back to the customer. This cannot be undone.

    Use it only when a refund is asked for. An order is refunded once; a second time is refused.

    Args:
        order_id: The order's id, e.g. "O-5018".
        reason: Why it is refunded, in a few words, e.g. "arrived damaged".
    """
    with _desk() as desk:
        order = _order(desk, order_id)
        found = order["order_id"]
        cents = round(order["total_usd"] * 100)
        row = (found, reason, cents, date.today().isoformat())
        added = desk.execute("insert or ignore into refunds values (?, ?, ?, ?)", row).rowcount
        refund = _row(desk, "refunds", "order_id", found)
    if not added:
        raise ValueError(f"{found} was already refunded on {refund['refunded_on']}")
    time.sleep(float(os.environ.get("ROUNDTRIP_ORDER_DESK_PAUSE_S") or 0))
    return {
        "order_id": found,
        "refunded_usd": cents / 100,
        "refunded_on": refund["refunded_on"],
        "reason": reason,
    }


def query_orders(sql: str) -> dict[str, Any]:
    """Query the order desk's SQLite database with one SQL SELECT. It can only read.

    Use it to count, sum or compare over many orders or customers. Tables:
    customers (customer_id, name, email, city);
    orders (order_id, customer_id, ordered_on, status, carrier, tracking, shipped_on, arrives_on);
    items (order_id, item, quantity, price_cents);
    refunds (order_id, reason, amount_cents, refunded_on).
    Dates are text, YYYY-MM-DD; money is in cents of a US dollar; status is "processing",
    "shipped", "delivered" or "cancelled". It gives at most 50 rows, and how many it left out.

    Args:
        sql: One SELECT statement of SQLite, e.g. "select status, count(*) as orders from
            orders group by status".
    """
    with _desk():
        pass  # made, where this is its first use
    with closing(sqlite3.connect(f"{_path().absolute().as_uri()}?mode=ro", uri=True)) as desk:
        _bound(desk)
        try:
            found = desk.execute(sql)
            if found.description is None:
                raise ValueError("there is no SELECT in it")
            columns = [column[0] for column in found.description]
            shown = found.fetchmany(_MOST_ROWS)
            left_out = sum(1 for _ in found)
        except (sqlite3.Error, sqlite3.Warning, OverflowError) as error:
            raise ValueError(_why_not(str(error))) from None
    if len(set(columns)) < len(columns):
        raise ValueError(f"give every column a name of its own with AS: {', '.join(columns)}")
    rows = [
        {name: v.hex() if isinstance(v, bytes) else v for name, v in zip(columns, row, strict=True)}
        for row in shown
    ]
    return {"rows": rows} | ({"rows_left_out": left_out} if left_out else {})


_MOST_ROWS = 50
_LONGEST_QUERY_S = 2.0
_LONGEST_VALUE = 20_000
"""Bytes of a value, a row or the query: none can fill the memory, or take long to compare."""

_STEPS_BETWEEN_LOOKS = 50
"""Of SQLite's machine, between two looks at the clock; one step may be as slow as a long value."""

_READING = {
    sqlite3.SQLITE_SELECT,
    sqlite3.SQLITE_READ,
    sqlite3.SQLITE_FUNCTION,
    sqlite3.SQLITE_RECURSIVE,
}


def _bound(desk: sqlite3.Connection) -> None:
    """Let the connection do nothing but read, and not for long."""
    ends = time.monotonic() + _LONGEST_QUERY_S
    desk.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_VALUE)
    desk.setlimit(sqlite3.SQLITE_LIMIT_SQL_LENGTH, _LONGEST_VALUE)
    desk.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    desk.set_progress_handler(lambda: time.monotonic() > ends, _STEPS_BETWEEN_LOOKS)
    desk.set_authorizer(_may_read)


def _may_read(action: int, _: str | None, name: str | None, *where: str | None) -> int:
    allowed = action in _READING and name not in ("load_extension", "fts3_tokenizer")
    return sqlite3.SQLITE_OK if allowed else sqlite3.SQLITE_DENY


def _why_not(error: str) -> str:
    if "authoriz" in error or "prohibited" in error or "one statement" in error:
        return "only one SELECT is run here; this query would do more than read the tables"
    if error == "interrupted":
        return f"the query took longer than {_LONGEST_QUERY_S:g} seconds; ask for less"
    if error.startswith("no such"):
        return f"{error}; the tables are: {' '.join(_TABLES.split())}"
    return f"the query cannot be run: {error}"


def _path() -> Path:
    folder = platformdirs.user_data_path("roundtrip")
    return Path(os.environ.get("ROUNDTRIP_ORDER_DESK") or folder / "order_desk.sqlite3")


@contextmanager
def _desk() -> Iterator[sqlite3.Connection]:
    """One transaction on the desk's file, made with its rows when it is not there yet."""
    path = _path()
    path.parent.mkdir(parents=True, exist_ok=True)
    desk = sqlite3.connect(path, timeout=10, isolation_level=None)
    desk.row_factory = sqlite3.Row
    try:
        if not _is_made(desk):
            desk.execute("pragma journal_mode = wal")
        # Writers wait in line from the start, so that nobody's rows are made twice.
        desk.execute("begin immediate")
        if not _is_made(desk):
            _make(desk)
        yield desk
        desk.execute("commit")
    finally:
        desk.close()  # rolls back what was not committed


def _is_made(desk: sqlite3.Connection) -> bool:
    return bool(desk.execute("pragma user_version").fetchone()[0])


def _make(desk: sqlite3.Connection) -> None:
    for statement in filter(str.strip, _TABLES.split(";")):
        desk.execute(statement)
    for table, rows in (("customers", _CUSTOMERS), ("orders", _ORDERS), ("items", _ITEMS)):
        holes = ", ".join("?" * len(rows[0]))
        desk.executemany(f"insert into {table} values ({holes})", rows)
    desk.execute("pragma user_version = 1")


def _row(desk: sqlite3.Connection, table: str, key: str, value: str) -> dict[str, Any]:
    found = desk.execute(
        f"select * from {table} where {key} = ?", (value.strip().upper(),)
    ).fetchone()
    if found is None:
        example = "C-1001" if key == "customer_id" else "O-5018"
        raise ValueError(f'there is no {key} "{value}"; an id looks like {example}')
    return dict(found)


def _order(desk: sqlite3.Connection, order_id: str) -> dict[str, Any]:
    order = _row(desk, "orders", "order_id", order_id)
    of_order = (order["order_id"],)
    customer = _row(desk, "customers", "customer_id", order["customer_id"])
    items = desk.execute(
        "select item, quantity, price_cents from items where order_id = ?", of_order
    ).fetchall()
    refund = desk.execute("select * from refunds where order_id = ?", of_order).fetchone()
    shown = {
        "order_id": order["order_id"],
        "customer_id": order["customer_id"],
        "customer": customer["name"],
        "ordered_on": order["ordered_on"],
        "status": order["status"],
        "items": [
            {"item": i["item"], "quantity": i["quantity"], "price_usd": i["price_cents"] / 100}
            for i in items
        ],
        "total_usd": sum(i["quantity"] * i["price_cents"] for i in items) / 100,
    }
    return shown | ({"refunded_on": refund["refunded_on"]} if refund else {})


def _key(words: str) -> str:
    """Words without case, accents and outer spaces."""
    letters = unicodedata.normalize("NFKD", words.strip().casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
