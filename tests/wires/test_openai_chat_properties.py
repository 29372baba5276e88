"""The `openai-chat` wire for every conversation, tool, option and reply there could be."""

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
from roundtrip.wires.wire import WireError, WireRequest
from tests.wires.openai_chat_traffic import WIRE, both_ways, decoded, encoded

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
    free = draw(st.booleans())
    error = None if free else parse_arguments(text)[1]
    if not free and error is None:
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
        if asked:
            results = tuple(draw(results_of(call)) for call in asked)
            messages.append(Message(role="user", parts=results))
        after = tuple(draw(st.lists(texts, min_size=0 if asked else 1, max_size=1)))
        if after:
            messages.append(Message(role=draw(st.sampled_from(["user", "system"])), parts=after))
    merged = [message for n, message in enumerate(messages) if not _goes_on(messages, n)]
    return Conversation(system=tuple(draw(st.lists(texts, max_size=2))), messages=tuple(merged))


def _goes_on(messages: list[Message], n: int) -> bool:
    """Whether a message would be one with that before it: two of an assistant always are."""
    return n > 0 and messages[n].role == messages[n - 1].role == "assistant"


@st.composite
def results_of(draw: st.DrawFn, call: ToolCall) -> ToolResult:
    content = tuple(draw(st.lists(texts, max_size=3)))
    return ToolResult(call_id=call.id, name=call.name, content=content)


tools = st.lists(
    st.builds(
        ToolDefinition,
        name=names,
        description=st.none() | st.text(max_size=20),
        input_schema=objects,
        strict=st.none() | st.booleans(),
    ),
    min_size=1,
    max_size=3,
).map(tuple)
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


def stop_of(provider: str, parts: tuple[Any, ...]) -> StopSignal:
    calls = any(isinstance(part, ToolCall) for part in parts)
    signals: Any = {"length": "max_tokens", "content_filter": "refusal"}
    ends = "tool_calls" if calls else "end"
    return StopSignal(signal=signals.get(provider, ends), provider=provider)


@st.composite
def replies(draw: st.DrawFn) -> Reply:
    said = draw(st.lists(texts, max_size=1))
    parts = (*said, *(draw(calls(number)) for number in range(draw(st.integers(0, 3)))))
    reasons = ["stop", "tool_calls", "length", "content_filter", "function_call"]
    provider = draw(st.none() | st.sampled_from(reasons))
    stop = StopSignal(signal="incomplete", provider=None)
    usage = st.builds(
        Usage, input=counts, output=counts, cache_read=counts, cache_write=counts, reasoning=counts
    )
    return Reply(
        id=draw(st.none() | words),
        model=draw(st.none() | words),
        message=Message(role="assistant", parts=parts),
        stop=stop if provider is None else stop_of(provider, parts),
        usage=draw(st.none() | usage),
    )


def as_taken(tool: ToolDefinition) -> ToolDefinition:
    """A definition in this API's dialect, as one that another API told is sent."""
    schema, _ = adapt(tool.input_schema, "openai-chat", strict=bool(tool.strict))
    return tool.model_copy(update={"input_schema": schema})


@given(conversations(), tools, options)
def test_every_request_survives_being_sent(
    conversation: Conversation, tools: tuple[ToolDefinition, ...], options: Options
) -> None:
    body = encoded(conversation, tools, options)
    said, offered, chosen = decoded(body)
    assert bare(said) == conversation
    assert tuple(bare(tool) for tool in offered) == tuple(map(as_taken, tools))
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
        if message.role == told.role
    ]
    assume(len(taken) == min(len(other.messages), len(said.messages)))
    messages = (*taken, *other.messages[len(taken) :])
    edited = said.model_copy(update={"messages": messages, "system": other.system})
    assert bare(decoded(encoded(edited, offered, chosen))[0]) == other


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
    events = [event.data for event in WIRE.encode_reply(reply, stream=True)]
    ends = [n for n, event in enumerate(events) if _says_the_end(event)]
    cut = data.draw(st.integers(0, ends[0] if ends else len(events)))
    decoder = WIRE.reply_decoder()
    for event in events[:cut]:
        decoder.feed(event)
    assert decoder.finish().stop.signal == "incomplete"


def _says_the_end(event: str) -> bool:
    if event == "[DONE]":
        return True
    return any(choice["finish_reason"] for choice in json.loads(event)["choices"])


@given(st.text(max_size=60) | values.map(json.dumps) | objects.map(json.dumps))
def test_no_text_whatever_breaks_the_decoder(data: str) -> None:
    decoder = WIRE.reply_decoder()
    try:
        decoder.feed(data)
        decoder.finish()
    except WireError as failure:
        assert failure.kind == "protocol"


field_names = st.sampled_from(
    [
        *("id", "object", "model", "choices", "index", "message", "delta", "finish_reason"),
        *("role", "content", "tool_calls", "function_call", "function", "custom", "name"),
        *("arguments", "input", "type", "refusal", "reasoning", "reasoning_details", "usage"),
        *("prompt_tokens", "prompt_tokens_details", "cached_tokens", "text", "logprobs", "error"),
        *("messages", "tools", "functions", "tool_choice", "tool_call_id", "parameters", "audio"),
    ]
)
odd_words = st.sampled_from(
    [
        *("chat.completion", "chat.completion.chunk", "error", "assistant", "user", "tool"),
        *("system", "function", "custom", "text", "refusal", "{}", '{"a":', "stop", "auto"),
    ]
)
garbage = st.recursive(
    scalars | odd_words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(field_names, inner, max_size=5),
    max_leaves=12,
)


@given(st.lists(garbage, max_size=3), garbage)
def test_no_event_whatever_breaks_the_decoder(choices: list[Any], other: Any) -> None:
    for kind in ("chat.completion", "chat.completion.chunk", None):
        decoder = WIRE.reply_decoder()
        try:
            decoder.feed(json.dumps({"object": kind, "choices": choices, "usage": other}))
            decoder.feed(json.dumps(other))
            reply = decoder.finish()
        except WireError:
            continue
        WIRE.encode_reply(reply, stream=False)
        WIRE.encode_reply(reply, stream=True)
        Reply.model_validate_json(reply.model_dump_json())


@given(st.lists(garbage, max_size=3), garbage, field_names, garbage)
def test_no_request_whatever_breaks_the_codec(
    messages: list[Any], tools: Any, field: str, other: Any
) -> None:
    body = {"model": "m", "messages": messages, "tools": tools, field: other}
    request = WireRequest("POST", "/chat/completions", (), json.dumps(body).encode())
    try:
        values = WIRE.decode_request(request)
    except WireError as refused:
        assert refused.kind == "bad_request"
        return
    WIRE.encode_request(*values)


message_like = st.fixed_dictionaries(
    {"role": st.sampled_from(["user", "assistant", "tool", "system", "function"])},
    optional={
        "content": st.none() | words | st.lists(garbage, max_size=2),
        "tool_call_id": words,
        "name": words,
        "tool_calls": st.lists(
            st.fixed_dictionaries(
                {
                    "id": st.none() | words,
                    "function": st.fixed_dictionaries(
                        {"name": names}, optional={"arguments": st.none() | words, "x": scalars}
                    ),
                }
            ),
            max_size=2,
        ),
        "function_call": st.fixed_dictionaries({"name": names, "arguments": words}),
        "reasoning": words | garbage,
        "refusal": st.none() | words,
        "extra": garbage,
    },
)


@given(st.lists(message_like, max_size=5))
def test_whatever_can_be_read_comes_back_to_the_letter(messages: list[Any]) -> None:
    body = {"model": "m", "messages": messages}
    request = WireRequest("POST", "/chat/completions", (), json.dumps(body).encode())
    try:
        values = WIRE.decode_request(request)
    except WireError:
        return
    written, changes = WIRE.encode_request(*values)
    if not changes:  # a call or a result without an id is given one, and that is listed
        assert json.dumps(json.loads(written.body)) == json.dumps(body)
