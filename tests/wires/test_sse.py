"""Server-sent events, to and from bytes that are cut anywhere."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from roundtrip.wires.sse import ServerSentEvent, SseParser

WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0"), max_size=30)
NAMES = st.none() | st.sampled_from(["message_start", "ping", "content_block_delta"])
EVENTS = st.lists(st.builds(ServerSentEvent, data=WORDS, event=NAMES), max_size=6)


def read(stream: bytes, cuts: list[int]) -> list[ServerSentEvent]:
    """What the parser gives when the stream comes in pieces."""
    parser, found, begin = SseParser(), [], 0
    for cut in [*sorted(cut % (len(stream) + 1) for cut in cuts), len(stream)]:
        found += parser.feed(stream[begin:cut])
        begin = cut
    return found + parser.finish()


@given(EVENTS, st.lists(st.integers(0, 10_000), max_size=20), st.sampled_from(["\n", "\r", "\r\n"]))
def test_events_survive_any_cut_and_any_line_end(
    events: list[ServerSentEvent], cuts: list[int], line_end: str
) -> None:
    stream = b"".join(event.encode() for event in events)
    stream = stream.replace(b"\n", line_end.encode())

    assert read(stream, cuts) == events


@given(st.binary(max_size=300), st.lists(st.integers(0, 300), max_size=20))
def test_any_bytes_are_read_the_same_however_they_are_cut(stream: bytes, cuts: list[int]) -> None:
    assert read(stream, cuts) == read(stream, [])


def test_a_byte_order_mark_comments_and_unknown_fields_are_passed_over() -> None:
    stream = b"\xef\xbb\xbf: hello\nid: 7\nretry: 10\ndata: one\ndata:two\n\nevent: x\n\ndata\n\n"

    assert read(stream, []) == [ServerSentEvent("one\ntwo"), ServerSentEvent("")]


def test_a_character_cut_in_two_is_one_character() -> None:
    stream = ServerSentEvent("Tōkyō ☂").encode()

    assert read(stream, list(range(len(stream)))) == [ServerSentEvent("Tōkyō ☂")]


def test_an_event_is_given_as_soon_as_its_empty_line_is_there() -> None:
    parser = SseParser()

    assert parser.feed(b"data: now\n") == []
    assert parser.feed(b"\n") == [ServerSentEvent("now")]


def test_a_last_event_without_its_empty_line_is_given_at_the_end() -> None:
    parser = SseParser()

    assert parser.feed(b"data: [DONE]") == []
    assert parser.finish() == [ServerSentEvent("[DONE]")]
    assert parser.finish() == []
