"""The dictionary: one subject on every wire, row by row, as finished values.

Owns setting the wires side by side, and each thing's names on all of them. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from roundtrip.conversation import Change, Frozen
from roundtrip.dictionary.drawing import draw_address
from roundtrip.dictionary.places import Path, as_words, member, value_at
from roundtrip.dictionary.rows import ROWS, WHOLE, Row, as_it_is
from roundtrip.dictionary.speaker import Prepared, Said, Speaker, why_unsaid
from roundtrip.dictionary.spelled import ADDRESS, Face, Unspeakable
from roundtrip.dictionary.subject import Subject, worked_example
from roundtrip.dictionary.things import Thing
from roundtrip.wires.wire import WIRES, wire_named

IN_ADDRESS = "in the address"
IN_A_STRING = "JSON inside a string"
FACES: tuple[Face, ...] = ("asks", "request", "answers", "stream")


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
    speakers = [Speaker(wire_named(name), subject) for name in names or WIRES]
    lenders = [Speaker(speaker.wire, worked_example()) for speaker in speakers]
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


def _entry(row: Row, speakers: Sequence[Speaker], lenders: Sequence[Speaker]) -> Entry:
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


def _column(speaker: Speaker) -> Column:
    try:
        address = speaker.prepared(as_it_is).spelling("request").json[ADDRESS]
        line = draw_address(address, (), {}).text
    except Unspeakable as error:
        line = str(error)
    return Column(wire=speaker.wire.name, title=speaker.wire.title, address=line)


def _meaning(name: str, speakers: Sequence[Speaker], lenders: Sequence[Speaker]) -> Meaning:
    twins: dict[str, Twins] = {}
    words = ""
    for speaker, lender in zip(speakers, lenders, strict=True):
        prepared = _with_thing(name, speaker) or _with_thing(name, lender)
        if prepared is not None:
            words = prepared.things[name].words
            twins[speaker.wire.name] = _twins(name, prepared)
    return Meaning(words=words, twins=twins)


def _with_thing(name: str, speaker: Speaker) -> Prepared | None:
    """The subject as a row about this thing has it, else as any does."""
    rows = [sample.prepare for row in ROWS for sample in row.samples if name in sample.anchors]
    ways = [speaker.prepared(prepare) for prepare in (*rows, as_it_is)]
    return next((prepared for prepared in ways if name in prepared.things), None)


def _twins(name: str, prepared: Prepared) -> Twins:
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
    return Twins(unsaid=why_unsaid(thing, changes))


def _called(thing: Thing, json: Any, place: Path) -> str:
    if place[0] == ADDRESS:
        return IN_ADDRESS
    called = member(place) or as_words(place)
    in_a_string = thing.is_object and isinstance(value_at(json, place), str)
    return f"{called} ({IN_A_STRING})" if in_a_string else called
