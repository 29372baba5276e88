"""The `anthropic` wire for every conversation, tool, option and reply there could be."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from roundtrip.conversation import (
    Conversation,
    Message,
    Options,
    Reply,
    StopSignal,
    Text,
    Thinking,
    ThinkingOption,
    ToolCall,
    ToolChoice,
    ToolDefinition,
    ToolResult,
    Usage,
    bare,
)
from roundtrip.tools.checks import parse_arguments
from roundtrip.wires.schema import adapt
from roundtrip.wires.sse import SseParser
from roundtrip.wires.wire import WireError
from tests.wires.anthropic_traffic import WIRE, both_ways, decoded, encoded

words = st.text(min_size=1, max_size=30).filter(str.strip)
names = st.from_regex(r"[a-zA-Z_][a-zA-Z0-9_-]{0,20}", fullmatch=True)
scalars = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
)
values = st.recursive(
    scalars | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
objects = st.dictionaries(st.text(max_size=8), values, max_size=4)
counts = st.none() | st.integers(0, 10**6)
texts = st.builds(Text, text=words)


@st.composite
def calls(draw: st.DrawFn, number: int) -> ToolCall:
    call = ToolCall(id=f"toolu_{number}", name=draw(names), arguments=draw(objects))
    text = draw(st.none() | st.text(min_size=1, max_size=20))
    error = parse_arguments(text)[1] if text else None
    if error is None:
        return call
    told = {"arguments": None, "arguments_text": text, "arguments_error": error}
    return call.model_copy(update=told)


@st.composite
def conversations(draw: st.DrawFn) -> Conversation:
    messages = [Message(role="user", parts=tuple(draw(st.lists(texts, min_size=1, max_size=2))))]
    for turn in range(draw(st.integers(0, 3))):
        asked = tuple(draw(calls(10 * turn + n)) for n in range(draw(st.integers(0, 3))))
        said = tuple(draw(st.lists(texts, min_size=0 if asked else 1, max_size=2)))
        messages.append(Message(role="assistant", parts=said + asked))
        results = tuple(draw(results_of(call)) for call in asked)
        after = tuple(draw(st.lists(texts, min_size=0 if asked else 1, max_size=1)))
        messages.append(Message(role="user", parts=results + after))
    return Conversation(system=tuple(draw(st.lists(texts, max_size=2))), messages=tuple(messages))


@st.composite
def results_of(draw: st.DrawFn, call: ToolCall) -> ToolResult:
    content = tuple(draw(st.lists(texts, max_size=3)))
    return ToolResult(
        call_id=call.id, name=call.name, content=content, is_error=draw(st.booleans())
    )


def in_its_dialect(tool: ToolDefinition) -> ToolDefinition:
    """The tool with a schema this wire takes as it is."""
    schema, _ = adapt(tool.input_schema, "anthropic", strict=bool(tool.strict))
    return tool.model_copy(update={"input_schema": schema})


tools = st.lists(
    st.builds(
        ToolDefinition,
        name=names,
        description=st.none() | st.text(max_size=20),
        input_schema=objects,
        strict=st.none() | st.booleans(),
    ).map(in_its_dialect),
    min_size=1,
    max_size=3,
).map(tuple)
choices = st.sampled_from(["auto", "any"]).map(lambda mode: ToolChoice(mode=mode)) | names.map(
    lambda name: ToolChoice(mode="tool", name=name)
)
thinking = st.sampled_from(["off", "adaptive"]).map(
    lambda mode: ThinkingOption(mode=mode)
) | st.integers(1024, 10**5).map(lambda n: ThinkingOption(mode="budget", budget_tokens=n))
options = st.builds(
    Options,
    model=words,
    stream=st.booleans(),
    tool_choice=choices,
    parallel_tool_calls=st.none() | st.booleans(),
    max_output_tokens=st.integers(1, 10**5),
    temperature=st.none() | st.floats(0, 1),
    thinking=st.none() | thinking,
)
stops = st.sampled_from(
    [
        StopSignal(signal="tool_calls", provider="tool_use"),
        StopSignal(signal="end", provider="stop_sequence"),
        StopSignal(signal="max_tokens", provider="model_context_window_exceeded"),
        StopSignal(signal="refusal", provider="refusal"),
        StopSignal(signal="paused", provider="pause_turn"),
        StopSignal(signal="incomplete", provider=None),
    ]
)


@st.composite
def replies(draw: st.DrawFn) -> Reply:
    kinds = draw(st.lists(st.sampled_from(["text", "thinking", "call"]), max_size=4))
    parts: list[Any] = []
    for number, kind in enumerate(kinds):
        if kind == "call":
            parts.append(draw(calls(number)))
        else:
            text = draw(st.text(max_size=40))
            parts.append(Text(text=text) if kind == "text" else Thinking(text=text))
    usage = st.builds(
        Usage, input=counts, output=counts, cache_read=counts, cache_write=counts, reasoning=counts
    )
    return Reply(
        id=draw(st.none() | words),
        model=draw(st.none() | words),
        message=Message(role="assistant", parts=tuple(parts)),
        stop=draw(stops),
        usage=draw(st.none() | usage),
    )


@given(conversations(), tools, options)
def test_every_request_survives_being_sent(
    conversation: Conversation, tools: tuple[ToolDefinition, ...], options: Options
) -> None:
    body = encoded(conversation, tools, options)
    said, offered, chosen = decoded(body)
    assert bare(said) == conversation
    assert tuple(bare(tool) for tool in offered) == tools
    assert bare(chosen) == options
    assert encoded(said, offered, chosen) == body


@given(conversations(), tools, options, st.data())
def test_a_decoded_request_takes_any_other_words(
    conversation: Conversation,
    tools: tuple[ToolDefinition, ...],
    options: Options,
    data: st.DataObject,
) -> None:
    said, offered, chosen = decoded(encoded(conversation, tools, options))
    other = data.draw(conversations())
    taken = [
        message.model_copy(update={"native": told.native})
        for message, told in zip(other.messages, said.messages, strict=False)
    ]
    messages = (*taken, *other.messages[len(taken) :])
    edited = said.model_copy(update={"messages": messages, "system": other.system})
    assert bare(decoded(encoded(edited, offered, chosen))[0]) == other


@given(replies())
def test_every_reply_survives_as_body_and_as_stream(reply: Reply) -> None:
    body, streamed = both_ways(reply)
    assert body == streamed
    assert bare(body) == reply
    assert both_ways(body) == (body, body)


@given(replies(), st.integers(0, 200))
def test_a_stream_cut_short_is_never_taken_for_a_whole_reply(reply: Reply, cut: int) -> None:
    stream = b"".join(event.encode() for event in WIRE.encode_reply(reply, stream=True))
    told = stream.split(b"event: message_delta")[0]
    assume(cut < len(told))
    decoder = WIRE.reply_decoder()
    for event in SseParser().feed(told[: len(told) - cut]):
        decoder.feed(event.data)
    assert decoder.finish().stop.signal == "incomplete"


@given(st.text(max_size=60) | values.map(json.dumps) | objects.map(json.dumps))
def test_no_text_whatever_breaks_the_decoder(data: str) -> None:
    decoder = WIRE.reply_decoder()
    try:
        decoder.feed(data)
        decoder.finish()
    except WireError as failure:
        assert failure.kind == "protocol"


@given(
    st.recursive(
        st.dictionaries(
            st.sampled_from(["type", "message", "content", "delta", "index", "usage", "error"]),
            scalars
            | st.sampled_from(["message", "message_start", "message_delta", "content_block_start"])
            | st.sampled_from(["text", "tool_use", "thinking", "tool_result", "error"]),
        ),
        lambda inner: st.dictionaries(
            st.sampled_from(["type", "message", "content", "delta", "content_block", "usage"]),
            inner | st.lists(inner, max_size=2) | st.sampled_from(["message", "message_start"]),
        ),
        max_leaves=6,
    )
)
def test_no_event_whatever_breaks_the_decoder(event: Any) -> None:
    decoder = WIRE.reply_decoder()
    try:
        decoder.feed(json.dumps(event))
        decoder.finish()
    except WireError as failure:
        assert failure.kind in ("protocol", "server")
