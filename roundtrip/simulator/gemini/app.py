"""Gemini's simulated API as an app: keys, models, and what its replies are made of.

Owns what is Gemini's own about it. The rules of a request's body stand in `checks.py`, the shape
of a refusal in `refusals.py`, reading and writing in `roundtrip/wires/gemini`, what is said in
`model/`.
"""

from __future__ import annotations

import re
from functools import partial
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from roundtrip import tokens
from roundtrip.conversation import Part, Reply, Signal, Text, Thinking, ToolCall, ToolResult
from roundtrip.simulator.api import Endpoint, Question, Shape, as_sent, json_in
from roundtrip.simulator.gemini.checks import first_complaint
from roundtrip.simulator.gemini.fields import canonical
from roundtrip.simulator.gemini.refusals import (
    FAILURES,
    JSON_TYPE,
    MANNERS,
    NO_KEY,
    TOO_LARGE,
    WRONG_KEY,
    headers_of,
)
from roundtrip.simulator.identifiers import BASE36, BASE62, identifier
from roundtrip.simulator.model import MODELS
from roundtrip.simulator.refusals import Refusal, Refused, api_app
from roundtrip.simulator.replies import Spelling
from roundtrip.simulator.results import unwrapped
from roundtrip.simulator.signatures import seal
from roundtrip.simulator.simulation import Simulation
from roundtrip.wires.wire import WireRequest

KNOWN_FAMILIES = re.compile(
    r"(?:gemini(?:-\d(?:\.\d)?)?|gemma-\d)(?:-(?:flash|pro|ultra|nano|lite|argon|live|8b|image|tts"
    r"|preview|exp|latest|thinking|it|\d{1,2}b|\d{3,4}|\d{2}-\d{2}|\d{2}-\d{4}))*"
)
"""Google's model names as its price list has them, with what older recordings name."""

_GIVES_IDS = re.compile(r"gemini-(?:3\.[5-9]|[4-9])")
"""Models that give each call an id, in all recordings; those before give none or now and then."""

_READ = ("system_instruction", "tools", "contents")
_GENERATE = "generateContent"
_STREAM = "streamGenerateContent"

_STOPS: dict[Signal, str] = {
    "tool_calls": "STOP",
    "end": "STOP",
    "max_tokens": "MAX_TOKENS",
    "refusal": "SAFETY",
}


def gemini_app(simulation: Simulation) -> Starlette:
    """The API as an ASGI app, to be mounted at the path that is the SDK's base URL."""
    endpoint = Endpoint(GeminiApi(), simulation)

    async def count_tokens(request: Request) -> Response:
        return await _count_tokens(endpoint, request)

    model = "/{version:str}/models/{name}"
    return api_app(
        [
            Route(f"{model}:{_GENERATE}", endpoint.reply, methods=["POST"]),
            Route(f"{model}:{_STREAM}", endpoint.reply, methods=["POST"]),
            Route(f"{model}:countTokens", count_tokens, methods=["POST"]),
            Route("/{version}/models", _models, methods=["GET"]),
            Route(model, _model, methods=["GET"]),
        ],
        MANNERS,
    )


class GeminiApi:
    """`…:generateContent`, as `roundtrip.simulator.api.Api` describes an API."""

    wire = "gemini"
    too_large = TOO_LARGE
    failures = FAILURES

    def check_key(self, request: Request) -> None:
        _check_key(request)

    def check_json(self, raw: bytes) -> Any:
        try:
            return json_in(raw)
        except (ValueError, RecursionError) as error:
            words = f"Invalid JSON payload received. {error}"
            raise Refused(Refusal(400, words)) from None

    def question(self, request: Request, body: Any, raw: bytes) -> Question:
        name = _checked_model(request)
        if refusal := first_complaint(body):
            raise Refused(refusal)
        read = canonical(body)
        config = read.get("generation_config") or {}
        most = config.get("max_output_tokens")
        return Question(
            model=name,
            most=None if most is None else int(most),
            shape=_shape(request),
            request=WireRequest("POST", _path(request, name), (), raw),
            read={field: read[field] for field in _READ if field in read},
            spelling=_spelling(name, config.get("thinking_config") or {}),
        )

    def read_result(self, result: ToolResult) -> ToolResult:
        return unwrapped(result)

    def headers(self, request: Request) -> dict[str, str]:
        kind = {} if _shape(request) == "events" else {"content-type": JSON_TYPE}
        return headers_of(request) | kind


def _spelling(model: str, thinking: dict[str, Any]) -> Spelling:
    """Thoughts are hidden where that is asked for; the signature is there all the same."""
    gives_ids = _GIVES_IDS.match(model) is not None

    def call_id(seed: bytes, position: int) -> str | None:
        return identifier("", 8, seed, position, alphabet=BASE36) if gives_ids else None

    return Spelling(
        reply_id=lambda seed: identifier("", 23, seed, alphabet=BASE62),
        call_id=call_id,
        stops=_STOPS,
        sent=partial(_as_parts, shows_thoughts=thinking.get("include_thoughts") is not False),
    )


def _as_parts(seed: bytes, parts: tuple[Part, ...], _: Signal, *, shows_thoughts: bool) -> Reply:
    """The parts as content parts; the first after a thought is signed."""
    thought = any(isinstance(part, Thinking) for part in parts)
    shown = [part for part in parts if shows_thoughts or not isinstance(part, Thinking)]
    written = [_part(part) for part in shown]
    said = [at for at, part in enumerate(shown) if not isinstance(part, Thinking)]
    calls = [at for at in said if isinstance(shown[at], ToolCall)]
    if thought and (calls or said):
        written[(calls or said)[0]]["thoughtSignature"] = seal(seed)
    content = {"role": "model", "parts": written}
    candidate = {"content": content, "finishReason": "STOP", "index": 0}
    return as_sent("gemini", {"candidates": [candidate]})


def _part(part: Part) -> dict[str, Any]:
    if isinstance(part, Thinking):
        return {"text": part.text, "thought": True}
    if isinstance(part, ToolCall):
        call = {"name": part.name, "args": part.arguments}
        return {"functionCall": call | ({"id": part.id} if part.id else {})}
    assert isinstance(part, Text)
    return {"text": part.text}


async def _count_tokens(endpoint: Endpoint, request: Request) -> Response:
    count = await endpoint.count(request, partial(_counted, request))
    details = [{"modality": "TEXT", "tokenCount": count}]
    content = {"totalTokens": count, "promptTokensDetails": details}
    return JSONResponse(content, headers=headers_of(request))


def _counted(request: Request, body: Any) -> int:
    _checked_model(request)
    inner = body.get("generateContentRequest", body) if isinstance(body, dict) else body
    if refusal := first_complaint(inner):
        raise Refused(refusal)
    read = canonical(inner)
    return tokens.count_json({field: read[field] for field in _READ if field in read})


async def _models(request: Request) -> Response:
    _check_version(request)
    _check_key(request)
    listed = {"models": [_model_info(name) for name in MODELS]}
    return JSONResponse(listed, headers=headers_of(request))


async def _model(request: Request) -> Response:
    _check_version(request)
    _check_key(request)
    name = request.path_params["name"]
    if name not in MODELS:
        words = f"Model is not found: models/{name} for api version {_version(request)}"
        raise Refused(Refusal(404, words))
    return JSONResponse(_model_info(name), headers=headers_of(request))


def _check_key(request: Request) -> None:
    key = request.headers.get("x-goog-api-key") or request.query_params.get("key")
    if not key:
        raise Refused(NO_KEY)
    if key.startswith("invalid"):
        raise Refused(WRONG_KEY)


def _checked_model(request: Request) -> str:
    _check_version(request)
    name: str = request.path_params["name"]
    if not name.startswith("sim-") and not KNOWN_FAMILIES.fullmatch(name):
        raise Refused(
            Refusal(
                404,
                f"models/{name} is not found for API version {_version(request)}, or is not "
                "supported for generateContent. Call ListModels to see the list of available "
                "models and their supported methods.",
            )
        )
    return name


def _check_version(request: Request) -> None:
    if _version(request) not in ("v1", "v1beta", "v1alpha"):
        raise Refused(Refusal(404, "Requested entity was not found."))


def _version(request: Request) -> str:
    return str(request.path_params["version"])


def _shape(request: Request) -> Shape:
    if not request.url.path.endswith(f":{_STREAM}"):
        return "body"
    return "events" if request.query_params.get("alt") == "sse" else "array"


def _path(request: Request, name: str) -> str:
    """As a client writes it below the base URL."""
    whole = request.url.path.endswith(f":{_GENERATE}")
    method = _GENERATE if whole else f"{_STREAM}?alt=sse"
    return f"/{_version(request)}/models/{name}:{method}"


def _model_info(name: str) -> dict[str, Any]:
    return {
        "name": f"models/{name}",
        "version": "001",
        "displayName": f"{name} (simulated)",
        "supportedGenerationMethods": ["generateContent", "countTokens"],
    }
