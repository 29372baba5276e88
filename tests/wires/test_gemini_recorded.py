"""What only the recordings of the `gemini` wire show."""

from __future__ import annotations

import json

import pytest

from roundtrip.wires.wire import WireError
from tests.recordings import ABSENT
from tests.wires.gemini_recorded import INVALID_ROLE, RECORDINGS
from tests.wires.gemini_traffic import WIRE, chunks_of, decoded, parts_of, reply_of
from tests.wires.traffic import changed

pytestmark = pytest.mark.skipif(not RECORDINGS.all, reason=ABSENT)


def test_every_signature_stands_on_the_part_that_carried_it() -> None:
    seen = 0
    for case in RECORDINGS.replies:
        told = [part for chunk in chunks_of(case.response) for part in parts_of(chunk)]
        signed = [part["thoughtSignature"] for part in told if "thoughtSignature" in part]
        parts = [part.native for part in reply_of(case.response).message.parts]
        ours = [json.dumps(native.value) for native in parts if native is not None]
        kept = [text for text in ours if '"thoughtSignature"' in text]
        assert len(kept) == len(signed), case.name
        assert all(json.dumps(one) in text for one, text in zip(signed, kept, strict=True))
        seen += len(signed)
    assert seen > 200


def test_a_request_the_api_refuses_is_refused_in_its_words() -> None:
    [case] = [case for case in RECORDINGS.all if case.name == INVALID_ROLE]
    with pytest.raises(WireError) as refused:
        decoded(case.request)
    assert refused.value.message == case.response["error"]["message"]


def test_the_url_says_the_model_and_whether_to_stream() -> None:
    for case in RECORDINGS.requests:
        path = case.exchange["path"]
        _, _, options = RECORDINGS.read(case)
        assert options.model and f"/{options.model}:" in path, case.name
        assert options.stream == (":streamGenerateContent" in path), case.name


def test_another_model_and_streaming_change_the_url_only() -> None:
    for case in RECORDINGS.requests:
        path = case.exchange["path"]
        conversation, tools, options = RECORDINGS.read(case)
        other = changed(options, model="gemini-y", stream=not options.stream)
        sent, _ = WIRE.encode_request(conversation, tools, other)
        _, _, read = WIRE.decode_request(sent)
        assert (read.model, read.stream) == ("gemini-y", not options.stream), case.name
        assert sent.path.split("/models/")[0] == path.split("/models/")[0], case.name
        back, _ = WIRE.encode_request(conversation, tools, changed(read, **vars(options)))
        assert json.loads(back.body) == case.request


def test_a_stream_says_as_events_what_it_says_as_an_array() -> None:
    arrays = 0
    for case in RECORDINGS.replies:
        chunks = chunks_of(case.response)
        if len(chunks) > 1:
            decoder = WIRE.reply_decoder()
            decoder.feed(json.dumps(chunks))
            assert decoder.finish() == reply_of(case.response), case.name
            arrays += 1
    assert arrays >= 30
