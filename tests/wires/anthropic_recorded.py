"""What is known of the recordings of Anthropic's API, and how they read without the codec."""

from __future__ import annotations

from typing import Any

from tests.recordings import Recorded
from tests.wires.anthropic_traffic import TRAFFIC, message_of
from tests.wires.edits import Request
from tests.wires.recordings_read import Recordings, Told, without_thinking
from tests.wires.traffic import changed

STOPS = {"tool_use": "tool_calls", "end_turn": "end", "pause_turn": "paused"}


def told(response: Any) -> Told:
    message = message_of(response)
    assert message["type"] == "message"
    blocks, usage, reason = message["content"], message["usage"], message["stop_reason"]
    return Told(
        id=message["id"],
        model=message["model"],
        text="".join(block["text"] for block in blocks if block["type"] == "text"),
        calls=[
            (block["id"], block["name"], block["input"], None)
            for block in blocks
            if block["type"] == "tool_use"
        ],
        stop=(STOPS.get(reason, reason), reason),
        usage={
            "input": usage["input_tokens"],
            "output": usage["output_tokens"],
            "cache_read": usage.get("cache_read_input_tokens"),
            "cache_write": usage.get("cache_creation_input_tokens"),
            "reasoning": (usage.get("output_tokens_details") or {}).get("thinking_tokens"),
        },
        parts=len(blocks),
    )


def error(response: Any) -> tuple[str, str] | None:
    said = message_of(response)
    return (said["error"]["type"], said["error"]["message"]) if said["type"] == "error" else None


def echo(case: Recorded) -> list[Any]:
    return [{"role": "assistant", "content": message_of(case.response)["content"]}]


def as_taken(request: Request) -> Request:
    conversation, tools, options = request
    said = tuple(without_thinking(message) for message in conversation.messages)
    return changed(conversation, messages=said), tools, options


RECORDINGS = Recordings(
    TRAFFIC,
    least={
        "requests": 250,
        "replies": 300,
        "refusals": 6,
        "streams": 80,
        "values": 1100,
        "repeated": 30,
    },
    messages="messages",
    places={
        "an argument": r"\.messages\.\d+\.content\.\d+\.input\.added",
        "a result": r"\.messages\.\d+\.content\.\d+\.content(\.0\.text)?",
        "a failure": r"\.messages\.\d+\.content\.\d+\.is_error",
        "a person's words": r"\.messages\.\d+\.content(\.\d+\.text)?",
        "the model's words": r"\.messages\.\d+\.content(\.\d+\.text)?",
        "a description": r"\.tools\.\d+\.description",
        "the system prompt": r"\.system(\.0\.text)?",
        "the cap": r"\.max_tokens",
    },
    told=told,
    error=error,
    whole=message_of,
    echo=echo,
    as_taken=as_taken,
    changed_by_clients={
        ".n.content.n.caller": "dropped: who called is known to the provider",
        ".n.content.n.citations": "dropped where null or empty",
        ".n.content.n.content.n.citations": "the same, in a result of the provider's own tool",
        ".n.content": "words before a call dropped, or a call that carried the answer told as text",
    },
)
