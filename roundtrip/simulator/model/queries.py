"""A question about many rows, written as SQL for the tables a tool's description names.

Owns a small grammar: count, list, which most or least, for each, in a place, since a day. What it
does not understand to the last word it leaves alone: a query that is half right misleads.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from roundtrip.simulator.model.mentions import Reading
from roundtrip.simulator.model.words import FUNCTION_WORDS, stem, tokens, words_in

_TABLE = re.compile(r"\b([a-z_]+) \(([a-z_]+(?:, ?[a-z_]+)+)\)")
_VALUES = re.compile(r"\b([a-z_]+) is ((?:\"[^\"]+\"(?:, | or |, or )?)+)")
_COUNT = re.compile(r"\b(?:how many|count|number of)\b", re.I)
_LIST = re.compile(r"^\W*(?:please )?(?:list|show(?: me)?|give me|which|what are|who are)\b", re.I)
_MOST = re.compile(r"\b(?:most|highest|top|best|biggest)\b", re.I)
_LEAST = re.compile(r"\b(?:least|fewest|lowest|smallest)\b", re.I)
_EACH = re.compile(r"\b(?:for each|for every|per|grouped by|by)\s+([a-z_]+)", re.I)
_SINCE = re.compile(r"\b(?:since|after|from)\s+$", re.I)
_BEFORE = re.compile(r"\b(?:before|until|up to)\s+$", re.I)
_ON = re.compile(r"\bon\s+$", re.I)
_SAID_ANYWAY = words_in(
    """
    how many count number list show which what who all every our shop store database table
    have use used using get got total there row rows entry entries please me names name most
    least fewest highest lowest each per grouped since after before until many did does do were
    was are is in of from the a an we it on by for order ordered
    """
)
"""Words of the grammar, and those that say nothing about which rows."""


@dataclass(frozen=True)
class _Tables:
    columns: Mapping[str, tuple[str, ...]]
    """Of each table, in the order of the description."""

    values: Mapping[str, tuple[str, ...]]
    """Of a column, those the description names."""


def query_for(reading: Reading, description: str) -> str | None:
    """The SELECT that answers the question, or None where it is not understood to the last word."""
    tables = _tables_in(description)
    table = _table(reading.text, tables)
    if table is None:
        return None
    columns = tables.columns[table]
    conditions, explained = _conditions(reading, columns, tables)
    asked = _asked(reading.text, table, columns)
    if asked is None or _unexplained(reading, [table, *columns, *explained]):
        return None
    select, group = asked
    where = f" where {' and '.join(conditions)}" if conditions else ""
    return f"select {select} from {table}{where}{group}"


@lru_cache(64)
def _tables_in(description: str) -> _Tables:
    text = " ".join(description.split())
    columns = {name: tuple(re.split(r", ?", listed)) for name, listed in _TABLE.findall(text)}
    values = {name: tuple(re.findall(r'"([^"]+)"', said)) for name, said in _VALUES.findall(text)}
    return _Tables(columns, values)


def _table(text: str, tables: _Tables) -> str | None:
    """The table the text names first; else the one with a column it names."""
    said = [stem(word) for word in tokens(text)]
    named = [(said.index(stem(one)), one) for one in tables.columns if stem(one) in said]
    if named:
        return min(named)[1]
    held = (
        table
        for table, columns in tables.columns.items()
        for column in columns
        if stem(column) in said
    )
    return next(held, None)


def _asked(text: str, table: str, columns: Sequence[str]) -> tuple[str, str] | None:
    """What is selected, and how it is grouped and ordered."""
    said = {stem(word) for word in tokens(text)}
    named = [column for column in columns if stem(column) in said or _last(column) in said]
    each = _EACH.search(text)
    group = next((c for c in columns if each and stem(each[1]) in (stem(c), _last(c))), None)
    if group:
        return f"{group}, count(*) as {table}", f" group by {group}"
    if (_MOST.search(text) or _LEAST.search(text)) and named and not _COUNT.search(text):
        way = "desc" if _MOST.search(text) else "asc"
        order = f" group by {named[0]} order by {table} {way} limit 1"
        known = f"{named[0]}, count(*) as {table}"
        return known, order.replace(" group", f" where {named[0]} is not null group", 1)
    if _COUNT.search(text):
        return f"count(*) as {table}", ""
    if _LIST.search(text) and re.search(r"\b(?:all|every|names? of)\b", text, re.I):
        kept = [column for column in named if not column.endswith("_id")]
        return ", ".join(dict.fromkeys(kept)) or "*", ""
    return None


def _conditions(
    reading: Reading, columns: Sequence[str], tables: _Tables
) -> tuple[list[str], list[str]]:
    """Which rows, and the words that say so."""
    found: list[str] = []
    explained: list[str] = []
    said = {stem(word): word for word in tokens(reading.text)}
    for column in columns:
        for value in tables.values.get(column, ()):
            if stem(value) in said:
                found.append(f"{column} = '{value}'")
                explained.append(value)
    for mention in reading.of("name"):
        value = str(mention.value).split(", ")[0].replace("'", "''")
        if "city" in columns and re.search(r"\b(?:in|from)\s+$", reading.before(mention.start)):
            found.append(f"city = '{value}'")
            explained.append(value)
    dated = next((column for column in columns if column.endswith(("_on", "_at", "date"))), None)
    for mention in reading.of("date"):
        before = reading.before(mention.start)
        sign = ">=" if _SINCE.search(before) else "<" if _BEFORE.search(before) else None
        sign = "=" if _ON.search(before) else sign
        if dated and sign:
            found.append(f"{dated} {sign} '{mention.value}'")
            explained.append(reading.text[mention.start : mention.end])
    return found, explained


def _unexplained(reading: Reading, explained: Sequence[str]) -> set[str]:
    known = {stem(word) for text in explained for word in tokens(text)}
    return {
        word
        for word in tokens(reading.text)
        if word not in FUNCTION_WORDS and word not in _SAID_ANYWAY and stem(word) not in known
    }


def _last(column: str) -> str:
    return stem(column.rpartition("_")[2])
