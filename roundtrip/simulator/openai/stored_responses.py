"""Responses that are asked for again by their id: read, listed by their input, or forgotten.

Owns these routes of the Responses API. What is kept, and for how long, is `stored.py`'s.
"""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from roundtrip.simulator.identifiers import HEX, identifier
from roundtrip.simulator.openai.refusals import headers_of
from roundtrip.simulator.openai.requests import check_key
from roundtrip.simulator.openai.stored import Stored
from roundtrip.simulator.refusals import Refusal, Refused
from roundtrip.wires.json_text import dump
from roundtrip.wires.openai_responses.events import events_of
from roundtrip.wires.sse import ServerSentEvent

_USUAL_LIMIT = 20
_PREFIXES = {"message": "msg_", "function_call": "fc_", "function_call_output": "fco_"}


def stored_routes(stored: Stored) -> list[Route]:
    """`GET`, `DELETE /responses/{id}` and `GET /responses/{id}/input_items`."""

    def found(request: Request) -> dict[str, Any]:
        check_key(request)
        response_id = request.path_params["response_id"]
        told = stored.of(response_id)
        if told is None:
            raise Refused(Refusal(404, f"Response with id '{response_id}' not found."))
        kept: dict[str, Any] = told
        return kept

    async def retrieve(request: Request) -> Response:
        response = found(request)["response"]
        if request.query_params.get("stream") != "true":
            return JSONResponse(response, headers=headers_of(request))
        events = [ServerSentEvent(dump(one), one["type"]) for one in events_of(response)]
        content = b"".join(event.encode() for event in events)
        kind = {"content-type": "text/event-stream; charset=utf-8"}
        return Response(content, headers=headers_of(request) | kind)

    async def delete(request: Request) -> Response:
        response_id = found(request)["response"]["id"]
        stored.forget(response_id)
        gone = {"id": response_id, "object": "response", "deleted": True}
        return JSONResponse(gone, headers=headers_of(request))

    async def input_items(request: Request) -> Response:
        kept = found(request)
        items = [_dressed(item, at) for at, item in enumerate(kept["input"])]
        return JSONResponse(_page(items, request), headers=headers_of(request))

    one = "/responses/{response_id}"
    return [
        Route(one, retrieve, methods=["GET"]),
        Route(one, delete, methods=["DELETE"]),
        Route(f"{one}/input_items", input_items, methods=["GET"]),
    ]


def _dressed(item: dict[str, Any], at: int) -> dict[str, Any]:
    """An item as the API lists it: with an id and a type."""
    kind = item.get("type", "message")
    item_id = identifier(_PREFIXES.get(kind, "item_"), 50, dump(item).encode(), at, alphabet=HEX)
    head = {"id": item_id, "type": kind}
    if kind == "message" and isinstance(item.get("content"), str):
        said = "output_text" if item.get("role") == "assistant" else "input_text"
        beside: dict[str, Any] = {"annotations": []} if said == "output_text" else {}
        item = item | {"content": [{"type": said, "text": item["content"]} | beside]}
    return head | {"status": "completed"} | item if kind in _PREFIXES else head | item


def _page(items: list[dict[str, Any]], request: Request) -> dict[str, Any]:
    """The newest first, unless it is asked for otherwise, and no more than are asked for."""
    asked = request.query_params
    ordered = items if asked.get("order") == "asc" else items[::-1]
    ids = [item["id"] for item in ordered]
    after = asked.get("after")
    start = ids.index(after) + 1 if after in ids else 0
    limit = asked.get("limit", "")
    shown = ordered[start:][: int(limit) if limit.isdecimal() else _USUAL_LIMIT]
    return {
        "object": "list",
        "data": shown,
        "first_id": shown[0]["id"] if shown else None,
        "last_id": shown[-1]["id"] if shown else None,
        "has_more": start + len(shown) < len(ordered),
    }
