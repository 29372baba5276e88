"""The simulated Responses API: what is its own about a request and its reply.

The rules of a request's body stand in `responses_checks.py`, reading and writing in
`roundtrip/wires/openai_responses`, what is said in `model/`.
"""

from __future__ import annotations

import json
import time
from functools import partial
from typing import Any

from starlette.requests import Request

from roundtrip.conversation import Part, Reply, Signal, Text, Thinking, ToolCall, ToolResult
from roundtrip.simulator.api import Question, as_sent
from roundtrip.simulator.identifiers import BASE62, HEX, identifier
from roundtrip.simulator.openai.refusals import FAILURES, TOO_LARGE, reply_headers_of
from roundtrip.simulator.openai.requests import check_json, check_key, is_known
from roundtrip.simulator.openai.responses_checks import first_complaint
from roundtrip.simulator.refusals import Refusal, Refused
from roundtrip.simulator.replies import Spelling
from roundtrip.simulator.results import failed_by_its_words
from roundtrip.simulator.signatures import seal
from roundtrip.wires.wire import WireRequest

_PATH = "/responses"
_READ = ("instructions", "tools", "input", "text")
_ENCRYPTED = "reasoning.encrypted_content"

_STOPS: dict[Signal, str] = {
    "tool_calls": "completed",
    "end": "completed",
    "max_tokens": "incomplete: max_output_tokens",
    "refusal": "incomplete: content_filter",
}


_ECHOED: dict[str, Any] = {
    "instructions": None,
    "max_output_tokens": None,
    "max_tool_calls": None,
    "metadata": {},
    "parallel_tool_calls": True,
    "previous_response_id": None,
    "reasoning": {"effort": None, "summary": None},
    "service_tier": "default",
    "store": True,
    "temperature": 1.0,
    "text": {"format": {"type": "text"}, "verbosity": "medium"},
    "tool_choice": "auto",
    "tools": [],
    "top_logprobs": 0,
    "top_p": 1.0,
    "truncation": "disabled",
    "user": None,
}
"""What a response repeats of its request, and what it says where nothing was said."""


class ResponsesApi:
    """`POST /responses`, as `roundtrip.simulator.api.Api` describes an API."""

    wire = "openai-responses"
    too_large = TOO_LARGE
    failures = FAILURES

    def check_key(self, request: Request) -> None:
        check_key(request)

    def check_json(self, raw: bytes) -> Any:
        return check_json(raw)

    def question(self, request: Request, body: Any, raw: bytes) -> Question:
        if refusal := first_complaint(body):
            raise Refused(refusal)
        model = body["model"]
        if not is_known(model):
            words = f"The requested model '{model}' does not exist."
            raise Refused(Refusal(400, words, "model_not_found", "model"))
        if earlier := body.get("previous_response_id"):
            # Nothing of a reply outlives it here, as for an account that retains no data.
            words = f"Previous response with id '{earlier}' not found."
            where = "previous_response_id"
            raise Refused(Refusal(400, words, "previous_response_not_found", where))
        return Question(
            model=model,
            most=body.get("max_output_tokens"),
            shape="events" if body.get("stream") else "body",
            request=WireRequest("POST", _PATH, (), raw),
            read=read_by_a_model(body),
            spelling=_spelling(body),
        )

    def read_result(self, result: ToolResult) -> ToolResult:
        return failed_by_its_words(result)

    def headers(self, request: Request) -> dict[str, str]:
        return reply_headers_of(request)


def read_by_a_model(body: dict[str, Any]) -> dict[str, Any]:
    return {name: body[name] for name in _READ if name in body}


def _spelling(body: dict[str, Any]) -> Spelling:
    return Spelling(
        reply_id=lambda seed: identifier("resp_", 50, seed, alphabet=HEX),
        call_id=lambda seed, position: identifier("call_", 24, seed, position, alphabet=BASE62),
        stops=_STOPS,
        sent=partial(_response, body),
        no_reasoning=0,
    )


def _response(body: dict[str, Any], seed: bytes, parts: tuple[Part, ...]) -> Reply:
    """A response around the parts as output items; it repeats what was asked for."""
    encrypted = _ENCRYPTED in (body.get("include") or ())
    now = int(time.time())
    echoed = {name: _asked(body, name, default) for name, default in _ECHOED.items()}
    told = {
        "id": None,
        "object": "response",
        "created_at": now,
        "status": "completed",
        "background": False,
        "completed_at": now,
        "error": None,
        "incomplete_details": None,
        "model": None,
        "output": [_item(seed, at, part, encrypted) for at, part in enumerate(parts)],
        "usage": None,
    }
    return as_sent("openai-responses", told | echoed)


def _asked(body: dict[str, Any], name: str, default: Any) -> Any:
    return default if body.get(name) is None else body[name]


def _item(seed: bytes, at: int, part: Part, encrypted: bool) -> dict[str, Any]:
    if isinstance(part, Thinking):
        summary = [{"type": "summary_text", "text": part.text}]
        item = {"id": _item_id("rs_", seed, at), "type": "reasoning", "summary": summary}
        return item | ({"encrypted_content": seal(seed, at)} if encrypted else {})
    if isinstance(part, ToolCall):
        return {
            "id": _item_id("fc_", seed, at),
            "type": "function_call",
            "status": "completed",
            "arguments": json.dumps(part.arguments, ensure_ascii=False, separators=(",", ":")),
            "call_id": part.id,
            "name": part.name,
        }
    assert isinstance(part, Text)
    words = {"type": "output_text", "annotations": [], "logprobs": [], "text": part.text}
    return {
        "id": _item_id("msg_", seed, at),
        "type": "message",
        "status": "completed",
        "role": "assistant",
        "content": [words],
    }


def _item_id(prefix: str, seed: bytes, at: int) -> str:
    return identifier(prefix, 50, seed, at, alphabet=HEX)
