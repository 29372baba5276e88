"""The `gemini` wire for every conversation, tool, option and reply there could be."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
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
from roundtrip.wires.wire import Tools, WireError
from tests.wires.gemini_traffic import TRAFFIC, WIRE, both_ways, decoded

words = st.text(min_size=1, max_size=30)
names = st.from_regex(r"[a-zA-Z_][a-zA-Z0-9_.:-]{0,20}", fullmatch=True)
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
ids = st.none() | st.uuids().map(str)


@st.composite
def calls(draw: st.DrawFn) -> ToolCall:
    call = ToolCall(id=draw(ids), name=draw(names), arguments=draw(objects))
    text = draw(st.none() | st.text(min_size=1, max_size=20))
    error = parse_arguments(text)[1] if text else None
    if error is None:
        return call
    told = {"arguments": None, "arguments_text": text, "arguments_error": error}
    return call.model_copy(update=told)


@st.composite
def results_of(draw: st.DrawFn, call: ToolCall) -> ToolResult:
    content = tuple(
        draw(st.lists(texts | st.builds(Text, text=objects.map(json.dumps)), max_size=1))
    )
    return ToolResult(
        call_id=call.id, name=call.name, content=content, is_error=draw(st.booleans())
    )


@st.composite
def conversations(draw: st.DrawFn) -> Conversation:
    messages = [Message(role="user", parts=tuple(draw(st.lists(texts, min_size=1, max_size=2))))]
    for _ in range(draw(st.integers(0, 3))):
        asked = tuple(draw(calls()) for _ in range(draw(st.integers(0, 3))))
        thought = tuple(draw(st.lists(st.builds(Thinking, text=words), max_size=1)))
        said = tuple(draw(st.lists(texts, min_size=0 if asked else 1, max_size=2)))
        messages.append(Message(role="assistant", parts=thought + said + asked))
        results = tuple(draw(results_of(call)) for call in asked)
        after = tuple(draw(st.lists(texts, min_size=0 if asked else 1, max_size=1)))
        messages.append(Message(role="user", parts=results + after))
    return Conversation(system=tuple(draw(st.lists(texts, max_size=2))), messages=tuple(messages))


def definition(name: str, description: str | None, schema: Any, strict: bool | None) -> Any:
    """A definition in the API's own dialect: others are changed on the way, and it is listed."""
    adapted, _ = adapt(schema, "gemini", strict=bool(strict))
    return ToolDefinition(
        name=name, description=description, input_schema=adapted, strict=strict or None
    )


schemas = st.fixed_dictionaries(
    {"type": st.just("object")},
    optional={
        "properties": st.dictionaries(
            st.text(max_size=8), st.sampled_from([{"type": "string"}, {"type": "integer"}])
        ),
        "description": st.text(max_size=20),
    },
)


@st.composite
def tools(draw: st.DrawFn) -> Tools:
    strict = draw(st.none() | st.just(True))
    made = st.builds(definition, names, st.none() | st.text(max_size=20), schemas, st.just(strict))
    return tuple(draw(st.lists(made, min_size=1, max_size=3)))


choices = st.sampled_from(["auto", "any", "none"]).map(lambda mode: ToolChoice(mode=mode))
named = names.map(lambda name: ToolChoice(mode="tool", name=name))
thinking = st.sampled_from(["off", "adaptive"]).map(
    lambda mode: ThinkingOption(mode=mode)
) | st.integers(1, 10**5).map(lambda n: ThinkingOption(mode="budget", budget_tokens=n))
options = st.builds(
    Options,
    model=words.filter(lambda model: not model.startswith("models/")),
    stream=st.booleans(),
    tool_choice=choices | named,
    max_output_tokens=st.none() | st.integers(1, 10**5),
    temperature=st.none() | st.floats(0, 2),
    thinking=st.none() | thinking,
)
ENDS = [
    StopSignal(signal="end", provider="STOP"),
    StopSignal(signal="end", provider="MALFORMED_FUNCTION_CALL"),
    StopSignal(signal="max_tokens", provider="MAX_TOKENS"),
    StopSignal(signal="refusal", provider="RECITATION"),
    StopSignal(signal="incomplete", provider=None),
]


@st.composite
def usages(draw: st.DrawFn) -> Usage:
    answer, thoughts = draw(counts), draw(counts)
    spoken = [count for count in (answer, thoughts) if count is not None]
    output = sum(spoken) if answer is not None else None
    return Usage(
        input=draw(counts),
        output=output,
        cache_read=draw(counts),
        reasoning=thoughts if output is not None else None,
    )


@st.composite
def replies(draw: st.DrawFn) -> Reply:
    kinds = draw(st.lists(st.sampled_from(["text", "thinking", "call"]), max_size=5))
    parts: list[Any] = []
    for kind in kinds:
        if kind == "call":
            parts.append(draw(calls()))
        elif kind == "text":
            parts.append(Text(text=draw(st.text(max_size=90))))
        else:
            parts.append(Thinking(text=draw(words)))
    stop = draw(st.sampled_from(ENDS))
    if stop.signal == "end" and "call" in kinds:
        stop = stop.model_copy(update={"signal": "tool_calls"})
    return Reply(
        id=draw(st.none() | words),
        model=draw(st.none() | words),
        message=Message(role="assistant", parts=tuple(parts)),
        stop=stop,
        usage=draw(st.none() | usages()),
    )


def strictly_said(tools: Tools, options: Options) -> Tools:
    """Strict is a mode of the request; where a call is forced it is not said, and given anyway."""
    told = options.tool_choice is None or options.tool_choice.mode == "auto"
    return tuple(tool if told else tool.model_copy(update={"strict": None}) for tool in tools)


@given(conversations(), tools(), options)
def test_every_request_survives_being_sent(
    conversation: Conversation, tools: Tools, options: Options
) -> None:
    sent, changes = WIRE.encode_request(conversation, tools, options)
    said, offered, chosen = WIRE.decode_request(sent)
    assert bare(said) == conversation
    assert tuple(bare(tool) for tool in offered) == strictly_said(tools, options)
    assert bare(chosen) == options
    assert WIRE.encode_request(said, offered, chosen)[0] == sent
    assert all("arguments" in change.where for change in changes)


@given(conversations(), tools(), options, st.data())
def test_a_decoded_request_takes_any_other_words(
    conversation: Conversation, tools: Tools, options: Options, data: st.DataObject
) -> None:
    sent, _ = WIRE.encode_request(conversation, tools, options)
    said, offered, chosen = WIRE.decode_request(sent)
    other = data.draw(conversations())
    taken = [
        message.model_copy(update={"native": told.native})
        for message, told in zip(other.messages, said.messages, strict=False)
    ]
    messages = (*taken, *other.messages[len(taken) :])
    edited = said.model_copy(update={"messages": messages, "system": other.system})
    again, _ = WIRE.encode_request(edited, offered, chosen)
    assert bare(WIRE.decode_request(again)[0]) == other


@given(replies())
def test_every_reply_survives_as_body_and_as_stream(reply: Reply) -> None:
    body, streamed = both_ways(reply)
    assert body == streamed
    assert bare(body) == reply
    assert both_ways(body) == (body, body)


@given(replies(), st.data())
def test_a_stream_cut_short_is_never_taken_for_a_whole_reply(
    reply: Reply, data: st.DataObject
) -> None:
    events = WIRE.encode_reply(reply, stream=True)
    assert not isinstance(events, bytes)
    decoder = WIRE.reply_decoder()
    for event in events[: data.draw(st.integers(0, len(events) - 1))]:
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


FIELDS = [
    *("contents", "parts", "text", "functionCall", "function_call", "functionResponse", "response"),
    *("name", "args", "thought", "thoughtSignature", "role", "tools", "functionDeclarations"),
    *("parameters", "toolConfig", "functionCallingConfig", "mode", "allowedFunctionNames"),
    *("generationConfig", "thinkingConfig", "thinkingBudget", "maxOutputTokens", "candidates"),
    *("content", "finishReason", "index", "usageMetadata", "promptTokenCount", "promptFeedback"),
    *("blockReason", "partialArgs", "jsonPath", "stringValue", "willContinue", "systemInstruction"),
]
WORDS = ["user", "model", "STOP", "ANY", "VALIDATED", "$.a[0].b", "$.a", "$", "x"]
garbage = st.recursive(
    scalars | st.sampled_from(WORDS),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=4)
    ),
    max_leaves=25,
)
shaped = st.fixed_dictionaries(
    {"candidates": st.lists(st.fixed_dictionaries({"content": garbage}), max_size=2)}
)
parts = st.lists(st.dictionaries(st.sampled_from(FIELDS), garbage, max_size=2), max_size=3)
filled = parts.map(lambda told: {"candidates": [{"content": {"parts": told}}]})


@given(st.lists(garbage | shaped | filled, min_size=1, max_size=3))
def test_no_chunk_whatever_breaks_the_decoder(chunks: list[Any]) -> None:
    decoder = WIRE.reply_decoder()
    try:
        for chunk in chunks:
            decoder.feed(json.dumps(chunk))
        reply = decoder.finish()
    except WireError as failure:
        assert failure.kind in ("protocol", "server")
    else:
        assert both_ways(reply)[0] == both_ways(reply)[1]


@given(
    garbage
    | st.fixed_dictionaries(
        {"contents": st.lists(st.fixed_dictionaries({"parts": parts}), max_size=2)},
        optional={"tools": garbage, "toolConfig": garbage, "generationConfig": garbage},
    ),
    st.text(max_size=30),
)
def test_no_body_whatever_breaks_the_decoder_of_requests(body: Any, path: str) -> None:
    try:
        conversation, offered, chosen = decoded(body, path)
    except WireError as failure:
        assert failure.kind == "bad_request"
    else:
        TRAFFIC.encoded(conversation, offered, chosen)
