"""What only the recordings of the `openai-chat` wire show."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.figures import Figures
from tests.recordings import ABSENT
from tests.wires.openai_chat_recorded import RECORDINGS
from tests.wires.openai_chat_traffic import WIRE, reply_of
from tests.wires.traffic import events_of

pytestmark = pytest.mark.skipif(not RECORDINGS.all, reason=ABSENT)


def test_our_streams_are_told_in_the_order_and_grain_of_the_recorded_ones(
    figures: Figures,
) -> None:
    """OpenAI's own: Azure begins with a chunk about its filters, other servers go their own ways,
    and two choices come in turn where ours come one after the other."""
    checked, failed, theirs, ours = 0, [], 0, 0
    for case in RECORDINGS.streams:
        if re.search(ELSEWHERE, case.response):
            continue
        checked += 1
        told = events_of(case.response)
        written = [json.loads(data) for data in stream_of(case.response) if data != "[DONE]"]
        theirs, ours = theirs + len(told), ours + len(written)
        failed += [] if order_of(written) == order_of(told) else [case.name]
    figures.count(f"streams in the recorded order ({ours} chunks for {theirs})", checked, failed)
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
