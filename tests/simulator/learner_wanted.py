"""The calls a prompt may want, each written as briefly as a call in Python.

Owns one function for each tool, and what their arguments may be. Where the spelling is free, an
argument is judged by what the sample tool makes of it: an expression by its value, a query by
the document it finds, SQL by its rows.
"""

from __future__ import annotations

import math
import sqlite3
from dataclasses import dataclass
from functools import cache
from typing import Any

from sample_tools import calculator, documents, orders, units
from tests.simulator.learner_score import (
    Anything,
    Exactly,
    Holds,
    Name,
    Omitted,
    OneOf,
    Wanted,
    WantedCall,
)


@dataclass(frozen=True)
class Worth:
    """An expression that calculates one of these values, to half a cent."""

    values: tuple[float, ...]

    def accepts(self, given: Any) -> bool:
        if not isinstance(given, str) or _is_number(given):
            return False
        try:
            value = calculator.calculate(given)
        except (ValueError, OverflowError):
            return False
        return any(math.isclose(value, one, rel_tol=1e-6, abs_tol=0.005) for one in self.values)

    def __str__(self) -> str:
        return f"an expression worth {' or '.join(f'{value:g}' for value in self.values)}"


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


@dataclass(frozen=True)
class Unit:
    """A unit in any spelling the tool takes."""

    symbol: str

    def accepts(self, given: Any) -> bool:
        if not isinstance(given, str):
            return False
        try:
            return units.convert_units(1, given, given)["from_unit"] == self.symbol
        except ValueError:
            return False

    def __str__(self) -> str:
        return f"the unit {self.symbol}"


@dataclass(frozen=True)
class Finds:
    """A query that finds one of these documents among its first three."""

    documents: tuple[str, ...]

    def accepts(self, given: Any) -> bool:
        if not isinstance(given, str):
            return False
        try:
            found: Any = documents.search_documents(given)["documents"]
        except ValueError:
            return False
        return any(entry["document_id"] in self.documents for entry in found)

    def __str__(self) -> str:
        return f"a query that finds {' or '.join(self.documents)}"


@dataclass(frozen=True)
class Selects:
    """SQL whose rows hold all of these values; in so many rows, if that is said."""

    values: tuple[Any, ...]
    rows: int | None = None

    def accepts(self, given: Any) -> bool:
        if not isinstance(given, str):
            return False
        try:
            found = _desk().execute(given).fetchall()
        except (sqlite3.Error, sqlite3.Warning):
            return False
        held = [value for row in found for value in row]
        return self.rows in (None, len(found)) and all(
            any(_same(value, one) for one in held) for value in self.values
        )

    def __str__(self) -> str:
        return f"a SELECT that gives {', '.join(map(str, self.values))}"


def _same(wanted: Any, found: Any) -> bool:
    if isinstance(wanted, (int, float)) and isinstance(found, (int, float)):
        return math.isclose(wanted, found, rel_tol=1e-3)
    return bool(wanted == found)


@cache
def _desk() -> sqlite3.Connection:
    """The order desk as everyone starts with it, for reading alone."""
    desk = sqlite3.connect(":memory:", check_same_thread=False)
    orders._make(desk)
    desk.execute("pragma query_only = on")
    return desk


def get_weather(*city: str) -> WantedCall:
    return WantedCall("get_weather", {"city": _named(city)})


def calculate(*worth: float) -> WantedCall:
    return WantedCall("calculate", {"expression": Worth(worth)})


def flaky_service(quarter: str) -> WantedCall:
    return WantedCall("flaky_service", {"quarter": Exactly(quarter)})


def find_customer(*name_or_email: str) -> WantedCall:
    return WantedCall("find_customer", {"name_or_email": _named(name_or_email)})


def list_orders(customer_id: str) -> WantedCall:
    return WantedCall("list_orders", {"customer_id": Name(customer_id)})


def get_order(order_id: str) -> WantedCall:
    return WantedCall("get_order", {"order_id": Name(order_id)})


def shipping_status(order_id: str) -> WantedCall:
    return WantedCall("shipping_status", {"order_id": Name(order_id)})


def refund_order(order_id: str, *reason: str | tuple[str, ...]) -> WantedCall:
    """The reason holds all of these words; of a tuple, one."""
    return WantedCall("refund_order", {"order_id": Name(order_id), "reason": Holds(reason)})


def query_orders(*values: Any, rows: int | None = None) -> WantedCall:
    return WantedCall("query_orders", {"sql": Selects(values, rows)})


def current_time(*timezone: str) -> WantedCall:
    """Any of these zones; without one, UTC said or left out."""
    zone = _named(timezone) if timezone else OneOf((Omitted(), Name("UTC"), Name("Etc/UTC")))
    return WantedCall("current_time", {"timezone": zone})


def convert_currency(amount: float, source: str, target: str) -> WantedCall:
    values = {"amount": amount, "from_currency": source, "to_currency": target}
    return WantedCall("convert_currency", {name: Exactly(v) for name, v in values.items()})


def convert_units(value: float, source: str, target: str) -> WantedCall:
    units_wanted = {"from_unit": Unit(source), "to_unit": Unit(target)}
    return WantedCall("convert_units", {"value": Exactly(value), **units_wanted})


def search_documents(*found: str) -> WantedCall:
    """A query that finds any of these; the limit is free."""
    limit = OneOf((Omitted(), *(Exactly(number) for number in range(1, 11))))
    return WantedCall("search_documents", {"query": Finds(found), "limit": limit})


def read_document(document_id: str) -> WantedCall:
    return WantedCall("read_document", {"document_id": Name(document_id)})


def get_stock_price(symbol: str) -> WantedCall:
    """In capitals, as the tool's description asks for it."""
    return WantedCall("get_stock_price", {"symbol": Exactly(symbol)})


def pay_invoice(invoice_id: str) -> WantedCall:
    return WantedCall("pay_invoice", {"invoice_id": Name(invoice_id)})


def send_email(to: str, *body: str | tuple[str, ...], subject: str = "") -> WantedCall:
    about = Holds((subject,) if subject else ())
    return WantedCall("send_email", {"to": Name(to), "subject": about, "body": Holds(body)})


def days_until(*day: str) -> WantedCall:
    return WantedCall("days_until", {"day": _one_of(day)})


def get_horoscope(sign: str) -> WantedCall:
    return WantedCall("get_horoscope", {"sign": Name(sign)})


def set_light(room: str, *brightness: int) -> WantedCall:
    wanted = {"room": Exactly(room), "brightness": _one_of(brightness)}
    return WantedCall("set_light", wanted)


def book_table(restaurant: str, day: tuple[str, ...], time: str, people: int) -> WantedCall:
    wanted = {
        "restaurant": Name(restaurant),
        "day": _one_of(day),
        "time": Exactly(time),
        "people": Exactly(people),
    }
    return WantedCall("book_table", wanted)


def read_note(title: str) -> WantedCall:
    return WantedCall("read_note", {"title": Name(title)})


def freely(name: str, *arguments: str) -> WantedCall:
    """A call whose arguments are not judged, but must be there."""
    return WantedCall(name, dict.fromkeys(arguments, Anything()))


def _named(names: tuple[str, ...]) -> Wanted:
    return Name(names[0]) if len(names) == 1 else OneOf(tuple(map(Name, names)))


def _one_of(values: tuple[Any, ...]) -> Wanted:
    return Exactly(values[0]) if len(values) == 1 else OneOf(tuple(map(Exactly, values)))
