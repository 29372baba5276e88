"""OpenAI's simulated APIs as one app: keys, models, and the two ways to ask for a reply.

Owns what both have in common. What each of them is stands in `chat.py` and
`responses.py`, the shape of a refusal in `refusals.py`.
"""

from __future__ import annotations

from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from roundtrip.simulator.api import Endpoint
from roundtrip.simulator.model_names import models_here
from roundtrip.simulator.openai.chat import ChatApi
from roundtrip.simulator.openai.refusals import MANNERS, headers_of
from roundtrip.simulator.openai.requests import KNOWN_FAMILIES, check_key
from roundtrip.simulator.openai.responses import ResponsesApi
from roundtrip.simulator.openai.stored import Stored
from roundtrip.simulator.openai.stored_responses import stored_routes
from roundtrip.simulator.refusals import Refusal, Refused, api_app
from roundtrip.simulator.simulation import Simulation


def openai_app(simulation: Simulation, stored: Stored | None = None) -> Starlette:
    """Both APIs as an ASGI app, to be mounted at the path that is the SDK's base URL.

    `stored`: the responses that were kept before it began.
    """
    stored = stored or Stored()
    api = ResponsesApi(stored)
    responses = Endpoint(api, simulation)

    async def count_input(request: Request) -> Response:
        counted = {
            "object": "response.input_tokens",
            "input_tokens": await responses.count(request, api.counted),
        }
        return JSONResponse(counted, headers=headers_of(request))

    return api_app(
        [
            Route("/chat/completions", Endpoint(ChatApi(), simulation).reply, methods=["POST"]),
            Route("/responses", responses.reply, methods=["POST"]),
            Route("/responses/input_tokens", count_input, methods=["POST"]),
            *stored_routes(stored),
            Route("/models", _models, methods=["GET"]),
            Route("/models/{name}", _model, methods=["GET"]),
        ],
        MANNERS,
    )


async def _models(request: Request) -> Response:
    check_key(request)
    listed = {"object": "list", "data": [_model_info(name) for name in models_here()]}
    return JSONResponse(listed, headers=headers_of(request))


async def _model(request: Request) -> Response:
    check_key(request)
    name = request.path_params["name"]
    if name not in models_here() and not KNOWN_FAMILIES.fullmatch(name):
        words = f"The model '{name}' does not exist"
        raise Refused(Refusal(404, words, "model_not_found", "model"))
    return JSONResponse(_model_info(name), headers=headers_of(request))


def _model_info(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 0, "owned_by": "roundtrip-simulator"}
