"""Results as a model takes them in: what a reader sees at once and a program must be told.

Owns words that are a failure, a value that is written as Python writes it, and a wrapper around
the value that was meant. Which API has a wrapper is the APIs' own; words are words on all of them.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable
from typing import Any

from roundtrip.conversation import Conversation, Message, Text, ToolResult
from roundtrip.wires.openai_failed import FAILED, WORDLESS

Reading = Callable[[ToolResult], ToolResult]

_AGENTS_SENTENCES = r"An error occurred[^.:\n]*\.(?: [A-Z][^.:\n]*\.)?"
"""What an agent says of a tool that failed, alone or before the tool's own words: OpenAI's asks to
try again."""

_FAILURE = re.compile(
    rf"{_AGENTS_SENTENCES}\Z|(?P<preface>{_AGENTS_SENTENCES} )?[\w.]*(?:Error|Exception): "
    rf"|{WORDLESS}\Z"
)
_WRAPPERS = ({"output"}, {"result"}, {"content"})
"""What the API's reference, its SDK and litellm call the one field around a value that is no
object."""


_LONGEST_PYTHON = 1_000_000
"""Characters that are tried as Python; its parser takes some hundred bytes for each."""


def failed_by_its_words(result: ToolResult) -> ToolResult:
    """`Error: …`, `ValueError: …` and `Error` alone are a failure, whatever a field says: some
    APIs have none, and some clients leave it out."""
    failure = None if result.is_error else _FAILURE.match(result.text)
    if failure is None:
        return result
    words = result.text.removeprefix(failure["preface"] or "").removeprefix(FAILED)
    return result.model_copy(update={"content": (Text(text=words),), "is_error": True})


def written_by_python(result: ToolResult) -> ToolResult:
    """`{'city': 'Oslo', 'rain': None}` as the JSON that it says: some agents send `str(value)`."""
    text = result.text.strip()
    is_plain = len(result.content) == 1 and text.startswith(("{", "["))
    if not is_plain or len(text) > _LONGEST_PYTHON or _is_json(text):
        return result
    try:
        told = json.dumps(ast.literal_eval(text), ensure_ascii=False, allow_nan=False)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return result
    return result.model_copy(update={"content": (Text(text=told),)})


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    except RecursionError:
        return True  # as far as anyone looked
    return True


def unwrapped(result: ToolResult) -> ToolResult:
    """For an API that wants an object: the value in `{"output": …}` and the like."""
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
    """The conversation with every result read so, and its words taken for what they say."""
    messages = tuple(_taken_in(message, reading) for message in conversation.messages)
    return conversation.model_copy(update={"messages": messages})


def _taken_in(message: Message, reading: Reading) -> Message:
    parts = tuple(
        failed_by_its_words(written_by_python(reading(part)))
        if isinstance(part, ToolResult)
        else part
        for part in message.parts
    )
    return message.model_copy(update={"parts": parts})
