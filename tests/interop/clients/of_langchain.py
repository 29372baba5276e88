"""langchain-anthropic, langchain-openai and langchain-google-genai: LangChain's agent."""

from __future__ import annotations

import json
from typing import Any

from langchain.agents import create_agent
from langchain.agents.middleware import HumanInTheLoopMiddleware, wrap_tool_call
from langchain.agents.structured_output import ProviderStrategy, ToolStrategy
from langchain.tools import tool as langchain_tool
from langchain_anthropic import ChatAnthropic
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, ToolMessage
from langchain_google_genai import ChatGoogleGenerativeAI
from langchain_openai import ChatOpenAI
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command
from pydantic import BaseModel

from tests.interop.asking import ANY_KEY, REFUSED, Api, Desk, Told


def model(api: Api) -> BaseChatModel:
    place = {"model": api.model, "base_url": api.base_url, "api_key": ANY_KEY}
    if api.wire == "anthropic":
        return ChatAnthropic(**place)
    if api.wire == "gemini":
        return ChatGoogleGenerativeAI(**place)
    responses = api.wire == "openai-responses"
    return ChatOpenAI(**place, use_responses_api=responses, stream_usage=True)


@wrap_tool_call
async def _failures_are_told(request: Any, handler: Any) -> Any:
    try:
        return await handler(request)
    except ValueError as error:
        call = request.tool_call["id"]
        return ToolMessage(f"Error: {error}", tool_call_id=call, status="error")


async def converse(api: Api, desk: Desk, question: str, *, streamed: bool) -> Told:
    tools = [langchain_tool(tool, parse_docstring=True) for tool in desk.tools]
    agent = create_agent(model(api), tools, middleware=[_failures_are_told])
    asked = {"messages": [{"role": "user", "content": question}]}
    if not streamed:
        return _told((await agent.ainvoke(asked))["messages"], 1)
    pieces, messages = 0, []
    async for mode, news in agent.astream(asked, stream_mode=["messages", "values"]):
        if mode == "values":
            messages = news["messages"]
        elif isinstance(news[0], AIMessageChunk):
            pieces += 1
    return _told(messages, pieces)


WAYS = {
    "anthropic": ("function_calling", "json_schema"),
    "openai-chat": ("function_calling", "json_schema", "json_mode"),
    "openai-responses": ("function_calling", "json_schema"),
    "gemini": ("function_calling", "json_schema"),
}


async def fill(api: Api, way: str, words: str, kind: type[BaseModel]) -> Any:
    filling = model(api).with_structured_output(kind, method=way)
    schema = json.dumps(kind.model_json_schema())
    # This mode tells the API of no schema: its documentation has the prompt tell it.
    system = [("system", f"Answer in JSON of this schema: {schema}")] if way == "json_mode" else []
    return await filling.ainvoke([*system, ("user", words)])


async def conclude(api: Api, way: str, desk: Desk, question: str, kind: type[BaseModel]) -> Any:
    tools = [langchain_tool(tool, parse_docstring=True) for tool in desk.tools]
    strategy = ToolStrategy if way == "function_calling" else ProviderStrategy
    agent = create_agent(model(api), tools, response_format=strategy(kind))
    asked = {"messages": [{"role": "user", "content": question}]}
    return (await agent.ainvoke(asked, {"recursion_limit": 12}))["structured_response"]


async def refuse(api: Api, desk: Desk, question: str) -> str:
    tools = [langchain_tool(tool, parse_docstring=True) for tool in desk.tools]
    gate = HumanInTheLoopMiddleware(interrupt_on={tool.name: True for tool in tools})
    agent = create_agent(model(api), tools, middleware=[gate], checkpointer=InMemorySaver())
    thread = {"configurable": {"thread_id": "1"}}
    asked = await agent.ainvoke({"messages": [("user", question)]}, thread)
    calls = asked["__interrupt__"][0].value["action_requests"]
    decisions = [{"type": "reject", "message": REFUSED} for _ in calls]
    answer = await agent.ainvoke(Command(resume={"decisions": decisions}), thread)
    return _told(answer["messages"], 1).text


def _told(messages: list[Any], pieces: int) -> Told:
    said = [message for message in messages if isinstance(message, AIMessage)]
    usages = [message.usage_metadata for message in said if message.usage_metadata]
    assert len(usages) == len(said), "a reply came without its usage"
    return Told(
        said[-1].text,
        sum(usage["input_tokens"] for usage in usages),
        sum(usage["output_tokens"] for usage in usages),
        pieces,
    )
