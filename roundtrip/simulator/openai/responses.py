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
from roundtrip.simulator.openai.stored import Stored
from roundtrip.simulator.refusals import Refusal, Refused
from roundtrip.simulator.replies import Spelling
from roundtrip.simulator.results import failed_by_its_words
from roundtrip.simulator.signatures import seal
from roundtrip.wires.wire import WireRequest, wire_named

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

    def __init__(self) -> None:
        self._stored = Stored()

    def check_key(self, request: Request) -> None:
        check_key(request)

    def check_json(self, raw: bytes) -> Any:
        return check_json(raw)

    def question(self, request: Request, body: Any, raw: bytes) -> Question:
        if refusal := first_complaint(body):
            raise Refused(refusal)
        _check_model(body["model"])
        whole = self._with_what_went_before(body)
        if whole is not body and (refusal := first_complaint(whole)):
            raise Refused(refusal)
        return Question(
            model=body["model"],
            most=body.get("max_output_tokens"),
            shape="events" if body.get("stream") else "body",
            request=WireRequest("POST", _PATH, (), json.dumps(whole).encode()),
            read=read_by_a_model(whole),
            spelling=_spelling(body),
            keep=None if body.get("store") is False else partial(self._keep, _items_of(whole)),
        )

    def _with_what_went_before(self, body: dict[str, Any]) -> dict[str, Any]:
        """The request as it would read had it sent everything itself. Raises `Refused`."""
        for name in ("conversation", "prompt"):
            if body.get(name) is not None:
                words = f"No {name} is stored here, so none can be referred to."
                raise Refused(Refusal(404, words, "not_found", name))
        earlier = body.get("previous_response_id")
        if earlier is None:
            return body
        items = self._stored.of(str(earlier))
        if items is None:
            words = f"Previous response with id '{earlier}' not found."
            where = "previous_response_id"
            raise Refused(Refusal(400, words, "previous_response_not_found", where))
        rest = {name: value for name, value in body.items() if name != "previous_response_id"}
        return rest | {"input": [*items, *_items_of(body)]}

    def _keep(self, items: list[Any], reply: Reply) -> None:
        body = wire_named(self.wire).encode_reply(reply, stream=False)
        assert isinstance(body, bytes)
        self._stored.keep(reply.id or "", [*items, *json.loads(body)["output"]])

    def read_result(self, result: ToolResult) -> ToolResult:
        return failed_by_its_words(result)

    def headers(self, request: Request) -> dict[str, str]:
        return reply_headers_of(request)


def _check_model(name: str) -> None:
    if not is_known(name):
        words = f"The requested model '{name}' does not exist."
        raise Refused(Refusal(400, words, "model_not_found", "model"))


def _items_of(body: dict[str, Any]) -> list[Any]:
    """A text alone is a person's message."""
    given = body.get("input") or []
    return [{"role": "user", "content": given}] if isinstance(given, str) else given


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


def _response(body: dict[str, Any], seed: bytes, parts: tuple[Part, ...], signal: Signal) -> Reply:
    """A response around the parts as output items; it repeats what was asked for."""
    encrypted = _ENCRYPTED in (body.get("include") or ())
    now, finished = int(time.time()), signal in ("tool_calls", "end")
    items = [_item(seed, at, part, encrypted) for at, part in enumerate(parts)]
    if items and not finished and "status" in items[-1]:
        items[-1]["status"] = "incomplete"
    told = {
        "id": None,
        "object": "response",
        "created_at": now,
        "status": "completed",
        "background": False,
        "completed_at": now if finished else None,
        "error": None,
        "incomplete_details": None,
        "model": None,
        "output": items,
        "usage": None,
    }
    echoed = {name: _asked(body, name, default) for name, default in _ECHOED.items()}
    return as_sent("openai-responses", told | echoed)


def _asked(body: dict[str, Any], name: str, default: Any) -> Any:
    return default if body.get(name) is None else body[name]


def _item(seed: bytes, at: int, part: Part, encrypted: bool) -> dict[str, Any]:
    if isinstance(part, Thinking):
        summary = [{"type": "summary_text", "text": part.text}]
        item = {"id": _item_id("rs_", seed, at), "type": "reasoning", "summary": summary}
        return item | ({"encrypted_content": seal(seed, at)} if encrypted else {})
    if isinstance(part, ToolCall):
        said, text = part.arguments, part.arguments_text
        if said is not None:
            text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
        return {
            "id": _item_id("fc_", seed, at),
            "type": "function_call",
            "status": "completed",
            "arguments": text,
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
