"""Failed results on OpenAI's two wires, which have no field for failure: it is told in words."""

from __future__ import annotations

import pytest

from roundtrip.conversation import (
    Conversation,
    Message,
    Native,
    Opaque,
    Options,
    Part,
    Text,
    ToolCall,
    ToolResult,
)
from roundtrip.simulator.results import failed_by_its_words
from roundtrip.wires.wire import wire_named

BOTH = pytest.mark.parametrize("wire", ["openai-chat", "openai-responses"])

CALL = ToolCall(id="call_1", name="read_file", arguments={})
PICTURE = {
    "openai-chat": {"type": "image_url", "image_url": {"url": "https://example.org/a.png"}},
    "openai-responses": {"type": "input_image", "image_url": "https://example.org/a.png"},
}


def _arrived(wire: str, *content: Part) -> ToolResult:
    """A failed result of this content, as it is read where it was sent to."""
    failed = ToolResult(call_id="call_1", content=content, is_error=True)
    asked = Message(role="user", parts=(Text(text="Hello"),))
    called, answered = (
        Message(role="assistant", parts=(CALL,)),
        Message(role="user", parts=(failed,)),
    )
    told = Conversation(messages=(asked, called, answered))
    request, changes = wire_named(wire).encode_request(told, (), Options(model="gpt-x"))
    assert [change.where for change in changes] == ["messages[2].parts[0].is_error"]
    (result,) = wire_named(wire).decode_request(request)[0].messages[2].results
    return result


@BOTH
@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("no such city", "Error: no such city"),
        ("errors.log has 3 lines", "Error: errors.log has 3 lines"),
        ("Error 404", "Error: Error 404"),
        ("error: disk full", "Error: error: disk full"),
        ("Error: no such city", "Error: no such city"),
    ],
)
def test_a_failed_result_begins_with_the_word_that_says_so(wire: str, said: str, told: str) -> None:
    result = _arrived(wire, Text(text=said))
    assert result.text == told
    assert failed_by_its_words(result).is_error, "the simulated model takes it for a failure"


@BOTH
def test_a_failed_result_without_words_gets_one(wire: str) -> None:
    result = _arrived(wire)
    assert result.text == "Error"
    assert failed_by_its_words(result).is_error


@BOTH
def test_the_words_that_stand_behind_a_picture_say_that_it_failed(wire: str) -> None:
    picture = Opaque(label="image", native=Native(wire=wire, value=PICTURE[wire]))
    _, words = _arrived(wire, picture, Text(text="half of it")).content
    assert isinstance(words, Text) and words.text == "Error: half of it"
    alone = _arrived(wire, picture).content
    assert [part.text for part in alone if isinstance(part, Text)] == ["Error"]
