"""The simulated Messages API through Anthropic's SDK."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

import anthropic

from tests.simulator.speakers.seen import (
    WEATHER,
    Definition,
    Failed,
    Hook,
    Seen,
    closed_later,
    extra_headers,
    told,
    transport,
)


class Anthropic:
    wire, base = "anthropic", "/anthropic"
    stops: ClassVar = {
        "tool_calls": "tool_use",
        "end": "end_turn",
        "max_tokens": "max_tokens",
        "forced": "tool_use",
        "refusal": "refusal",
    }
    broken = anthropic.APIConnectionError
    late = anthropic.APITimeoutError
    refused = anthropic.APIStatusError

    def client(
        self, root: str, key: str = "any-key", timeout: float = 20, hook: Hook | None = None
    ) -> Any:
        client = anthropic.Anthropic(
            base_url=root + self.base,
            api_key=key,
            max_retries=0,
            timeout=timeout,
            http_client=anthropic.DefaultHttpxClient(**transport(hook)),
        )
        return closed_later(client)

    def asking(self, words: str, tools: Sequence[Definition] = (WEATHER,), **options: Any) -> Any:
        request = {
            "model": options.get("model", "sim-large"),
            "max_tokens": options.get("most", 1000),
            "messages": [{"role": "user", "content": words}],
        }
        if tools:
            request["tools"] = [
                {
                    "name": one["name"],
                    "description": one["description"],
                    "input_schema": one["schema"],
                }
                for one in tools
            ]
        if force := options.get("force"):
            request["tool_choice"] = {"type": "tool", "name": force}
        return request | extra_headers(options)

    def whole(self, client: Any, request: Any) -> Seen:
        return self._seen(client.messages.create(**request))

    def streamed(self, client: Any, request: Any) -> Seen:
        with client.messages.stream(**request) as stream:
            return self._seen(stream.get_final_message())

    def pieces(self, client: Any, request: Any) -> Iterable[Any]:
        with client.messages.create(**request, stream=True) as stream:
            yield from stream

    def going_on(self, request: Any, seen: Seen, results: Sequence[Any]) -> Any:
        blocks = [
            {
                "type": "tool_result",
                "tool_use_id": call,
                "content": result.words if isinstance(result, Failed) else told(result),
                "is_error": isinstance(result, Failed),
            }
            for call, result in zip(seen.call_ids, results, strict=True)
        ]
        said = {"role": "assistant", "content": seen.said}
        back = {"role": "user", "content": blocks}
        return request | {"messages": [*request["messages"], said, back]}

    def models(self, client: Any) -> list[str]:
        return [model.id for model in client.models.list()]

    def _seen(self, message: Any) -> Seen:
        uses = [block for block in message.content if block.type == "tool_use"]
        details = message.usage.output_tokens_details
        return Seen(
            id=message.id,
            model=message.model,
            text="".join(block.text for block in message.content if block.type == "text"),
            thoughts="".join(
                block.thinking for block in message.content if block.type == "thinking"
            ),
            calls=[(use.name, use.input) for use in uses],
            call_ids=[use.id for use in uses],
            stop=message.stop_reason,
            input_tokens=message.usage.input_tokens,
            output_tokens=message.usage.output_tokens,
            reasoning_tokens=details.thinking_tokens if details else None,
            said=[block.model_dump(exclude_none=True) for block in message.content],
        )
