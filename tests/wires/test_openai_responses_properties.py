"""The `openai-responses` wire for every conversation, tool, option and reply there could be."""

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
from roundtrip.wires.wire import WireError, WireRequest
from tests.wires.openai_responses_traffic import WIRE, both_ways, decoded, encoded

words = st.text(min_size=1, max_size=30)
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
    call = ToolCall(id=f"call_{number}", name=draw(names), arguments=draw(objects))
    text = draw(st.none() | st.text(min_size=1, max_size=20))
    if text is None:
        return call
    free: dict[str, Any] = {"arguments": None, "arguments_text": text}
    error = None if draw(st.booleans()) else parse_arguments(text)[1]
    return call.model_copy(update=free | {"arguments_error": error})


@st.composite
def conversations(draw: st.DrawFn) -> Conversation:
    """As the API has them: results are messages of their own."""
    messages = [Message(role="user", parts=tuple(draw(st.lists(texts, min_size=1, max_size=2))))]
    for turn in range(draw(st.integers(0, 3))):
        asked = tuple(draw(calls(10 * turn + n)) for n in range(draw(st.integers(0, 3))))
        said = tuple(draw(st.lists(texts, min_size=0 if asked else 1, max_size=2)))
        messages.append(Message(role="assistant", parts=said + asked))
        if results := tuple(draw(results_of(call)) for call in asked):
            messages.append(Message(role="user", parts=results))
        if after := draw(st.lists(texts, min_size=0 if asked else 1, max_size=1)):
            messages.append(
                Message(role=draw(st.sampled_from(["user", "system"])), parts=(*after,))
            )
    return Conversation(system=tuple(draw(st.lists(texts, max_size=2))), messages=tuple(messages))


@st.composite
def results_of(draw: st.DrawFn, call: ToolCall) -> ToolResult:
    content = tuple(draw(st.lists(texts, max_size=3)))
    return ToolResult(call_id=call.id, name=call.name, content=content)


@st.composite
def definitions(draw: st.DrawFn) -> ToolDefinition:
    """As the API takes them: in its dialect, and said whether they are strict."""
    strict = draw(st.booleans())
    schema, _ = adapt(draw(objects), WIRE.name, strict=strict)
    description = draw(st.none() | st.text(max_size=20))
    return ToolDefinition(
        name=draw(names), description=description, input_schema=schema, strict=strict
    )


tools = st.lists(definitions(), min_size=1, max_size=3).map(tuple)
choices = st.sampled_from(["auto", "any", "none"]).map(
    lambda mode: ToolChoice(mode=mode)
) | names.map(lambda name: ToolChoice(mode="tool", name=name))
options = st.builds(
    Options,
    model=words,
    stream=st.booleans(),
    tool_choice=st.none() | choices,
    parallel_tool_calls=st.none() | st.booleans(),
    max_output_tokens=st.none() | st.integers(1, 10**5),
    temperature=st.none() | st.floats(0, 2),
    thinking=st.none()
    | st.sampled_from(["off", "adaptive"]).map(lambda mode: ThinkingOption(mode=mode)),
)
unfinished = st.sampled_from(
    [
        StopSignal(signal="max_tokens", provider="incomplete: max_output_tokens"),
        StopSignal(signal="refusal", provider="incomplete: content_filter"),
        StopSignal(signal="incomplete", provider="in_progress"),
        StopSignal(signal="incomplete", provider="queued"),
        StopSignal(signal="incomplete", provider="cancelled"),
        StopSignal(signal="incomplete", provider="incomplete"),
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
    ended = StopSignal(signal="tool_calls" if "call" in kinds else "end", provider="completed")
    return Reply(
        id=draw(st.none() | words),
        model=draw(st.none() | words),
        message=Message(role="assistant", parts=tuple(parts)),
        stop=draw(st.just(ended) | unfinished),
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


@given(replies())
def test_every_reply_can_be_said_back(reply: Reply) -> None:
    """What the model said, its reasoning aside, is heard as it was said."""
    heard = both_ways(reply)[0].message
    said = tuple(part for part in reply.message.parts if not isinstance(part, Thinking))
    assume(said)
    question = Message(role="user", parts=(Text(text="?"),))
    told = Conversation(messages=(question, heard))
    assert bare(decoded(encoded(told, (), Options(model="m")))[0]).messages[1].parts == said


@given(replies(), st.integers(0, 200))
def test_a_stream_cut_short_is_never_taken_for_a_whole_reply(reply: Reply, cut: int) -> None:
    stream = b"".join(event.encode() for event in WIRE.encode_reply(reply, stream=True))
    told = stream
    for final in ("completed", "incomplete"):
        told = told.split(f"event: response.{final}\n".encode())[0]
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
        assert failure.kind in ("protocol", "server")


KINDS = [
    *(f"response.{kind}" for kind in ("created", "completed", "output_item.added")),
    *(f"response.{kind}" for kind in ("content_part.added", "output_text.delta", "failed")),
    *(f"response.{kind}" for kind in ("function_call_arguments.delta", "output_text.done")),
    *(f"response.{kind}" for kind in ("reasoning_summary_part.added", "error")),
    *("response.output_text.annotation.added", "error", "message", "reasoning", "function_call"),
    *("custom_tool_call", "function_call_output", "output_text", "refusal", "shell_call"),
]
FIELDS = [
    *("type", "response", "item", "output", "content", "summary", "part", "delta", "usage"),
    *("output_index", "content_index", "summary_index", "status", "incomplete_details", "error"),
    *("role", "call_id", "name", "arguments", "input", "text", "id", "annotations", "model"),
    *("input_tokens_details", "environment", "instructions", "tools", "tool_choice", "reasoning"),
]
garbage = st.recursive(
    scalars | st.integers(-1, 2) | st.sampled_from(KINDS) | st.just("assistant"),
    lambda inner: (
        st.dictionaries(st.sampled_from(FIELDS), inner, max_size=6) | st.lists(inner, max_size=2)
    ),
    max_leaves=12,
)
events = st.fixed_dictionaries(
    {"type": st.sampled_from(KINDS)},
    optional={
        "response": st.dictionaries(st.sampled_from(FIELDS), garbage, max_size=4),
        "item": st.dictionaries(st.sampled_from(FIELDS), garbage, max_size=6),
        "part": garbage,
        "delta": garbage,
        "output_index": st.integers(0, 1),
        "content_index": st.integers(-1, 1),
        "summary_index": st.integers(-1, 1),
    },
)


@given(st.lists(events | garbage, max_size=5))
def test_no_event_whatever_breaks_the_decoder(told: list[Any]) -> None:
    decoder = WIRE.reply_decoder()
    try:
        for event in told:
            decoder.feed(json.dumps(event))
        reply = decoder.finish()
    except WireError as failure:
        assert failure.kind in ("protocol", "server")
    else:
        if reply.native is not None and "type" not in reply.native.value["fields"]:
            assert both_ways(reply) == (reply, reply)


@given(garbage | st.dictionaries(st.sampled_from(FIELDS), garbage), st.booleans())
def test_no_request_whatever_breaks_the_decoder(body: Any, named: bool) -> None:
    if named and isinstance(body, dict):
        body["model"] = "m"
    request = WireRequest("POST", "/responses", (), json.dumps(body).encode())
    try:
        again, changes = WIRE.encode_request(*WIRE.decode_request(request))
    except WireError as failure:
        assert failure.kind == "bad_request"
    else:
        assert json.loads(again.body) == body and changes == ()
