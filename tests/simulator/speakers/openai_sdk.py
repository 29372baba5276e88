"""The simulated Chat Completions and Responses through OpenAI's SDK.

Streams are put together here: the SDK's own accumulators fail on replies the API really gives.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import openai

from tests.simulator.speakers.seen import (
    WEATHER,
    Definition,
    Hook,
    Seen,
    closed_later,
    extra_headers,
    told,
    transport,
)


@dataclass
class _Merged:
    """A stream's pieces put together by whoever reads it."""

    text: str = ""
    calls: dict[int, dict[str, Any]] = field(default_factory=dict)


class _OpenAI:
    base = "/openai/v1"
    broken = openai.APIConnectionError
    late = openai.APITimeoutError
    refused = openai.APIStatusError

    def client(
        self, root: str, key: str = "any-key", timeout: float = 20, hook: Hook | None = None
    ) -> Any:
        client = openai.OpenAI(
            base_url=root + self.base,
            api_key=key,
            max_retries=0,
            timeout=timeout,
            http_client=openai.DefaultHttpxClient(**transport(hook)),
        )
        return closed_later(client)

    def models(self, client: Any) -> list[str]:
        return [model.id for model in client.models.list()]


class Chat(_OpenAI):
    wire = "openai-chat"
    stops: ClassVar = {
        "tool_calls": "tool_calls",
        "end": "stop",
        "max_tokens": "length",
        "forced": "stop",
        "refusal": "content_filter",
    }

    def asking(self, words: str, tools: Sequence[Definition] = (WEATHER,), **options: Any) -> Any:
        request = {
            "model": options.get("model", "sim-large"),
            "max_completion_tokens": options.get("most", 1000),
            "messages": [{"role": "user", "content": words}],
        }
        if tools:
            request["tools"] = [{"type": "function", "function": _function(one)} for one in tools]
        if force := options.get("force"):
            request["tool_choice"] = {"type": "function", "function": {"name": force}}
        return request | extra_headers(options)

    def whole(self, client: Any, request: Any) -> Seen:
        completion = client.chat.completions.create(**request)
        choice = completion.choices[0]
        return self._seen(completion, choice.finish_reason, choice.message.model_dump())

    def streamed(self, client: Any, request: Any) -> Seen:
        merged, stop, last = _Merged(), "", None
        for chunk in self.pieces(client, request | {"stream_options": {"include_usage": True}}):
            last = chunk
            for choice in chunk.choices:
                stop = choice.finish_reason or stop
                merged.text += choice.delta.content or ""
                for call in choice.delta.tool_calls or ():
                    known = merged.calls.setdefault(call.index, {"arguments": ""})
                    known |= {"id": call.id} if call.id else {}
                    known |= {"name": call.function.name} if call.function.name else {}
                    known["arguments"] += call.function.arguments or ""
        calls = [
            {
                "id": call["id"],
                "type": "function",
                "function": {"name": call["name"], "arguments": call["arguments"]},
            }
            for call in merged.calls.values()
        ]
        said = {"role": "assistant", "content": merged.text or None, "tool_calls": calls or None}
        return self._seen(last, stop, said)

    def pieces(self, client: Any, request: Any) -> Iterable[Any]:
        with client.chat.completions.create(**request, stream=True) as stream:
            yield from stream

    def going_on(self, request: Any, seen: Seen, results: Sequence[Any]) -> Any:
        back = [
            {"role": "tool", "tool_call_id": call, "content": told(result)}
            for call, result in zip(seen.call_ids, results, strict=True)
        ]
        return request | {"messages": [*request["messages"], seen.said, *back]}

    def _seen(self, completion: Any, stop: str, message: dict[str, Any]) -> Seen:
        calls = message.get("tool_calls") or []
        kept = ("role", "content", "tool_calls")
        usage = completion.usage
        return Seen(
            id=completion.id,
            model=completion.model,
            text=message["content"] or "",
            thoughts="",
            calls=[_read(call["function"]) for call in calls],
            call_ids=[call["id"] for call in calls],
            stop=stop,
            input_tokens=usage.prompt_tokens,
            output_tokens=usage.completion_tokens,
            reasoning_tokens=usage.completion_tokens_details.reasoning_tokens,
            said={name: message[name] for name in kept if message.get(name)},
        )


class Responses(_OpenAI):
    wire = "openai-responses"
    stops: ClassVar = {
        "tool_calls": "completed",
        "end": "completed",
        "max_tokens": "incomplete: max_output_tokens",
        "forced": "completed",
        "refusal": "incomplete: content_filter",
    }

    def asking(self, words: str, tools: Sequence[Definition] = (WEATHER,), **options: Any) -> Any:
        request = {
            "model": options.get("model", "sim-large"),
            "max_output_tokens": options.get("most", 1000),
            "input": [{"role": "user", "content": words}],
            "include": ["reasoning.encrypted_content"],
            "store": False,
        }
        if tools:
            request["tools"] = [
                {"type": "function", "strict": False, **_function(one)} for one in tools
            ]
        if force := options.get("force"):
            request["tool_choice"] = {"type": "function", "name": force}
        return request | extra_headers(options)

    def whole(self, client: Any, request: Any) -> Seen:
        return self._seen(client.responses.create(**request))

    def streamed(self, client: Any, request: Any) -> Seen:
        last, text = None, ""
        for event in self.pieces(client, request):
            if event.type == "response.output_text.delta":
                text += event.delta
            last = event
        seen = self._seen(last.response)
        assert seen.text == text
        return seen

    def pieces(self, client: Any, request: Any) -> Iterable[Any]:
        with client.responses.create(**request, stream=True) as stream:
            yield from stream

    def going_on(self, request: Any, seen: Seen, results: Sequence[Any]) -> Any:
        back = [
            {"type": "function_call_output", "call_id": call, "output": told(result)}
            for call, result in zip(seen.call_ids, results, strict=True)
        ]
        return request | {"input": [*request["input"], *seen.said, *back]}

    def _seen(self, response: Any) -> Seen:
        calls = [item for item in response.output if item.type == "function_call"]
        thoughts = [item for item in response.output if item.type == "reasoning"]
        reason = response.incomplete_details and response.incomplete_details.reason
        return Seen(
            id=response.id,
            model=response.model,
            text=response.output_text,
            thoughts="".join(part.text for item in thoughts for part in item.summary),
            calls=[(call.name, json.loads(call.arguments)) for call in calls],
            call_ids=[call.call_id for call in calls],
            stop=f"{response.status}: {reason}" if reason else response.status,
            input_tokens=response.usage.input_tokens,
            output_tokens=response.usage.output_tokens,
            reasoning_tokens=response.usage.output_tokens_details.reasoning_tokens,
            said=[item.model_dump(exclude_none=True) for item in response.output],
        )


def _function(one: Definition) -> dict[str, Any]:
    return {
        "name": one["name"],
        "description": one["description"],
        "parameters": one["schema"],
    }


def _read(function: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    return function["name"], json.loads(function["arguments"])
