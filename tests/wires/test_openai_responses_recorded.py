"""What only the recordings of the `openai-responses` wire show."""

from __future__ import annotations

import re

import pytest

from roundtrip.conversation import bare
from roundtrip.wires.openai_responses.options import STANDALONE
from tests.recordings import ABSENT
from tests.wires.openai_responses_recorded import RECORDINGS
from tests.wires.openai_responses_traffic import encoded, reply_of
from tests.wires.traffic import meant

pytestmark = pytest.mark.skipif(not RECORDINGS.all, reason=ABSENT)


def test_what_is_built_from_nothing_has_the_provider_keep_nothing() -> None:
    for case in RECORDINGS.requests:
        body = encoded(*meant(*RECORDINGS.read(case)))
        assert body.items() >= STANDALONE.items(), case.name


def test_a_stream_without_its_last_event_says_the_same_and_is_incomplete() -> None:
    """What its pieces say is put together here, not told by the end."""
    for case in RECORDINGS.streams:
        if case.response.count("response.created\n") > 1:
            continue
        whole = reply_of(case.response)
        head = re.split(r"\n(?=event: response\.(?:completed|incomplete)\n)", case.response)[0]
        cut = reply_of(head)
        assert cut.stop.signal == "incomplete", case.name
        assert cut.message.text == whole.message.text, case.name
        assert bare(cut.message).calls == bare(whole.message).calls, case.name
