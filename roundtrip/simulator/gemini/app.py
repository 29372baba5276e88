"""Gemini's simulated API as an app: keys, models, and the ways to ask.

Owns what is Gemini's own about it. The rules of a request's body stand in `checks.py`, the shape
of a refusal in `refusals.py`, what a reply is made of in `spelling.py`, reading and writing in
`roundtrip/wires/gemini`, what is said in `model/`.
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
from roundtrip.conversation import ToolResult
from roundtrip.simulator.api import Endpoint, Question, json_in
from roundtrip.simulator.faults import without_fault
from roundtrip.simulator.framing import Shape
from roundtrip.simulator.gemini.checks import first_complaint
from roundtrip.simulator.gemini.fields import canonical
from roundtrip.simulator.gemini.model_rules import model_rules
from roundtrip.simulator.gemini.refusals import (
    FAILURES,
    JSON_TYPE,
    MANNERS,
    NO_KEY,
    NO_SUCH_MODEL,
    TOO_LARGE,
    WRONG_KEY,
    failed_late,
    headers_of,
)
from roundtrip.simulator.gemini.spelling import spelling
from roundtrip.simulator.keep_alive import KeepAlive
from roundtrip.simulator.model_names import is_ours, models_here, title_of
from roundtrip.simulator.refusals import Refusal, Refused, api_app
from roundtrip.simulator.results import unwrapped
from roundtrip.simulator.simulation import Simulation
from roundtrip.wires.sse import ServerSentEvent
from roundtrip.wires.wire import WireRequest

KNOWN_FAMILIES = re.compile(
    r"(?:gemini(?:-\d(?:\.\d)?)?|gemma-\d)(?:-(?:flash|pro|ultra|nano|lite|argon|live|8b|image|tts"
    r"|preview|exp|latest|thinking|it|\d{1,2}b|\d{3,4}|\d{2}-\d{2}|\d{2}-\d{4}))*"
)
"""Google's model names as its price list has them, with what older recordings name."""

_WINDOW = 1_048_576
"""Tokens of a prompt, as Google lists them for nearly all its models."""

_READ = ("system_instruction", "tools", "contents")
_VERSIONS = ("v1", "v1beta", "v1alpha", "v1beta1")
_VERTEX = (
    "/{version}/projects/{project}/locations/{location}/publishers/google/models/{name}",
    "/{version}/publishers/google/models/{name}",
)
"""Where Google's cloud has the same models: its SDK asks there with `vertexai=True`."""

_GENERATE = "generateContent"
_STREAM = "streamGenerateContent"


def gemini_app(simulation: Simulation) -> Starlette:
    """The API as an ASGI app, to be mounted at the path that is the SDK's base URL."""
    endpoint = Endpoint(GeminiApi(), simulation)

    async def count_tokens(request: Request) -> Response:
        return await _count_tokens(endpoint, request)

    model = "/{version}/models/{name}"
    asked = [
        (_GENERATE, endpoint.reply),
        (_STREAM, endpoint.reply),
        ("countTokens", count_tokens),
    ]
    return api_app(
        [
            *(
                Route(f"{address}:{method}", answer, methods=["POST"])
                for address in (model, *_VERTEX)
                for method, answer in asked
            ),
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
    keep_alive: KeepAlive | None = None

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
        for refusal in model_rules(name, body):
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
            spelling=spelling(
                name, config.get("thinking_config") or {}, streamed=_shape(request) != "body"
            ),
            stop_sequences=tuple(config.get("stop_sequences") or ()),
            too_long=partial(_too_long, name),
        )

    def failed_late(self, refusal: Refusal, position: int) -> ServerSentEvent:
        return failed_late(refusal)

    def read_result(self, result: ToolResult) -> ToolResult:
        return unwrapped(result)

    def headers(self, request: Request) -> dict[str, str]:
        kind = {} if _shape(request) == "events" else {"content-type": JSON_TYPE}
        return headers_of(request) | kind


def _too_long(model: str, tokens: int) -> Refusal | None:
    """A simulated model reads whatever fits into a request."""
    if is_ours(model) or tokens <= _WINDOW:
        return None
    most = f"the maximum number of tokens allowed ({_WINDOW})"
    words = f"The input token count ({tokens}) exceeds {most}."
    return Refusal(400, words)


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
    listed = {"models": [_model_info(name) for name in models_here()]}
    return JSONResponse(listed, headers=headers_of(request))


async def _model(request: Request) -> Response:
    _check_version(request)
    _check_key(request)
    name = request.path_params["name"]
    if name not in models_here() and not KNOWN_FAMILIES.fullmatch(name):
        words = f"Model is not found: models/{name} for api version {_version(request)}"
        raise Refused(Refusal(404, words))
    return JSONResponse(_model_info(name), headers=headers_of(request))


def _check_key(request: Request) -> None:
    token = request.headers.get("authorization", "").partition(" ")[2].strip()
    key = request.headers.get("x-goog-api-key") or request.query_params.get("key") or token
    if not key:
        raise Refused(NO_KEY)
    if key.startswith("invalid"):
        raise Refused(WRONG_KEY)


def _checked_model(request: Request) -> str:
    _check_version(request)
    name: str = request.path_params["name"]
    if not is_ours(name) and not KNOWN_FAMILIES.fullmatch(without_fault(name)):
        words = NO_SUCH_MODEL.format(version=_version(request))
        raise Refused(Refusal(404, f"models/{name} {words}"))
    return name


def _check_version(request: Request) -> None:
    if _version(request) not in _VERSIONS:
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
        "displayName": title_of(name),
        "description": "A simulated model.",
        "inputTokenLimit": _WINDOW,
        "outputTokenLimit": 65_536,
        "supportedGenerationMethods": ["generateContent", "countTokens"],
        "temperature": 1,
        "topP": 0.95,
        "topK": 64,
        "maxTemperature": 2,
    }
