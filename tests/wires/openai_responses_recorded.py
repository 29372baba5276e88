"""What is known of the recordings of the Responses API, and how they read without the codec."""

from __future__ import annotations

from typing import Any

from roundtrip.conversation import ToolDefinition
from tests.recordings import Recorded
from tests.wires.edits import Request
from tests.wires.openai_responses_traffic import (
    TRAFFIC,
    calls_of,
    refusal_of,
    response_of,
    stop_of,
    texts_of,
    usage_of,
)
from tests.wires.recordings_read import Recordings, Told, as_adapted, without_thinking
from tests.wires.traffic import changed, differences

RESULTS = ("function_call_output", "custom_tool_call_output")


def told(response: Any) -> Told:
    said = response_of(response)
    output = said["output"]
    return Told(
        id=said["id"],
        model=said["model"],
        text="".join(texts_of(said)),
        calls=calls_of(said),
        stop=stop_of(said),
        usage=usage_of(said),
        parts=sum(len(item["content"]) if item["type"] == "message" else 1 for item in output),
        refusal=refusal_of(said),
    )


def error(response: Any) -> tuple[str, str] | None:
    said = response_of(response).get("error")
    return said and (said["code"], said["message"])


def echo(case: Recorded) -> list[Any]:
    """Every item that the provider keeps or that holds all it needs."""
    stored = case.request.get("store", True)
    return [
        item
        for item in response_of(case.response)["output"]
        if stored or item["type"] != "reasoning" or item.get("encrypted_content")
    ]


def as_taken(request: Request) -> Request:
    """A message is its items: with none it is not there. It has to be said whether a definition
    is strict, and a free-text tool without its native is a function."""
    conversation, tools, options = request
    messages = map(without_thinking, conversation.messages)
    said = changed(conversation, messages=tuple(one for one in messages if one.parts))
    taken = (
        changed(tool, strict=bool(tool.strict)) if isinstance(tool, ToolDefinition) else tool
        for tool in as_adapted(tools, TRAFFIC.name)
    )
    return said, tuple(taken), options


def answers(response: Any, added: list[Any]) -> bool:
    """Whether every call has its result there: some files hold several conversations that begin
    alike."""
    asked = {call[0] for call in calls_of(response_of(response))}
    return bool(asked) and asked <= {item.get("call_id") for item in added}


def compared(echo: list[Any], after: list[Any]) -> list[str]:
    """Which fields of which items a client left out or wrote otherwise, item by item of a type."""
    found = []
    left = [item for item in after if item.get("type", "message") not in RESULTS]
    for item in echo:
        kind = item["type"]
        same = next((one for one in left if one.get("type", "message") == kind), None)
        if same is None:
            found.append(f"{kind} not repeated")
        else:
            left.remove(same)
            found += differences(item, same, kind)
    return found


RECORDINGS = Recordings(
    TRAFFIC,
    least={
        "requests": 360,
        "replies": 380,
        "refusals": 10,
        "streams": 75,
        "values": 1600,
        "repeated": 30,
    },
    messages="input",
    places={
        "an argument": r"\.input\.\d+\.arguments",
        "a result": r"\.input\.\d+\.output(\.0\.text)?",
        "a failure": r"\.input\.\d+\.output(\.0\.text)?",
        "a person's words": r"\.input(\.\d+\.content(\.\d+\.text)?)?",
        "the model's words": r"\.input\.\d+\.content(\.\d+\.text)?",
        "a description": r"\.tools\.\d+\.description",
        "the system prompt": r"\.instructions|\.input\.0\.content(\.0\.text)?",
        "the cap": r"\.max_output_tokens",
    },
    told=told,
    error=error,
    whole=response_of,
    echo=echo,
    as_taken=as_taken,
    message_is_an_entry=False,
    not_judged=7,
    answers=answers,
    compared=compared,
    changed_by_clients={
        "function_call.status": "dropped, or null",
        "function_call.id": "dropped",
        "function_call.arguments": "spaces put in",
        "function_call.namespace": "added",
        "message.content.n.logprobs": "dropped where empty",
        "reasoning.content": "dropped where empty",
        "reasoning.id": "dropped",
        "tool_search_call.call_id": "made up where the API gave none",
        "tool_search_call.arguments.paths": "told under another name",
        "tool_search_call.arguments.queries": "that name",
        "tool_search_output not repeated": "dropped",
        "tool_search_output.tools.n.output_schema": "dropped where null",
        "message.content.n.text": "one file goes on with the reply of another run",
        "reasoning.encrypted_content": "that reply's",
    },
)
