"""The `openai-responses` wire against everything recorded from the real API."""

from __future__ import annotations

import json
import random
import re
import warnings
from collections import Counter
from itertools import pairwise
from typing import Any

import pytest
from openai.types.responses import ResponseInputItemParam
from openai.types.responses.response_create_params import ResponseCreateParams as Body
from openai.types.responses.tool_param import ToolParam
from pydantic import TypeAdapter

from roundtrip.conversation import (
    Conversation,
    Message,
    Opaque,
    Thinking,
    ToolDefinition,
    bare,
)
from roundtrip.wires.openai_responses.options import STANDALONE
from roundtrip.wires.schema import adapt
from roundtrip.wires.wire import Tools, WireError
from tests.recordings import ABSENT, Recorded, recorded
from tests.wires.edits import EDITS
from tests.wires.openai_responses_traffic import (
    WIRE,
    both_ways,
    calls_of,
    decoded,
    encoded,
    reply_in_pieces,
    reply_of,
    request_of,
    response_of,
    stop_of,
    texts_of,
    usage_of,
)
from tests.wires.traffic import changed, differences, meant, report

ALL = list(recorded("openai-responses"))
REQUESTS = [case for case in ALL if case.request is not None]
REPLIES = [
    case
    for case in ALL
    if "output" in response_of(case.response) and response_of(case.response)["status"] != "failed"
]
REFUSALS = [case for case in ALL if response_of(case.response).get("error")]

pytestmark = pytest.mark.skipif(not ALL, reason=ABSENT)


def test_every_recording_is_a_reply_or_a_refusal() -> None:
    assert len(REPLIES) + len(REFUSALS) == len(ALL)
    assert len(REPLIES) >= 380 and len(REQUESTS) >= 360, "the recordings hold fewer than they did"
    report("replies that decode", len(ALL), [case.name for case in REFUSALS])


def test_replies_say_what_the_json_says() -> None:
    for case in REPLIES:
        response, reply = response_of(case.response), reply_of(case.response)
        assert reply.message.text == "".join(texts_of(response)), case.name
        calls = [
            (call.id, call.name, call.arguments, call.arguments_text)
            for call in reply.message.calls
        ]
        assert calls == calls_of(response), case.name
        assert (reply.stop.signal, reply.stop.provider) == stop_of(response), case.name
        told = None if reply.usage is None else reply.usage.model_dump()
        assert told == usage_of(response), case.name
        assert (reply.id, reply.model) == (response["id"], response["model"]), case.name
        refused = [
            part.native.value["refusal"]
            for part in reply.message.parts
            if isinstance(part, Opaque) and part.label == "refusal"
        ]
        assert bool(refused) == (reply.stop.signal == "refusal"), case.name


def test_refusals_are_errors_in_the_providers_words() -> None:
    for case in REFUSALS:
        with pytest.raises(WireError) as refused:
            reply_of(case.response)
        error = response_of(case.response)["error"]
        told = (error["code"], error["message"])
        assert (refused.value.provider, refused.value.message) == told, case.name
        assert WIRE.error_words(json.dumps({"error": error})) == told
        assert refused.value.kind in ("auth", "bad_request", "rate_limit"), case.name


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


def test_what_is_kept_beside_holds_nothing_that_was_said() -> None:
    """Else one edit would have to change two places."""
    for case in REQUESTS:
        conversation, tools, options = decoded(case.request)
        beside = json.dumps([options.native.value, conversation.native.value])
        said = [text.text for text in conversation.system]
        said += [message.text for message in conversation.messages]
        said += [result.text for message in conversation.messages for result in message.results]
        said += [tool.description or "" for tool in tools if isinstance(tool, ToolDefinition)]
        for words in said:
            # Short words stand in fields' names; the shape of an answer is told apart from them.
            assert len(words) < 25 or json.dumps(words)[1:-1] not in beside, case.name


PLACES = {
    "an argument": r"\.input\.\d+\.arguments",
    "a result": r"\.input\.\d+\.output(\.0\.text)?",
    "a failure": r"\.input\.\d+\.output(\.0\.text)?",
    "a person's words": r"\.input(\.\d+\.content(\.\d+\.text)?)?",
    "the model's words": r"\.input\.\d+\.content(\.\d+\.text)?",
    "a description": r"\.tools\.\d+\.description",
    "the system prompt": r"\.instructions|\.input\.0\.content(\.0\.text)?",
    "the cap": r"\.max_output_tokens",
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
        told = case.request["input"]
        left = encoded(shorter, tools, options)["input"]
        assert left == told[: len(left)] or (isinstance(told, str) and left == []), case.name
        assert len(left) < len(told), case.name


def test_what_is_meant_survives_without_what_was_told() -> None:
    failed = []
    for case in REQUESTS:
        conversation, tools, options = decoded(case.request)
        said = meant(speakable(conversation), as_adapted(tools), options)
        if meant(*decoded(encoded(*said))) != said:
            failed.append(case.name)
    report("canonical values survive without natives", len(REQUESTS), failed)
    assert not failed


def speakable(conversation: Conversation) -> Conversation:
    """Without what cannot be said once its native is gone: reasoning without its encrypted form.
    What then stands side by side is one message, as the API has no bounds between them."""
    messages: list[Message] = []
    for message in conversation.messages:
        kept = tuple(part for part in message.parts if not isinstance(part, Thinking))
        if kept:
            messages.append(changed(message, parts=kept))
    return changed(conversation, messages=tuple(messages))


def as_adapted(tools: Tools) -> Tools:
    """The definitions as this API takes them: it has to be said whether one is strict, and a
    free-text tool without its native is a function."""

    def taken(tool: Any) -> Any:
        if not isinstance(tool, ToolDefinition):
            return tool
        strict = bool(tool.strict)
        schema, _ = adapt(tool.input_schema, WIRE.name, strict=strict)
        return changed(tool, strict=strict, input_schema=schema)

    return tuple(taken(tool) for tool in tools)


def test_the_sdks_own_types_accept_what_is_built_from_nothing() -> None:
    """Item by item and tool by tool: the SDK's types read lists lazily, which hides mistakes."""
    top: TypeAdapter[Any] = TypeAdapter(Body)
    one: TypeAdapter[Any] = TypeAdapter(ResponseInputItemParam)
    tool: TypeAdapter[Any] = TypeAdapter(ToolParam)
    checked, failed, not_ours = 0, [], 0
    for case in REQUESTS:
        conversation, tools, options = decoded(case.request)
        body = encoded(*meant(conversation, tools, options))
        assert body.items() >= STANDALONE.items()
        # Some clients sent images and provider's steps that the SDK would not: these go back as
        # they came, and are not judged here.
        told = case.request["input"] if isinstance(case.request["input"], list) else []
        theirs = [item for item in told if refused(one, item)]
        not_ours += sum(item in theirs for item in body["input"])
        body["input"] = [item for item in body["input"] if item not in theirs]
        said = [(one, item) for item in body["input"]]
        said += [(tool, item) for item in body.get("tools", ())]
        checked += len(said)
        problems = [refused(top, body), *(refused(adapter, item) for adapter, item in said)]
        failed += [f"{case.name}: {problem[:300]}" for problem in problems if problem]
    print(f"\n{checked} items and tools; {not_ours} are their clients' own and left out")
    report("accepted by the SDK's request types", len(REQUESTS), failed)
    assert checked > 1200 and not_ours < 20 and not failed


def refused(adapter: TypeAdapter[Any], value: Any) -> str:
    """Why the SDK's types do not take a value; empty when they do."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            adapter.dump_python(adapter.validate_python(value), mode="json")
    except (ValueError, UserWarning) as problem:
        return str(problem)
    return ""


def test_a_reply_is_the_same_as_body_and_as_stream() -> None:
    for case in REPLIES:
        reply = reply_of(case.response)
        assert both_ways(reply) == (reply, reply), case.name
        assert both_ways(bare(reply))[0] == both_ways(bare(reply))[1], case.name
        written = json.loads(WIRE.encode_reply(reply, stream=False))
        assert json.dumps(written) == json.dumps(response_of(case.response)), case.name
    print(f"\nbody and stream give equal replies: {len(REPLIES)} of {len(REPLIES)}")


def test_a_stream_cut_anywhere_gives_the_same_reply(sample: random.Random) -> None:
    streams = [case for case in REPLIES if isinstance(case.response, str)]
    for case in streams:
        stream = case.response.encode()
        cuts = sorted(sample.randrange(len(stream)) for _ in range(40))
        ends = zip([0, *cuts], [*cuts, len(stream)], strict=True)
        chunks = [stream[start:end] for start, end in ends]
        assert reply_in_pieces(chunks) == reply_of(case.response), case.name
    assert len(streams) >= 75


def test_a_stream_without_its_last_event_says_the_same_and_is_incomplete() -> None:
    """What its pieces say is put together here, not told by the end."""
    for case in REPLIES:
        if not isinstance(case.response, str) or case.response.count("response.created\n") > 1:
            continue
        whole = reply_of(case.response)
        head = re.split(r"\n(?=event: response\.(?:completed|incomplete)\n)", case.response)[0]
        cut = reply_of(head)
        assert cut.stop.signal == "incomplete", case.name
        assert cut.message.text == whole.message.text, case.name
        assert bare(cut.message).calls == bare(whole.message).calls, case.name


def test_our_continuation_is_the_recorded_one_where_that_repeats_the_reply() -> None:
    verbatim, others, fields = 0, 0, Counter[str]()
    for case, following in continuations():
        before, after = case.request["input"], following.request["input"]
        stored = case.request.get("store", True)
        echo = [
            item
            for item in response_of(case.response)["output"]
            if stored or item["type"] != "reasoning" or item.get("encrypted_content")
        ]
        conversation, tools, options = decoded(case.request)
        answered = (*conversation.messages, reply_of(case.response).message)
        ours = encoded(changed(conversation, messages=answered), tools, options)["input"]
        assert ours == [*before, *echo], following.name
        if after[: len(before) + len(echo)] == ours:
            verbatim += 1
        else:
            others += 1
            fields.update(changed_by_the_client(echo, after[len(before) :]))
    print(f"\ncontinuations that repeat the reply, and are ours too: {verbatim}; others: {others}")
    print("what their clients changed:", *fields.most_common(), sep="\n  ")
    assert verbatim >= 3


def continuations() -> list[tuple[Recorded, Recorded]]:
    """Pairs of exchanges of which the second goes on from the first with the whole history."""
    found = []
    for case, following in pairwise(ALL):
        if case.name.split("#")[0] != following.name.split("#")[0] or case not in REPLIES:
            continue
        if case.request is None or following.request is None:
            continue
        before, after = case.request["input"], following.request["input"]
        if isinstance(before, list) and after[: len(before)] == before:
            asked = [call[0] for call in calls_of(response_of(case.response))]
            told = [item.get("call_id") for item in after[len(before) :]]
            # Some files hold several conversations that begin alike.
            found += [(case, following)] if asked and set(asked) <= set(told) else []
    return found


def changed_by_the_client(echo: list[Any], after: list[Any]) -> list[str]:
    """Which fields of which items a client left out or wrote otherwise."""
    changes = []
    left = [item for item in after if item.get("type", "message") not in RESULTS]
    for item in echo:
        same = [one for one in left if one.get("type", "message") == item["type"]]
        if not same:
            changes.append(f"{item['type']}: not repeated")
            continue
        left.remove(same[0])
        for name in sorted(item.keys() | same[0].keys()):
            if item.get(name, ...) != same[0].get(name, ...):
                how = "otherwise" if name in same[0] else "left out"
                changes.append(f"{item['type']}.{name}: {how}")
    return changes


RESULTS = ("function_call_output", "custom_tool_call_output")
