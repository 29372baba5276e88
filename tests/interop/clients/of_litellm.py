"""litellm: one function for every provider. It runs no tools, so the plainest loop stands here."""

from __future__ import annotations

import json
from typing import Any

import litellm
from pydantic import BaseModel

from tests.interop.asking import ANY_KEY, Api, Desk, Told

litellm.suppress_debug_info = True

_PREFIXES = {
    "anthropic": "anthropic/",
    "openai-chat": "openai/",
    "openai-responses": "openai/responses/",
    "gemini": "gemini/",
}
_MOST_ROUND_TRIPS = 8


async def converse(api: Api, desk: Desk, question: str, *, streamed: bool) -> Told:
    messages: list[Any] = [{"role": "user", "content": question}]
    tokens_in = tokens_out = pieces = 0
    for _ in range(_MOST_ROUND_TRIPS):
        reply, more = await _reply(api, desk, messages, streamed=streamed)
        pieces += more
        tokens_in += reply.usage.prompt_tokens
        tokens_out += reply.usage.completion_tokens
        message = reply.choices[0].message
        if not message.tool_calls:
            return Told(message.content, tokens_in, tokens_out, pieces)
        messages.append(message.model_dump(exclude_none=True))
        for call in message.tool_calls:
            text, _ = desk.run(call.function.name, json.loads(call.function.arguments))
            messages.append({"role": "tool", "tool_call_id": call.id, "content": text})
    raise AssertionError(f"no answer after {_MOST_ROUND_TRIPS} round trips")


WAYS = {wire: ("response_format",) for wire in _PREFIXES}


async def fill(api: Api, way: str, words: str, kind: type[BaseModel]) -> Any:
    reply = await litellm.acompletion(
        **_place(api), messages=[{"role": "user", "content": words}], response_format=kind
    )
    return kind.model_validate_json(reply.choices[0].message.content)


def _place(api: Api) -> dict[str, Any]:
    return {
        "model": _PREFIXES[api.wire] + api.model,
        "api_base": api.base_url + ("/v1beta" if api.wire == "gemini" else ""),
        "api_key": ANY_KEY,
    }


async def _reply(api: Api, desk: Desk, messages: list[Any], *, streamed: bool) -> tuple[Any, int]:
    """The reply, whole, and in how many pieces it came."""
    request = {**_place(api), "messages": messages, "tools": desk.definitions()}
    if not streamed:
        return await litellm.acompletion(**request), 1
    stream = await litellm.acompletion(
        **request, stream=True, stream_options={"include_usage": True}
    )
    chunks = [chunk async for chunk in stream]
    return litellm.stream_chunk_builder(chunks, messages=messages), len(chunks)
