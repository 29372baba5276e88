"""The loop that each provider's own guide shows, with its official SDK: what the engine is beside.

Owns one small loop a wire: ask, run what is asked for, hand the results back, until there is an
answer. Streams, as the engine does, and takes definitions as the engine's own requests say them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import httpx2

MODEL = "sim-large"
CAP = 1024

Run = Callable[[str, dict[str, Any]], Any]
"""A tool's name and arguments to what it gives back."""


class SdkLoop(Protocol):
    """One SDK's client and the loop around it."""

    async def turn(self, question: str, body: Mapping[str, Any], run: Run) -> None:
        """A whole turn. `body`: a request of the engine's, whose definitions are used."""

    async def send(self, path: str, body: bytes) -> None:
        """These bytes, as the SDK's own client sends them; the reply is read to its end."""

    async def close(self) -> None: ...


class _Generated:
    """What the clients of anthropic and openai have in common."""

    def __init__(self, client: Any) -> None:
        self.client = client

    async def send(self, path: str, body: bytes) -> None:
        headers = {"Content-Type": "application/json", "X-Stainless-Raw-Response": "stream"}
        response = await self.client.post(
            path, content=body, cast_to=httpx2.Response, options={"headers": headers}
        )
        async for _ in response.aiter_bytes():
            pass
        await response.aclose()

    async def close(self) -> None:
        await self.client.close()


class Anthropic(_Generated):
    def __init__(self, address: str, key: str) -> None:
        import anthropic

        super().__init__(anthropic.AsyncAnthropic(api_key=key, base_url=address, max_retries=0))

    async def turn(self, question: str, body: Mapping[str, Any], run: Run) -> None:
        messages: list[Any] = [{"role": "user", "content": question}]
        while True:
            async with self.client.messages.stream(
                model=MODEL, max_tokens=CAP, messages=messages, tools=body["tools"]
            ) as stream:
                reply = await stream.get_final_message()
            if reply.stop_reason != "tool_use":
                return
            results = [
                {
                    "type": "tool_result",
                    "tool_use_id": block.id,
                    "content": json.dumps(run(block.name, block.input)),
                }
                for block in reply.content
                if block.type == "tool_use"
            ]
            messages += [
                {"role": "assistant", "content": reply.content},
                {"role": "user", "content": results},
            ]


class _OpenAI(_Generated):
    def __init__(self, address: str, key: str) -> None:
        import openai

        super().__init__(openai.AsyncOpenAI(api_key=key, base_url=address, max_retries=0))


class OpenAIChat(_OpenAI):
    async def turn(self, question: str, body: Mapping[str, Any], run: Run) -> None:
        messages: list[Any] = [{"role": "user", "content": question}]
        while True:
            calls: dict[int, dict[str, Any]] = {}
            async for chunk in await self.client.chat.completions.create(
                model=MODEL,
                max_completion_tokens=CAP,
                messages=messages,
                tools=body["tools"],
                stream=True,
                stream_options={"include_usage": True},
            ):
                for delta in chunk.choices[0].delta.tool_calls or () if chunk.choices else ():
                    call = calls.setdefault(delta.index, {"id": delta.id, "name": "", "text": ""})
                    call["name"] += delta.function.name or ""
                    call["text"] += delta.function.arguments or ""
            if not calls:
                return
            asked = [
                {
                    "id": call["id"],
                    "type": "function",
                    "function": {"name": call["name"], "arguments": call["text"]},
                }
                for call in calls.values()
            ]
            messages.append({"role": "assistant", "tool_calls": asked})
            messages += [
                {
                    "role": "tool",
                    "tool_call_id": call["id"],
                    "content": json.dumps(run(call["name"], json.loads(call["text"]))),
                }
                for call in calls.values()
            ]


class OpenAIResponses(_OpenAI):
    async def turn(self, question: str, body: Mapping[str, Any], run: Run) -> None:
        items: list[Any] = [{"role": "user", "content": question}]
        while True:
            done: list[Any] = []
            async for event in await self.client.responses.create(
                model=MODEL,
                max_output_tokens=CAP,
                input=items,
                tools=body["tools"],
                store=False,
                stream=True,
            ):
                if event.type == "response.output_item.done":
                    done.append(event.item)
            calls = [item for item in done if item.type == "function_call"]
            if not calls:
                return
            items += [item.model_dump(exclude_none=True) for item in done]
            items += [
                {
                    "type": "function_call_output",
                    "call_id": call.call_id,
                    "output": json.dumps(run(call.name, json.loads(call.arguments))),
                }
                for call in calls
            ]


class Gemini:
    def __init__(self, address: str, key: str) -> None:
        from google import genai

        self._transport = httpx2.AsyncClient(timeout=60.0)
        self._address, self._key = address, key
        self._client = genai.Client(
            vertexai=False,
            api_key=key,
            http_options=genai.types.HttpOptions(
                base_url=address, httpx_async_client=self._transport
            ),
        )

    async def turn(self, question: str, body: Mapping[str, Any], run: Run) -> None:
        from google.genai import types

        off = types.AutomaticFunctionCallingConfig(disable=True)
        config = types.GenerateContentConfig(
            tools=[types.Tool.model_validate(tool) for tool in body["tools"]],
            max_output_tokens=CAP,
            automatic_function_calling=off,
        )
        contents: list[Any] = [types.Content(role="user", parts=[types.Part(text=question)])]
        while True:
            parts: list[Any] = []
            async for chunk in await self._client.aio.models.generate_content_stream(
                model=MODEL, contents=contents, config=config
            ):
                content = chunk.candidates[0].content if chunk.candidates else None
                parts += (content.parts or []) if content else []
            calls = [part.function_call for part in parts if part.function_call]
            if not calls:
                return
            contents.append(types.Content(role="model", parts=parts))
            results = [
                types.Part.from_function_response(
                    name=call.name, response={"output": json.dumps(run(call.name, call.args))}
                )
                for call in calls
            ]
            contents.append(types.Content(role="user", parts=results))

    async def send(self, path: str, body: bytes) -> None:
        headers = {"x-goog-api-key": self._key, "content-type": "application/json"}
        async with self._transport.stream(
            "POST", self._address + path, content=body, headers=headers
        ) as response:
            async for _ in response.aiter_bytes():
                pass

    async def close(self) -> None:
        await self._client.aio.aclose()
        await self._transport.aclose()


LOOPS: Mapping[str, Callable[[str, str], SdkLoop]] = {
    "anthropic": Anthropic,
    "openai-chat": OpenAIChat,
    "openai-responses": OpenAIResponses,
    "gemini": Gemini,
}
"""By wire: the loop at an address, with a key."""
