"""Every wire, for every conversation, tool, option and reply there could be."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from roundtrip.conversation import Conversation, Message, Options, Reply, Text, Thinking, bare
from roundtrip.wires.sse import SseParser
from roundtrip.wires.wire import WIRES, WireError, WireRequest
from tests.wires.conversations import Speech, conversations, objects, offers, replies, values
from tests.wires.nonsense import NONSENSE
from tests.wires.speeches import SPEECHES
from tests.wires.traffic import changed

pytestmark = pytest.mark.parametrize("name", WIRES)

thrice = settings(max_examples=3 * settings().max_examples)
"""For what is drawn out of several shapes."""


@given(data=st.data())
def test_every_request_survives_being_sent(name: str, data: st.DataObject) -> None:
    speech, wire = SPEECHES[name], SPEECHES[name].traffic.wire
    conversation = data.draw(conversations(speech))
    told, taken = data.draw(offers(speech))
    options = data.draw(speech.options)
    sent, changes = wire.encode_request(conversation, told, options)
    said, offered, chosen = wire.decode_request(sent)
    assert bare(said) == conversation
    assert tuple(bare(tool) for tool in offered) == speech.as_offered(taken, options)
    assert bare(chosen) == options
    assert wire.encode_request(said, offered, chosen)[0] == sent
    listed = ("arguments", "options.thinking.mode", *speech.listed)
    listed += () if told == taken else ("tools",)
    assert all(any(word in change.where for word in listed) for change in changes), changes


@given(data=st.data())
def test_a_decoded_request_takes_any_other_words(name: str, data: st.DataObject) -> None:
    speech = SPEECHES[name]
    traffic, (told, _) = speech.traffic, data.draw(offers(speech))
    body = traffic.encoded(data.draw(conversations(speech)), told, data.draw(speech.options))
    said, offered, chosen = traffic.decoded(body)
    other = data.draw(conversations(speech))
    taken = [
        message
        if speech.keeps_roles and message.role != before.role
        else changed(message, native=before.native)
        for message, before in zip(other.messages, said.messages, strict=False)
    ]
    messages = (*taken, *other.messages[len(taken) :])
    edited = changed(said, messages=messages, system=other.system)
    assert bare(traffic.decoded(traffic.encoded(edited, offered, chosen))[0]) == other


@given(data=st.data())
def test_every_reply_survives_as_body_and_as_stream(name: str, data: st.DataObject) -> None:
    reply, traffic = data.draw(replies(SPEECHES[name])), SPEECHES[name].traffic
    body, streamed = traffic.both_ways(reply)
    assert body == streamed
    assert bare(body) == reply
    assert traffic.both_ways(body) == (body, body)


@given(data=st.data())
def test_every_reply_can_be_said_back(name: str, data: st.DataObject) -> None:
    """What the model said, its reasoning aside, is heard as it was said."""
    speech, traffic = SPEECHES[name], SPEECHES[name].traffic
    reply = data.draw(replies(speech))
    heard = traffic.both_ways(reply)[0].message
    said = tuple(part for part in reply.message.parts if is_spoken(part, speech))
    assume(said)
    question = Message(role="user", parts=(Text(text="?"),))
    told = Conversation(messages=(question, heard))
    sent = traffic.encoded(told, (), Options(model="m"))
    read = bare(traffic.decoded(sent)[0]).messages[1].parts
    assert tuple(part for part in read if not isinstance(part, Thinking)) == said


def is_spoken(part: Any, speech: Speech) -> bool:
    if isinstance(part, Text):
        return not speech.is_silent(part.text)
    return not isinstance(part, Thinking)


@given(data=st.data())
def test_a_stream_cut_short_is_never_taken_for_a_whole_reply(
    name: str, data: st.DataObject
) -> None:
    speech, wire = SPEECHES[name], SPEECHES[name].traffic.wire
    events = wire.encode_reply(data.draw(replies(speech)), stream=True)
    assert not isinstance(events, bytes)
    ends = [n for n, event in enumerate(events) if speech.ends(event.data)]
    told = b"".join(event.encode() for event in events[: ends[0] if ends else len(events)])
    late = st.integers(max(0, len(told) - 200), len(told))
    cut = data.draw(late | st.integers(0, len(told)))
    decoder = wire.reply_decoder()
    for event in SseParser().feed(told[:cut]):
        decoder.feed(event.data)
    assert decoder.finish().stop.signal == "incomplete"


@given(data=st.text(max_size=60) | values.map(json.dumps) | objects.map(json.dumps))
def test_no_text_whatever_breaks_the_decoder(name: str, data: str) -> None:
    decoder = SPEECHES[name].traffic.wire.reply_decoder()
    try:
        decoder.feed(data)
        decoder.finish()
    except WireError as failure:
        reported = failure.kind == "server" and "error" in data
        assert failure.kind == "protocol" or reported


@thrice
@given(data=st.data())
def test_no_event_whatever_breaks_the_decoder(name: str, data: st.DataObject) -> None:
    nonsense, traffic = NONSENSE[name], SPEECHES[name].traffic
    decoder = traffic.wire.reply_decoder()
    try:
        for event in data.draw(nonsense.events):
            decoder.feed(json.dumps(event))
        reply = decoder.finish()
    except WireError as failure:
        assert failure.kind in ("protocol", "server")
        return
    Reply.model_validate_json(reply.model_dump_json())
    for stream in (False, True):
        traffic.wire.encode_reply(reply, stream=stream)
    if nonsense.replies == "both ways":
        body, streamed = traffic.both_ways(reply)
        assert body == streamed
    fields = reply.native.value.get("fields", {}) if reply.native else {"type": None}
    if nonsense.replies == "equal" and "type" not in fields:  # such a body looks like an event
        assert traffic.both_ways(reply) == (reply, reply)


@thrice
@given(data=st.data())
def test_no_request_whatever_breaks_the_codec(name: str, data: st.DataObject) -> None:
    """What can be read at all comes back to the letter, or what is not so is listed."""
    nonsense, traffic = NONSENSE[name], SPEECHES[name].traffic
    body, path = data.draw(nonsense.bodies), data.draw(nonsense.paths)
    request = WireRequest("POST", path or traffic.path, (), json.dumps(body).encode())
    try:
        values = traffic.wire.decode_request(request)
    except WireError as refused:
        assert refused.kind == "bad_request"
        return
    written, changes = traffic.wire.encode_request(*values)
    assert not changes or nonsense.requests != "whole"
    if nonsense.requests != "written" and not changes:
        assert json.dumps(json.loads(written.body)) == json.dumps(body)
