"""The simulated Messages API: keys, models, refusals, replies and their headers.

Owns what is Anthropic's own about it. The rules of a request's body stand in
`anthropic_checks.py`, the shape of a refusal in `anthropic_refusals.py`, reading and writing in
`roundtrip/wires/anthropic`, what is said in `model/`.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

import anyio.to_thread
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from roundtrip import tokens
from roundtrip.conversation import Native, Reply, Thinking, ToolDefinition
from roundtrip.simulator import faults, replies
from roundtrip.simulator.anthropic_checks import first_complaint
from roundtrip.simulator.anthropic_refusals import EXCEPTION_HANDLERS, Refused, headers_of
from roundtrip.simulator.identifiers import identifier
from roundtrip.simulator.model import MODELS, respond
from roundtrip.simulator.pacing import Ending, PacedResponse, timetable
from roundtrip.simulator.requests import body_of
from roundtrip.simulator.signatures import signature
from roundtrip.simulator.simulation import Simulation
from roundtrip.wires.wire import WireError, WireRequest, wire_named

KNOWN_FAMILIES = re.compile(
    r"claude-(?:"
    r"(?:fable|mythos|opus|sonnet|haiku)-(?:[4-9](?:-\d{1,2})?|preview)"
    r"|3(?:-[57])?-(?:opus|sonnet|haiku)"
    r")(?:-\d{8}|-latest|@\d{8})?"
)
"""Anthropic's model names as of the SDK's own list, with what older recordings name."""

_FAULTS = {
    "429": (429, "This request would exceed your account's rate limit. Please try again later."),
    "500": (500, "Internal server error"),
    "529": (529, "Overloaded"),
}

_RATE_LIMITED = {
    "retry-after": "1",
    "anthropic-ratelimit-requests-limit": "50",
    "anthropic-ratelimit-requests-remaining": "0",
}


def anthropic_app(simulation: Simulation) -> Starlette:
    """The API as an ASGI app, to be mounted at the path that is the SDK's base URL."""
    api = _MessagesApi(simulation)
    return Starlette(
        routes=[
            Route("/v1/messages", api.messages, methods=["POST"]),
            Route("/v1/messages/count_tokens", api.count_tokens, methods=["POST"]),
            Route("/v1/models", api.models, methods=["GET"]),
            Route("/v1/models/{name}", api.model, methods=["GET"]),
        ],
        exception_handlers=EXCEPTION_HANDLERS,
    )


class _MessagesApi:
    def __init__(self, simulation: Simulation) -> None:
        self.simulation = simulation

    async def messages(self, request: Request) -> Response:
        raw = await self._read(request)
        ending, refuses = self._fault(request, raw)
        body = _parsed(raw)
        request.state.seed = _seed(body)
        if complaint := first_complaint(body):
            raise Refused(400, complaint)
        _check_model(body["model"])
        reply, decision = await anyio.to_thread.run_sync(self._reply, request, body, raw, refuses)
        self.simulation.decisions.remember(reply.id or "", decision)
        return self._send(request, reply, bool(body.get("stream")), ending)

    async def count_tokens(self, request: Request) -> Response:
        raw = await self._read(request)
        body = _parsed(raw)
        if complaint := first_complaint(_with_some_limit(body)):
            raise Refused(400, complaint)
        _check_model(body["model"])
        count = await anyio.to_thread.run_sync(_input_tokens, body)
        return JSONResponse({"input_tokens": count}, headers=headers_of(request))

    async def models(self, request: Request) -> Response:
        _check_key(request)
        listed = [_model_info(name) for name in MODELS]
        page = {"data": listed, "has_more": False}
        ends = {"first_id": listed[0]["id"], "last_id": listed[-1]["id"]}
        return JSONResponse(page | ends, headers=headers_of(request))

    async def model(self, request: Request) -> Response:
        _check_key(request)
        name = request.path_params["name"]
        if name not in MODELS:
            raise Refused(404, f"model: {name}")
        return JSONResponse(_model_info(name), headers=headers_of(request))

    async def _read(self, request: Request) -> bytes:
        """The body of a request that has a key. Raises `Refused`."""
        raw = await body_of(request, self.simulation.settings.largest_body)
        request.state.seed = raw or b""
        _check_key(request)
        if raw is None:
            raise Refused(413, "Request exceeds the maximum allowed number of bytes.")
        return raw

    def _fault(self, request: Request, raw: bytes) -> tuple[Ending, bool]:
        """How the reply is to end, and whether it declines. Raises `Refused`."""
        try:
            fault = faults.fault_asked_for(request.headers.get(faults.HEADER))
        except ValueError as error:
            raise Refused(400, str(error)) from None
        if fault is None or not self.simulation.faults.strikes(fault, raw):
            return "complete", False
        if fault.name in _FAULTS:
            status, words = _FAULTS[fault.name]
            raise Refused(status, words, _RATE_LIMITED if status == 429 else {})
        if fault.name == "refuse":
            return "complete", True
        return ("cut" if fault.name == "cut" else "stall"), False

    def _reply(
        self, request: Request, body: dict[str, Any], raw: bytes, refuses: bool
    ) -> tuple[Reply, Any]:
        """The reply, and the model's reasons for it. Raises `Refused`."""
        wire = wire_named("anthropic")
        headers = tuple((name, value) for name, value in request.headers.items())
        try:
            conversation, tools, options = wire.decode_request(
                WireRequest("POST", "/v1/messages", _betas(headers), raw)
            )
        except WireError as error:
            raise Refused(400, error.message) from None
        asked = replies.Asked(
            model=body["model"],
            seed=request.state.seed,
            input_tokens=_input_tokens(body),
            max_output_tokens=body["max_tokens"],
        )
        if refuses:
            return replies.refusal(asked, SPELLING), {"fault": "refuse"}
        ours = tuple(tool for tool in tools if isinstance(tool, ToolDefinition))
        # A name that is no simulated model's is answered as `sim-large`.
        response = respond(conversation, ours, options, today=self.simulation.settings.clock)
        return replies.reply_to(asked, response, SPELLING), response.decision

    def _send(self, request: Request, reply: Reply, stream: bool, ending: Ending) -> Response:
        encoded = wire_named("anthropic").encode_reply(reply, stream=stream)
        if isinstance(encoded, bytes):
            pieces, kind = [encoded], {"content-type": "application/json"}
            kind["content-length"] = str(len(encoded))
        else:
            pieces = [event.encode() for event in encoded]
            kind = {"content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache"}
        written = (reply.usage and reply.usage.output) or 0
        plan = timetable(pieces, written, self.simulation.settings, ending)
        return PacedResponse(plan, kind | headers_of(request))


def _signed_thinking(text: str) -> Thinking:
    block = {"type": "thinking", "thinking": text, "signature": signature(text)}
    return Thinking(text=text, signed=True, native=Native(wire="anthropic", value=block))


SPELLING = replies.Spelling(
    reply_id=lambda seed: identifier("msg_01", 22, seed),
    call_id=lambda seed, position: identifier("toolu_01", 22, seed, position),
    stops={
        "tool_calls": "tool_use",
        "end": "end_turn",
        "max_tokens": "max_tokens",
        "refusal": "refusal",
    },
    thinking=_signed_thinking,
)


def _check_key(request: Request) -> None:
    key = request.headers.get("x-api-key")
    bearer = request.headers.get("authorization", "").partition(" ")[2].strip()
    if not key and not bearer:
        raise Refused(401, "x-api-key header is required")
    if key and key.startswith("invalid"):
        raise Refused(401, "invalid x-api-key")
    if not key and bearer.startswith("invalid"):
        raise Refused(401, "Invalid bearer token")


def _check_model(name: str) -> None:
    if not name.startswith("sim-") and not KNOWN_FAMILIES.fullmatch(name):
        raise Refused(404, f"model: {name}")


def _parsed(raw: bytes) -> Any:
    """The body as JSON. Raises `Refused`, also for half characters and for too deep a nesting."""
    try:
        body = json.loads(raw)
        json.dumps(body, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise Refused(400, f"The request body is not valid JSON: {error}") from None
    return body


def _with_some_limit(body: Any) -> Any:
    """Counting needs no `max_tokens`; all other rules hold."""
    return {**body, "max_tokens": body.get("max_tokens", 2**31)} if isinstance(body, dict) else body


def _seed(body: Any) -> bytes:
    """Stands for all that shapes the reply: streamed or not, it is the same reply."""
    if isinstance(body, dict):
        body = {name: value for name, value in body.items() if name != "stream"}
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).digest()


def _input_tokens(body: dict[str, Any]) -> int:
    read = ("system", "tools", "messages")
    return tokens.count_json({name: body[name] for name in read if name in body})


def _betas(headers: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    return tuple(pair for pair in headers if pair[0].lower() == "anthropic-beta")


def _model_info(name: str) -> dict[str, Any]:
    return {
        "type": "model",
        "id": name,
        "display_name": f"{name} (simulated)",
        "created_at": "1970-01-01T00:00:00Z",
        "lifecycle": "active",
    }
