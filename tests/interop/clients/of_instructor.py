"""instructor: replies as values of a type, by the official SDKs. It runs no tools."""

from __future__ import annotations

from typing import Any

import instructor
from anthropic import AsyncAnthropic
from google import genai
from google.genai import types
from instructor import Mode
from openai import AsyncOpenAI
from pydantic import BaseModel

from tests.interop.asking import ANY_KEY, Api

WAYS = {
    "anthropic": ("TOOLS", "JSON", "TOOLS streamed", "JSON streamed"),
    "openai-chat": (
        "TOOLS",
        "TOOLS_STRICT",
        "JSON",
        "MD_JSON",
        "JSON_SCHEMA",
        "TOOLS streamed",
        "JSON_SCHEMA streamed",
    ),
    "openai-responses": ("RESPONSES_TOOLS", "RESPONSES_TOOLS streamed"),
    "gemini": ("TOOLS", "JSON", "TOOLS streamed", "JSON streamed"),
}


def _client(api: Api, mode: Mode) -> Any:
    if api.wire == "anthropic":
        anthropic = AsyncAnthropic(base_url=api.base_url, api_key=ANY_KEY)
        return instructor.from_anthropic(anthropic, mode=mode)
    if api.wire == "gemini":
        place = types.HttpOptions(base_url=api.base_url)
        google = genai.Client(api_key=ANY_KEY, http_options=place)
        return instructor.from_genai(google, mode=mode, use_async=True)
    return instructor.from_openai(AsyncOpenAI(base_url=api.base_url, api_key=ANY_KEY), mode=mode)


async def fill(api: Api, way: str, words: str, kind: type[BaseModel]) -> Any:
    mode, _, streamed = way.partition(" ")
    client = _client(api, Mode[mode])
    request: dict[str, Any] = {
        "model": api.model,
        "response_model": kind,
        "messages": [{"role": "user", "content": words}],
        "max_retries": 0,
    }
    if api.wire == "anthropic":
        request["max_tokens"] = 1_000
    if not streamed:
        return await client.create(**request)
    told = [part async for part in client.create_partial(**request)]
    return kind.model_validate(told[-1].model_dump())
