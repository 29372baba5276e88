"""A large request keeps nobody else waiting: the event loop never works on its body."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

LARGE = 1_000_000
"""Characters; what is shorter is of no matter here."""

LONG = "Be kind. " * (LARGE // 8)
"""Said as a system prompt: a model need not find anything in it."""

HEADERS = {"x-api-key": "any-key", "authorization": "Bearer any-key", "x-goog-api-key": "any-key"}

HELLO = {"role": "user", "content": "Hello"}
ANTHROPIC = {"model": "sim-large", "system": LONG, "messages": [HELLO]}
CHAT = {"model": "sim-large", "messages": [{"role": "system", "content": LONG}, HELLO]}
RESPONSES = {"model": "sim-large", "instructions": LONG, "input": [HELLO]}
GEMINI = {
    "systemInstruction": {"parts": [{"text": LONG}]},
    "contents": [{"role": "user", "parts": [{"text": "Hello"}]}],
}
COUNTED = {"generateContentRequest": GEMINI | {"model": "models/sim-large"}}

REQUESTS: dict[str, dict[str, Any]] = {
    "/anthropic/v1/messages": ANTHROPIC | {"max_tokens": 99},
    "/anthropic/v1/messages/count_tokens": ANTHROPIC,
    "/openai/v1/chat/completions": CHAT,
    "/openai/v1/responses": RESPONSES,
    "/openai/v1/responses/input_tokens": RESPONSES,
    "/gemini/v1beta/models/sim-large:generateContent": GEMINI,
    "/gemini/v1beta/models/sim-large:countTokens": COUNTED,
}


@pytest.fixture
def on_the_loop(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What was read or written as JSON on an event loop's thread though it was large."""
    seen: list[str] = []
    loads, dumps = json.loads, json.dumps

    def note(work: str, text: str | bytes) -> None:
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return
        if len(text) > LARGE:
            seen.append(work)

    def noted_loads(text: Any, **options: Any) -> Any:
        note("loads", text)
        return loads(text, **options)

    def noted_dumps(value: Any, **options: Any) -> str:
        text = dumps(value, **options)
        note("dumps", text)
        return text

    monkeypatch.setattr(json, "loads", noted_loads)
    monkeypatch.setattr(json, "dumps", noted_dumps)
    yield seen


@pytest.mark.parametrize("path", REQUESTS)
def test_the_event_loop_never_works_on_a_large_body(
    simulator: str, on_the_loop: list[str], path: str
) -> None:
    content = json.dumps(REQUESTS[path]).encode()
    response = httpx2.post(f"{simulator}{path}", content=content, headers=HEADERS, timeout=20)
    assert response.status_code == 200, response.text[:500]
    assert on_the_loop == []
