"""What a rule over a request's body is for both of OpenAI's APIs, and the plainest one.

Owns how rules are held against a body. The rules themselves are `chat_checks.py`'s and
`responses_checks.py`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from roundtrip.simulator.openai.refusals import missing, wrong_type, wrong_value
from roundtrip.simulator.refusals import Refusal

Body = dict[str, Any]
Check = Callable[[Body], Iterator[Refusal]]
"""Yields what is wrong, most important first. It may rely on all checks above it."""


def first_broken(checks: Iterable[Check], body: Any) -> Refusal | None:
    """Why the API would answer 400, or None."""
    if not isinstance(body, dict):
        return wrong_type("body", "an object", body)
    return next((refusal for check in checks for refusal in check(body)), None)


def strings(where: str, holder: dict[str, Any], *names: str) -> Iterator[Refusal]:
    """Fields that must be there, and be strings."""
    for name in names:
        if name not in holder:
            yield missing(f"{where}.{name}")
        elif not isinstance(holder[name], str):
            yield wrong_type(f"{where}.{name}", "a string", holder[name])


def no_longer(where: str, text: str, most: int | None) -> Iterator[Refusal]:
    """A text of so many characters at most."""
    if most is not None and len(text) > most:
        words = (
            f"Invalid '{where}': string too long. Expected a string with maximum length {most}, "
            f"but got a string with length {len(text)} instead."
        )
        yield Refusal(400, words, "string_above_max_length", where)


def one_of(
    where: str, holder: dict[str, Any], name: str, supported: tuple[str, ...]
) -> Iterator[Refusal]:
    """A field that must be there, and say one of these."""
    if name not in holder:
        yield missing(f"{where}.{name}")
    elif holder[name] not in supported:
        yield wrong_value(f"{where}.{name}", holder[name], supported)


def stop_rules(body: Body, most: int = 4) -> Iterator[Refusal]:
    """The words that end a reply: one, or a few."""
    stop = body.get("stop")
    if stop is None or isinstance(stop, str):
        return
    if not isinstance(stop, list):
        yield wrong_type("stop", "one of a string or array of strings", stop)
        return
    for at, one in enumerate(stop):
        if not isinstance(one, str):
            yield wrong_type(f"stop[{at}]", "a string", one)
    yield from too_many("stop", stop, most)


def too_many(where: str, values: list[Any], most: int) -> Iterator[Refusal]:
    """A list that is longer than it may be."""
    if len(values) > most:
        words = (
            f"Invalid '{where}': array too long. Expected an array with maximum length {most}, "
            f"but got an array with length {len(values)} instead."
        )
        yield Refusal(400, words, "array_above_max_length", where)
