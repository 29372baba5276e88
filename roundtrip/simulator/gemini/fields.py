"""The fields a Gemini request may have: what the API's protocol buffers can be read from.

Owns the table and the complaint about what is not in it, worded as the API words it. A field may
be spelled in camel case or in snake case, a list of one may be given without its brackets. What
the fields must say stands in `checks.py`.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Any

Kind = str
"""`string`, `bool`, `integer`, `number`, `bytes`, `struct`, `any`, or a key of `MESSAGES`; with
`[]` behind it for a list, `{}` for an object with any names."""

MESSAGES: dict[str, dict[str, Kind]] = {
    "request": {
        "model": "string",
        "contents": "content[]",
        "system_instruction": "content",
        "tools": "tool[]",
        "tool_config": "tool_config",
        "generation_config": "generation_config",
        "safety_settings": "any",
        "cached_content": "string",
        "labels": "any",
        "service_tier": "any",
        "store": "bool",
        "model_armor_config": "any",
    },
    "content": {"parts": "part[]", "role": "string"},
    "part": {
        "text": "string",
        "thought": "bool",
        "thought_signature": "bytes",
        "function_call": "function_call",
        "function_response": "function_response",
        "inline_data": "any",
        "file_data": "any",
        "executable_code": "any",
        "code_execution_result": "any",
        "tool_call": "any",
        "tool_response": "any",
        "video_metadata": "any",
        "audio_metadata": "any",
        "document_metadata": "any",
        "spreadsheet_metadata": "any",
        "speech_metadata": "any",
        "audio_transcription": "any",
        "media_processing": "any",
        "media_resolution": "any",
        "part_metadata": "struct",
    },
    "function_call": {
        "id": "string",
        "name": "string",
        "args": "struct",
        "partial_args": "any",
        "will_continue": "bool",
    },
    "function_response": {
        "id": "string",
        "name": "string",
        "response": "struct",
        "parts": "any",
        "scheduling": "any",
        "will_continue": "bool",
    },
    "tool": {
        "function_declarations": "function_declaration[]",
        "google_search": "any",
        "google_search_retrieval": "any",
        "google_maps": "any",
        "code_execution": "any",
        "url_context": "any",
        "file_search": "any",
        "computer_use": "any",
        "mcp_servers": "any",
        "retrieval": "any",
        "enterprise_web_search": "any",
        "exa_ai_search": "any",
        "parallel_ai_search": "any",
    },
    "function_declaration": {
        "name": "string",
        "description": "string",
        "parameters": "schema",
        "parameters_json_schema": "any",
        "response": "schema",
        "response_json_schema": "any",
        "behavior": "any",
    },
    "schema": {
        "type": "any",
        "format": "string",
        "title": "string",
        "description": "string",
        "nullable": "bool",
        "enum": "any",
        "items": "schema",
        "max_items": "any",
        "min_items": "any",
        "properties": "schema{}",
        "required": "string[]",
        "min_properties": "any",
        "max_properties": "any",
        "min_length": "any",
        "max_length": "any",
        "pattern": "string",
        "example": "any",
        "any_of": "schema[]",
        "property_ordering": "string[]",
        "default": "any",
        "minimum": "number",
        "maximum": "number",
    },
    "tool_config": {
        "function_calling_config": "function_calling_config",
        "retrieval_config": "any",
        "include_server_side_tool_invocations": "bool",
    },
    "function_calling_config": {
        "mode": "any",
        "allowed_function_names": "string[]",
        "stream_function_call_arguments": "bool",
    },
    "generation_config": {
        "stop_sequences": "string[]",
        "response_mime_type": "string",
        "response_schema": "schema",
        "response_json_schema": "any",
        "response_modalities": "any",
        "response_format": "any",
        "candidate_count": "integer",
        "max_output_tokens": "integer",
        "temperature": "number",
        "top_p": "number",
        "top_k": "number",
        "seed": "integer",
        "presence_penalty": "number",
        "frequency_penalty": "number",
        "response_logprobs": "bool",
        "logprobs": "integer",
        "enable_enhanced_civic_answers": "bool",
        "speech_config": "any",
        "thinking_config": "thinking_config",
        "image_config": "any",
        "media_resolution": "any",
        "audio_timestamp": "bool",
        "audio_transcription_config": "any",
        "translation_config": "any",
        "enable_affective_dialog": "bool",
        "routing_config": "any",
        "model_selection_config": "any",
    },
    "thinking_config": {
        "include_thoughts": "bool",
        "thinking_budget": "integer",
        "thinking_level": "any",
    },
}
"""The messages a conversation with tools consists of; what holds none of it is not looked into.
Source: the API's reference, its official SDK, and what recordings hold beside."""

_LARGEST = 10.0**15
_CAMEL = re.compile(r"(?<=[a-z0-9])([A-Z])")
_TYPES = {"string": "TYPE_STRING", "bool": "TYPE_BOOL", "integer": "TYPE_INT32"}
_TYPES |= {"number": "TYPE_DOUBLE", "bytes": "TYPE_BYTES"}


def snake(name: str) -> str:
    """`maxOutputTokens` as the protocol buffers call it."""
    return _CAMEL.sub(lambda letter: "_" + letter[1].lower(), name)


def canonical(body: dict[str, Any]) -> dict[str, Any]:
    """A request whose fields are all known, in snake case, lists as lists."""
    read: dict[str, Any] = _canonical("request", body)
    return read


def _canonical(kind: Kind, value: Any) -> Any:
    if value is None:
        return None
    if kind.endswith("[]"):
        return [_canonical(kind[:-2], item) for item in (_listed(value))]
    if kind.endswith("{}"):
        return {name: _canonical(kind[:-2], item) for name, item in value.items()}
    fields = MESSAGES.get(kind)
    if fields is None:
        return value
    named = {snake(name): item for name, item in value.items() if item is not None}
    return {name: _canonical(fields[name], item) for name, item in named.items()}


def violations(body: dict[str, Any]) -> list[tuple[str, str]]:
    """What cannot be read, as (field, description)."""
    return list(_violations("request", body, ""))


def _violations(kind: Kind, value: Any, where: str) -> Iterator[tuple[str, str]]:
    if value is None:
        return
    if kind.endswith("[]"):
        for at, item in enumerate(_listed(value)):
            if item is None:
                yield f"{where}[{at}]", f"Invalid value at '{where}[{at}]', null"
            yield from _violations(kind[:-2], item, f"{where}[{at}]")
    elif kind.endswith("{}") and isinstance(value, dict):
        for at, item in enumerate(value.values()):
            yield from _violations(kind[:-2], item, f"{where}[{at}].value")
    elif kind in MESSAGES and isinstance(value, dict):
        yield from _in_message(kind, value, where)
    elif not _fits(kind, value):
        told = _TYPES.get(kind, "type.googleapis.com/google.protobuf.Struct")
        yield where, f"Invalid value at '{where}' ({told}), {_shown(value)}"


def _in_message(kind: Kind, value: dict[str, Any], where: str) -> Iterator[tuple[str, str]]:
    fields = MESSAGES[kind]
    for name, item in value.items():
        proper = snake(name)
        if proper in fields:
            inside = f"{where}.{proper}" if where else proper
            yield from _violations(fields[proper], item, inside)
        else:
            at = f" at '{where}'" if where else ""
            words = f'Invalid JSON payload received. Unknown name "{name}"{at}: Cannot find field.'
            yield where, words


def _fits(kind: Kind, value: Any) -> bool:
    if kind == "any":
        return True
    if kind == "bytes":
        return isinstance(value, str) and _is_base64(value)
    if kind in ("integer", "number"):
        return _is_number(value, whole=kind == "integer")
    types: dict[Kind, type] = {"string": str, "bool": bool}
    return isinstance(value, types.get(kind, dict))


def _is_base64(text: str) -> bool:
    plain = text.replace("-", "+").replace("_", "/").rstrip("=")
    try:
        base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        return False
    return True


def _is_number(value: Any, *, whole: bool) -> bool:
    """JSON of protocol buffers lets a number come as text too."""
    if isinstance(value, str):
        return (
            re.fullmatch(r"-?\d{1,15}" if whole else r"-?\d{1,15}(?:\.\d{1,15})?", value)
            is not None
        )
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return abs(value) < _LARGEST and (not whole or value == int(value))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, bool):
        return str(value).lower()
    return (
        "an array"
        if isinstance(value, list)
        else "an object"
        if isinstance(value, dict)
        else (str(value))
    )
