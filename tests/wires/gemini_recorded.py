"""What is known of the recordings of Gemini's API, and how they read without the codec."""

from __future__ import annotations

from typing import Any

from roundtrip.conversation import Message, Text, ToolResult
from tests.recordings import Recorded
from tests.wires.edits import Request
from tests.wires.gemini_traffic import (
    TRAFFIC,
    calls_in,
    chunks_of,
    finish_in,
    parts_of,
    said_in,
    usage_in,
)
from tests.wires.recordings_read import Recordings, Told, as_adapted
from tests.wires.traffic import changed

STOPS = {"STOP": "end", "MAX_TOKENS": "max_tokens", "SAFETY": "refusal", "MODEL_ARMOR": "refusal"}

INVALID_ROLE = "opentelemetry-python-contrib__test_generate_content_invalid_role.json#0"
"""The API itself refuses this request; so does the decoder, in the same words."""


def told(response: Any) -> Told:
    calls, word, chunks = calls_in(response), finish_in(response), chunks_of(response)
    return Told(
        id=chunks[0].get("responseId"),
        model=chunks[0]["modelVersion"],
        text=said_in(response),
        calls=calls,
        stop=("tool_calls" if calls else STOPS[word], word),
        usage=usage_in(response),
        parts=len(parts_of(response)) if isinstance(response, dict) else None,
    )


def error(response: Any) -> tuple[str, str] | None:
    said = chunks_of(response)[0].get("error")
    return said and (said["status"], said["message"])


def echo(case: Recorded) -> list[Any] | None:
    return [case.response["candidates"][0]["content"]] if isinstance(case.response, dict) else None


def as_taken(request: Request) -> Request:
    """Empty texts the API refuses; results come first in a message, and each names its tool."""
    conversation, tools, options = request
    messages = [changed(one, parts=_taken_parts(one)) for one in conversation.messages]
    said = changed(
        conversation,
        messages=tuple(message for message in messages if message.parts),
        system=tuple(text for text in conversation.system if text.text),
    )
    return said, as_adapted(tools, TRAFFIC.name), options


def _taken_parts(message: Message) -> tuple[Any, ...]:
    results = [part for part in message.parts if isinstance(part, ToolResult)]
    others = [part for part in message.parts if not isinstance(part, ToolResult)]
    named = [changed(part, name=part.name or "unknown") for part in results]
    return (*named, *(part for part in others if not isinstance(part, Text) or part.text))


SPELLINGS = {
    "function_call": "functionCall",
    "thought_signature": "thoughtSignature",
    "inline_data": "inlineData",
    "mime_type": "mimeType",
    "file_data": "fileData",
    "file_uri": "fileUri",
    "url_context": "urlContext",
    "google_search": "googleSearch",
    "code_execution": "codeExecution",
    "file_search_store_names": "fileSearchStoreNames",
}


def camel_cased(value: Any) -> Any:
    """With the API's own spelling of fields and of signatures, which clients encode anew."""
    if isinstance(value, list):
        return [camel_cased(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    said = {SPELLINGS.get(name, name): camel_cased(inner) for name, inner in value.items()}
    if isinstance(said.get("thoughtSignature"), str):
        said["thoughtSignature"] = said["thoughtSignature"].replace("-", "+").replace("_", "/")
    return said


_SAID = r"\.contents\.\d+\.parts(\.\d+)?"
_RESPONSE = rf"{_SAID}\.(functionResponse|function_response)\.response(\.\w+)?"

RECORDINGS = Recordings(
    TRAFFIC,
    least={
        "requests": 300,
        "replies": 300,
        "refusals": 10,
        "streams": 50,
        "values": 850,
        "repeated": 50,
    },
    messages="contents",
    places={
        "an argument": rf"{_SAID}\.(functionCall|function_call)\.args\.added",
        # A result is one object: another text or a failure is another key of it.
        "a result": _RESPONSE,
        "a failure": _RESPONSE,
        "a person's words": rf"{_SAID}\.text",
        "the model's words": rf"{_SAID}\.text",
        "a description": r"\.tools\.(\d+\.)?(functionDeclarations|function_declarations)\.\d+"
        r"\.description",
        "the system prompt": r"\.(systemInstruction|system_instruction)\.parts(\.0)?\.text",
        "the cap": r"\.generationConfig(\.maxOutputTokens)?",
    },
    told=told,
    error=error,
    echo=echo,
    as_taken=as_taken,
    refused=INVALID_ROLE,
    # Images and Google's own tools stay as they were told; the SDK's types dump camelCase.
    spelled=camel_cased,
    changed_by_clients={
        ".n.parts.n.functionCall.id": "made up where the API gave none",
        ".n.parts.n.thoughtSignature": "dropped from texts, or the stand-in for one added",
        ".n.parts": "thoughts and empty signed texts dropped, an empty text put first",
        ".n.parts.n.functionCall": "a call that carried the answer told as text",
        ".n.parts.n.text": "that text",
    },
)
