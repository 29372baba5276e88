"""What both of OpenAI's APIs refuse because of the model that is asked.

Owns which models reason, hear and how much they read. A simulated model (`sim-…`) takes what any of
them takes. What is refused of every model is each API's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from roundtrip.simulator.model_names import is_ours
from roundtrip.simulator.refusals import Refusal

_REASONS = re.compile(r"(?:o\d|gpt-[5-9]|codex)(?!.*chat)")
"""Models that count what they think among the tokens they may write, and take no stop sequences."""

_FIXED = re.compile(r"(?:o\d|gpt-5(?![.\d]))(?!.*chat)")
"""Those of them that cannot be told not to think: they sample as they will."""

_SAMPLING: dict[str, Any] = {
    "top_p": 1,
    "presence_penalty": 0,
    "frequency_penalty": 0,
    "logprobs": False,
    "logit_bias": {},
}
"""Fields such a model refuses, unless they say what holds anyway."""

_WINDOWS = (
    (re.compile(r"gpt-3\.5"), 16_385),
    (re.compile(r"gpt-4-32k"), 32_768),
    (re.compile(r"gpt-4(?:-\d{4})?$"), 8_192),
    (re.compile(r"gpt-4\.1"), 1_047_576),
    (re.compile(r"gpt-4|chatgpt"), 128_000),
    (re.compile(r"o\d|codex"), 200_000),
    (re.compile(r"gpt-5(?:\.[0-3])?(?![.\d])"), 400_000),
    (re.compile(r"gpt"), 1_050_000),
)
"""Tokens that a model reads and writes together, as OpenAI's list of models has them."""


def chat_model_rules(body: dict[str, Any]) -> Iterator[Refusal]:
    """What is wrong for this model with a chat request whose fields have their types."""
    model = body["model"]
    if _REASONS.match(model):
        if body.get("max_tokens") is not None:
            yield _unsupported("max_tokens", " Use 'max_completion_tokens' instead.")
        if body.get("stop"):
            yield _unsupported("stop")
    if _FIXED.match(model):
        heat = body.get("temperature")
        if heat not in (None, 1):
            words = (
                f"Unsupported value: 'temperature' does not support {heat} with this model. Only "
                "the default (1) value is supported."
            )
            yield Refusal(400, words, "unsupported_value", "temperature")
        yield from (_unsupported(name) for name in _told_to_sample(body))
    if not is_ours(model) and "audio" not in model:
        yield from _without_hearing(body["messages"])


def responses_model_rules(body: dict[str, Any]) -> Iterator[Refusal]:
    """The same of a Responses request."""
    if not _FIXED.match(body["model"]):
        return
    for name in (*_told_to_sample(body), *_told(body, "temperature", 1)):
        words = f"Unsupported parameter: '{name}' is not supported with this model."
        yield Refusal(400, words, where=name)


def window_of(model: str) -> int | None:
    """How many tokens the model takes; None for one that takes whatever fits into a request."""
    return next((tokens for named, tokens in _WINDOWS if named.match(model)), None)


def _unsupported(name: str, more: str = "") -> Refusal:
    words = f"Unsupported parameter: '{name}' is not supported with this model.{more}"
    return Refusal(400, words, "unsupported_parameter", name)


def _told_to_sample(body: dict[str, Any]) -> list[str]:
    return [one for name, usual in _SAMPLING.items() for one in _told(body, name, usual)]


def _told(body: dict[str, Any], name: str, usual: Any) -> list[str]:
    return [name] if body.get(name) not in (None, usual) else []


def _without_hearing(messages: list[dict[str, Any]]) -> Iterator[Refusal]:
    for at, message in enumerate(messages):
        content = message.get("content")
        parts = content if isinstance(content, list) else []
        if any(part["type"] == "input_audio" for part in parts):
            words = (
                f"Invalid 'messages[{at}]'. Content blocks are expected to be either text or "
                "image_url type."
            )
            yield Refusal(400, words, "invalid_value", f"messages[{at}]")
