"""Which JSON an answer is to be, where a request asks for JSON.

Owns the four spellings of that wish, and the one in words: a schema among the instructions. What is
then said is `structured_answer.py`'s; a wish that no API takes is refused by its own checks.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from roundtrip.conversation import Conversation, Options
from roundtrip.tools.openapi_dialect import to_json_schema


@dataclass(frozen=True)
class AnswerFormat:
    """JSON, of this schema if there is one."""

    name: str
    schema: dict[str, Any] | None


_MOST_TRIES = 20
"""Braces of the instructions at which a schema is looked for."""


def answer_format(conversation: Conversation, options: Options) -> AnswerFormat | None:
    """What the answer to a decoded request is to be; None for words."""
    fields = options.native.value.get("fields", {}) if options.native else {}
    asked = next(_formats(fields), None)
    if asked and asked.schema is not None:
        return asked
    said = [part.text for part in conversation.system]
    said += [message.text for message in conversation.messages if message.role == "system"]
    return next(_in_words("\n".join(said)), asked)


def _in_words(instructions: str) -> Iterator[AnswerFormat]:
    """Libraries that know of no field for it write the schema into the instructions."""
    if "json" not in instructions.lower():
        return
    start = -1
    for _ in range(_MOST_TRIES):
        start = instructions.find("{", start + 1)
        if start < 0:
            return
        try:
            told, start = json.JSONDecoder().raw_decode(instructions, start)
        except (ValueError, RecursionError):
            continue
        if isinstance(told, dict) and isinstance(told.get("properties"), dict):
            yield AnswerFormat("answer", told)


def _formats(fields: dict[str, Any]) -> Iterator[AnswerFormat]:
    for told in (
        _inside(fields, "output_config", "format"),  # Messages
        _inside(fields, "output_format"),
        _inside(fields, "response_format"),  # Chat Completions
        _inside(fields, "text", "format"),  # Responses
    ):
        kind = told.get("type")
        if kind == "json_object":
            yield AnswerFormat("answer", None)
        if kind == "json_schema":
            held = told if "schema" in told else _inside(told, "json_schema")
            yield AnswerFormat(str(held.get("name") or "answer"), _inside(held, "schema"))
    yield from _of_gemini({name.rpartition(".")[2]: fields[name] for name in fields})


def _of_gemini(generation: dict[str, Any]) -> Iterator[AnswerFormat]:
    if "application/json" in (
        generation.get("responseMimeType"),
        generation.get("response_mime_type"),
    ):
        for name in ("responseJsonSchema", "response_json_schema"):
            if schema := _inside(generation, name):
                yield AnswerFormat("answer", schema)
        for name in ("responseSchema", "response_schema"):
            if schema := _inside(generation, name):
                yield AnswerFormat("answer", to_json_schema(schema))
        yield AnswerFormat("answer", None)


def _inside(holder: Any, *names: str) -> dict[str, Any]:
    for name in names:
        holder = holder.get(name) if isinstance(holder, dict) else None
    return holder if isinstance(holder, dict) else {}
