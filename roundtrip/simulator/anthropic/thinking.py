"""What the Messages API refuses about thinking: how it is asked for, and how it comes back.

Owns the rules and their wording (the API's own, from its answers as users report them).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from roundtrip.simulator.signatures import is_broken

_KINDS = ("enabled", "disabled", "adaptive")
_THOUGHTS = ("thinking", "redacted_thinking")
_LEAST_BUDGET = 1024
_GUIDE = "https://platform.claude.com/docs/en/build-with-claude/extended-thinking"


def thinking_rules(body: dict[str, Any]) -> Iterator[str]:
    thinking = body.get("thinking")
    if thinking is None:
        return
    if not isinstance(thinking, dict) or thinking.get("type") not in _KINDS:
        yield "thinking: Input tag should be one of: 'enabled', 'disabled', 'adaptive'"
        return
    if thinking["type"] != "disabled" and body.get("temperature") not in (None, 1):
        yield (
            "`temperature` may only be set to 1 when thinking is enabled or in adaptive mode."
            f" Please consult our documentation at {_GUIDE}"
        )
    if thinking["type"] == "enabled":
        yield from _budget(body, thinking.get("budget_tokens"))
        if (body.get("tool_choice") or {}).get("type") in ("any", "tool"):
            yield "Thinking may not be enabled when tool_choice forces tool use."
        yield from _turn_begins_with_thought(body["messages"])


def _budget(body: dict[str, Any], budget: Any) -> Iterator[str]:
    where = "thinking.enabled.budget_tokens"
    if budget is None:
        yield f"{where}: Field required"
    elif not isinstance(budget, int):
        yield f"{where}: Input should be a valid integer"
    elif budget < _LEAST_BUDGET:
        yield f"{where}: Input should be greater than or equal to {_LEAST_BUDGET}"
    elif budget >= body["max_tokens"]:
        yield "`max_tokens` must be greater than `thinking.budget_tokens`"


def _turn_begins_with_thought(messages: list[dict[str, Any]]) -> Iterator[str]:
    """A turn that is under way, with calls answered, must begin as it began."""
    spoken = [at for at, message in enumerate(messages) if _is_spoken(message)]
    begun = (spoken[-1] if spoken else -1) + 1
    for at, message in enumerate(messages[begun:], begun):
        if message["role"] != "assistant":
            continue
        content = message["content"]
        first = content[0]["type"] if isinstance(content, list) and content else "text"
        if first not in _THOUGHTS and _calls(messages[begun:]):
            yield (
                f"messages.{at}.content.0.type: Expected `thinking` or `redacted_thinking`, but "
                f"found `{first}`. When `thinking` is enabled, a final `assistant` message must "
                "start with a thinking block (preceeding the lastmost set of `tool_use` and "
                "`tool_result` blocks). We recommend you include thinking blocks from previous "
                "turns. To avoid this requirement, disable `thinking`. Please consult our "
                f"documentation at {_GUIDE}"
            )
        return


def _is_spoken(message: dict[str, Any]) -> bool:
    """Whether a person said it: it hands no results back."""
    content = message["content"]
    blocks = content if isinstance(content, list) else []
    return message["role"] == "user" and all(block["type"] != "tool_result" for block in blocks)


def _calls(messages: list[dict[str, Any]]) -> bool:
    return any(
        block["type"] == "tool_use"
        for message in messages
        if isinstance(message["content"], list)
        for block in message["content"]
    )


def signature_rules(body: dict[str, Any]) -> Iterator[str]:
    for at, message in enumerate(body["messages"]):
        content = message["content"] if isinstance(message["content"], list) else []
        for number, block in enumerate(content):
            if block["type"] == "thinking" and is_broken(block["thinking"], block["signature"]):
                yield f"messages.{at}.content.{number}: Invalid `signature` in `thinking` block"
