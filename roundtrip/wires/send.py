"""Sending: the only place that touches an SDK.

Owns the SDK clients of one event loop. Each official client builds address, authentication,
proxies and transport; the body is exactly the bytes of the `WireRequest`, so that a hand-edited
one reaches the API and its own refusal is seen. The SDKs' retries are off: retrying is visible
policy (`failures.py`, `drive.py`).
"""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Protocol

import httpx2

from roundtrip.exchange import Headers
from roundtrip.wires.address import address_problem
from roundtrip.wires.capture import Recorder, record_request, record_response
from roundtrip.wires.sse import SseParser
from roundtrip.wires.wire import WireRequest

TIMEOUT = httpx2.Timeout(connect=5.0, read=60.0, write=60.0, pool=5.0)
"""Seconds. `read` is the longest silence within a reply; the whole call has a limit of its own."""

CLIENTS_KEPT = 16
_HEADERS = {
    # Uncompressed, so that the bytes shown are the bytes that crossed.
    "Accept-Encoding": "identity",
}


@dataclass(frozen=True)
class Target:
    """Where a request goes and with which key."""

    wire: str
    base_url: str | None
    """None: where the SDK sends by default."""

    key: str
    shared: bool = False
    """Whether the operator's money is spent for a visitor: each request is booked first."""

    environment_headers: bool = False
    """Whether the headers that the environment sets go along: a gateway's passwords, as a rule."""

    def __repr__(self) -> str:  # a key is never shown, not even by accident
        return f"Target(wire={self.wire!r}, base_url={self.base_url!r})"


class _Sdk(Protocol):
    """One official client, behind the four words we need of it."""

    async def begin(self, request: WireRequest, headers: Headers) -> httpx2.Response:
        """Send; the response's body is still to come. Raises for a status beyond 299."""

    async def close(self) -> None: ...

    def is_closed(self) -> bool: ...


@dataclass
class _Client:
    """An SDK's client, and how many replies are read through it now."""

    sdk: _Sdk
    users: int = 0
    dropped: bool = False
    """No request will use it any more: it is closed after the last reply under way."""


class Sender:
    """The SDK clients of one event loop. Not for use from another."""

    def __init__(self) -> None:
        self._clients: OrderedDict[Target, _Client] = OrderedDict()
        self._closing: set[asyncio.Task[None]] = set()

    async def send(
        self,
        target: Target,
        request: WireRequest,
        recorder: Recorder,
        headers: Headers = (),
    ) -> AsyncGenerator[str, None]:
        """Send and yield each event's data as it comes, or the whole body as one.

        Raises what the SDK or the transport raises; `failures.classify` knows them all.
        """
        client = self._client(target)
        client.users += 1
        try:
            recorder.begin()
            response = await client.sdk.begin(request, _headers(request, headers))
            try:
                async for data in _data(response):
                    yield data
            finally:
                await response.aclose()
        finally:
            client.users -= 1
            self._close_if_done(client)

    async def ready(self, target: Target) -> None:
        """Load the SDK and build its client now, so that no request is timed with that."""
        self._client(target)

    def forget(self, key: str) -> None:
        """Keep no client with this key; a reply under way is read to its end."""
        for target in [target for target in self._clients if target.key == key]:
            self._drop(target)

    async def close(self) -> None:
        """Replies under way end with it."""
        closing = [client.sdk.close() for client in self._clients.values()]
        self._clients.clear()
        await asyncio.gather(*closing, *self._closing, return_exceptions=True)

    def _client(self, target: Target) -> _Client:
        # Nothing here waits: between choosing a client and counting its user, none is dropped.
        if target not in self._clients:
            _check_address(target.base_url)
            self._clients[target] = _Client(_new_client(target))
        self._clients.move_to_end(target)
        # One that streams is kept: to close it would end somebody else's reply.
        idle = [one for one, client in self._clients.items() if not client.users and one != target]
        for oldest in idle[: max(0, len(self._clients) - CLIENTS_KEPT)]:
            self._drop(oldest)
        return self._clients[target]

    def _drop(self, target: Target) -> None:
        client = self._clients.pop(target)
        client.dropped = True
        self._close_if_done(client)

    def _close_if_done(self, client: _Client) -> None:
        if client.dropped and not client.users:
            closing = asyncio.ensure_future(client.sdk.close())
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)


async def _data(response: httpx2.Response) -> AsyncIterator[str]:
    if "text/event-stream" not in response.headers.get("content-type", "").lower():
        yield (await response.aread()).decode("utf-8", errors="replace")
        return
    parser = SseParser()
    async for chunk in response.aiter_bytes():
        for event in parser.feed(chunk):
            yield event.data
    for event in parser.finish():
        if _is_whole(event.data):
            yield event.data


def _is_whole(data: str) -> bool:
    """Whether a last event without its empty line was only left open, or cut off.

    A connection that ends a reply by closing cannot say that it broke: half an event then is a
    reply that is incomplete, not one that is no JSON.
    """
    try:
        json.loads(data)
    except ValueError:
        return data.strip() == "[DONE]"
    return True


def _check_address(base_url: str | None) -> None:
    """Raises before anything leaves what the transport would raise while it does."""
    if base_url is not None and (problem := address_problem(base_url)):
        raise httpx2.UnsupportedProtocol(problem)


def _headers(request: WireRequest, more: Headers) -> Headers:
    """What is added to the SDK's own; the last one said of a name counts."""
    content = {"Content-Type": "application/json"} if request.body else {}
    return tuple({**_HEADERS, **content, **dict(request.headers), **dict(more)}.items())


class _Generated:
    """anthropic and openai: one generator wrote both clients, with the same raw calls."""

    def __init__(self, client: Any) -> None:
        self._client = client

    async def begin(self, request: WireRequest, headers: Headers) -> httpx2.Response:
        options = {"headers": {**dict(headers), "X-Stainless-Raw-Response": "stream"}}
        how: dict[str, Any] = {"cast_to": httpx2.Response, "options": options}
        if request.method == "GET":
            response: httpx2.Response = await self._client.get(request.path, **how)
        else:
            response = await self._client.post(request.path, content=request.body, **how)
        return response

    async def close(self) -> None:
        await self._client.close()

    def is_closed(self) -> bool:
        return bool(self._client.is_closed())


class _Genai:
    """google-genai: its own calls write the body themselves, so the step below them is used."""

    def __init__(self, client: Any, transport: httpx2.AsyncClient) -> None:
        self._client = client
        self._transport = transport

    async def begin(self, request: WireRequest, headers: Headers) -> httpx2.Response:
        api = self._client._api_client
        built = api._build_request(request.method.lower(), request.path.lstrip("/"), {})
        # By name whatever its case: the SDK and a wire may both say one.
        said = httpx2.Headers(built.headers)
        said.update(dict(headers))
        built.headers, built.data, built.timeout = said, request.body, TIMEOUT
        response: httpx2.Response = (await api._async_request(built, stream=True)).response_stream
        return response

    async def close(self) -> None:
        await self._client.aio.aclose()
        await self._transport.aclose()

    def is_closed(self) -> bool:
        return self._transport.is_closed


def _new_client(target: Target) -> _Sdk:
    return _SDK[target.wire](target)


_TRANSPORT: dict[str, Any] = {
    "event_hooks": {"request": [record_request], "response": [record_response]},
    "timeout": TIMEOUT,
    # A redirect would take the key with it to an address nobody entered.
    "follow_redirects": False,
}


def _anthropic(target: Target) -> _Sdk:
    import anthropic  # imported where it is used: an SDK takes seconds to load

    client = anthropic.AsyncAnthropic(
        api_key=target.key,
        base_url=target.base_url,
        max_retries=0,
        timeout=TIMEOUT,
        http_client=anthropic.DefaultAsyncHttpxClient(**_TRANSPORT),
    )
    if not target.environment_headers:
        # It has no option for that; to leave them out by name would leave out the key's own header.
        client._custom_headers = {}
    return _Generated(client)


def _openai(target: Target) -> _Sdk:
    import openai

    client = openai.AsyncOpenAI(
        api_key=target.key,
        base_url=target.base_url,
        max_retries=0,
        timeout=TIMEOUT,
        http_client=openai.DefaultAsyncHttpxClient(**_TRANSPORT),
    )
    if not target.environment_headers:
        # What it was not given it read from the environment: whose organization pays is told to
        # nobody else either.
        client._custom_headers = {}
        client.organization = client.project = client.admin_api_key = None
    return _Generated(client)


def _genai(target: Target) -> _Sdk:
    from google import genai

    # Given and not left to be built: with aiohttp installed it would send past our hooks.
    transport = httpx2.AsyncClient(**_TRANSPORT)
    client = genai.Client(
        vertexai=False,
        api_key=target.key,
        http_options=genai.types.HttpOptions(
            base_url=target.base_url,
            api_version="",  # the wire's path begins with it
            httpx_async_client=transport,
        ),
    )
    return _Genai(client, transport)


_SDK: dict[str, Callable[[Target], _Sdk]] = {
    "anthropic": _anthropic,
    "openai-chat": _openai,
    "openai-responses": _openai,
    "gemini": _genai,
}

_MODULES = {"anthropic": "anthropic", "gemini": "google.genai"}


def load_sdk(wire: str) -> None:
    """Import what sending on a wire needs, so that no request waits for it."""
    import_module(_MODULES.get(wire, "openai"))
