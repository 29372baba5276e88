"""Two tools that act: each writes into an outbox, and nothing ever leaves it.

The outbox is a SQLite file in the user's data folder, or where the environment's
ROUNDTRIP_OUTBOX says. What is in it stays: an invoice that was paid is paid in the next run too.
"""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import platformdirs

DESTRUCTIVE = ("pay_invoice", "send_email")
"""Functions that ask a person before they run."""

OPTIONAL = ("pay_invoice", "send_email")
"""Functions that are offered once a person adds them in Settings."""

_TABLES = """
create table if not exists payments (
    invoice_id text primary key, supplier text, amount_cents int, paid_on text
);
create table if not exists emails (
    email_id integer primary key, recipient text, subject text, body text, written_on text
);
"""

_INVOICES = {
    "INV-301": ("Northwind Paper", 48_250),
    "INV-302": ("Harbour Electronics", 219_900),
    "INV-303": ("Lindqvist Furniture", 1_284_000),
    "INV-304": ("City Power and Light", 31_875),
    "INV-305": ("Parcel Partners", 76_430),
}
"""What the shop owes: supplier and amount in cents of a US dollar."""

_ADDRESS = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;]+")


def pay_invoice(invoice_id: str) -> dict[str, Any]:
    """Pay one supplier's invoice in full. This cannot be undone.

    Use it only when a payment is asked for. An invoice is paid once; a second time is refused.
    It gives the supplier, the amount in US dollars and the date of payment.

    Args:
        invoice_id: The invoice's id, e.g. "INV-302".
    """
    found = invoice_id.strip().upper()
    if found not in _INVOICES:
        known = ", ".join(f"{one} ({supplier})" for one, (supplier, _) in _INVOICES.items())
        raise ValueError(f'there is no invoice "{invoice_id}"; the invoices are: {known}')
    supplier, cents = _INVOICES[found]
    today = date.today().isoformat()
    with _outbox() as outbox:
        row = (found, supplier, cents, today)
        added = outbox.execute("insert or ignore into payments values (?, ?, ?, ?)", row).rowcount
        (paid_on,) = outbox.execute(
            "select paid_on from payments where invoice_id = ?", (found,)
        ).fetchone()
    if not added:
        raise ValueError(f"{found} was already paid on {paid_on}; nothing was paid again")
    return {
        "invoice_id": found,
        "supplier": supplier,
        "paid_usd": cents / 100,
        "paid_on": paid_on,
        "note": "The payment lies in the outbox of this sample; no money has moved.",
    }


def send_email(to: str, subject: str, body: str) -> dict[str, Any]:
    """Send an email to one person. It cannot be called back.

    Use it only when an email or a message is to be sent, and write it out in full. For the
    address of a customer, look the customer up first. It gives the number of the email.

    Args:
        to: Email address of the one who gets it, e.g. "ada@example.com".
        subject: The subject line, in a few words, e.g. "Your order has shipped".
        body: The whole text of the email, greeting included, e.g. "Hello Ada, it is on its way."
    """
    address = to.strip()
    if not _ADDRESS.fullmatch(address):
        raise ValueError(f'"{to}" is not one email address; it looks like ada@example.com')
    if not subject.strip() or not body.strip():
        raise ValueError("an email needs a subject and a body; one of them is empty")
    with _outbox() as outbox:
        number = outbox.execute(
            "insert into emails (recipient, subject, body, written_on) values (?, ?, ?, ?)",
            (address, subject.strip(), body, date.today().isoformat()),
        ).lastrowid
    return {
        "email_id": number,
        "to": address,
        "subject": subject.strip(),
        "note": "The email lies in the outbox of this sample; it has not been sent.",
    }


@contextmanager
def _outbox() -> Iterator[sqlite3.Connection]:
    """One transaction on the outbox, made when it is not there yet."""
    folder = platformdirs.user_data_path("roundtrip")
    path = Path(os.environ.get("ROUNDTRIP_OUTBOX") or folder / "outbox.sqlite3")
    path.parent.mkdir(parents=True, exist_ok=True)
    outbox = sqlite3.connect(path, timeout=10, isolation_level=None)
    try:
        # Writers wait in line from the start, so that of two payments one is refused.
        outbox.execute("begin immediate")
        for statement in filter(str.strip, _TABLES.split(";")):
            outbox.execute(statement)
        yield outbox
        outbox.execute("commit")
    finally:
        outbox.close()  # rolls back what was not committed
