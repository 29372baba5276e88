"""The `anthropic` wire against everything recorded from the real API."""

from __future__ import annotations

import json
import random
import re
from itertools import pairwise

import pytest

from roundtrip.conversation import (
    Conversation,
    Message,
    Thinking,
    bare,
)
from roundtrip.wires.wire import WireError
from tests.recordings import ABSENT, Recorded, recorded
from tests.wires.accepted import complaints, parts_checked
from tests.wires.anthropic_traffic import (
    WIRE,
    both_ways,
    decoded,
    encoded,
    message_of,
    reply_in_pieces,
    reply_of,
    request_of,
)
from tests.wires.edits import EDITS
from tests.wires.traffic import changed, differences, meant, report

ALL = list(recorded("anthropic"))
REQUESTS = [case for case in ALL if case.request is not None]
REPLIES = [case for case in ALL if message_of(case.response).get("type") == "message"]
REFUSALS = [case for case in ALL if message_of(case.response).get("type") == "error"]

pytestmark = pytest.mark.skipif(not ALL, reason=ABSENT)


def test_every_recording_is_a_reply_or_a_refusal() -> None:
    assert len(REPLIES) + len(REFUSALS) == len(ALL)
    assert len(REPLIES) >= 300 and len(REQUESTS) >= 250, "the recordings hold fewer than they did"


def test_replies_say_what_the_json_says() -> None:
    stops = {"tool_use": "tool_calls", "end_turn": "end", "pause_turn": "paused"}
    for case in REPLIES:
        message, reply = message_of(case.response), reply_of(case.response)
        blocks, usage = message["content"], message["usage"]
        said = [block["text"] for block in blocks if block["type"] == "text"]
        asked = [
            (block["id"], block["name"], block["input"])
            for block in blocks
            if block["type"] == "tool_use"
        ]
        reason = message["stop_reason"]
        thought = (usage.get("output_tokens_details") or {}).get("thinking_tokens")
        assert reply.message.text == "".join(said), case.name
        calls = [(call.id, call.name, call.arguments) for call in reply.message.calls]
        assert calls == asked, case.name
        assert reply.stop.provider == reason and reply.stop.signal == stops.get(reason, reason)
        assert reply.usage is not None and reply.usage.model_dump() == {
            "input": usage["input_tokens"],
            "output": usage["output_tokens"],
            "cache_read": usage.get("cache_read_input_tokens"),
            "cache_write": usage.get("cache_creation_input_tokens"),
            "reasoning": thought,
        }, case.name
        assert len(reply.message.parts) == len(blocks), case.name


def test_refusals_are_errors_in_the_providers_words() -> None:
    for case in REFUSALS:
        with pytest.raises(WireError) as refused:
            reply_of(case.response)
        error = case.response["error"]
        assert (refused.value.provider, refused.value.message) == (error["type"], error["message"])
        assert WIRE.error_words(json.dumps(case.response)) == (error["type"], error["message"])
        assert refused.value.kind in ("auth", "bad_request")


def test_a_request_comes_back_to_the_letter() -> None:
    failed = []
    for case in REQUESTS:
        asked = request_of(case.request, case.exchange["path"], betas(case))
        sent, changes = WIRE.encode_request(*WIRE.decode_request(asked))
        same = (sent.method, sent.path, sent.headers) == (asked.method, asked.path, asked.headers)
        if not same or changes or json.dumps(json.loads(sent.body)) != json.dumps(case.request):
            failed.append(case.name)
    report("encode(decode(x)) == x, order of keys included", len(REQUESTS), failed)
    assert not failed


def betas(case: Recorded) -> list[tuple[str, str]]:
    headers = case.exchange["request_headers"].items()
    return [(name, value) for name, value in headers if name.lower() == "anthropic-beta"]


PLACES = {
    "an argument": r"\.messages\.\d+\.content\.\d+\.input\.added",
    "a result": r"\.messages\.\d+\.content\.\d+\.content(\.0\.text)?",
    "a failure": r"\.messages\.\d+\.content\.\d+\.is_error",
    "a person's words": r"\.messages\.\d+\.content(\.\d+\.text)?",
    "the model's words": r"\.messages\.\d+\.content(\.\d+\.text)?",
    "a description": r"\.tools\.\d+\.description",
    "the system prompt": r"\.system(\.0\.text)?",
    "the cap": r"\.max_tokens",
}
"""Where each edit shows."""


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
    for case in REQUESTS:
        conversation, tools, options = decoded(case.request)
        shorter = changed(conversation, messages=conversation.messages[:-1])
        expected = case.request | {"messages": case.request["messages"][:-1]}
        assert encoded(shorter, tools, options) == expected, case.name


def test_what_is_meant_survives_without_what_was_told() -> None:
    failed = []
    for case in REQUESTS:
        conversation, tools, options = decoded(case.request)
        said = meant(speakable(conversation), tools, options)
        if meant(*decoded(encoded(*said))) != said:
            failed.append(case.name)
    report("canonical values survive without natives", len(REQUESTS), failed)
    assert not failed


def speakable(conversation: Conversation) -> Conversation:
    """Without what cannot be said once its native is gone: reasoning without its signature."""

    def cut(message: Message) -> Message:
        kept = tuple(part for part in message.parts if not isinstance(part, Thinking))
        return changed(message, parts=kept)

    return changed(conversation, messages=tuple(cut(message) for message in conversation.messages))


def test_the_sdks_own_types_accept_what_is_built_from_nothing() -> None:
    checked, failed = 0, []
    for case in REQUESTS:
        body = encoded(*meant(*decoded(case.request)))
        checked += parts_checked("anthropic", body)
        failed += [f"{case.name}: {problem}" for problem in complaints("anthropic", body)]
    report(f"accepted by the SDK's request types ({checked} values)", len(REQUESTS), failed)
    assert checked > 800 and not failed


def test_a_reply_is_the_same_as_body_and_as_stream() -> None:
    for case in REPLIES:
        reply = reply_of(case.response)
        assert both_ways(reply) == (reply, reply), case.name
        assert both_ways(bare(reply))[0] == both_ways(bare(reply))[1], case.name
        written = json.loads(WIRE.encode_reply(reply, stream=False))
        assert not differences(written, message_of(case.response)), case.name


def test_a_stream_cut_anywhere_gives_the_same_reply(sample: random.Random) -> None:
    streams = [case for case in REPLIES if isinstance(case.response, str)]
    for case in streams:
        stream = case.response.encode()
        cuts = sorted(sample.randrange(len(stream)) for _ in range(40))
        ends = zip([0, *cuts], [*cuts, len(stream)], strict=True)
        chunks = [stream[start:end] for start, end in ends]
        assert reply_in_pieces(chunks) == reply_of(case.response), case.name
    assert len(streams) >= 80


def test_our_continuation_is_the_recorded_one_where_that_repeats_the_reply() -> None:
    verbatim = 0
    for case, following in pairwise(ALL):
        if case.name.split("#")[0] != following.name.split("#")[0] or case not in REPLIES:
            continue
        if case.request is None or following.request is None:
            continue
        before, after = case.request["messages"], following.request["messages"]
        echo = {"role": "assistant", "content": message_of(case.response)["content"]}
        if after[: len(before) + 1] != [*before, echo]:
            continue
        verbatim += 1
        conversation, tools, options = decoded(case.request)
        answered = (*conversation.messages, reply_of(case.response).message)
        sent = encoded(changed(conversation, messages=answered), tools, options)
        assert sent["messages"] == after[: len(before) + 1], following.name
    print(f"\ncontinuations that repeat the reply, and are ours too: {verbatim}")
    assert verbatim >= 10
