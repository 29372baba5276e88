"""The simulated Messages API: keys, models, and the ways to ask.

Owns what is Anthropic's own about it. The rules of a request's body stand in
`checks.py`, the shape of a refusal in `refusals.py`, what a reply is made of in `spelling.py`,
reading and writing in `roundtrip/wires/anthropic`, what is said in `model/`.
"""

from __future__ import annotations

import json
import re
from functools import partial
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from roundtrip import tokens
from roundtrip.conversation import ToolResult
from roundtrip.simulator.anthropic.caching import pieces_of
from roundtrip.simulator.anthropic.checks import first_complaint
from roundtrip.simulator.anthropic.refusals import (
    FAILURES,
    MANNERS,
    TOO_LARGE,
    failed_late,
    headers_of,
    reply_headers_of,
)
from roundtrip.simulator.anthropic.spelling import SPELLING
from roundtrip.simulator.anthropic.threads import Threads
from roundtrip.simulator.api import Endpoint, Question, json_in
from roundtrip.simulator.faults import without_fault
from roundtrip.simulator.keep_alive import KeepAlive
from roundtrip.simulator.model_names import is_ours, models_here, title_of
from roundtrip.simulator.refusals import Refusal, Refused, api_app
from roundtrip.simulator.simulation import Simulation
from roundtrip.wires.sse import ServerSentEvent
from roundtrip.wires.wire import WireRequest

KNOWN_FAMILIES = re.compile(
    r"claude-(?:"
    r"(?:fable|mythos|opus|sonnet|haiku)-(?:[4-9](?:-\d{1,2})?|preview)"
    r"|3(?:-[57])?-(?:opus|sonnet|haiku)"
    r")(?:-\d{8}|-latest|@\d{8})?"
)
"""Anthropic's model names as of the SDK's own list, with what older recordings name."""


_LONG_WINDOW = re.compile(r"claude-(?:(?:opus|sonnet)-(?:4-[6-9]|[5-9])|fable|mythos)")
_WINDOW, _WIDER = 200_000, 1_000_000
"""Tokens of a prompt, as Anthropic lists them for its models; a beta widens those of others."""


def anthropic_app(simulation: Simulation) -> Starlette:
    """The API as an ASGI app, to be mounted at the path that is the SDK's base URL."""
    endpoint = Endpoint(MessagesApi(), simulation)

    async def count_tokens(request: Request) -> Response:
        return await _count_tokens(endpoint, request)

    return api_app(
        [
            Route("/v1/messages", endpoint.reply, methods=["POST"]),
            Route("/v1/messages/count_tokens", count_tokens, methods=["POST"]),
            Route("/v1/models", _models, methods=["GET"]),
            Route("/v1/models/{name}", _model, methods=["GET"]),
        ],
        MANNERS,
    )


class MessagesApi:
    """`POST /v1/messages`, as `roundtrip.simulator.api.Api` describes an API."""

    wire = "anthropic"
    too_large = TOO_LARGE
    failures = FAILURES
    keep_alive: KeepAlive | None = KeepAlive(b'event: ping\ndata: {"type": "ping"}\n\n', opening=1)

    def __init__(self) -> None:
        self._threads = Threads()

    def check_key(self, request: Request) -> None:
        _check_key(request)

    def check_json(self, raw: bytes) -> Any:
        try:
            return json_in(raw)
        except (ValueError, RecursionError) as error:
            raise Refused(Refusal(400, f"The request body is not valid JSON: {error}")) from None

    def question(self, request: Request, body: Any, raw: bytes) -> Question:
        whole = self._threads.whole(body)
        raw = raw if whole is body else json.dumps(whole).encode()
        body = whole
        _check_body(body)
        return Question(
            model=body["model"],
            most=body["max_tokens"],
            shape="events" if body.get("stream") else "body",
            keep=self._threads.keep(body),
            request=WireRequest("POST", "/v1/messages", _betas(request), raw),
            read=_read_by_a_model(body),
            spelling=SPELLING,
            pieces=pieces_of(body),
            stop_sequences=tuple(body.get("stop_sequences") or ()),
            too_long=partial(_too_long, body["model"], request.headers.get("anthropic-beta", "")),
        )

    def failed_late(self, refusal: Refusal, position: int) -> ServerSentEvent:
        return failed_late(refusal)

    def read_result(self, result: ToolResult) -> ToolResult:
        return result

    def headers(self, request: Request) -> dict[str, str]:
        return reply_headers_of(request)


async def _count_tokens(endpoint: Endpoint, request: Request) -> Response:
    count = await endpoint.count(request, _counted)
    return JSONResponse({"input_tokens": count}, headers=headers_of(request))


def _counted(body: Any) -> int:
    _check_body(_with_some_limit(body))
    return tokens.count_json(_read_by_a_model(body))


async def _models(request: Request) -> Response:
    _check_key(request)
    listed = [_model_info(name) for name in models_here()]
    page = {"data": listed, "has_more": False}
    ends = {"first_id": listed[0]["id"], "last_id": listed[-1]["id"]}
    return JSONResponse(page | ends, headers=headers_of(request))


async def _model(request: Request) -> Response:
    _check_key(request)
    name = request.path_params["name"]
    if name not in models_here() and not KNOWN_FAMILIES.fullmatch(name):
        raise Refused(Refusal(404, f"model: {name}"))
    return JSONResponse(_model_info(name), headers=headers_of(request))


def _check_key(request: Request) -> None:
    key = request.headers.get("x-api-key")
    bearer = request.headers.get("authorization", "").partition(" ")[2].strip()
    if not key and not bearer:
        raise Refused(Refusal(401, "x-api-key header is required"))
    if key and key.startswith("invalid"):
        raise Refused(Refusal(401, "invalid x-api-key"))
    if not key and bearer.startswith("invalid"):
        raise Refused(Refusal(401, "Invalid bearer token"))


def _check_body(body: Any) -> None:
    """The rules of a request first, then its model: in the order in which the API looks."""
    if complaint := first_complaint(body):
        raise Refused(Refusal(400, complaint))
    name = body["model"]
    if not is_ours(name) and not KNOWN_FAMILIES.fullmatch(without_fault(name)):
        raise Refused(Refusal(404, f"model: {name}"))


def _too_long(model: str, betas: str, tokens: int) -> Refusal | None:
    """A simulated model reads whatever fits into a request."""
    wider = "context-1m" in betas or _LONG_WINDOW.match(model)
    window = _WIDER if wider else _WINDOW
    if is_ours(model) or tokens <= window:
        return None
    return Refusal(400, f"prompt is too long: {tokens} tokens > {window} maximum")


def _with_some_limit(body: Any) -> Any:
    """Counting needs no `max_tokens`; all other rules hold."""
    return {**body, "max_tokens": body.get("max_tokens", 2**31)} if isinstance(body, dict) else body


def _read_by_a_model(body: dict[str, Any]) -> dict[str, Any]:
    return {name: body[name] for name in ("system", "tools", "messages") if name in body}


def _betas(request: Request) -> tuple[tuple[str, str], ...]:
    return tuple(pair for pair in request.headers.items() if pair[0].lower() == "anthropic-beta")


def _model_info(name: str) -> dict[str, Any]:
    return {
        "type": "model",
        "id": name,
        "display_name": title_of(name),
        "created_at": "1970-01-01T00:00:00Z",
        "lifecycle": "active",
    }
