"""The official SDKs, their types held strictly, with what they have of loops and of streams.

Anthropic's runs the tools by its tool runner, Google's by its automatic function calling; OpenAI's
runs none, so the plainest loop stands here around its own streams.
"""

from __future__ import annotations

import functools
import json
from importlib.metadata import version
from typing import Any

from anthropic import Anthropic, beta_tool
from google import genai
from google.genai import types
from openai import OpenAI
from pydantic import BaseModel

from tests.interop.asking import ANY_KEY, Api, Desk, Told, Tool

_MOST_ROUND_TRIPS = 8
WAYS = {
    "anthropic": ("output_format",),
    "openai-chat": ("response_format",),
    "openai-responses": ("text_format",),
    "gemini": ("response_schema", "response_json_schema"),
}


# This release takes an event's `name` for demanded; no recording of the API has one.
_OPENAI_IS_STRICT = not version("openai").startswith("3.3.")


def _openai(api: Api) -> OpenAI:
    strict = _OPENAI_IS_STRICT or api.wire == "openai-chat"
    return OpenAI(base_url=api.base_url, api_key=ANY_KEY, _strict_response_validation=strict)


def _anthropic(api: Api) -> Anthropic:
    return Anthropic(base_url=api.base_url, api_key=ANY_KEY, _strict_response_validation=True)


def _google(api: Api) -> genai.Client:
    return genai.Client(api_key=ANY_KEY, http_options=types.HttpOptions(base_url=api.base_url))


async def converse(api: Api, desk: Desk, question: str, *, streamed: bool) -> Told:
    talk = {
        "anthropic": _by_tool_runner,
        "openai-chat": _by_chat,
        "openai-responses": _by_responses,
        "gemini": _by_automatic_calling,
    }[api.wire]
    return talk(api, desk, question, streamed)


def _told_in_text(tool: Tool) -> Tool:
    """The runner takes a result for what it sends: text, or blocks."""

    @functools.wraps(tool)
    def run(*given: Any, **named: Any) -> str:
        return json.dumps(tool(*given, **named))

    return run


def _by_tool_runner(api: Api, desk: Desk, question: str, streamed: bool) -> Told:
    runner = _anthropic(api).beta.messages.tool_runner(
        model=api.model,
        max_tokens=2_000,
        messages=[{"role": "user", "content": question}],
        tools=[beta_tool(_told_in_text(tool)) for tool in desk.tools],
        stream=streamed,
    )
    pieces, replies = 0, []
    for one in runner:
        pieces += sum(1 for _ in one) if streamed else 1
        replies.append(one.get_final_message() if streamed else one)
    return Told(
        "".join(block.text for block in replies[-1].content if block.type == "text"),
        sum(reply.usage.input_tokens for reply in replies),
        sum(reply.usage.output_tokens for reply in replies),
        pieces,
    )


def _by_chat(api: Api, desk: Desk, question: str, streamed: bool) -> Told:
    client, pieces, usages = _openai(api), 0, []
    messages: list[Any] = [{"role": "user", "content": question}]
    for _ in range(_MOST_ROUND_TRIPS):
        request = {"model": api.model, "messages": messages, "tools": desk.definitions()}
        if streamed:
            options = {"include_usage": True}
            with client.chat.completions.stream(**request, stream_options=options) as stream:
                pieces += sum(1 for _ in stream)
                reply: Any = stream.get_final_completion()
        else:
            reply = client.chat.completions.create(**request)
        usages.append(reply.usage)
        message = reply.choices[0].message
        if not message.tool_calls:
            tokens_in = sum(usage.prompt_tokens for usage in usages)
            tokens_out = sum(usage.completion_tokens for usage in usages)
            return Told(message.content, tokens_in, tokens_out, pieces)
        messages.append(message.to_dict(exclude_none=True))
        for call in message.tool_calls:
            text, _ = desk.run(call.function.name, json.loads(call.function.arguments))
            messages.append({"role": "tool", "tool_call_id": call.id, "content": text})
    raise AssertionError(f"no answer after {_MOST_ROUND_TRIPS} round trips")


def _by_responses(api: Api, desk: Desk, question: str, streamed: bool) -> Told:
    client, pieces, usages = _openai(api), 0, []
    tools = [{"type": "function", "strict": None, **one["function"]} for one in desk.definitions()]
    request: dict[str, Any] = {"model": api.model, "input": question, "tools": tools}
    for _ in range(_MOST_ROUND_TRIPS):
        if streamed:
            with client.responses.stream(**request) as stream:
                pieces += sum(1 for _ in stream)
                reply: Any = stream.get_final_response()
        else:
            reply = client.responses.create(**request)
        usages.append(reply.usage)
        calls = [item for item in reply.output if item.type == "function_call"]
        if not calls:
            tokens_in = sum(usage.input_tokens for usage in usages)
            tokens_out = sum(usage.output_tokens for usage in usages)
            return Told(reply.output_text, tokens_in, tokens_out, pieces)
        results = [
            {
                "type": "function_call_output",
                "call_id": call.call_id,
                "output": desk.run(call.name, json.loads(call.arguments))[0],
            }
            for call in calls
        ]
        request |= {"input": results, "previous_response_id": reply.id}
    raise AssertionError(f"no answer after {_MOST_ROUND_TRIPS} round trips")


def _by_automatic_calling(api: Api, desk: Desk, question: str, streamed: bool) -> Told:
    with _google(api) as client:
        chat = client.chats.create(model=api.model, config={"tools": list(desk.tools)})
        send = chat.send_message_stream if streamed else lambda words: [chat.send_message(words)]
        chunks = list(send(question))
    usage = chunks[-1].usage_metadata
    assert usage
    return Told(
        "".join(chunk.text or "" for chunk in chunks),
        usage.prompt_token_count or 0,
        usage.candidates_token_count or 0,
        len(chunks),
    )


async def fill(api: Api, way: str, words: str, kind: type[BaseModel]) -> Any:
    if api.wire == "anthropic":
        said: Any = [{"role": "user", "content": words}]
        return (
            _anthropic(api)
            .messages.parse(model=api.model, max_tokens=500, messages=said, output_format=kind)
            .parsed_output
        )
    if api.wire == "openai-chat":
        reply = _openai(api).chat.completions.parse(
            model=api.model, messages=[{"role": "user", "content": words}], response_format=kind
        )
        return reply.choices[0].message.parsed
    if api.wire == "openai-responses":
        response = _openai(api).responses.parse(model=api.model, input=words, text_format=kind)
        return response.output_parsed
    schema = kind if way == "response_schema" else kind.model_json_schema()
    config: Any = {"response_mime_type": "application/json", way: schema}
    with _google(api) as client:
        told = client.models.generate_content(model=api.model, contents=words, config=config)
    return kind.model_validate_json(told.text or "")
