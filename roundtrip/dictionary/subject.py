"""What the dictionary spells: a conversation, its tools and options, and two replies of it.

Owns taking that out of a run, and the worked example that stands in where there is no run yet.
Does not spell anything.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
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
    bare,
)
from roundtrip.events import Event, ReplyReceived
from roundtrip.state import RunState
from roundtrip.tools.python import tools_in
from roundtrip.wires.wire import Tools

LARGEST = 60_000
"""Characters of a conversation that is spelled whole; of a longer one, the last turn with calls."""

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

    left_out: int = 0
    """Messages that are not spelled because there are too many."""


def of_run(state: RunState, events: Iterable[Event]) -> Subject | None:
    """A run's conversation so far, with its last question's options; None before its first."""
    if state.setup is None:
        return None
    replies = [bare(event.reply) for event in events if isinstance(event, ReplyReceived)]
    offered = (bare(tool.definition) for tool in state.setup.tools)
    subject = Subject(
        conversation=bare(state.conversation),
        tools=(*offered, *state.setup.provider_tools),
        options=bare(state.setup.options),
        asks=_last(reply for reply in replies if _asks(reply)),
        answers=_last(reply for reply in replies if not reply.message.calls),
    )
    return _shortened(subject)


def _asks(reply: Reply) -> bool:
    """Whether it waits for results: calls of a reply that was refused are taken back."""
    return bool(reply.message.calls) and reply.stop.signal != "refusal"


def _last(replies: Iterable[Reply]) -> Reply | None:
    """The last one. Its own wire's word for the stop goes: each wire says it in its own."""
    last = None
    for reply in replies:
        last = reply
    if last is None:
        return None
    return last.model_copy(update={"stop": last.stop.model_copy(update={"provider": None})})


def _shortened(subject: Subject) -> Subject:
    messages = subject.conversation.messages
    if sum(len(message.model_dump_json()) for message in messages) <= LARGEST:
        return subject
    calling = [n for n, message in enumerate(messages) if message.calls]
    last = calling[-1] if calling else len(messages) - 1
    asked = [n for n in range(last) if messages[n].role == "user" and not messages[n].results]
    first = asked[-1] if asked else last
    kept = subject.conversation.model_copy(update={"messages": messages[first : last + 2]})
    return replace(subject, conversation=kept, left_out=len(messages) - len(kept.messages))


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
        asks=_reply("reply_1", asks, "tool_calls", Usage(input=412, output=58)),
        answers=_reply(
            "reply_2",
            Message(role="assistant", parts=(Text(text=answer),)),
            "end",
            Usage(input=527, output=19),
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
