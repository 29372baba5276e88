"""Whether a provider's own SDK takes a request body: each wire's types, part by part.

Owns naming the types and where in a body they apply. The SDKs' types read lists lazily and pass
over what they do not know, which hides mistakes: here every item is read by itself, and must come
back as it was.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from anthropic.types.beta import BetaContentBlockParam, BetaToolUnionParam
from anthropic.types.beta.message_create_params import MessageCreateParams as MessagesBody
from google.genai import types as gemini
from openai.types import chat
from openai.types.chat.completion_create_params import CompletionCreateParams as ChatBody
from openai.types.responses import ResponseInputItemParam
from openai.types.responses.response_create_params import ResponseCreateParams as ResponsesBody
from openai.types.responses.tool_param import ToolParam
from pydantic import TypeAdapter, ValidationError

Checked = tuple[Any, Any, str]
"""A type, a value, and where in the body it stands."""


OPEN = (".input_schema", "body.temperature")
"""Where a type of anthropic's says less than its API takes: any JSON schema, and a temperature."""


def complaints(wire: str, body: Any) -> list[str]:
    """What the SDK of a wire finds wrong with a request's body, and where."""
    return [problem for checked in _CHECKS[wire](body) for problem in _complaint(*checked)]


def parts_checked(wire: str, body: Any) -> int:
    return len(list(_CHECKS[wire](body)))


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _complaint(kind: Any, value: Any, where: str) -> Iterator[str]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            read = _adapter(kind).validate_python(value)
            known = _adapter(kind).dump_python(read, mode="json", by_alias=True, exclude_unset=True)
    except (ValidationError, ValueError, UserWarning) as problem:
        yield f"{where}: {str(problem)[:300]}"
        return
    yield from (f"{place}: not known there" for place in _lost(value, known, where))


def _lost(value: Any, known: Any, where: str) -> Iterator[str]:
    """The fields that the type passes over."""
    if where.endswith(OPEN):
        return
    if isinstance(value, dict) and isinstance(known, dict):
        for name, inner in value.items():
            place = f"{where}.{name}"
            if name in known:
                yield from _lost(inner, known[name], place)
            elif not place.endswith(OPEN):
                yield place
    elif isinstance(value, list) and isinstance(known, list):
        for n, (inner, other) in enumerate(zip(value, known, strict=True)):
            yield from _lost(inner, other, f"{where}.{n}")


def _anthropic(body: Any) -> Iterator[Checked]:
    yield MessagesBody, body | {"messages": [], "tools": []}, "body"
    for n, message in enumerate(body["messages"]):
        content = message["content"]
        for k, block in enumerate(content if isinstance(content, list) else ()):
            yield BetaContentBlockParam, block, f"messages.{n}.content.{k}"
    for n, tool in enumerate(body.get("tools", ())):
        yield BetaToolUnionParam, tool, f"tools.{n}"


_ROLES = {
    "system": chat.ChatCompletionSystemMessageParam,
    "developer": chat.ChatCompletionDeveloperMessageParam,
    "user": chat.ChatCompletionUserMessageParam,
    "assistant": chat.ChatCompletionAssistantMessageParam,
    "tool": chat.ChatCompletionToolMessageParam,
}


def _openai_chat(body: Any) -> Iterator[Checked]:
    yield ChatBody, body | {"messages": [], "tools": []}, "body"
    for n, message in enumerate(body["messages"]):
        where = f"messages.{n}"
        content, inner = message.get("content"), ("content", "tool_calls")
        head = {name: value for name, value in message.items() if name not in inner}
        yield _ROLES[message["role"]], head | {"content": "…" if content else content}, where
        for k, part in enumerate(content if isinstance(content, list) else ()):
            yield chat.ChatCompletionContentPartParam, part, f"{where}.content.{k}"
        for k, call in enumerate(message.get("tool_calls") or ()):
            yield chat.ChatCompletionMessageToolCallUnionParam, call, f"{where}.tool_calls.{k}"
    for n, tool in enumerate(body.get("tools", ())):
        yield chat.ChatCompletionToolUnionParam, tool, f"tools.{n}"


def _openai_responses(body: Any) -> Iterator[Checked]:
    yield ResponsesBody, body | {"input": [], "tools": []}, "body"
    items = body["input"]
    for n, item in enumerate(items if isinstance(items, list) else ()):
        yield ResponseInputItemParam, item, f"input.{n}"
    for n, tool in enumerate(body.get("tools", ())):
        yield ToolParam, tool, f"tools.{n}"


_GEMINI = {
    "contents": list[gemini.Content],
    "systemInstruction": gemini.Content,
    "tools": list[gemini.Tool],
    "toolConfig": gemini.ToolConfig,
    "generationConfig": gemini.GenerationConfig,
    "safetySettings": list[gemini.SafetySetting],
}
"""The SDK has no type for the body as a whole; these refuse what they do not know."""


def _gemini(body: Any) -> Iterator[Checked]:
    for field, value in body.items():
        # A field without a type here is none of this API's.
        yield _GEMINI.get(field), value, field


_CHECKS: dict[str, Callable[[Any], Iterator[Checked]]] = {
    "anthropic": _anthropic,
    "openai-chat": _openai_chat,
    "openai-responses": _openai_responses,
    "gemini": _gemini,
}
