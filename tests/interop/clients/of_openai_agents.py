"""openai-agents: OpenAI's own agent loop, over both of its APIs."""

from __future__ import annotations

from typing import Any

from agents import (
    Agent,
    Model,
    ModelSettings,
    OpenAIChatCompletionsModel,
    OpenAIResponsesModel,
    Runner,
    function_tool,
    set_tracing_disabled,
)
from openai import AsyncOpenAI
from pydantic import BaseModel

from tests.interop.asking import ANY_KEY, REFUSED, Api, Desk, Told

set_tracing_disabled(True)


def model(api: Api) -> Model:
    client = AsyncOpenAI(base_url=api.base_url, api_key=ANY_KEY)
    kind = OpenAIChatCompletionsModel if api.wire == "openai-chat" else OpenAIResponsesModel
    return kind(api.model, client)


def _told_why(_: Any, error: Exception) -> str:
    """By itself the agent keeps an error's words from the model."""
    return f"An error occurred while running the tool. Error: {error}"


async def converse(api: Api, desk: Desk, question: str, *, streamed: bool) -> Told:
    agent = Agent(
        "Asker",
        model=model(api),
        tools=[function_tool(tool, failure_error_function=_told_why) for tool in desk.tools],
        model_settings=ModelSettings(include_usage=True),
    )
    if not streamed:
        return _told(await Runner.run(agent, question), 1)
    running = Runner.run_streamed(agent, question)
    pieces = [
        event async for event in running.stream_events() if event.type == "raw_response_event"
    ]
    return _told(running, len(pieces))


WAYS = {"openai-chat": ("output_type",), "openai-responses": ("output_type",)}


async def fill(api: Api, way: str, words: str, kind: type[BaseModel]) -> Any:
    agent = Agent("Asker", model=model(api), output_type=kind)
    return (await Runner.run(agent, words)).final_output


async def conclude(api: Api, way: str, desk: Desk, question: str, kind: type[BaseModel]) -> Any:
    tools = [function_tool(tool) for tool in desk.tools]
    agent = Agent("Asker", model=model(api), tools=tools, output_type=kind)
    return (await Runner.run(agent, question, max_turns=5)).final_output


async def refuse(api: Api, desk: Desk, question: str) -> str:
    tools = [function_tool(tool, needs_approval=True) for tool in desk.tools]
    agent = Agent("Asker", model=model(api), tools=tools)
    asked = await Runner.run(agent, question)
    state = asked.to_state()
    for call in asked.interruptions:
        state.reject(call, rejection_message=REFUSED)
    return str((await Runner.run(agent, state)).final_output)


def _told(result: Any, pieces: int) -> Told:
    usage = result.context_wrapper.usage
    return Told(result.final_output, usage.input_tokens, usage.output_tokens, pieces)
