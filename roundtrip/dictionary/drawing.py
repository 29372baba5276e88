"""JSON as text to look at, in pieces that say which things stand there.

Owns the indentation, what is folded, and which piece a thing lights up. Pure: a value and marks
in, spans out. How a span looks is the component's.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from roundtrip.conversation import Frozen
from roundtrip.dictionary.places import Path

SHOWN = 240
"""Characters of one string that are shown at once; the rest unfolds."""

CARRIED = 8_000
"""Characters of one string that travel to the page; of the rest only the number."""

MOST_SPANS = 4_000
"""Spans of one drawing: a body of a long conversation ends there, and says so."""

QUIET = 60
"""Characters of neighbouring members that say nothing of what is looked for: more are folded, in
an event of a stream."""

INDENT = "  "

Kind = Literal["plain", "key", "string", "number", "word"]


class Span(Frozen):
    """A piece of the text."""

    kind: Kind = "plain"
    text: str
    things: tuple[str, ...] = ()
    """The things that stand here, the one that a click means first."""

    rest: str = ""
    """What follows when it is unfolded."""

    cut: int = 0
    """Characters after that which were not brought along."""


Marks = Mapping[Path, tuple[str, ...]]
"""The things at each place, the wider ones first."""


class Drawing(Frozen):
    """One JSON value as text."""

    spans: tuple[Span, ...]
    cut: bool = False
    """Whether it ends before its end."""

    @property
    def text(self) -> str:
        """All of the text that is here, nothing folded."""
        return "".join(span.text + span.rest for span in self.spans)


def draw(value: Any, at: Path, marks: Marks, *, name: str | None = None) -> Drawing:
    """The value that stands at `at`, indented; with `name`, as the member of that name."""
    spans = _member(name, value, at, marks, 0) if name else _value(value, at, marks, 0, whole=True)
    return _drawing(spans)


def draw_line(value: Any, at: Path, marks: Marks) -> Drawing:
    """The same on one line: an event of a stream."""
    return _drawing(_value(value, at, marks, None, whole=True))


def draw_address(address: Any, at: Path, marks: Marks) -> Drawing:
    """A request line, e.g. `POST /v1/messages`, from `{"method", "path": [...], "query"?}`."""
    spans = [Span(text=f"{address['method']} ")]
    for n, step in enumerate(address["path"]):
        things = marks.get((*at, "path", n), ())
        spans += [
            Span(text=step[:1]),
            Span(kind="word", text=step[1:], things=things),
        ]
    if "query" in address:
        things = marks.get((*at, "query"), ())
        spans += [Span(text="?")]
        spans += [Span(kind="word", text=address["query"], things=things)]
    return Drawing(spans=tuple(spans))


def _drawing(spans: Iterator[Span]) -> Drawing:
    merged: list[Span] = []
    for span in spans:
        last = merged[-1] if merged else None
        if last and _joins(last, span):
            merged[-1] = last.model_copy(update={"text": last.text + span.text})
        elif len(merged) == MOST_SPANS:
            return Drawing(spans=tuple(merged), cut=True)
        else:
            merged.append(span)
    return Drawing(spans=tuple(merged))


def _joins(last: Span, span: Span) -> bool:
    folded = last.rest or last.cut or span.rest or span.cut
    return last.kind == span.kind == "plain" and last.things == span.things and not folded


def _member(name: str, value: Any, at: Path, marks: Marks, depth: int | None) -> Iterator[Span]:
    """`"name": value`. Two things of one place share it: the wider takes the name."""
    things = marks.get(at, ())
    scalar = not (isinstance(value, dict | list) and value)
    rest = things[1:] + things[:1] if scalar else ()
    yield Span(kind="key", text=_text(name), things=things)
    yield Span(text=": ", things=things if len(things) == 1 and scalar else ())
    yield from _value(value, at, marks, depth, things=rest)


def _value(
    value: Any,
    at: Path,
    marks: Marks,
    depth: int | None,
    *,
    things: tuple[str, ...] = (),
    whole: bool = False,
) -> Iterator[Span]:
    """The value alone. `whole`: nothing names it, so it carries its place's things itself."""
    things = marks.get(at, ()) if whole else things
    if isinstance(value, dict) and value:
        yield from _collection("{}", list(value.items()), at, marks, depth, things)
    elif isinstance(value, list) and value:
        yield from _collection("[]", list(enumerate(value)), at, marks, depth, things)
    elif isinstance(value, str):
        yield _string(_text(value), things)
    else:
        number = isinstance(value, int | float) and not isinstance(value, bool)
        yield Span(kind="number" if number else "word", text=_text(value), things=things)


def _collection(
    brackets: str,
    items: Sequence[tuple[str | int, Any]],
    at: Path,
    marks: Marks,
    depth: int | None,
    things: tuple[str, ...],
) -> Iterator[Span]:
    deeper = None if depth is None else depth + 1
    yield Span(text=brackets[0], things=things)
    quiet: list[Span] = []
    for n, (step, item) in enumerate(items):
        place = (*at, step)
        comma = "" if n == 0 else ", " if depth is None else ","
        drawn = [Span(text=comma + _line(deeper))]
        if isinstance(step, str):
            drawn += _member(step, item, place, marks, deeper)
        else:
            drawn += _value(item, place, marks, deeper, whole=True)
        if depth is None and not any(span.things for span in drawn):
            quiet += drawn
            continue
        yield from _folded(quiet)
        yield from drawn
        quiet = []
    yield from _folded(quiet)
    yield Span(text=_line(depth) + brackets[1])


def _folded(quiet: list[Span]) -> Iterator[Span]:
    """These spans, or as one that unfolds where they are long."""
    text = "".join(span.text + span.rest for span in quiet)
    if len(text) <= QUIET:
        yield from quiet
        return
    kept = text[:CARRIED]
    cut = len(text) - len(kept) + sum(span.cut for span in quiet)
    yield Span(text=", " if kept.startswith(", ") else "", rest=kept.removeprefix(", "), cut=cut)


def _line(depth: int | None) -> str:
    return "" if depth is None else "\n" + INDENT * depth


def _string(text: str, things: tuple[str, ...]) -> Span:
    shown, rest = text[:SHOWN], text[SHOWN:CARRIED]
    if len(text) <= SHOWN + SHOWN // 4:  # a fold that hides less than its own words say
        shown, rest = text, ""
    cut = max(0, len(text) - CARRIED)
    return Span(kind="string", text=shown, things=things, rest=rest, cut=cut)


def _text(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:  # half a surrogate pair cannot travel as itself
        return json.dumps(value)
    return text
