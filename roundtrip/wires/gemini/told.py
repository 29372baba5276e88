"""What this wire keeps of the JSON it told, and the two spellings of its field names.

The API reads `functionCall` and `function_call` alike (protocol buffers' JSON). A field is looked
for under both and written back as it was told; new ones are camelCase, as the API answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from roundtrip.wires.lens import Lens

NAME = "gemini"

_LENS = Lens(NAME)
kept, template = _LENS.kept, _LENS.template

TOLD = "told"
"""Marks, in a native, where a field stood whose value its canonical twin says."""

_AFTER_UNDERSCORE = re.compile(r"_+([a-z0-9])")


def camel(field: str) -> str:
    """`function_call` as `functionCall`; camelCase stays as it is."""
    return _AFTER_UNDERSCORE.sub(lambda found: found.group(1).upper(), field)


def spelling(holder: Iterable[str], field: str) -> str:
    """The name under which an object has a field; the camelCase `field` where it has none."""
    names = list(holder)
    return field if field in names else next((n for n in names if camel(n) == field), field)
