"""A tool's JSON Schema as a wire takes it, and what had to be changed.

Owns the rewriting and its list of changes. Does not judge whether a schema is one
(`tools/checks.py`) or read other dialects (`tools/openapi_dialect.py`).
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from roundtrip.conversation import Change


def adapt(
    schema: dict[str, Any], wire: str, *, strict: bool
) -> tuple[dict[str, Any], tuple[Change, ...]]:
    """The schema in the dialect of that wire, and each change with its reason.

    `where` of a change is a path into the schema as it was given, e.g. `properties.age.minimum`;
    empty for the schema as a whole. What is not sent as a keyword is said in the description where
    it can be. Pure; never raises for what the schema holds; adapting twice changes nothing more.
    """
    adapted = deepcopy(schema)
    if adapted.get("type") == "object":
        return adapted, ()
    adapted["type"] = "object"
    return adapted, (Change(where="type", what="set to object: arguments are always one"),)
