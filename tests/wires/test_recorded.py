"""Every wire against everything recorded from the real APIs and their imitators."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from dataclasses import replace

import pytest

from roundtrip.conversation import Text, ToolResult, bare
from roundtrip.wires.wire import WIRES, WireError
from tests.figures import Figures
from tests.recordings import ABSENT
from tests.wires import (
    anthropic_recorded,
    gemini_recorded,
    openai_chat_recorded,
    openai_responses_recorded,
)
from tests.wires.accepted import complaints, parts_checked
from tests.wires.edits import EDITS
from tests.wires.recordings_read import Recordings, told_by
from tests.wires.traffic import changed, differences, meant

FACTS = (anthropic_recorded, openai_chat_recorded, openai_responses_recorded, gemini_recorded)
RECORDED = {facts.RECORDINGS.traffic.name: facts.RECORDINGS for facts in FACTS}


@pytest.fixture(params=WIRES)
def wire(request: pytest.FixtureRequest) -> Recordings:
    recordings = RECORDED[request.param]
    if not recordings.all:
        pytest.skip(ABSENT)
    return recordings


# Replies


def test_every_recording_is_a_reply_or_a_refusal(wire: Recordings, figures: Figures) -> None:
    figures.count("replies", len(wire.all), [case.name for case in wire.refusals])
    figures.tell(f"requests: {len(wire.requests)}, streams: {len(wire.streams)}")
    assert all(case.exchange["status"] == 200 for case in wire.replies)
    for held in ("requests", "replies", "refusals", "streams"):
        assert len(getattr(wire, held)) >= wire.least[held], held


def test_replies_say_what_the_json_says(wire: Recordings, figures: Figures) -> None:
    reply_of, failed = wire.traffic.reply_of, []
    for case in wire.replies:
        ours, told = told_by(reply_of(case.response)), wire.told(case.response)
        if told.parts is None:
            ours = replace(ours, parts=None)
        failed += [] if ours == told else [f"{case.name}: {ours}, not {told}"]
    figures.count("id, model, text, calls, stop, usage as the JSON says", len(wire.replies), failed)
    assert not failed


def test_refusals_are_errors_in_the_providers_words(wire: Recordings) -> None:
    for case in wire.refusals:
        told, status = wire.error(case.response), case.exchange["status"]
        assert told is not None
        with pytest.raises(WireError) as refused:
            wire.traffic.reply_of(case.response)
        assert (refused.value.provider, refused.value.message) == told, case.name
        assert wire.traffic.wire.error_words(json.dumps(wire.whole(case.response))) == told
        key, quota = "API key not valid" in told[1], "exceeded your current quota" in told[1]
        auth, rate = status in (401, 403) or key, status == 429 or quota
        kind = "auth" if auth else "rate_limit" if rate else "bad_request"
        assert refused.value.kind == kind, case.name


def test_a_reply_is_the_same_as_body_and_as_stream(wire: Recordings, figures: Figures) -> None:
    failed = []
    for case in wire.replies:
        reply = wire.traffic.reply_of(case.response)
        as_body, as_stream = wire.traffic.both_ways(bare(reply))
        same = wire.traffic.both_ways(reply) == (reply, reply) and as_body == as_stream
        written = wire.traffic.written(reply, stream=False)
        if (whole := wire.whole(case.response)) is not None:
            same = same and json.dumps(json.loads(written)) == json.dumps(whole)
        failed += [] if same else [case.name]
    figures.count("body and stream give equal replies", len(wire.replies), failed)
    assert not failed


def test_a_stream_cut_anywhere_gives_the_same_reply(
    wire: Recordings, sample: random.Random
) -> None:
    for case in wire.streams:
        stream = case.response.encode()
        cuts = sorted(sample.randrange(len(stream)) for _ in range(40))
        ends = zip([0, *cuts], [*cuts, len(stream)], strict=True)
        chunks = [stream[start:end] for start, end in ends]
        whole = wire.traffic.reply_of(case.response)
        assert wire.traffic.reply_in_pieces(chunks) == whole, case.name


# Requests


def test_a_request_comes_back_to_the_letter(wire: Recordings, figures: Figures) -> None:
    failed = []
    for case in wire.requests:
        asked = wire.asked(case)
        sent, changes = wire.traffic.wire.encode_request(*wire.read(case))
        same = (sent.method, sent.path, sent.headers) == (asked.method, asked.path, asked.headers)
        if not same or changes or json.dumps(json.loads(sent.body)) != json.dumps(case.request):
            failed.append(case.name)
    figures.count("encode(decode(x)) == x, order of keys included", len(wire.requests), failed)
    assert not failed


@pytest.mark.parametrize("what", EDITS)
def test_changing_one_thing_changes_the_json_there_only(
    wire: Recordings, what: str, figures: Figures
) -> None:
    checked, failed, same = 0, [], []
    for case in wire.requests:
        edited = EDITS[what](*wire.read(case))
        if edited is None:
            continue
        checked += 1
        found = differences(case.request, wire.traffic.encoded(*edited))
        things = {place.partition(".response")[0] for place in found}
        same += [] if found else [case.name]
        if len(things) > 1 or not all(re.fullmatch(wire.places[what], at) for at in found):
            failed.append(f"{case.name}: {found}")
    figures.count(f"changing {what} changes it only", checked, failed)
    figures.tell(*(f"says so already: {name}" for name in same))
    assert checked and not failed and len(same) == (what == wire.unchanged)


def test_dropping_the_last_message_leaves_the_rest_as_it_was(wire: Recordings) -> None:
    for case in wire.requests:
        conversation, tools, options = wire.read(case)
        shorter = changed(conversation, messages=conversation.messages[:-1])
        left = wire.traffic.encoded(shorter, tools, options)
        told = case.request[wire.messages]
        entries = told if isinstance(told, list) else [told]
        kept = len(left[wire.messages])
        assert left == case.request | {wire.messages: entries[:kept]}, case.name
        dropped = len(entries) - kept
        assert dropped == 1 if wire.message_is_an_entry else dropped >= 1, case.name


def test_what_is_meant_survives_without_what_was_told(wire: Recordings, figures: Figures) -> None:
    failed = []
    for case in wire.requests:
        said = meant(*wire.read(case))
        sent, _ = wire.traffic.wire.encode_request(*said)
        if meant(*wire.traffic.wire.decode_request(sent)) != meant(*wire.as_taken(said)):
            failed.append(case.name)
    figures.count("canonical values survive without natives", len(wire.requests), failed)
    assert not failed


def test_the_sdks_own_types_accept_what_is_built_from_nothing(
    wire: Recordings, figures: Figures
) -> None:
    checked, as_they_came, failed = 0, 0, []
    for case in wire.requests:
        body = wire.spelled(wire.traffic.encoded(*meant(*wire.read(case))))
        checked += parts_checked(wire.traffic.name, body)
        for problem in complaints(wire.traffic.name, body):
            entry = re.match(rf"{wire.messages}\.(\d+):", problem)
            if entry and body[wire.messages][int(entry[1])] in case.request[wire.messages]:
                as_they_came += 1
            else:
                failed.append(f"{case.name}: {problem}")
    figures.count(f"accepted by the SDK's types ({checked} values)", len(wire.requests), failed)
    figures.tell(f"entries that go back as their clients sent them, not judged: {as_they_came}")
    assert checked >= wire.least["values"] and as_they_came <= wire.not_judged and not failed


def test_no_words_of_a_conversation_stand_in_what_is_kept_beside_it(wire: Recordings) -> None:
    """Else one edit would have to change two places."""
    for case in wire.requests:
        conversation, tools, options = wire.read(case)
        kept = json.dumps([options.model_dump()["native"], conversation.model_dump()["native"]])
        parts = [part for message in conversation.messages for part in message.parts]
        said = [part.text for part in parts if isinstance(part, Text | ToolResult)]
        said += [text.text for text in conversation.system]
        said += [message.text for message in conversation.messages]
        said += [getattr(tool, "description", None) or "" for tool in tools]
        # Short words stand in fields' names.
        long = [json.dumps(text)[1:-1] for text in said if len(text) > 20]
        assert not [text for text in long if text in kept], case.name


# The next request


def test_our_continuation_is_the_recorded_one_but_for_what_its_client_changed(
    wire: Recordings, figures: Figures
) -> None:
    """Clients drop fields they do not know; which ones, and how often, is printed."""
    repeated, otherwise, fields = 0, 0, Counter[str]()
    for case, added in wire.continuations():
        conversation, tools, options = wire.read(case)
        answered = (*conversation.messages, wire.traffic.reply_of(case.response).message)
        sent = wire.traffic.encoded(changed(conversation, messages=answered), tools, options)
        before = case.request[wire.messages]
        assert sent[wire.messages][: len(before)] == before, case.name
        ours = sent[wire.messages][len(before) :]
        assert ours, case.name
        assert wire.echo(case) in (ours, None), case.name
        ours, theirs = wire.spelled(ours), wire.spelled(added)
        if theirs[: len(ours)] == ours:
            repeated += 1
        else:
            otherwise += 1
            found = wire.compared(ours, theirs)
            fields.update({re.sub(r"\d+", "n", place) for place in found})
    figures.tell(f"continuations: {repeated} are ours to the letter, {otherwise} changed:")
    why = wire.changed_by_clients
    figures.tell(*(f"  {n} × {field}: {why.get(field)}" for field, n in fields.most_common()))
    assert repeated >= wire.least["repeated"]
    assert fields.keys() == why.keys()
