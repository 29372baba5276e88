"""The routes the page's components fetch from.

Owns their addresses and JSON. Every route acts for the owner in the request's state
(`owner.OwnerMiddleware`); another owner's run is a run that is not there.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from roundtrip.chat import bubbles
from roundtrip.conversation import Delta
from roundtrip.export.file import as_text, run_document
from roundtrip.journal import Journal
from roundtrip.panels import panels
from roundtrip.runner import Runner
from roundtrip.store import NotFound, StoreError
from roundtrip.wires.sse import ServerSentEvent

ELSEWHERE_S = 0.5
"""How often a run that another process drives is looked at."""

KEEP_ALIVE_S = 15.0

Endpoint = Callable[[Request], Awaitable[Response]]

_SEQ = re.compile(r"[0-9]{1,15}")


def routes(runner: Runner) -> list[BaseRoute]:
    """`/health` and everything below `/api/runs`."""
    api = _Api(runner)
    return [
        Route("/health", _health),
        Route("/api/runs/{run}/steps", _told(api.steps)),
        Route("/api/runs/{run}/steps/{seq}", _told(api.step)),
        Route("/api/runs/{run}/chat", _told(api.chat)),
        Route("/api/runs/{run}/live", _told(api.live)),
        Route("/api/runs/{run}/document", _told(api.document)),
    ]


async def _health(request: Request) -> Response:
    return PlainTextResponse("ok")


class _Api:
    def __init__(self, runner: Runner) -> None:
        self._runner = runner

    async def steps(self, request: Request) -> Response:
        """Rows that began or changed after event `after`."""
        journal = await self._journal(request)
        live = await run_in_threadpool(self._runner.is_live, journal.owner, journal.run)
        return JSONResponse(_rows(journal, _after(request), live))

    async def step(self, request: Request) -> Response:
        """What one row holds when it is opened."""
        journal = await self._journal(request)
        seq = _seq(request.path_params["seq"])
        step = journal.step(seq) if seq else None
        if step is None:
            raise NotFound("there is no such row")

        def read() -> list[dict[str, Any]]:
            exchange = journal.exchange(step.exchange) if step.exchange else None
            tabs = panels(step, journal.events_behind(step), exchange)
            return [tab.model_dump(mode="json") for tab in tabs]

        return JSONResponse({"tabs": await run_in_threadpool(read)})

    async def chat(self, request: Request) -> Response:
        """The last messages as bubbles."""
        journal = await self._journal(request)
        drawn = await run_in_threadpool(bubbles, journal.state)
        shown = [bubble.model_dump(mode="json", exclude_none=True) for bubble in drawn]
        return JSONResponse({"bubbles": shown})

    async def live(self, request: Request) -> Response:
        """Server-sent events while the run moves: `steps`, `delta`, and `end` when it rests."""
        journal = await self._journal(request)
        after = _seq(request.headers.get("last-event-id", "")) or _after(request)
        return StreamingResponse(
            self._follow(journal, after),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )

    async def document(self, request: Request) -> Response:
        """The whole run as a file."""
        journal = await self._journal(request)

        def write() -> str:
            head = self._runner.store.head(journal.owner, journal.run)
            return as_text(run_document(journal, head))

        name = f"roundtrip-{journal.run}.json"
        return Response(
            await run_in_threadpool(write),
            media_type="application/json",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    async def _journal(self, request: Request) -> Journal:
        owner = request.scope.get("state", {}).get("owner")
        if owner is None:
            raise NotFound("nobody has a run")
        return await run_in_threadpool(self._runner.journal, owner, request.path_params["run"])

    async def _follow(self, journal: Journal, after: int) -> AsyncIterator[bytes]:
        owner, run = journal.owner, journal.run
        moved, wake = _woken()
        end = self._runner.watch(owner, run, wake)
        seen, heard = (0, 0), None
        try:
            while not self._runner.is_ending:
                moved.clear()
                here = self._runner.driven(owner, run)
                heard = here or heard
                if not here:
                    await run_in_threadpool(journal.refresh)
                live = bool(here) or await run_in_threadpool(self._runner.is_live, owner, run)
                if journal.head > after:
                    rows = _rows(journal, after, live)
                    after = rows["head"]
                    yield f"id: {after}\n".encode() + _event("steps", rows)
                if heard:
                    seen, deltas = self._runner.deltas(heard, seen)
                    for delta in _joined(seen[0], deltas):
                        yield _event("delta", delta)
                if not live:
                    yield _event("end", {"head": journal.head})
                    return
                try:
                    wait = KEEP_ALIVE_S if here else ELSEWHERE_S
                    await asyncio.wait_for(moved.wait(), wait)
                except TimeoutError:
                    yield b": still here\n\n"
        except NotFound:  # deleted while we looked
            yield _event("end", {"head": after})
        except StoreError:
            return  # a stream that ends without `end` is one to come back to
        finally:
            end()


def _woken() -> tuple[asyncio.Event, Callable[[], None]]:
    """An event of this loop, and what sets it from any thread."""
    loop, moved = asyncio.get_running_loop(), asyncio.Event()

    def wake() -> None:
        # A loop that was closed has nobody to wake; the run must not break on that.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(moved.set)

    return moved, wake


def _joined(exchange: int, deltas: list[Delta]) -> list[dict[str, Any]]:
    """Neighbouring pieces of the same part as one: a page need not draw each."""
    joined: list[dict[str, Any]] = []
    for delta in deltas:
        last = joined[-1] if joined else None
        if (
            last
            and delta.kind != "call"
            and (last["kind"], last["index"]) == (delta.kind, delta.index)
        ):
            last["text"] += delta.text
        else:
            joined.append({"exchange": exchange, **delta.model_dump()})
    return joined


def _rows(journal: Journal, after: int, live: bool) -> dict[str, Any]:
    # The head is read first: what lands meanwhile is told now or next time, never missed.
    head = journal.head
    steps = journal.steps(after)
    head = max([head, *(step.events[1] for step in steps)])
    rows = [step.model_dump(mode="json") for step in steps]
    return {
        "run": journal.run,
        "head": head,
        "live": live,
        "summary": journal.summary(),
        "steps": rows,
    }


def _event(name: str, value: dict[str, Any]) -> bytes:
    return ServerSentEvent(json.dumps(value, ensure_ascii=False), name).encode()


def _after(request: Request) -> int:
    return _seq(request.query_params.get("after", "")) or 0


def _seq(text: str) -> int | None:
    """A number as it may stand in an address; a longer one is none of ours."""
    return int(text) if _SEQ.fullmatch(text) else None


def _told(route: Endpoint) -> Endpoint:
    """The route, with what the store refuses as an answer."""

    async def answer(request: Request) -> Response:
        try:
            return await route(request)
        except NotFound:
            return JSONResponse({"error": "There is no such run here."}, status_code=404)
        except StoreError as error:
            words = f"What is kept cannot be read just now: {error}"
            return JSONResponse({"error": words}, status_code=503)

    return answer
