"""What a parameter's description says in words about its values: examples, a default, a form.

Owns reading those sentences. What the schema itself says (`enum`, `default`) is read in
`parameters.py`; which value a text means is decided in `naming.py` and the modules beside it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

_QUOTED = re.compile(r"(?<!\w)'([^']{1,40})'(?!\w)|\"([^\"]{1,40})\"|[“`]([^”`]{1,40})[”`]")
_FORM = re.compile(r"\b(?:format(?:ted)?|form|pattern)\b[^.'\"]{0,24}$", re.I)
_DEFAULT_AHEAD = re.compile(r"\bdefaults?(?:ed)?\b[^.'\"]{0,24}$", re.I)
_LISTING = re.compile(
    r"\b(?:e\.g\.?,?|i\.e\.?,?|such as|for (?:example|instance),?|like|(?:valid |allowed |possible"
    r"|supported |available )?(?:options|values|choices|modes|types)(?: include| are|:)"
    r"|(?:can|could|may) be(?: either)?|either|one of)\s*:?\s*([^.;()\[\]]+)",
    re.I,
)
_SLASHED = re.compile(r"(?<![\w/'.-])([a-z]{3,20}(?:/[a-z]{3,20}){1,7})(?![\w/'.-])", re.I)
_SEPARATOR = re.compile(r",\s*(?:or |and )?|\s+(?:or|and)\s+|/")
_DEFAULT = re.compile(
    r"\bdefaults?(?:\s+value)?(?:\s+\w+)?(?:\s+is|\s+to|\s*[:=,])?(?:\s+set to)?\s+"
    r"('[^']*'|\"[^\"]*\"|\[[^\]]*\]|-?\d+(?:\.\d+)?(?![\d.]*[\de])|[\w-]+)"
    r"(?=\s*(?:[.,;)(]|$|if\b|when\b|for\b|\w+/))",
    re.I,
)
_NOTHING_SAID = frozenset({"none", "null", "empty", "unspecified", "all", "value", "is", "the"})
_CLOSED = re.compile(
    r"\b(?:options|(?:allowed|valid|possible|supported|available|accepted) (?:\w+ ){0,2}"
    r"(?:are|include|values|options)|one of|either|can be)\b",
    re.I,
)
_DATE_FORM = re.compile(
    r"(?<![a-z])(?:y{4}|m{2}|d{2}|year|month|day)(?:(?P<sep>[-/.])(?:y{3,4}|m{2}|d{2}|year|month|day))+",
    re.I,
)
_LONGEST = 5
"""Words of an example; more are a sentence that happens to follow "such as"."""


@lru_cache(2048)
def examples_in(description: str) -> tuple[str, ...]:
    """Values the description gives for instance, as they stand in it, each once."""
    found = dict.fromkeys(example for example in _examples(description) if example)
    return tuple(found)


def _examples(description: str) -> Iterator[str]:
    for quoted in _QUOTED.finditer(description):
        value = next(group for group in quoted.groups() if group is not None).strip()
        if not _FORM.search(description[: quoted.start()]) and _is_value(value):
            yield value
    for listing in _LISTING.finditer(description):
        if _QUOTED.search(listing[1]):
            continue
        for part in _SEPARATOR.split(listing[1]):
            value = re.sub(r"^(?:an?|the)\s+|[\s,]*\betc\b.*$", "", part.strip(), flags=re.I)
            if _is_value(value) and len(value.split()) <= _LONGEST:
                yield value
    if "://" not in description:
        for slashed in _SLASHED.finditer(description):
            yield from slashed[1].split("/")


def _is_value(value: str) -> bool:
    return bool(re.search(r"\w", value)) and not _DATE_FORM.search(value)


def is_closed(description: str) -> bool:
    """Whether the description lists the allowed values, and not only some of them."""
    return bool(_CLOSED.search(description))


@lru_cache(2048)
def default_in(description: str) -> Any:
    """The default the description names, as JSON would have it; None where it names none."""
    found = _DEFAULT.search(description)
    if not found:
        return None
    word = found[1]
    if word.lower() in _NOTHING_SAID:
        return None
    if word.lower() in ("true", "false"):
        return word.lower() == "true"
    try:
        return ast.literal_eval(word)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return word


@lru_cache(2048)
def date_form(description: str) -> str | None:
    """How a date is to be written, as `strftime` takes it: MM-DD-YYYY gives `%m-%d-%Y`."""
    found = _DATE_FORM.search(description)
    if not found:
        return None
    signs = {"y": "%Y", "m": "%m", "d": "%d"}
    parts = re.split(r"([-/.])", found.group().lower())
    written = "".join(part if part in "-/." else signs[part[0]] for part in parts)
    return written if len(set(written) & set("Ymd")) >= 2 else None
