"""What is known of the recordings of Chat Completions, and how they read without the codec."""

from __future__ import annotations

from typing import Any

from tests.recordings import Recorded
from tests.wires.edits import Request
from tests.wires.openai_chat_traffic import TRAFFIC, calls_of, reply_json
from tests.wires.recordings_read import Recordings, Told, as_adapted
from tests.wires.traffic import changed

STOPS = {
    "stop": "end",
    "length": "max_tokens",
    "content_filter": "refusal",
    "tool_calls": "tool_calls",
    "function_call": "tool_calls",
    None: "incomplete",
}


def told(response: Any) -> Told:
    body = reply_json(response)
    choice = body["choices"][0]
    message = choice.get("message") or {}
    reason, refusal = choice["finish_reason"], message.get("refusal")
    calls, signal = calls_of(message), STOPS[reason]
    if signal == "end":
        signal = "tool_calls" if calls else "refusal" if refusal else "end"
    return Told(
        id=body["id"],
        model=body["model"],
        text=message.get("content") or "",
        calls=calls,
        stop=(signal, reason),
        usage=_counts(body["usage"]),
        parts=len([words for words in (message.get("content"), refusal) if words]) + len(calls),
        refusal=refusal,
        more_choices=len(body["choices"]) - 1,
    )


def _counts(usage: Any) -> Any:
    if usage is None:
        return None
    cached = usage.get("prompt_tokens_details", {}).get("cached_tokens")
    return {
        "input": usage["prompt_tokens"] - (cached or 0),
        "output": usage["completion_tokens"],
        "cache_read": cached,
        "cache_write": usage.get("prompt_tokens_details", {}).get("cache_write_tokens"),
        "reasoning": usage.get("completion_tokens_details", {}).get("reasoning_tokens"),
    }


def error(response: Any) -> tuple[str, str] | None:
    said = reply_json(response).get("error")
    return said and (said["code"] or said["type"], said["message"])


def echo(case: Recorded) -> list[Any] | None:
    return [case.response["choices"][0]["message"]] if isinstance(case.response, dict) else None


def as_taken(request: Request) -> Request:
    """Each call and its result have an id, which the one `function_call` of old had not, and a
    definition that is not known to come from this API is put into its dialect."""
    conversation, tools, options = request
    ids = (f"call_{n}" for n in range(1000))
    last = None
    messages = []
    for message in conversation.messages:
        parts = []
        for part in message.parts:
            if part.kind == "tool_call" and part.id is None:
                last = next(ids)
                part = changed(part, id=last)
            elif part.kind == "tool_result" and part.call_id is None:
                part = changed(part, call_id=last)
            parts.append(part)
        messages.append(changed(message, parts=tuple(parts)))
    said = changed(conversation, messages=tuple(messages))
    return said, as_adapted(tools, TRAFFIC.name), options


RECORDINGS = Recordings(
    TRAFFIC,
    least={
        "requests": 245,
        "replies": 235,
        "refusals": 12,
        "streams": 65,
        "values": 1300,
        "repeated": 2,
    },
    messages="messages",
    places={
        "an argument": r"\.messages\.\d+\.(tool_calls\.\d+\.function|function_call)\.arguments",
        "a result": r"\.messages\.\d+\.content(\.0\.text)?",
        "a failure": r"\.messages\.\d+\.content(\.0\.text)?",
        "a person's words": r"\.messages\.\d+\.content(\.\d+\.text)?",
        "the model's words": r"\.messages\.\d+\.content(\.\d+\.text)?",
        "a description": r"\.(tools\.\d+\.(function|custom)|functions\.\d+)\.description",
        "the system prompt": r"\.messages\.0\.content(\.0\.text)?",
        "the cap": r"\.max_(completion_)?tokens",
    },
    # No field says a failure: it is told in the result's words, and one result begins with them.
    unchanged="a failure",
    told=told,
    error=error,
    echo=echo,
    as_taken=as_taken,
    message_is_an_entry=False,
    changed_by_clients={
        ".n.refusal": "dropped where null",
        ".n.annotations": "dropped where empty",
        ".n.content": "dropped where null, or an empty message put before the calls",
        ".n.name": "an agent's name added",
        ".n.tool_calls": "an empty message put before the calls",
        ".n.tool_calls.n.function.arguments": "the spaces taken out",
    },
)
