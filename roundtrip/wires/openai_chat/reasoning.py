"""Visible reasoning in a message, both ways: what compatible servers add to this API.

OpenAI's own models hide theirs here. DeepSeek, vLLM, llama.cpp and LM Studio say
`reasoning_content`, OpenRouter, Ollama and newer vLLM `reasoning`; OpenRouter adds
`reasoning_details`, which may be signed or encrypted and are wanted back as they came.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from roundtrip.conversation import Change, Native, Thinking
from roundtrip.wires.openai_chat.told import NAME, template

FIELDS = ("reasoning_content", "reasoning", "reasoning_details")
WORDS = FIELDS[:2]
"""The fields that hold plain words; both at once hold the same ones."""


def read_reasoning(message: dict[str, Any]) -> tuple[Thinking | None, tuple[str, ...]]:
    """The reasoning of a message and the fields it was told in; None where there is none."""
    told = {field: message[field] for field in FIELDS if _says_something(field, message)}
    if not told:
        return None, ()
    details = told.get("reasoning_details", [])
    text = next((told[field] for field in WORDS if field in told), None)
    thinking = Thinking(
        text="".join(_visible(details)) if text is None else text,
        signed=any(_is_signed(detail) for detail in details),
        native=Native(wire=NAME, value=told),
    )
    return thinking, tuple(told)


def _says_something(field: str, message: dict[str, Any]) -> bool:
    return bool(message.get(field)) and isinstance(message[field], str if field in WORDS else list)


def _visible(details: list[Any]) -> Iterator[str]:
    for detail in details:
        if isinstance(detail, dict):
            words = detail.get("text") or detail.get("summary")
            yield words if isinstance(words, str) else ""


def _is_signed(detail: Any) -> bool:
    return isinstance(detail, dict) and bool(detail.get("signature") or detail.get("data"))


def write_reasoning(thinking: Thinking, where: str, changes: list[Change]) -> dict[str, Any]:
    """The fields that say it: as they came, or no fields where this wire cannot say it."""
    told = template(thinking.native)
    if told and read_reasoning(told)[0] == thinking:
        return told
    words = [field for field in told if field in WORDS]
    if words and not thinking.signed:
        return dict.fromkeys(words, thinking.text)
    if told:
        why = "the reasoning was changed, so it is no longer what the provider signed"
    elif thinking.native is not None:
        why = f"the reasoning is {thinking.native.wire}'s"
    else:
        why = "the reasoning was not told by this API, which has no word for it"
    changes.append(Change(where=where, what=f"{why}: left out"))
    return {}
