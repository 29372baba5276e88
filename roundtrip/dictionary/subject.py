"""What the dictionary spells: a conversation, its tools and options, and two replies of it.

Owns the worked example that stands in where there is no run yet. Taking it out of a run is
`from_run.py`'s, and nothing is spelled here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from roundtrip.conversation import (
    Conversation,
    Message,
    Options,
    Reply,
    StopSignal,
    Text,
    ToolCall,
    ToolDefinition,
    ToolResult,
    Usage,
)
from roundtrip.tools.python import tools_in
from roundtrip.wires.wire import Tools

_SAMPLE_TOOLS = Path(__file__).resolve().parents[2] / "sample_tools"


@dataclass(frozen=True)
class Subject:
    """One conversation as it is spelled. Without natives: what each wire would write by itself."""

    conversation: Conversation
    tools: Tools
    options: Options
    asks: Reply | None = None
    """The last reply that asked for tools."""

    answers: Reply | None = None
    """The last reply that did not."""

    left_out: tuple[str, ...] = ()
    """What is not spelled because there is too much, e.g. `12 messages`."""


@cache
def worked_example() -> Subject:
    """A conversation with everything in it: two calls at once, one of which fails."""
    question = "What should I wear in Tokyo and Atlantis tomorrow?"
    asks = Message(
        role="assistant",
        parts=(
            ToolCall(id="call_tokyo", name="get_weather", arguments={"city": "Tokyo"}),
            ToolCall(id="call_atlantis", name="get_weather", arguments={"city": "Atlantis"}),
        ),
    )
    results = Message(
        role="user",
        parts=(
            _result("call_tokyo", '{"city": "Tokyo", "temp_c": 18, "sky": "light rain"}'),
            _result("call_atlantis", 'no forecast for "Atlantis"', is_error=True),
        ),
    )
    answer = "In Tokyo take an umbrella. I found no forecast for Atlantis."
    return Subject(
        conversation=Conversation(
            system=(Text(text="You help people pack. Be brief."),),
            messages=(Message(role="user", parts=(Text(text=question),)), asks, results),
        ),
        tools=_two_sample_tools(),
        options=Options(model="sim-large", stream=True, max_output_tokens=1024),
        asks=_reply(
            "reply_1", asks, "tool_calls", Usage(input=412, output=58, cache_read=0, reasoning=0)
        ),
        answers=_reply(
            "reply_2",
            Message(role="assistant", parts=(Text(text=answer),)),
            "end",
            Usage(input=527, output=19, cache_read=0, reasoning=0),
        ),
    )


def _result(call_id: str, text: str, *, is_error: bool = False) -> ToolResult:
    words = (Text(text=text),)
    return ToolResult(call_id=call_id, name="get_weather", content=words, is_error=is_error)


def _reply(name: str, message: Message, signal: str, usage: Usage) -> Reply:
    stop = StopSignal.model_validate({"signal": signal, "provider": None})
    return Reply(id=name, model="sim-large", message=message, stop=stop, usage=usage)


def _two_sample_tools() -> Tools:
    """The definitions the playground begins with; a plain one where somebody took them away."""
    loaded = {tool.name: tool.definition for tool in tools_in(_SAMPLE_TOOLS).tools}
    weather = loaded.get("get_weather") or ToolDefinition(
        name="get_weather",
        description="Get tomorrow's weather forecast for one city.",
        input_schema={"type": "object", "properties": {"city": {"type": "string"}}},
    )
    second = loaded.get("calculate")
    return (weather, second) if second else (weather,)
