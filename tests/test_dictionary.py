"""The dictionary: the same thing is found on every wire, and what cannot be said is said so."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roundtrip import dictionary as package
from roundtrip.conversation import (
    Conversation,
    Message,
    Options,
    Reply,
    StopSignal,
    Text,
    ToolCall,
    ToolDefinition,
    ToolResult,
    Usage,
    bare,
)
from roundtrip.dictionary import Dictionary, Subject, dictionary, of_run, worked_example
from roundtrip.dictionary.entries import Entry
from roundtrip.dictionary.places import value_at
from roundtrip.dictionary.speaker import Fragment, Said
from roundtrip.dictionary.spelled import BODY, Face, places, spell
from roundtrip.dictionary.things import things_of
from roundtrip.state import RunState
from roundtrip.wires.wire import WIRES, WireError, wire_named
from tests.recordings import ABSENT, recorded
from tests.stories import OSLO, TOKYO, Story
from tests.wires.traffic import Traffic

FACES: tuple[Face, ...] = ("request", "asks", "stream", "answers")


@pytest.fixture(scope="module")
def example() -> Dictionary:
    return dictionary(worked_example())


def row(of: Dictionary, name: str) -> Entry:
    return next(entry for entry in of.rows if entry.id == name)


def texts(said: Said) -> str:
    return "\n".join(
        drawing.text
        for fragment in said.fragments
        for drawing in (fragment.drawing, *(event.drawing for event in fragment.events))
        if drawing
    )


def every_said(of: Dictionary) -> Iterator[tuple[str, str, Said]]:
    for entry in (*of.rows, *of.whole):
        for wire, cell in entry.cells.items():
            for said in cell:
                yield entry.id, wire, said


# The worked example


def test_every_concept_has_on_every_wire_a_place_or_a_reason(example: Dictionary) -> None:
    for concept, wire, said in every_said(example):
        assert bool(said.fragments) != bool(said.unsaid), (concept, wire)
        assert not said.borrowed
    for entry in example.rows:
        assert set(entry.cells) == set(WIRES)
        assert len({len(cell) for cell in entry.cells.values()}) == 1, "the columns are aligned"


def test_every_thing_has_on_every_wire_a_name_or_a_reason(example: Dictionary) -> None:
    for thing, meaning in example.meanings.items():
        assert meaning.words
        assert set(meaning.twins) == set(WIRES), thing
        for wire, twins in meaning.twins.items():
            assert bool(twins.names) != bool(twins.unsaid), (thing, wire)


def test_the_id_of_a_call_is_found_on_both_sides_under_each_wire_s_own_names(
    example: Dictionary,
) -> None:
    twins = example.meanings["call_id"].twins
    assert {wire: twin.names for wire, twin in twins.items()} == {
        "anthropic": ("id", "tool_use_id"),
        "openai-chat": ("id", "tool_call_id"),
        "openai-responses": ("call_id",),
        "gemini": ("id",),
    }
    assert "may be missing" in str(twins["gemini"].note)
    assert twins["anthropic"].note is None


def test_what_one_wire_says_in_the_body_another_says_in_the_address(example: Dictionary) -> None:
    for thing in ("model", "stream"):
        twins = example.meanings[thing].twins
        assert twins["gemini"].names == ("in the address",)
        assert twins["anthropic"].names == (thing,)
    model = row(example, "ask").cells["gemini"][2]
    assert model.fragments[0].path == "address"
    drawing = model.fragments[0].drawing
    assert drawing is not None
    assert [span.text for span in drawing.spans if "model" in span.things] == ["sim-large"]


def test_arguments_in_a_string_are_pointed_out(example: Dictionary) -> None:
    twins = example.meanings["arguments"].twins
    assert {wire: "string" in twin.names[0] for wire, twin in twins.items()} == {
        "anthropic": False,
        "openai-chat": True,
        "openai-responses": True,
        "gemini": False,
    }


def test_a_stop_that_reads_like_an_end_is_pointed_out(example: Dictionary) -> None:
    notes = {wire: cell[0].notes for wire, cell in row(example, "stop").cells.items()}
    told_apart = {wire for wire, words in notes.items() if not words}
    assert told_apart == {"anthropic", "openai-chat"}


def test_what_a_wire_cannot_say_is_in_the_words_of_its_own_change(example: Dictionary) -> None:
    one_at_most = row(example, "parallel").cells["gemini"][1]
    told = worked_example()
    options = told.options.model_copy(update={"parallel_tool_calls": False})
    changes = spell(wire_named("gemini"), replace(told, options=options), "request").changes
    assert one_at_most.unsaid in [change.what for change in changes]


def test_a_fragment_is_the_whole_element_its_concept_stands_in(example: Dictionary) -> None:
    paths = {
        (name, wire): [fragment.path for fragment in cell[0].fragments]
        for name in ("declare", "call", "result")
        for wire, cell in row(example, name).cells.items()
    }
    assert paths[("declare", "gemini")] == ["tools[0].functionDeclarations[0]"]
    assert paths[("declare", "openai-chat")] == ["tools[0]"]
    assert paths[("call", "openai-chat")] == ["choices[0].message.tool_calls[0]"]
    assert paths[("result", "anthropic")] == ["messages[2].content[0]"]
    assert paths[("result", "openai-responses")] == ["input[3]"]


def test_the_answer_is_the_whole_message_that_carries_it(example: Dictionary) -> None:
    cells = row(example, "answer").cells
    assert {wire: cell[0].fragments[0].path for wire, cell in cells.items()} == {
        "anthropic": "body",
        "openai-chat": "choices[0].message",
        "openai-responses": "output[0]",
        "gemini": "candidates[0].content",
    }
    assert all('"role": ' in texts(cell[0]) for cell in cells.values())


def test_a_column_is_headed_by_the_address_as_it_stands_on_the_wire(example: Dictionary) -> None:
    assert {column.wire: column.address.partition("?")[0] for column in example.columns} == {
        "anthropic": "POST /v1/messages",
        "openai-chat": "POST /v1/chat/completions",
        "openai-responses": "POST /v1/responses",
        "gemini": "POST /v1beta/models/sim-large:streamGenerateContent",
    }


def test_a_stream_shows_the_events_that_tell_and_counts_the_others(example: Dictionary) -> None:
    for wire, cell in row(example, "streaming").cells.items():
        shown = cell[1].fragments[0].events
        whole = next(entry for entry in example.whole if entry.id == "stream")
        number = len(whole.cells[wire][0].fragments[0].events)
        assert sum(event.skipped or 1 for event in shown) == number, wire
        assert any("call_id" in span.things for event in shown for span in spans(event)), wire


def test_the_mark_that_ends_a_stream_stands_as_it_crosses(example: Dictionary) -> None:
    *_, last = row(example, "streaming").cells["openai-chat"][1].fragments[0].events
    assert last.drawing is not None and last.drawing.text == "[DONE]"


def spans(event: Any) -> tuple[Any, ...]:
    return event.drawing.spans if event.drawing else ()


# Any conversation


WORDS = st.text(max_size=30).filter(lambda text: text.strip() != "")
NAMES = st.from_regex(r"[a-zA-Z_][a-zA-Z0-9_-]{0,20}", fullmatch=True)
VALUES = st.one_of(WORDS, st.integers(-99, 99), st.booleans(), st.lists(WORDS, max_size=2))


@st.composite
def subjects(draw: st.DrawFn) -> Subject:
    tool, call_id = draw(NAMES), draw(st.one_of(st.none(), NAMES))
    arguments = draw(st.dictionaries(WORDS, VALUES, max_size=3))
    asked = Message(role="user", parts=(Text(text=draw(WORDS)),))
    calling = Message(
        role="assistant", parts=(ToolCall(id=call_id, name=tool, arguments=arguments),)
    )
    result = ToolResult(
        call_id=call_id,
        name=tool,
        content=(Text(text=draw(WORDS)),),
        is_error=draw(st.booleans()),
    )
    definition = ToolDefinition(
        name=tool,
        description=draw(st.one_of(st.none(), WORDS)),
        strict=draw(st.one_of(st.none(), st.booleans())),
    )
    system = draw(st.one_of(st.none(), WORDS))
    stop = StopSignal(signal="tool_calls", provider=None)
    usage = draw(st.one_of(st.none(), st.just(Usage(input=3, output=4))))
    return Subject(
        conversation=Conversation(
            system=(Text(text=system),) if system else (),
            messages=(asked, calling, Message(role="user", parts=(result,))),
        ),
        tools=(definition,),
        options=Options(model=draw(NAMES), stream=draw(st.booleans())),
        asks=Reply(id="r", model="m", message=calling, stop=stop, usage=usage),
    )


@pytest.mark.parametrize("name", WIRES)
@given(subject=subjects())
def test_every_place_stands_in_the_json_and_moves_with_its_thing(
    name: str, subject: Subject
) -> None:
    wire, things = wire_named(name), things_of(subject)
    for face in FACES[:3]:
        base = spell(wire, subject, face)
        for thing, found in places(wire, base, face, things.values()).items():
            told = things[thing]
            twins = [spell(wire, one, face).json for one in (*told.changed, *told.inside)]
            for place in found:
                value = value_at(base.json, place)
                assert any(_elsewise(twin, place, value) for twin in twins), (thing, place)


def _elsewise(json: Any, place: Any, value: Any) -> bool:
    try:
        return bool(value_at(json, place) != value)
    except (KeyError, IndexError, TypeError):
        return True


@pytest.mark.parametrize("name", WIRES)
@given(subject=subjects())
def test_a_thing_of_words_stands_where_its_words_are(name: str, subject: Subject) -> None:
    wire, things = wire_named(name), things_of(subject)
    base = spell(wire, subject, "request")
    found = places(wire, base, "request", things.values())
    said = subject.conversation
    words = {"question": said.messages[0].text, "model": subject.options.model}
    if said.system:
        words["system"] = said.system[0].text
    for thing in ("result", "failed_text"):
        if thing in things:
            words[thing] = said.messages[2].results[0].text
    for thing, text in words.items():
        assert len(found[thing]) == 1, (thing, found[thing])
        place = found[thing][0]
        assert text in str(value_at(base.json, place)), thing
        assert place[0] == BODY or thing == "model"


@settings(max_examples=6)  # each draws some 120 pieces
@given(subject=subjects())
def test_any_conversation_can_be_drawn(subject: Subject) -> None:
    drawn = dictionary(subject)
    for concept, wire, said in every_said(drawn):
        assert bool(said.fragments) != bool(said.unsaid), (concept, wire)
    answer = row(drawn, "answer").cells["anthropic"]
    assert all(said.borrowed for said in answer), "there is no answer in it yet"


@pytest.mark.parametrize("name", WIRES)
def test_recorded_conversations_are_spelled_on_every_wire(
    name: str, sample: random.Random, full: bool
) -> None:
    found = [one for one in recorded(name) if isinstance(one.request, dict)]
    if not found:
        pytest.skip(ABSENT)
    for one in sample.sample(found, min(len(found), 30 if full else 3)):
        try:
            conversation, tools, options = Traffic(name, one.exchange["path"]).decoded(one.request)
        except WireError:
            continue  # counted by the wire's own test
        bared = tuple(bare(tool) for tool in tools)
        drawn = dictionary(Subject(bare(conversation), bared, bare(options)))
        for concept, wire, said in every_said(drawn):
            assert bool(said.fragments) != bool(said.unsaid), (one.name, concept, wire)


# A run


def test_a_run_is_spelled_as_its_next_request_says_it() -> None:
    story = Story(system="Be brief.").replied(TOKYO, OSLO).ran(0, text="18 degrees")
    story.ran(1, text="no such city", error_kind="raised").replied(Text(text="A coat."))
    subject = of_run(story.state, story.events)
    assert subject is not None
    drawn = dictionary(subject)
    assert "18 degrees" in texts(row(drawn, "result").cells["openai-chat"][0])
    assert "no such city" in texts(row(drawn, "error").cells["gemini"][0])
    assert "Be brief." in texts(row(drawn, "ask").cells["openai-responses"][1])
    assert "toolu_1" in texts(row(drawn, "call").cells["openai-chat"][0])
    assert "A coat." in texts(row(drawn, "answer").cells["anthropic"][0])
    lent = {said.label for _, _, said in every_said(drawn) if said.borrowed}
    assert lent == {"the output cap"}, "this run has none"


def test_what_a_run_has_not_yet_is_lent_by_the_example_and_marked() -> None:
    story = Story()
    subject = of_run(story.state, story.events)
    assert subject is not None
    drawn = dictionary(subject)
    borrowed = {concept for concept, _, said in every_said(drawn) if said.borrowed}
    assert {"stop", "call", "result", "error", "answer", "usage"} <= borrowed
    assert "declare" not in borrowed
    assert "Weather?" in texts(row(drawn, "ask").cells["gemini"][0])


def test_a_choice_among_no_tools_is_the_example_s() -> None:
    drawn = dictionary(replace(worked_example(), tools=()))
    for concept in ("choice", "strict"):
        for cell in row(drawn, concept).cells.values():
            assert all(said.borrowed for said in cell), concept


def test_a_run_without_a_question_has_nothing_to_spell() -> None:
    assert of_run(RunState(), []) is None


# The engine


def test_no_wire_s_own_words_are_written_in_the_engine() -> None:
    folder = Path(package.__file__).parent
    code = "\n".join(file.read_text() for file in folder.glob("*.py"))
    fields = ("tool_use_id", "finish_reason", "function_call", "functionCall", "choices[")
    for words in (*fields, *WIRES):
        assert words not in code, words


def test_fragments_have_one_kind_of_content(example: Dictionary) -> None:
    def content(fragment: Fragment) -> bool:
        return bool(fragment.events) != bool(fragment.drawing)

    assert all(
        content(fragment) for _, _, said in every_said(example) for fragment in said.fragments
    )


def test_the_model_has_one_name_on_each_wire(example: Dictionary) -> None:
    """Some wires spell a cap by the family a model's name begins with: that is no twin of it."""
    twins = example.meanings["model"].twins
    assert {wire: twin.names for wire, twin in twins.items()} == {
        "anthropic": ("model",),
        "openai-chat": ("model",),
        "openai-responses": ("model",),
        "gemini": ("in the address",),
    }
