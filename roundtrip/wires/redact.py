"""Redaction: what is a secret, and how it is taken out of what is kept.

Owns the names, shapes and spellings of secrets. Does not own where they are met: that is
`capture.py` for what crosses the wire, `drive.py` for what was decoded from it, and `address.py`
for what is entered.
"""

from __future__ import annotations

import json
import re
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import quote

from pydantic import BaseModel

from roundtrip.exchange import Headers

REDACTED = "[redacted]"
# By how the name ends, for headers a person or a proxy adds too; counts such as
# `anthropic-ratelimit-tokens-limit` are not among them.
_SECRET_NAME = re.compile(
    r"(?:^|[-_])(?:authorization|auth|(?:api)?key|token|secret|password|cookie)$", re.IGNORECASE
)
# The shapes providers give their keys. Long enough that no prose is mistaken for one.
_SECRET_SHAPES = re.compile(
    rb"(?<![A-Za-z0-9_-])(?:sk-[A-Za-z0-9_-]{20,}|AIza[A-Za-z0-9_-]{30,}"
    rb"|Bearer\s+[A-Za-z0-9._~+/-]{20,}=*)"
)
_QUERY = re.compile(r"([?&])([^=&#]*)=([^&#]*)")
_USERINFO = re.compile(r"(?<=://)[^/?#@]*(?:@[^/?#@]*)*(?=@)")
SHORTEST_SECRET = 8
"""A shorter "key" (local servers take any word) is no secret, and starring it out everywhere
would show bytes that never crossed."""

_ENVIRONMENT_HEADERS = ("ANTHROPIC_CUSTOM_HEADERS", "OPENAI_CUSTOM_HEADERS")
"""Variables from which SDKs take headers for every request, `Name: value` a line."""

Secrets = tuple[str, ...]
"""What must not be kept, wherever it turns up."""

_OUR_WORDS = frozenset({"kind", "role", "signal", "wire"})
"""Fields that hold words of our own vocabulary, one of which a careless key may be."""

Value = TypeVar("Value", bound=BaseModel)


def environment_headers(environ: Mapping[str, str]) -> Mapping[str, str]:
    """The headers that SDKs add of themselves, by their names in small letters.

    They are a gateway's passwords as a rule, whatever they are called.
    """
    lines = "\n".join(environ.get(variable, "") for variable in _ENVIRONMENT_HEADERS).split("\n")
    pairs = (line.partition(":") for line in lines if ":" in line)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def secrets_of(key: str | None, given: Mapping[str, str]) -> Secrets:
    """A request's key, and what the environment adds to its headers: whole, and after `Bearer`."""
    words = [word for value in given.values() for word in (value, *value.split()[1:])]
    return (key, *words) if key else tuple(words)


def names_a_secret(name: str) -> bool:
    """Whether a header or a query field of that name holds a secret."""
    return _SECRET_NAME.search(name) is not None


def redact_headers(
    raw: Iterable[tuple[bytes, bytes]], secrets: Secrets, hidden: Container[str] = ()
) -> Headers:
    """Headers as they cross, without the secrets among them and without the values of `hidden`."""
    return tuple(_redacted_header(name, value, secrets, hidden) for name, value in raw)


def _redacted_header(
    raw: bytes, value: bytes, secrets: Secrets, hidden: Container[str]
) -> tuple[str, str]:
    name = raw.decode("latin-1")
    if names_a_secret(name) or name.lower() in hidden:
        return name, REDACTED
    return name, redact_body(value, secrets).decode("latin-1")


def redact_url(url: str, secrets: Secrets) -> str:
    """The address without name, password and keys."""
    url = _QUERY.sub(_redacted_field, _USERINFO.sub(REDACTED, url))
    return redact_body(url.encode(), secrets).decode()


def keys_in(path: str) -> list[str]:
    """The fields of an address's query that hold a secret, by name."""
    names = [word.partition("=")[0] for word in path.partition("?")[2].split("&")]
    return [name for name in names if names_a_secret(name)]


def path_without_keys(path: str) -> str:
    """A request's path with no field in its query that holds a secret: what codecs keep of it."""
    before, mark, query = path.partition("?")
    said = [word for word in query.split("&") if not names_a_secret(word.partition("=")[0])]
    return before + (mark + "&".join(said) if said or not query else "")


def _redacted_field(field: re.Match[str]) -> str:
    return f"{field[1]}{field[2]}={REDACTED if names_a_secret(field[2]) else field[3]}"


def redact_body(body: bytes, secrets: Secrets) -> bytes:
    """The body with keys starred out. It keeps its length, so the times of its chunks stay true."""
    for spelled in _spellings(secrets):
        found = spelled.encode(errors="surrogateescape")
        body = body.replace(found, b"*" * len(found))
    return _SECRET_SHAPES.sub(lambda match: b"*" * len(match[0]), body)


def redact_value(value: Value, secrets: Secrets) -> Value:
    """What was decoded, with the keys in its words starred out.

    For a server that echoes its key. Done after decoding and not to the events: there a key may
    be cut in two, or be spelled like a piece of the JSON around it.
    """
    spellings = _spellings(secrets)
    return _starred(value, spellings) if spellings else value


def _starred(value: Any, spellings: Sequence[str]) -> Any:
    match value:
        case str():
            for spelled in spellings:
                value = value.replace(spelled, "*" * len(spelled))
        case BaseModel():
            fields = [name for name in type(value).model_fields if name not in _OUR_WORDS]
            told = {name: getattr(value, name) for name in fields}
            changed = {name: _starred(inner, spellings) for name, inner in told.items()}
            return value if changed == told else value.model_copy(update=changed)
        case dict():
            return {
                _starred(name, spellings): inner if name == "type" else _starred(inner, spellings)
                for name, inner in value.items()
            }
        case list() | tuple():
            return type(value)(_starred(inner, spellings) for inner in value)
    return value


def _spellings(secrets: Secrets) -> list[str]:
    """Secrets as they are, as JSON quotes them, and as an address does; the longest first."""
    spelled = {
        spelling
        for secret in secrets
        if len(secret) >= SHORTEST_SECRET
        for spelling in (secret, json.dumps(secret)[1:-1], _in_an_address(secret))
    }
    return sorted(spelled, key=lambda one: (-len(one), one))


def _in_an_address(secret: str) -> str:
    return quote(secret, safe="", errors="surrogateescape")
