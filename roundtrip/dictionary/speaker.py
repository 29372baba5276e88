"""One wire, saying one subject: its pieces, where each thing stands in them, or why there is none.

Owns cutting a piece out of what a wire says. Which pieces there are is `rows.py`'s, and setting
the wires side by side `entries.py`'s. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

from roundtrip.conversation import Change, Frozen
from roundtrip.dictionary.drawing import Drawing, Marks, Span, draw, draw_address, draw_line
from roundtrip.dictionary.places import (
    Path,
    as_words,
    common,
    stands_in,
    value_at,
)
from roundtrip.dictionary.rows import Around, Sample, as_it_is
from roundtrip.dictionary.spelled import (
    ADDRESS,
    BODY,
    HEADERS,
    Face,
    Spelling,
    Unspeakable,
    places,
    spell,
)
from roundtrip.dictionary.subject import Subject
from roundtrip.dictionary.things import Thing, things_of
from roundtrip.wires.wire import Wire


class Event(Frozen):
    """One event of a stream, or how many that say nothing of the row are left out here."""

    name: str | None = None
    drawing: Drawing | None = None
    skipped: int = 0


class Fragment(Frozen):
    """A piece of a wire's JSON and where it stands."""

    path: str
    """E.g. `messages[2].content[0]`; else what the whole is: `address`, `headers`, `body` or
    `events`."""

    drawing: Drawing | None = None
    events: tuple[Event, ...] = ()


class Said(Frozen):
    """One sample on one wire: fragments, or why there are none."""

    label: str = ""
    borrowed: bool = False
    """Whether it is the worked example's, for the conversation has no such thing yet."""

    fragments: tuple[Fragment, ...] = ()
    unsaid: str | None = None
    notes: tuple[str, ...] = ()
    """What the wire changed in saying it."""


class Prepared:
    """One subject on one wire: its spellings and places, each found once."""

    def __init__(self, wire: Wire, subject: Subject) -> None:
        self._wire, self._subject = wire, subject
        self.things = things_of(subject)
        self.spelling = cache(self._spelling)
        self.places = cache(self._places)

    def _spelling(self, face: Face) -> Spelling:
        return spell(self._wire, self._subject, face)

    def _places(self, face: Face, thing: str) -> tuple[Path, ...]:
        base = self.spelling(face)
        return places(self._wire, base, face, [self.things[thing]])[thing]

    def notes(self, face: Face, thing: Thing) -> list[str]:
        """What is peculiar in how the wire says it."""
        notes = []
        base = self.spelling(face).json
        if thing.alike:
            other, words = thing.alike
            notes += [words] if spell(self._wire, other, face).json == base else []
        stands = self.places(face, thing.id)
        if thing.without and stands:
            other, words = thing.without
            told = spell(self._wire, other, face).json
            notes += [] if any(stands_in(told, place) for place in stands) else [words]
        return notes

    def marks(self, face: Face, things: Iterable[str]) -> Marks:
        found: dict[Path, tuple[str, ...]] = {}
        for thing in things:
            for place in self.places(face, thing):
                found[place] = (*found.get(place, ()), thing)
        return found


class Speaker:
    """One wire, saying one subject in all the ways the rows ask for."""

    def __init__(self, wire: Wire, subject: Subject) -> None:
        self.wire = wire
        self._subject = subject
        self.prepared = cache(self._prepare)

    def _prepare(self, prepare: Callable[[Subject], Subject]) -> Prepared:
        return Prepared(self.wire, prepare(self._subject))

    def has(self, sample: Sample) -> bool:
        """Whether the subject has what the sample is about."""
        things = self.prepared(sample.prepare).things
        reply = {"answers": self._subject.answers, "request": True}
        if not reply.get(sample.face, self._subject.asks):
            return False
        if sample.of_tools and "tool" not in things:
            return False
        return not sample.anchors or any(anchor in things for anchor in sample.anchors)

    def say(self, sample: Sample) -> Said:
        prepared = self.prepared(sample.prepare)
        anchors = [anchor for anchor in sample.anchors if anchor in prepared.things]
        # Where something is switched on, and in the crowd of a stream's events, what it is about is
        # enough: the rest stands elsewhere.
        crowded = sample.face == "stream" or sample.prepare is not as_it_is
        shown = {*anchors, "tool"} if anchors and crowded else prepared.things
        lit = [thing for thing in prepared.things if thing in shown]
        try:
            spelling = prepared.spelling(sample.face)
            stands = [place for one in anchors for place in prepared.places(sample.face, one)]
            marks = prepared.marks(sample.face, lit)
        except Unspeakable as error:
            return Said(label=sample.label, unsaid=str(error))
        about = [prepared.things[anchor] for anchor in anchors]
        if anchors and not stands:
            return Said(label=sample.label, unsaid=why_unsaid(about[0], spelling.changes))
        if sample.face == "stream":
            fragments = [Fragment(path="events", events=_events(spelling.json, marks, stands))]
        elif sample.face == "request":
            fragments = _of_request(spelling.json, stands, marks, sample.around)
        else:
            fragments = _cut(spelling.json, stands, marks, sample.around)
        notes = [change.what for change in spelling.changes if _concerns(change, about)]
        if sample.face != "stream":  # told where the reply stands in one piece
            notes += [note for thing in about for note in prepared.notes(sample.face, thing)]
        return Said(
            label=sample.label, fragments=tuple(fragments), notes=tuple(dict.fromkeys(notes))
        )


def why_unsaid(thing: Thing, changes: Sequence[Change]) -> str:
    """The wire's own words where it has any, else what it means."""
    own = [change.what for change in changes if _concerns(change, [thing])]
    return own[0] if own else thing.unsaid


def _concerns(change: Change, things: Iterable[Thing]) -> bool:
    return any(
        change.where == where or change.where.startswith((f"{where}.", f"{where}["))
        for thing in things
        for where in thing.where
    )


def _of_request(
    request: Any, stands: Sequence[Path], marks: Marks, around: Around
) -> list[Fragment]:
    """Fragments of the request line, the headers and the body, as far as something stands there."""
    fragments = []
    if not stands or any(place[0] == ADDRESS for place in stands):
        line = draw_address(request[ADDRESS], (ADDRESS,), marks)
        fragments.append(Fragment(path="address", drawing=line))
    if any(place[0] == HEADERS for place in stands) or (not stands and request[HEADERS]):
        headers = draw(request[HEADERS], (HEADERS,), marks)
        fragments.append(Fragment(path="headers", drawing=headers))
    inside = [place[1:] for place in stands if place[0] == BODY]
    if inside or not stands:
        within = {place[1:]: things for place, things in marks.items() if place[0] == BODY}
        fragments += _cut(request[BODY], inside, within, around)
    return fragments


def _cut(body: Any, stands: Sequence[Path], marks: Marks, around: Around) -> list[Fragment]:
    """The smallest piece that holds all of these places, or several where only the whole does."""
    if not stands:
        return [Fragment(path="body", drawing=draw(body, (), marks))]
    held = common(stands)
    roots = [held] if held else _telling(body, stands)
    roots = list(dict.fromkeys(around(body, root) for root in roots))
    return [
        Fragment(
            path=as_words(root) or "body",
            drawing=draw(value_at(body, root), root, marks, name=_name(root)),
        )
        for root in roots
    ]


def _telling(body: Any, stands: Sequence[Path]) -> list[Path]:
    """Of places far apart those nearest to the whole, and not those that are merely empty."""
    outermost = min(map(len, stands))
    near = [place for place in stands if len(place) == outermost]
    return [place for place in near if value_at(body, place) is not None] or near


def _name(path: Path) -> str | None:
    return path[-1] if path and isinstance(path[-1], str) else None


def _line(data: Any, n: int, marks: Marks) -> Drawing:
    """The data of an event on one line; a text is a mark that is no JSON, and has no quotes."""
    if isinstance(data, str):
        return Drawing(spans=(Span(text=data),))
    return draw_line(data, (n, "data"), marks)


def _events(events: Any, marks: Marks, stands: Sequence[Path]) -> tuple[Event, ...]:
    """The events that the places stand in, and the first and the last; without places all."""
    last = len(events) - 1
    telling = {place[0] for place in stands} | {0, last} if stands else range(last + 1)
    shown: list[Event] = []
    for n, event in enumerate(events):
        if n in telling:
            shown.append(Event(name=event["event"], drawing=_line(event["data"], n, marks)))
        elif shown[-1].skipped:
            shown[-1] = Event(skipped=shown[-1].skipped + 1)
        else:
            shown.append(Event(skipped=1))
    return tuple(shown)
