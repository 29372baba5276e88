"""pydantic-ai: its agent runs the tools."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from pydantic import BaseModel
from pydantic_ai import (
    Agent,
    AgentRunResult,
    AgentRunResultEvent,
    DeferredToolRequests,
    DeferredToolResults,
    ModelRetry,
    NativeOutput,
    PromptedOutput,
    Tool,
    ToolDenied,
    ToolOutput,
    UsageLimits,
)
from pydantic_ai.models import Model
from pydantic_ai.models.anthropic import AnthropicModel
from pydantic_ai.models.google import GoogleModel
from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel
from pydantic_ai.providers.anthropic import AnthropicProvider
from pydantic_ai.providers.google import GoogleProvider
from pydantic_ai.providers.openai import OpenAIProvider

from tests.interop.asking import ANY_KEY, REFUSED, Api, Desk, Told


def model(api: Api) -> Model:
    place = {"base_url": api.base_url, "api_key": ANY_KEY}
    if api.wire == "anthropic":
        return AnthropicModel(api.model, provider=AnthropicProvider(**place))
    if api.wire == "gemini":
        return GoogleModel(api.model, provider=GoogleProvider(**place))
    kind = OpenAIChatModel if api.wire == "openai-chat" else OpenAIResponsesModel
    return kind(api.model, provider=OpenAIProvider(**place))


async def converse(api: Api, desk: Desk, question: str, *, streamed: bool) -> Told:
    agent = Agent(model(api), tools=[Tool(_asking_again(tool)) for tool in desk.tools])
    if not streamed:
        return _told(await agent.run(question), 1)
    pieces = 0
    async with agent.run_stream_events(question) as events:
        async for event in events:
            pieces += 1
            if isinstance(event, AgentRunResultEvent):
                return _told(event.result, pieces)
    raise AssertionError("the stream of events had no result")


WAYS = {
    "anthropic": ("tool", "native", "prompted"),
    "openai-chat": ("tool", "native", "prompted"),
    "openai-responses": ("tool", "native", "prompted"),
    "gemini": ("tool", "native", "prompted"),
}
_OUTPUTS = {"tool": ToolOutput, "native": NativeOutput, "prompted": PromptedOutput}


async def fill(api: Api, way: str, words: str, kind: type[BaseModel]) -> Any:
    return (await Agent(model(api), output_type=_OUTPUTS[way](kind)).run(words)).output


async def conclude(api: Api, way: str, desk: Desk, question: str, kind: type[BaseModel]) -> Any:
    tools = [Tool(_asking_again(tool)) for tool in desk.tools]
    agent = Agent(model(api), tools=tools, output_type=_OUTPUTS[way](kind))
    return (await agent.run(question, usage_limits=UsageLimits(request_limit=5))).output


async def refuse(api: Api, desk: Desk, question: str) -> str:
    tools = [Tool(tool, requires_approval=True) for tool in desk.tools]
    agent = Agent(model(api), tools=tools, output_type=[str, DeferredToolRequests])
    asked = await agent.run(question)
    assert isinstance(asked.output, DeferredToolRequests)
    denied = {call.tool_call_id: ToolDenied(REFUSED) for call in asked.output.approvals}
    decided = DeferredToolResults(approvals=denied)
    run = agent.run(message_history=asked.all_messages(), deferred_tool_results=decided)
    answer = (await run).output
    assert isinstance(answer, str)
    return answer


def _asking_again(tool: Callable[..., Any]) -> Callable[..., Any]:
    """A failure goes back to the model only as the exception that is made for it."""

    @functools.wraps(tool)
    def run(*given: Any, **named: Any) -> Any:
        try:
            return tool(*given, **named)
        except ValueError as error:
            raise ModelRetry(str(error)) from error

    return run


def _told(result: AgentRunResult[Any], pieces: int) -> Told:
    usage = result.usage
    return Told(result.output, usage.input_tokens, usage.output_tokens, pieces)
