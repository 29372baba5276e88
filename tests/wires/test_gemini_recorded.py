"""The `gemini` wire against everything recorded from the real API."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from itertools import pairwise
from typing import Any

import pytest

from roundtrip.conversation import Message, Text, ToolResult, bare
from roundtrip.wires.schema import adapt
from roundtrip.wires.wire import WireError
from tests.recordings import ABSENT, Recorded, recorded
from tests.wires.accepted import complaints, parts_checked
from tests.wires.edits import EDITS
from tests.wires.gemini_traffic import (
    TRAFFIC,
    WIRE,
    both_ways,
    calls_in,
    chunks_of,
    decoded,
    encoded,
    finish_in,
    leaves,
    parts_of,
    reply_in_pieces,
    reply_of,
    request_of,
    said_in,
    usage_in,
)
from tests.wires.traffic import changed, differences, meant, report

ALL = list(recorded("gemini"))
INVALID_ROLE = "opentelemetry-python-contrib__test_generate_content_invalid_role.json#0"
"""The API itself refuses this request; so does the decoder, in the same words."""

REQUESTS = [case for case in ALL if case.request is not None and case.name != INVALID_ROLE]
REFUSALS = [case for case in ALL if "error" in chunks_of(case.response)[0]]
REPLIES = [case for case in ALL if case not in REFUSALS]

pytestmark = pytest.mark.skipif(not ALL, reason=ABSENT)


def test_every_recording_is_a_reply_or_a_refusal() -> None:
    assert len(REPLIES) >= 300 and len(REQUESTS) >= 300, "the recordings hold fewer than they did"
    assert len(REPLIES) + len(REFUSALS) == len(ALL)


def test_replies_say_what_the_json_says() -> None:
    refused = ("SAFETY", "MODEL_ARMOR")
    stops = {"STOP": "end", "MAX_TOKENS": "max_tokens", **dict.fromkeys(refused, "refusal")}
    failed = []
    for case in REPLIES:
        reply, told = reply_of(case.response), case.response
        calls = [(call.id, call.name, leaves(call.arguments)) for call in reply.message.calls]
        expected = [(id, name, leaves(arguments)) for id, name, arguments in calls_in(told)]
        word = finish_in(told)
        signal = "tool_calls" if calls else stops[word]
        usage = reply.usage.model_dump() if reply.usage else None
        same = (
            reply.message.text == said_in(told)
            and calls == expected
            and (reply.stop.signal, reply.stop.provider) == (signal, word)
            and usage == usage_in(told)
        )
        failed += [] if same else [case.name]
    report("text, calls, stop and usage as the JSON says", len(REPLIES), failed)
    assert not failed


def test_every_signature_stands_on_the_part_that_carried_it() -> None:
    seen = 0
    for case in REPLIES:
        told = [part for chunk in chunks_of(case.response) for part in parts_of(chunk)]
        signed = [part["thoughtSignature"] for part in told if "thoughtSignature" in part]
        parts = [part.native for part in reply_of(case.response).message.parts]
        ours = [json.dumps(native.value) for native in parts if native is not None]
        kept = [text for text in ours if '"thoughtSignature"' in text]
        assert len(kept) == len(signed), case.name
        assert all(json.dumps(one) in text for one, text in zip(signed, kept, strict=True))
        seen += len(signed)
    assert seen > 200


def test_refusals_are_errors_in_the_providers_words() -> None:
    for case in REFUSALS:
        with pytest.raises(WireError) as refused:
            reply_of(case.response)
        error = case.response["error"]
        assert (refused.value.provider, refused.value.message) == (
            error["status"],
            error["message"],
        )
        assert WIRE.error_words(json.dumps(case.response)) == (error["status"], error["message"])
        assert refused.value.kind in ("auth", "bad_request", "rate_limit")
    assert len(REFUSALS) == 10


def test_a_request_the_api_refuses_is_refused_in_its_words() -> None:
    [case] = [case for case in ALL if case.name == INVALID_ROLE]
    with pytest.raises(WireError) as refused:
        decoded(case.request)
    assert refused.value.message == case.response["error"]["message"]


def test_a_request_comes_back_to_the_letter() -> None:
    failed = []
    for case in REQUESTS:
        asked = request_of(case.request, case.exchange["path"])
        sent, changes = WIRE.encode_request(*WIRE.decode_request(asked))
        same = (sent.method, sent.path) == (asked.method, asked.path)
        if not same or changes or json.dumps(json.loads(sent.body)) != json.dumps(case.request):
            failed.append(case.name)
    report("encode(decode(x)) == x, order of keys included", len(REQUESTS), failed)
    assert not failed


def test_the_url_says_the_model_and_whether_to_stream() -> None:
    for case in REQUESTS:
        path = case.exchange["path"]
        _, _, options = TRAFFIC.decoded(case.request, path)
        assert options.model and f"/{options.model}:" in path, case.name
        assert options.stream == (":streamGenerateContent" in path), case.name


SAID = r"\.contents\.\d+\.parts(\.\d+)?"
_RESPONSE = rf"{SAID}\.(functionResponse|function_response)\.response(\.\w+)?"
PLACES = {
    "an argument": rf"{SAID}\.(functionCall|function_call)\.args\.added",
    "a result": _RESPONSE,
    "a failure": _RESPONSE,
    "a person's words": rf"{SAID}\.text",
    "the model's words": rf"{SAID}\.text",
    "a description": r"\.tools\.(\d+\.)?(functionDeclarations|function_declarations)\.\d+"
    r"\.description",
    "the system prompt": r"\.(systemInstruction|system_instruction)\.parts(\.0)?\.text",
    "the cap": r"\.generationConfig(\.maxOutputTokens)?",
}
"""Where each edit shows. A result is one object: another text or a failure is another key of it."""


@pytest.mark.parametrize("what", EDITS)
def test_changing_one_thing_changes_the_json_there_only(what: str) -> None:
    checked, failed = 0, []
    for case in REQUESTS:
        edited = EDITS[what](*decoded(case.request))
        if edited is None:
            continue
        checked += 1
        found = differences(case.request, encoded(*edited))
        places = {place.partition(".response")[0] for place in found}
        if not found or len(places) > 1 or not all(re.fullmatch(PLACES[what], at) for at in found):
            failed.append(f"{case.name}: {found}")
    report(f"changing {what} changes it only", checked, failed)
    assert checked and not failed


def test_another_model_and_streaming_change_the_url_only() -> None:
    for case in REQUESTS:
        path = case.exchange["path"]
        conversation, tools, options = TRAFFIC.decoded(case.request, path)
        other = changed(options, model="gemini-y", stream=not options.stream)
        sent, _ = WIRE.encode_request(conversation, tools, other)
        _, _, read = WIRE.decode_request(sent)
        assert (read.model, read.stream) == ("gemini-y", not options.stream), case.name
        assert sent.path.split("/models/")[0] == path.split("/models/")[0], case.name
        back, _ = WIRE.encode_request(conversation, tools, changed(read, **vars(options)))
        assert json.loads(back.body) == case.request


def test_what_is_meant_survives_without_what_was_told() -> None:
    failed = []
    for case in REQUESTS:
        conversation, tools, options = meant(*TRAFFIC.decoded(case.request, case.exchange["path"]))
        said = changed(conversation, messages=tuple(map(speakable, conversation.messages)))
        offered = tuple(
            changed(tool, input_schema=adapt(tool.input_schema, "gemini", strict=False)[0])
            if tool.native is None
            else tool
            for tool in tools
        )
        sent, _ = WIRE.encode_request(said, offered, options)
        read = meant(*WIRE.decode_request(sent))
        spoken = tuple(message for message in said.messages if message.parts)
        if read != (changed(said, messages=spoken, system=audible(said.system)), offered, options):
            failed.append(case.name)
    report("canonical values survive without natives", len(REQUESTS), failed)
    assert not failed


def speakable(message: Message) -> Message:
    """Without empty texts, which the API refuses, and with a result's words in one."""

    def one(part: Any) -> Any:
        return changed(part, name=part.name or "unknown") if isinstance(part, ToolResult) else part

    results_first = sorted(message.parts, key=lambda part: not isinstance(part, ToolResult))
    kept = tuple(one(part) for part in results_first if not is_silent(part))
    return changed(message, parts=kept)


def is_silent(part: Any) -> bool:
    return isinstance(part, Text) and not part.text


def audible(texts: tuple[Text, ...]) -> tuple[Text, ...]:
    return tuple(text for text in texts if text.text)


def test_the_sdks_own_types_accept_what_is_built_from_nothing() -> None:
    checked, failed = 0, []
    for case in REQUESTS:
        # Images and Google's own tools stay as they were told; the types dump camelCase.
        body = camel_cased(encoded(*meant(*decoded(case.request))))
        checked += parts_checked("gemini", body)
        failed += [f"{case.name}: {problem}" for problem in complaints("gemini", body)]
    report(f"accepted by the SDK's request types ({checked} values)", len(REQUESTS), failed)
    assert checked > 800 and not failed


def test_no_words_of_a_conversation_stand_in_what_is_kept_of_its_options() -> None:
    for case in REQUESTS:
        conversation, tools, options = decoded(case.request)
        kept = json.dumps([options.model_dump()["native"], conversation.model_dump()["native"]])
        said = [text.text for text in conversation.system]
        for message in conversation.messages:
            said += [part.text for part in message.parts if isinstance(part, Text | ToolResult)]
        said += [str(getattr(tool, "description", None)) for tool in tools]
        long = [json.dumps(text)[1:-1] for text in said if len(text) > 20]
        assert not [text for text in long if text in kept], case.name


def test_a_reply_is_the_same_as_body_and_as_stream() -> None:
    failed = []
    for case in REPLIES:
        reply = reply_of(case.response)
        plain = bare(reply)
        same = both_ways(reply) == (reply, reply) and both_ways(plain)[0] == both_ways(plain)[1]
        if isinstance(case.response, dict):
            written = json.loads(WIRE.encode_reply(reply, stream=False))
            same = same and json.dumps(written) == json.dumps(case.response)
        failed += [] if same else [case.name]
    report("body and stream give equal replies", len(REPLIES), failed)
    assert not failed


def test_a_stream_cut_anywhere_gives_the_same_reply(sample: random.Random) -> None:
    streams = [case for case in REPLIES if isinstance(case.response, str)]
    for case in streams:
        stream = case.response.encode()
        cuts = sorted(sample.randrange(len(stream)) for _ in range(40))
        ends = zip([0, *cuts], [*cuts, len(stream)], strict=True)
        chunks = [stream[start:end] for start, end in ends]
        assert reply_in_pieces(chunks) == reply_of(case.response), case.name
    assert len(streams) >= 50


def test_a_stream_says_as_events_what_it_says_as_an_array() -> None:
    arrays = 0
    for case in REPLIES:
        chunks = chunks_of(case.response)
        if len(chunks) > 1:
            decoder = WIRE.reply_decoder()
            decoder.feed(json.dumps(chunks))
            assert decoder.finish() == reply_of(case.response), case.name
            arrays += 1
    assert arrays >= 30


def test_our_continuation_is_the_recorded_one_but_for_what_its_client_changed() -> None:
    """Clients drop fields and encode signatures anew; which ones, and how often, is printed."""
    verbatim, otherwise, fields = 0, 0, Counter[str]()
    for case, following in pairwise(ALL):
        if not _continues(case, following):
            continue
        before, after = case.request["contents"], following.request["contents"]
        conversation, tools, options = decoded(case.request)
        answered = (*conversation.messages, reply_of(case.response).message)
        sent = encoded(changed(conversation, messages=answered), tools, options)["contents"]
        assert sent[: len(before)] == before and len(sent) == len(before) + 1, following.name
        ours, theirs = camel_cased(sent[-1]), camel_cased(after[len(before)])
        found = {re.sub(r"\d+", "n", place) for place in differences(ours, theirs)}
        verbatim, otherwise = verbatim + (not found), otherwise + bool(found)
        fields.update(found)
    print(f"\ncontinuations: {verbatim} are ours to the letter, {otherwise} changed:")
    print(*(f"  {count} × {field}" for field, count in fields.most_common()), sep="\n")
    assert verbatim >= 20
    assert fields.keys() <= CHANGED_BY_CLIENTS.keys()


CHANGED_BY_CLIENTS = {
    ".parts.n.functionCall.id": "made up where the API gave none",
    ".parts.n.thoughtSignature": "dropped from texts, or the stand-in for one added",
    ".parts": "thoughts and empty signed texts dropped, an empty text put first",
    ".parts.n.functionCall": "a call that carried the answer told as text",
    ".parts.n.text": "that text",
}
"""What the recording clients did to a reply before they sent it back, and why ours differs."""

SPELLINGS = {
    "function_call": "functionCall",
    "thought_signature": "thoughtSignature",
    "inline_data": "inlineData",
    "mime_type": "mimeType",
    "file_data": "fileData",
    "file_uri": "fileUri",
    "url_context": "urlContext",
    "google_search": "googleSearch",
    "code_execution": "codeExecution",
    "file_search_store_names": "fileSearchStoreNames",
}


def camel_cased(value: Any) -> Any:
    """With the API's own spelling of fields and of signatures, which clients encode anew."""
    if isinstance(value, list):
        return [camel_cased(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    said = {SPELLINGS.get(name, name): camel_cased(inner) for name, inner in value.items()}
    if isinstance(said.get("thoughtSignature"), str):
        said["thoughtSignature"] = said["thoughtSignature"].replace("-", "+").replace("_", "/")
    return said


def _continues(case: Recorded, following: Recorded) -> bool:
    if case.name.split("#")[0] != following.name.split("#")[0] or case not in REPLIES:
        return False
    if case.request is None or following.request is None:
        return False
    before, after = case.request["contents"], following.request["contents"]
    more = after[len(before) :]
    return after[: len(before)] == before and bool(more) and more[0].get("role") == "model"
