"""What the Messages API refuses, as a table of small checks over the raw request body.

Owns the order of the rules, and those of fields and messages with their wording (taken from the
API's own refusals); what is said of tools, thinking and caching stands beside (`tools.py`,
`thinking.py`, `endings.py`, `caching.py`). Does not read the request's meaning (the codec does),
and does not check keys, models or sizes (`app.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import takewhile
from typing import Any

from roundtrip.simulator.anthropic.caching import mark_rules
from roundtrip.simulator.anthropic.endings import last_message_rules
from roundtrip.simulator.anthropic.thinking import signature_rules, thinking_rules
from roundtrip.simulator.anthropic.tools import choice_rules, definition_rules, format_rules

Body = dict[str, Any]
Check = Callable[[Body], Iterator[str]]
"""Yields what is wrong, most important first. It may rely on all checks above it."""


def first_complaint(body: Any) -> str | None:
    """Why the API would answer 400, or None."""
    if not isinstance(body, dict):
        return "Input should be an object"
    return next((words for check in CHECKS for words in check(body)), None)


def _required_fields(body: Body) -> Iterator[str]:
    for name in ("model", "max_tokens", "messages"):
        if name not in body:
            yield f"{name}: Field required"


_FIELDS = """
billing_policy cache_control compaction container context_management diagnostics
fallback_credit_token fallbacks inference_geo max_tokens mcp_servers messages metadata model
output_config output_format service_tier speed stop_sequences stream system temperature thinking
thread tool_choice tools top_k top_p user_profile_id workspace_id
"""
KNOWN_FIELDS = frozenset(_FIELDS.split())
"""Top-level fields, betas included, as of the SDK's own list and what recordings hold beside."""


def _no_other_fields(body: Body) -> Iterator[str]:
    for name in body:
        if name not in KNOWN_FIELDS:
            yield f"{name}: Extra inputs are not permitted"


def _field_types(body: Body) -> Iterator[str]:
    if not isinstance(body["model"], str):
        yield "model: Input should be a valid string"
    most = body["max_tokens"]
    if not isinstance(most, int) or isinstance(most, bool):
        yield "max_tokens: Input should be a valid integer"
    elif most < 1:
        yield "max_tokens: Input should be greater than or equal to 1"
    if not isinstance(body["messages"], list):
        yield "messages: Input should be a valid list"
    elif not body["messages"]:
        yield "messages: at least one message is required"
    if not isinstance(body.get("stream", False), bool):
        yield "stream: Input should be a valid boolean"
    if not isinstance(body.get("tools", []), list):
        yield "tools: Input should be a valid list"
    if not isinstance(body.get("system", ""), (str, list)):
        yield "system: Input should be a valid string"
    elif isinstance(body.get("system"), list):
        yield from _block_shapes("system", body["system"])
    temperature = body.get("temperature")
    if isinstance(temperature, (int, float)) and not 0 <= temperature <= 1:
        yield "temperature: range: 0..1"
    yield from _stop_sequences(body.get("stop_sequences"))


def _stop_sequences(stops: Any) -> Iterator[str]:
    if stops is None:
        return
    if not isinstance(stops, list):
        yield "stop_sequences: Input should be a valid list"
        return
    for at, one in enumerate(stops):
        if not isinstance(one, str):
            yield f"stop_sequences.{at}: Input should be a valid string"
        elif not one.strip():
            yield "stop_sequences: each stop sequence must contain non-whitespace"


def _message_shapes(body: Body) -> Iterator[str]:
    for at, message in enumerate(body["messages"]):
        if not isinstance(message, dict):
            yield f"messages.{at}: Input should be an object"
            continue
        for name in ("role", "content"):
            if name not in message:
                yield f"messages.{at}.{name}: Field required"
        if message.get("role") not in ("user", "assistant", "system"):
            yield f"messages.{at}.role: Input should be 'user', 'assistant' or 'system'"
        content = message.get("content")
        if not isinstance(content, (str, list)):
            yield f"messages.{at}.content: Input should be a valid list"
        elif isinstance(content, list):
            yield from _block_shapes(f"messages.{at}.content", content)


_FIELDS_OF_BLOCKS = {
    "text": ("text",),
    "tool_use": ("id", "name", "input"),
    "tool_result": ("tool_use_id",),
    "thinking": ("thinking", "signature"),
    "redacted_thinking": ("data",),
}


def _block_shapes(where: str, content: list[Any]) -> Iterator[str]:
    for at, block in enumerate(content):
        if not isinstance(block, dict):
            yield f"{where}.{at}: Input should be an object"
        elif not isinstance(block.get("type"), str):
            yield f"{where}.{at}.type: Field required"
        else:
            kind = block["type"]
            for name in _FIELDS_OF_BLOCKS.get(kind, ()):
                if name not in block:
                    yield f"{where}.{at}.{kind}.{name}: Field required"
                elif name == "input" and not isinstance(block[name], dict):
                    yield f"{where}.{at}.{kind}.input: Input should be an object"
                elif name != "input" and not isinstance(block[name], str):
                    yield f"{where}.{at}.{kind}.{name}: Input should be a valid string"


def _first_role(body: Body) -> Iterator[str]:
    if body["messages"][0]["role"] == "assistant":
        yield 'messages: first message must use the "user" role'


def _empty_content(body: Body) -> Iterator[str]:
    last = len(body["messages"]) - 1
    for at, message in enumerate(body["messages"]):
        may_be_empty = at == last and message["role"] == "assistant"
        if not message["content"] and not may_be_empty:
            yield (
                f"messages.{at}: all messages must have non-empty content except for the "
                "optional final assistant message"
            )
        if any(not block["text"] for block in _blocks(message, "text")):
            yield "messages: text content blocks must be non-empty"


def _every_call_has_its_result(body: Body) -> Iterator[str]:
    turns = _turns(body["messages"])
    for (at, role, blocks), following in zip(turns, [*turns[1:], None], strict=True):
        if role != "assistant":
            continue
        after = following[2] if following else []
        answered = {block["tool_use_id"] for block in takewhile(_is_result, after)}
        missing = [
            block["id"]
            for block in blocks
            if block["type"] == "tool_use" and block["id"] not in answered
        ]
        if missing:
            yield (
                f"messages.{at}: `tool_use` ids were found without `tool_result` blocks "
                f"immediately after: {', '.join(missing)}. Each `tool_use` block must have a "
                "corresponding `tool_result` block in the next message."
            )


def _is_result(block: dict[str, Any]) -> bool:
    """Results stand first in a turn; words may follow them."""
    return bool(block["type"] == "tool_result")


def _every_result_has_its_call(body: Body) -> Iterator[str]:
    turns = _turns(body["messages"])
    for (at, role, blocks), before in zip(turns, [None, *turns[:-1]], strict=True):
        if role != "user":
            continue
        asked = {block["id"] for block in (before[2] if before else []) if "id" in block}
        seen: set[str] = set()
        for number, block in enumerate(blocks):
            if block["type"] != "tool_result":
                continue
            call = block["tool_use_id"]
            if call not in asked:
                yield (
                    f"messages.{at}.content.{number}: unexpected `tool_use_id` found in "
                    f"`tool_result` blocks: {call}. Each `tool_result` block must have a "
                    "corresponding `tool_use` block in the previous message."
                )
            if call in seen:
                yield (
                    f"messages.{at}.content.{number}: each tool_use must have a single result. "
                    f"Found multiple `tool_result` blocks with id: {call}"
                )
            seen.add(call)


def _call_ids_are_unique(body: Body) -> Iterator[str]:
    for at, message in enumerate(body["messages"]):
        ids = [block["id"] for block in _blocks(message, "tool_use")]
        # Within one message only: recordings show the same id twice in one conversation.
        if len(set(ids)) < len(ids):
            yield f"messages.{at}: `tool_use` ids must be unique"


CHECKS: tuple[Check, ...] = (
    _required_fields,
    _no_other_fields,
    _field_types,
    _message_shapes,
    _first_role,
    _empty_content,
    definition_rules,
    choice_rules,
    format_rules,
    thinking_rules,
    mark_rules,
    _call_ids_are_unique,
    _every_call_has_its_result,
    _every_result_has_its_call,
    last_message_rules,
    signature_rules,
)


def _blocks(message: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    content = message["content"] if isinstance(message["content"], list) else []
    return [block for block in content if block["type"] == kind]


Turn = tuple[int, str, list[dict[str, Any]]]
"""Where it begins, whose it is, and all its blocks."""


def _turns(messages: list[dict[str, Any]]) -> list[Turn]:
    """Messages with neighbours of one role joined, as the API itself joins them."""
    turns: list[Turn] = []
    for at, message in enumerate(messages):
        content = message["content"]
        blocks = content if isinstance(content, list) else [{"type": "text", "text": content}]
        if message["role"] == "system":
            continue
        if turns and turns[-1][1] == message["role"]:
            begun, role, earlier = turns[-1]
            turns[-1] = (begun, role, [*earlier, *blocks])
        else:
            turns.append((at, message["role"], blocks))
    return turns
