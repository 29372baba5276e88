"""The `openai-chat` wire against everything recorded from the real API and its imitators."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from itertools import pairwise
from typing import Any

import pytest

from roundtrip.conversation import Text, ToolDefinition, bare
from roundtrip.wires.schema import adapt
from roundtrip.wires.wire import WireError
from tests.recordings import ABSENT, Recorded, recorded
from tests.wires.accepted import complaints
from tests.wires.edits import EDITS
from tests.wires.openai_chat_traffic import (
    WIRE,
    both_ways,
    calls_of,
    decoded,
    encoded,
    reply_in_pieces,
    reply_json,
    reply_of,
    request_of,
)
from tests.wires.traffic import changed, differences, events_of, meant, report

ALL = list(recorded("openai-chat"))
REQUESTS = [case for case in ALL if case.request is not None]
REFUSALS = [case for case in ALL if "error" in reply_json(case.response)]
REPLIES = [case for case in ALL if case not in REFUSALS]

pytestmark = pytest.mark.skipif(not ALL, reason=ABSENT)


def test_every_recording_is_a_reply_or_a_refusal() -> None:
    assert all(case.exchange["status"] == 200 for case in REPLIES)
    assert len(REPLIES) >= 235 and len(REQUESTS) >= 245, "the recordings hold fewer than they did"


STOPS = {
    "stop": "end",
    "length": "max_tokens",
    "content_filter": "refusal",
    "tool_calls": "tool_calls",
    "function_call": "tool_calls",
    None: "incomplete",
}


def test_replies_say_what_the_json_says() -> None:
    failed = []
    for case in REPLIES:
        body, reply = reply_json(case.response), reply_of(case.response)
        choice = body["choices"][0]
        message = choice.get("message") or {}
        calls = [
            (call.id, call.name, call.arguments, call.arguments_text)
            for call in reply.message.calls
        ]
        reason = choice["finish_reason"]
        signal = STOPS[reason]
        if signal == "end":
            signal = "tool_calls" if calls else "refusal" if message.get("refusal") else "end"
        same = (
            reply.id == body["id"]
            and reply.model == body["model"]
            and reply.message.text == (message.get("content") or "")
            and calls == calls_of(message)
            and (reply.stop.provider, reply.stop.signal) == (reason, signal)
            and reply.more_choices == len(body["choices"]) - 1
            and counted(reply) == counts_of(body["usage"])
        )
        failed += [] if same else [case.name]
    report("text, calls, stop and usage are the JSON's", len(REPLIES), failed)
    assert not failed


def counted(reply: Any) -> Any:
    return None if reply.usage is None else reply.usage.model_dump()


def counts_of(usage: Any) -> Any:
    if usage is None:
        return None
    cached = usage.get("prompt_tokens_details", {}).get("cached_tokens")
    return {
        "input": usage["prompt_tokens"] - (cached or 0),
        "output": usage["completion_tokens"],
        "cache_read": cached,
        "cache_write": usage.get("prompt_tokens_details", {}).get("cache_write_tokens"),
        "reasoning": usage.get("completion_tokens_details", {}).get("reasoning_tokens"),
    }


def test_refusals_are_errors_in_the_providers_words() -> None:
    for case in REFUSALS:
        with pytest.raises(WireError) as refused:
            reply_of(case.response)
        error = case.response["error"]
        told = (error["code"] or error["type"], error["message"])
        assert (refused.value.provider, refused.value.message) == told
        assert WIRE.error_words(json.dumps(case.response)) == told
        assert refused.value.kind == ("auth" if case.exchange["status"] == 401 else "bad_request")


def test_a_request_comes_back_to_the_letter() -> None:
    failed = []
    for case in REQUESTS:
        asked = request_of(case.request, case.exchange["path"])
        sent, changes = WIRE.encode_request(*WIRE.decode_request(asked))
        same = (sent.method, sent.path, sent.headers) == (asked.method, asked.path, asked.headers)
        if not same or changes or json.dumps(json.loads(sent.body)) != json.dumps(case.request):
            failed.append(case.name)
    report("encode(decode(x)) == x, order of keys included", len(REQUESTS), failed)
    assert not failed


PLACES = {
    "an argument": r"\.messages\.\d+\.(tool_calls\.\d+\.function|function_call)\.arguments",
    "a result": r"\.messages\.\d+\.content(\.0\.text)?",
    "a failure": r"\.messages\.\d+\.content(\.0\.text)?",
    "a person's words": r"\.messages\.\d+\.content(\.\d+\.text)?",
    "the model's words": r"\.messages\.\d+\.content(\.\d+\.text)?",
    "a description": r"\.(tools\.\d+\.(function|custom)|functions\.\d+)\.description",
    "the system prompt": r"\.messages\.0\.content(\.0\.text)?",
    "the cap": r"\.max_(completion_)?tokens",
}
"""Where each edit shows. A failure is told in the result's words: no field says it."""


@pytest.mark.parametrize("what", EDITS)
def test_changing_one_thing_changes_the_json_there_only(what: str) -> None:
    checked, failed = 0, []
    for case in REQUESTS:
        edited = EDITS[what](*decoded(case.request))
        if edited is None:
            continue
        checked += 1
        found = differences(case.request, encoded(*edited))
        if not (len(found) == 1 and re.fullmatch(PLACES[what], found[0])):
            failed.append(f"{case.name}: {found}")
    report(f"changing {what} changes it only", checked, failed)
    assert checked and len(failed) <= checked * 0.02


def test_dropping_the_last_message_leaves_the_rest_as_it_was() -> None:
    checked = 0
    for case in REQUESTS:
        conversation, tools, options = decoded(case.request)
        messages = case.request["messages"]
        shorter = changed(conversation, messages=conversation.messages[:-1])
        left = encoded(shorter, tools, options)
        kept = len(left["messages"])
        assert kept < len(messages) and left == case.request | {"messages": messages[:kept]}
        checked += 1
    assert checked == len(REQUESTS)


def test_what_is_meant_survives_without_what_was_told() -> None:
    failed = []
    for case in REQUESTS:
        conversation, tools, options = speakable(meant(*decoded(case.request)))
        expected = conversation, tuple(map(as_the_api_takes_it, tools)), options
        if meant(*decoded(encoded(conversation, tools, options))) != expected:
            failed.append(case.name)
    report("canonical values survive without natives", len(REQUESTS), failed)
    assert not failed


def as_the_api_takes_it(tool: ToolDefinition) -> ToolDefinition:
    """A definition that is not known to come from this API is put into its dialect."""
    schema, _ = adapt(tool.input_schema, "openai-chat", strict=bool(tool.strict))
    return changed(tool, input_schema=schema)


def speakable(request: Any) -> Any:
    """With an id for each call and its result: the one `function_call` of old had none."""
    conversation, tools, options = request
    ids = (f"call_{n}" for n in range(1000))
    last = None
    messages = []
    for message in conversation.messages:
        parts = []
        for part in message.parts:
            if part.kind == "tool_call" and part.id is None:
                last = next(ids)
                part = changed(part, id=last)
            elif part.kind == "tool_result" and part.call_id is None:
                part = changed(part, call_id=last)
            parts.append(part)
        messages.append(changed(message, parts=tuple(parts)))
    return changed(conversation, messages=tuple(messages)), tools, options


def test_the_sdks_own_types_accept_what_is_built_from_nothing() -> None:
    failed = []
    for case in REQUESTS:
        body = encoded(*speakable(meant(*decoded(case.request))))
        failed += [f"{case.name}: {complaint}" for complaint in complaints("openai-chat", body)]
    report("accepted by the SDK's request types", len(REQUESTS), failed)
    assert not failed


def test_no_words_of_a_conversation_stand_in_what_is_kept_of_its_options() -> None:
    for case in REQUESTS:
        conversation, tools, options = decoded(case.request)
        kept = json.dumps([options.model_dump()["native"], conversation.model_dump()["native"]])
        said = [text.text for text in conversation.system]
        said += [
            part.text
            for message in conversation.messages
            for part in message.parts
            if isinstance(part, Text)
        ]
        said += [str(getattr(tool, "description", None)) for tool in tools]
        long = [json.dumps(text)[1:-1] for text in said if len(text) > 20]
        assert not [text for text in long if text in kept], case.name


def test_a_reply_is_the_same_as_body_and_as_stream() -> None:
    failed = []
    for case in REPLIES:
        reply = reply_of(case.response)
        plain = bare(reply)
        written = json.loads(WIRE.encode_reply(reply, stream=False))
        same = both_ways(reply) == (reply, reply) and both_ways(plain)[0] == both_ways(plain)[1]
        if isinstance(case.response, dict):
            same = same and json.dumps(written) == json.dumps(case.response)
        failed += [] if same else [case.name]
    report("body and stream give equal replies", len(REPLIES), failed)
    assert not failed


def test_our_streams_are_told_in_the_order_and_grain_of_the_recorded_ones() -> None:
    """OpenAI's own: Azure begins with a chunk about its filters, other servers go their own ways,
    and two choices come in turn where ours come one after the other."""
    checked, failed, theirs, ours = 0, [], 0, 0
    for case in REPLIES:
        if not isinstance(case.response, str) or re.search(ELSEWHERE, case.response):
            continue
        checked += 1
        told = events_of(case.response)
        written = [json.loads(data) for data in stream_of(case.response) if data != "[DONE]"]
        theirs, ours = theirs + len(told), ours + len(written)
        failed += [] if order_of(written) == order_of(told) else [case.name]
    report(f"streams in the recorded order ({ours} chunks for {theirs})", checked, failed)
    assert checked > 50 and not failed
    assert theirs / 1.5 < ours < theirs * 1.5


ELSEWHERE = r'"provider"|"prompt_filter_results":\[|"index":1,"delta"'


def stream_of(response: str) -> list[str]:
    return [event.data for event in WIRE.encode_reply(reply_of(response), stream=True)]


def order_of(chunks: list[Any]) -> list[Any]:
    """What each chunk brings, without its words; what comes again and again is told once."""
    brought: list[Any] = []
    for chunk in chunks:
        said: Any = "usage" if chunk.get("usage") else None
        for choice in chunk["choices"]:
            delta = choice["delta"]
            heads = [call for call in delta.get("tool_calls", ()) if "id" in call]
            said = sorted(delta), bool(heads), choice["finish_reason"]
        brought += [said] if brought[-1:] != [said] else []
    return brought


def test_a_stream_cut_anywhere_gives_the_same_reply(sample: random.Random) -> None:
    streams = [case for case in REPLIES if isinstance(case.response, str)]
    for case in streams:
        stream = case.response.encode()
        cuts = sorted(sample.randrange(len(stream)) for _ in range(40))
        ends = zip([0, *cuts], [*cuts, len(stream)], strict=True)
        chunks = [stream[start:end] for start, end in ends]
        assert reply_in_pieces(chunks) == reply_of(case.response), case.name
    assert len(streams) >= 65


def test_our_continuation_is_the_recorded_one_but_for_what_its_client_changed() -> None:
    """Clients drop fields they do not know; which ones, and how often, is printed."""
    verbatim, otherwise, fields = 0, 0, Counter[str]()
    for case, following in pairwise(ALL):
        if not _continues(case, following):
            continue
        before, after = case.request["messages"], following.request["messages"]
        conversation, tools, options = decoded(case.request)
        answered = (*conversation.messages, reply_of(case.response).message)
        sent = encoded(changed(conversation, messages=answered), tools, options)["messages"]
        ours, theirs = sent[len(before) :], after[len(before) : len(sent)]
        assert sent[: len(before)] == before, following.name
        found = {re.sub(r"\d+", "n", place) for place in differences(ours, theirs)}
        verbatim, otherwise = verbatim + (not found), otherwise + bool(found)
        fields.update(found)
    print(f"\ncontinuations: {verbatim} are ours to the letter, {otherwise} changed:")
    print(*(f"  {count} × {field}" for field, count in fields.most_common()), sep="\n")
    assert verbatim >= 2
    assert fields.keys() <= CHANGED_BY_CLIENTS


CHANGED_BY_CLIENTS = {
    ".n.refusal",
    ".n.annotations",
    ".n.content",
    ".n.name",
    ".n.tool_calls",
    ".n.tool_calls.n.function.arguments",
}
"""Dropped where null or empty, an agent's name added, an empty message put before the calls, the
spaces in arguments taken out."""


def _continues(case: Recorded, following: Recorded) -> bool:
    if case.name.split("#")[0] != following.name.split("#")[0] or case not in REPLIES:
        return False
    if case.request is None or following.request is None:
        return False
    before, after = case.request["messages"], following.request["messages"]
    more = after[len(before) :]
    return after[: len(before)] == before and bool(more) and more[0]["role"] == "assistant"
