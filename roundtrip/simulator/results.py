"""Results as a model takes them in, where an API has no field for what they are.

Owns the two things a reader sees at once and a program must be told: words that are a failure, and
a wrapper around the value that was meant. Which API needs which is the APIs' own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from roundtrip.conversation import Conversation, Message, Text, ToolResult
from roundtrip.wires.openai_failed import FAILED, WORDLESS

Reading = Callable[[ToolResult], ToolResult]

_FAILURE = re.compile(rf"[\w.]*(?:Error|Exception): |{WORDLESS}\Z")
_WRAPPERS = ({"output"}, {"result"})
"""What the API's reference and its SDK call the one field around a value that is no object."""


def failed_by_its_words(result: ToolResult) -> ToolResult:
    """For an API with no field for failure: `Error: …`, `ValueError: …` and `Error` alone are."""
    if result.is_error or not _FAILURE.match(result.text):
        return result
    words = result.text.removeprefix(FAILED)
    return result.model_copy(update={"content": (Text(text=words),), "is_error": True})


def unwrapped(result: ToolResult) -> ToolResult:
    """For an API that wants an object: the value in `{"output": …}` and `{"result": …}`."""
    try:
        told = json.loads(result.text)
    except ValueError:
        return result
    if not isinstance(told, dict) or told.keys() not in _WRAPPERS:
        return result
    return result.model_copy(update={"content": (Text(text=_text_of(*told.values())),)})


def _text_of(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def taken_in(conversation: Conversation, reading: Reading) -> Conversation:
    """The conversation with every result read so."""
    messages = tuple(_taken_in(message, reading) for message in conversation.messages)
    return conversation.model_copy(update={"messages": messages})


def _taken_in(message: Message, reading: Reading) -> Message:
    parts = tuple(reading(part) if isinstance(part, ToolResult) else part for part in message.parts)
    return message.model_copy(update={"parts": parts})
