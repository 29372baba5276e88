"""The simulated generateContent through Google's SDK."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

import httpx2
from google import genai
from google.genai import errors, types

from tests.simulator.speakers.seen import (
    WEATHER,
    Definition,
    Failed,
    Hook,
    Seen,
    closed_later,
    transport,
    wishes,
)


class Gemini:
    wire, base = "gemini", "/gemini"
    stops: ClassVar = {
        "tool_calls": "STOP",
        "end": "STOP",
        "max_tokens": "MAX_TOKENS",
        "forced": "STOP",
        "refusal": "SAFETY",
    }
    broken = httpx2.RemoteProtocolError
    late = httpx2.ReadTimeout
    refused = errors.APIError

    def client(
        self, root: str, key: str = "any-key", timeout: float = 20, hook: Hook | None = None
    ) -> Any:
        options = types.HttpOptions(
            base_url=root + self.base, timeout=int(timeout * 1000), client_args=transport(hook)
        )
        return closed_later(genai.Client(api_key=key, http_options=options))

    def asking(self, words: str, tools: Sequence[Definition] = (WEATHER,), **options: Any) -> Any:
        config: dict[str, Any] = {
            "max_output_tokens": options.get("most", 1000),
            "automatic_function_calling": {"disable": True},
        }
        if tools:
            declared = [
                {
                    "name": one["name"],
                    "description": one["description"],
                    "parameters_json_schema": one["schema"],
                }
                for one in tools
            ]
            config["tools"] = [{"function_declarations": declared}]
        if force := options.get("force"):
            choice = {"mode": "ANY", "allowed_function_names": [force]}
            config["tool_config"] = {"function_calling_config": choice}
        if told := wishes(options):
            config["http_options"] = {"headers": told}
        return {
            "model": options.get("model", "sim-large"),
            "contents": [{"role": "user", "parts": [{"text": words}]}],
            "config": config,
        }

    def whole(self, client: Any, request: Any) -> Seen:
        return self._seen([client.models.generate_content(**request)])

    def streamed(self, client: Any, request: Any) -> Seen:
        return self._seen(list(self.pieces(client, request)))

    def pieces(self, client: Any, request: Any) -> Iterable[Any]:
        yield from client.models.generate_content_stream(**request)

    def going_on(self, request: Any, seen: Seen, results: Sequence[Any]) -> Any:
        named = zip(seen.calls, seen.call_ids, results, strict=True)
        back = [
            {"function_response": {"id": call_id, "name": name, "response": _response(result)}}
            for (name, _), call_id, result in named
        ]
        said = {"role": "model", "parts": seen.said}
        contents = [*request["contents"], said, {"role": "user", "parts": back}]
        return request | {"contents": contents}

    def models(self, client: Any) -> list[str]:
        return [model.name.removeprefix("models/") for model in client.models.list()]

    def _seen(self, chunks: list[Any]) -> Seen:
        candidates = [one for chunk in chunks for one in chunk.candidates or ()]
        parts = [
            part
            for one in candidates
            for part in (one.content.parts if one.content else None) or ()
        ]
        calls = [part.function_call for part in parts if part.function_call]
        usage = chunks[-1].usage_metadata
        thought = usage.thoughts_token_count
        return Seen(
            id=chunks[0].response_id,
            model=chunks[0].model_version,
            text="".join(part.text for part in parts if part.text and not part.thought),
            thoughts="".join(part.text for part in parts if part.text and part.thought),
            calls=[(call.name, call.args or {}) for call in calls],
            call_ids=[call.id for call in calls],
            stop=candidates[-1].finish_reason.value,
            input_tokens=usage.prompt_token_count,
            output_tokens=(usage.candidates_token_count or 0) + (thought or 0),
            reasoning_tokens=thought,
            said=[part.model_dump(exclude_none=True) for part in parts],
        )


def _response(result: Any) -> dict[str, Any]:
    return {"error": result.words} if isinstance(result, Failed) else {"output": result}
