"""What the Messages API refuses about how the conversation, or a message of the model's, ends.

Owns the rules and their wording (the API's own, from its answers as users report them).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

_NO_PREFILL = re.compile(r"claude-(?:(?:opus|sonnet|haiku)-(?:4-[6-9]|[5-9])|fable|mythos)")
"""Models from 4.6 on: they begin their replies themselves."""


def last_message_rules(body: dict[str, Any]) -> Iterator[str]:
    messages = body["messages"]
    for at, message in enumerate(messages):
        content = message["content"]
        kind = content[-1]["type"] if isinstance(content, list) and content else "text"
        if message["role"] == "assistant" and kind in ("thinking", "redacted_thinking"):
            yield f"messages.{at}: The final block in an assistant message cannot be `{kind}`."
    last = messages[-1]
    if last["role"] != "assistant":
        return
    if _NO_PREFILL.match(body["model"]):
        yield (
            "This model does not support assistant message prefill. The conversation must end with "
            "a user message."
        )
    words = _last_words(last["content"])
    if words != words.rstrip():
        yield "messages: final assistant content cannot end with trailing whitespace"


def _last_words(content: Any) -> str:
    if isinstance(content, str):
        return content
    last = content[-1] if content else {}
    return str(last["text"]) if last.get("type") == "text" else ""
