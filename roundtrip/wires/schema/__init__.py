"""A tool's JSON Schema as a wire takes it, and what had to be changed.

Owns the rewriting and its list of changes. Does not judge whether a schema is one
(`tools/checks.py`) or read other dialects (`tools/openapi_dialect.py`).
"""

from __future__ import annotations

from typing import Any

from roundtrip.conversation import Change
from roundtrip.wires.schema.dialect import dialect_of
from roundtrip.wires.schema.node import Place, Walk
from roundtrip.wires.schema.places import DEFINITIONS, DEPTH_LIMIT, depth, shallow_copy, under
from roundtrip.wires.schema.references import to_definitions
from roundtrip.wires.schema.root import as_object
from roundtrip.wires.schema.stand_ins import says_null_for_absent, without_stand_ins

__all__ = ["adapt", "says_null_for_absent", "under", "without_stand_ins"]


def adapt(
    schema: dict[str, Any], wire: str, *, strict: bool
) -> tuple[dict[str, Any], tuple[Change, ...]]:
    """The schema in the dialect of that wire, and each change with its reason.

    `where` of a change is a path into the schema as it was given, e.g. `properties.age.minimum`;
    empty for the schema as a whole. What cannot be sent as a keyword is said in the description,
    where words can say it. Pure; never raises, whatever the schema holds; adapting once more
    changes nothing.
    """
    dialect = dialect_of(wire, strict)
    changes: list[Change] = []
    root = shallow_copy(schema, changes)
    if dialect.lone_references:
        holders = ("$defs", "definitions")
        known = dialect.keywords or frozenset(holders)
        root = to_definitions(root, changes, holders=tuple(k for k in holders if k in known))
    root = as_object(root, dialect, changes)
    if dialect.keywords is None and not dialect.shapes_listed:
        return root, tuple(dict.fromkeys(changes))
    adapted = Walk(root, dialect, changes).schema(root, Place(where="")) or {}
    if depth(adapted) > DEPTH_LIMIT:  # what was written out made it deeper than it came
        root = shallow_copy(adapted, changes, levels=DEPTH_LIMIT - 5)
        adapted = Walk(root, dialect, changes).schema(root, Place(where="")) or {}
    for keyword in DEFINITIONS:
        if adapted.get(keyword) == {} and root[keyword]:
            del adapted[keyword]
    return adapted, tuple(dict.fromkeys(changes))
