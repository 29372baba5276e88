"""The dictionary: one subject on every wire, row by row, as finished values.

Owns cutting the pieces out of what the wires say, and the words for what they cannot say. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

from roundtrip.conversation import Change, Frozen
from roundtrip.dictionary.drawing import Drawing, Marks, draw, draw_address, draw_line
from roundtrip.dictionary.places import (
    Path,
    as_words,
    common,
    element_around,
    member,
    stands_in,
    value_at,
)
from roundtrip.dictionary.rows import ROWS, WHOLE, Row, Sample, as_it_is
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
from roundtrip.dictionary.subject import Subject, worked_example
from roundtrip.dictionary.things import Thing, things_of
from roundtrip.wires.wire import WIRES, Wire, wire_named

IN_ADDRESS = "in the address"
IN_A_STRING = "JSON inside a string"
FACES: tuple[Face, ...] = ("asks", "request", "answers", "stream")


class Event(Frozen):
    """One event of a stream, or how many that say nothing of the row are left out here."""

    name: str | None = None
    drawing: Drawing | None = None
    skipped: int = 0


class Fragment(Frozen):
    """A piece of a wire's JSON and where it stands."""

    path: str
    """E.g. `messages[2].content[0]`; empty for a whole body; `address` for the request line."""

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


class Entry(Frozen):
    """One row."""

    id: str
    title: str
    sentence: str
    own: tuple[str, ...]
    """The things the row is about."""

    cells: dict[str, tuple[Said, ...]]
    """What each wire says, by its name."""


class Twins(Frozen):
    """One thing on one wire."""

    names: tuple[str, ...] = ()
    """The wire's own words for it: one, or one on each side of a round trip."""

    note: str | None = None
    """What is peculiar about it."""

    unsaid: str | None = None


class Meaning(Frozen):
    """What a thing is, and its name on every wire."""

    words: str
    twins: dict[str, Twins]


class Column(Frozen):
    """One wire's heading."""

    wire: str
    title: str
    address: str
    """Method and path of the request."""


class Dictionary(Frozen):
    """All of it, as the page draws it."""

    columns: tuple[Column, ...]
    rows: tuple[Entry, ...]
    whole: tuple[Entry, ...]
    meanings: dict[str, Meaning]


def dictionary(subject: Subject, names: Iterable[str] | None = None) -> Dictionary:
    """The subject on the wires of these names, or on all. What it lacks, the example lends."""
    speakers = [_Speaker(wire_named(name), subject) for name in names or WIRES]
    lenders = [_Speaker(speaker.wire, worked_example()) for speaker in speakers]
    rows = tuple(_entry(row, speakers, lenders) for row in ROWS)
    whole = tuple(_entry(row, speakers, lenders) for row in WHOLE)
    used = {thing: None for row in rows for thing in row.own}
    used |= {thing: None for row in (*rows, *whole) for thing in _things_shown(row)}
    return Dictionary(
        columns=tuple(_column(speaker) for speaker in speakers),
        rows=rows,
        whole=whole,
        meanings={name: _meaning(name, speakers, lenders) for name in used},
    )


class _Prepared:
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


class _Speaker:
    """One wire, saying one subject in all the ways the rows ask for."""

    def __init__(self, wire: Wire, subject: Subject) -> None:
        self.wire = wire
        self._subject = subject
        self.prepared = cache(self._prepare)

    def _prepare(self, prepare: Callable[[Subject], Subject]) -> _Prepared:
        return _Prepared(self.wire, prepare(self._subject))

    def has(self, sample: Sample) -> bool:
        """Whether the subject has what the sample is about."""
        things = self.prepared(sample.prepare).things
        if sample.anchors:
            return any(anchor in things for anchor in sample.anchors)
        return sample.face == "request" or ("end" if sample.face == "answers" else "stop") in things

    def say(self, sample: Sample) -> Said:
        prepared = self.prepared(sample.prepare)
        anchors = [anchor for anchor in sample.anchors if anchor in prepared.things]
        # Where something is switched on, what it is about is enough: the rest stands elsewhere.
        shown = prepared.things if sample.prepare is as_it_is else {*anchors, "tool"}
        lit = [thing for thing in prepared.things if thing in shown]
        try:
            spelling = prepared.spelling(sample.face)
            stands = [place for one in anchors for place in prepared.places(sample.face, one)]
            marks = prepared.marks(sample.face, lit)
        except Unspeakable as error:
            return Said(label=sample.label, unsaid=str(error))
        about = [prepared.things[anchor] for anchor in anchors]
        if anchors and not stands:
            return Said(label=sample.label, unsaid=_why_unsaid(about[0], spelling.changes))
        if sample.face == "stream":
            fragments = [Fragment(path="", events=_events(spelling.json, marks, stands))]
        elif sample.face == "request":
            fragments = _of_request(spelling.json, stands, marks, sample.element)
        else:
            fragments = _cut(spelling.json, stands, marks, sample.element)
        notes = [change.what for change in spelling.changes if _concerns(change, about)]
        notes += [note for thing in about for note in prepared.notes(sample.face, thing)]
        return Said(label=sample.label, fragments=tuple(fragments), notes=tuple(notes))


def _entry(row: Row, speakers: Sequence[_Speaker], lenders: Sequence[_Speaker]) -> Entry:
    cells: dict[str, tuple[Said, ...]] = {}
    for speaker, lender in zip(speakers, lenders, strict=True):
        said = []
        for sample in row.samples:
            if speaker.has(sample):
                said.append(speaker.say(sample))
            elif lender.has(sample):
                said.append(lender.say(sample).model_copy(update={"borrowed": True}))
        cells[speaker.wire.name] = tuple(said)
    own = {anchor: None for sample in row.samples for anchor in sample.anchors}
    return Entry(id=row.id, title=row.title, sentence=row.sentence, own=tuple(own), cells=cells)


def _why_unsaid(thing: Thing, changes: Sequence[Change]) -> str:
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
    request: Any, stands: Sequence[Path], marks: Marks, element: bool
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
        fragments += _cut(request[BODY], inside, within, element)
    return fragments


def _cut(body: Any, stands: Sequence[Path], marks: Marks, element: bool) -> list[Fragment]:
    """The smallest piece that holds all of these places, or several where only the whole does."""
    if not stands:
        return [Fragment(path="", drawing=draw(body, (), marks))]
    held = common(stands)
    roots = [held] if held else _telling(body, stands)
    if element:
        roots = list(dict.fromkeys(element_around(root) for root in roots))
    return [
        Fragment(
            path=as_words(root),
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


def _events(events: Any, marks: Marks, stands: Sequence[Path]) -> tuple[Event, ...]:
    """The events that the places stand in, and the first and the last; without places all."""
    last = len(events) - 1
    telling = {place[0] for place in stands} | {0, last} if stands else range(last + 1)
    shown: list[Event] = []
    for n, event in enumerate(events):
        if n in telling:
            line = draw_line(event["data"], (n, "data"), marks)
            shown.append(Event(name=event["event"], drawing=line))
        elif shown[-1].skipped:
            shown[-1] = Event(skipped=shown[-1].skipped + 1)
        else:
            shown.append(Event(skipped=1))
    return tuple(shown)


def _things_shown(entry: Entry) -> list[str]:
    drawings = [
        drawing
        for cell in entry.cells.values()
        for said in cell
        for fragment in said.fragments
        for drawing in (fragment.drawing, *(event.drawing for event in fragment.events))
        if drawing is not None
    ]
    return [thing for drawing in drawings for span in drawing.spans for thing in span.things]


def _column(speaker: _Speaker) -> Column:
    try:
        address = speaker.prepared(as_it_is).spelling("request").json[ADDRESS]
        line = draw_address(address, (), {}).text
    except Unspeakable as error:
        line = str(error)
    return Column(wire=speaker.wire.name, title=speaker.wire.title, address=line)


def _meaning(name: str, speakers: Sequence[_Speaker], lenders: Sequence[_Speaker]) -> Meaning:
    twins: dict[str, Twins] = {}
    words = ""
    for speaker, lender in zip(speakers, lenders, strict=True):
        prepared = _with_thing(name, speaker) or _with_thing(name, lender)
        if prepared is not None:
            words = prepared.things[name].words
            twins[speaker.wire.name] = _twins(name, prepared)
    return Meaning(words=words, twins=twins)


def _with_thing(name: str, speaker: _Speaker) -> _Prepared | None:
    """The subject as a row about this thing has it, else as any does."""
    rows = [sample.prepare for row in ROWS for sample in row.samples if name in sample.anchors]
    ways = [speaker.prepared(prepare) for prepare in (*rows, as_it_is)]
    return next((prepared for prepared in ways if name in prepared.things), None)


def _twins(name: str, prepared: _Prepared) -> Twins:
    thing = prepared.things[name]
    names: dict[str, None] = {}
    notes: list[str] = []
    changes: tuple[Change, ...] = ()
    for face in FACES:
        if face == "stream" and names:
            break
        try:
            spelling = prepared.spelling(face)
        except Unspeakable:
            continue
        changes += spelling.changes
        for place in prepared.places(face, name):
            names[_called(thing, spelling.json, place)] = None
        if thing.without:
            notes += prepared.notes(face, thing)
    if names:
        return Twins(names=tuple(names), note=next(iter(notes), None))
    return Twins(unsaid=_why_unsaid(thing, changes))


def _called(thing: Thing, json: Any, place: Path) -> str:
    if place[0] == ADDRESS:
        return IN_ADDRESS
    called = member(place) or as_words(place)
    in_a_string = thing.is_object and isinstance(value_at(json, place), str)
    return f"{called} ({IN_A_STRING})" if in_a_string else called
