"""The routes the Simulator page fetches from: what other programs ask of the mounted simulator.

Owns their addresses and JSON, and who may see which request: on a server for one machine its
visitor sees all, on one for others each sees what was asked with the key that their page shows.
"""

from __future__ import annotations

import hashlib
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from roundtrip.payloads import Panel, decision_panels, request_panels, response_panels
from roundtrip.simulator.request_log import MOST_OF_A_BODY, Logged, RequestLog, caller_of
from roundtrip.simulator.told_request import told_request

ANY_KEY = "any-key"
"""What the examples say where everything that was asked is one person's."""


def caller_key(owner: str, *, only_this_machine: bool) -> str:
    """The key an owner's programs send to the simulator, which takes any.

    It opens nothing but the view of what was asked with it.
    """
    if only_this_machine:
        return ANY_KEY
    return f"sim-{hashlib.sha256(b'simulator:' + owner.encode()).hexdigest()[:16]}"


def simulator_routes(log: RequestLog, *, only_this_machine: bool) -> list[BaseRoute]:
    """Everything below `/api/simulator`."""
    api = _Api(log, only_this_machine)
    return [
        Route("/api/simulator/requests", api.requests),
        Route("/api/simulator/requests", api.clear, methods=["DELETE"]),
        Route("/api/simulator/requests/{number:int}", api.request),
    ]


class _Api:
    def __init__(self, log: RequestLog, only_this_machine: bool) -> None:
        self._log, self._only_this_machine = log, only_this_machine

    async def requests(self, request: Request) -> Response:
        """What came or changed after version `after`, and the numbers that are still kept."""
        asker = request.scope.get("state", {}).get("owner")
        if asker is None:
            return _nothing_here()
        after = request.query_params.get("after", "")
        version, news = self._log.since(int(after) if after.isdecimal() else 0, self._seen(asker))

        def told() -> list[dict[str, Any]]:
            return [told_request(one.exchange, one.path).model_dump(mode="json") for one in news]

        return JSONResponse({"version": version, "requests": await run_in_threadpool(told)})

    async def request(self, request: Request) -> Response:
        """What one request holds when its row is opened."""
        asker = request.scope.get("state", {}).get("owner")
        number = request.path_params["number"]
        found = self._log.one(number, self._seen(asker)) if asker else None
        if found is None:
            return _nothing_here()
        shown = await run_in_threadpool(_panels, found)
        return JSONResponse({"tabs": [panel.model_dump(mode="json") for panel in shown]})

    async def clear(self, request: Request) -> Response:
        """Forget what the asker can see."""
        asker = request.scope.get("state", {}).get("owner")
        if asker is None:
            return _nothing_here()
        self._log.clear(self._seen(asker))
        return JSONResponse({})

    def _seen(self, owner: str) -> str | None:
        if self._only_this_machine:
            return None
        return caller_of(caller_key(owner, only_this_machine=False))


def _panels(logged: Logged) -> tuple[Panel, ...]:
    exchange = logged.exchange
    shown = [
        *response_panels(exchange),
        *decision_panels(exchange),
        *request_panels(exchange, headers="Request headers"),
    ]
    if logged.cut:
        words = f"Only the first {MOST_OF_A_BODY:,} bytes of a body are kept here."
        shown[0] = shown[0].model_copy(update={"note": words})
    return tuple(shown)


def _nothing_here() -> Response:
    return JSONResponse({"error": "There is no such request here."}, status_code=404)
