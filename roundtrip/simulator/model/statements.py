"""Parameters that want a statement in a query language, and the statement in a text.

Owns recognising SQL by its form. What is typed is passed on as it is; a plain question over the
tables that the tool describes is written as SQL in `queries.py`.
"""

from __future__ import annotations

import re

from roundtrip.simulator.model.parameters import Parameter
from roundtrip.simulator.model.queries import query_for
from roundtrip.simulator.model.slots import Filled, TextInUse

STATEMENT = "the SQL in the text"
WRITTEN = "the question as SQL, for the tables the tool describes"

_SQL = re.compile(
    r"\b(?:select\b(?=.*\bfrom\b|\s+[\d(*'])|with\s+(?:recursive\s+)?\w+\s*(?:\([^)]*\)\s*)?as\s*\("
    r"|insert\s+into\b|update\s+\w+\s+set\b|delete\s+from\b|(?:drop|create|alter)\s+table\b"
    r"|pragma\s|attach\s).+",
    re.I | re.S,
)


def is_statement(parameter: Parameter) -> bool:
    return "sql" in parameter.name_words


def sql_in(text: str) -> str | None:
    """The statement at the end of a text: "Run this: select count(*) from orders"."""
    found = _SQL.search(text)
    return found.group().strip().strip('`"').rstrip("?;. ") if found else None


def find_statement(parameter: Parameter, text: TextInUse) -> Filled | None:
    if sql := sql_in(text.reading.text):
        return Filled(sql, STATEMENT)
    written = query_for(text.reading, text.about)
    return Filled(written, WRITTEN) if written else None
