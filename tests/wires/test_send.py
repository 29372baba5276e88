"""Whichever wire: exactly the bytes of a request leave, to that address, with that key, once."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest

from roundtrip.exchange import Exchange
from roundtrip.wires import send
from roundtrip.wires.capture import Recorder
from roundtrip.wires.redact import REDACTED
from roundtrip.wires.send import Sender, Target
from roundtrip.wires.wire import WireRequest, wire_named

pytestmark = pytest.mark.anyio

KEY = "canary-0123456789abcdef"
BODY = '{ "unknown" : 1,\n "words":"Zürich \\u2028"}'.encode()
"""No SDK would write it so, or let it pass."""


@dataclass(frozen=True)
class Case:
    """How one wire is sent to."""

    wire: str
    base: str
    path: str
    key_header: str
    key: Callable[[str], str]

    def request(self, **more: Any) -> WireRequest:
        values = {"method": "POST", "path": self.path, "headers": (), "body": BODY}
        return WireRequest(**values | more)


CASES = [
    Case("anthropic", "/anthropic", "/v1/messages", "authorization", "Bearer {}".format),
    Case("openai-chat", "/openai/v1", "/chat/completions", "authorization", "Bearer {}".format),
    Case("openai-responses", "/openai/v1", "/responses", "authorization", "Bearer {}".format),
    Case(
        "gemini",
        "/gemini",
        "/v1beta/models/gemini-9:streamGenerateContent?alt=sse",
        "x-goog-api-key",
        str,
    ),
]
every_wire = pytest.mark.parametrize("case", CASES, ids=lambda case: case.wire)

OK = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}"


@dataclass
class Listener:
    """Writes down each request; answers with these bytes, the last of them again and again."""

    answers: tuple[bytes, ...]
    port: int = 0
    heads: list[list[str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    hold: asyncio.Event | None = None
    """Awaited after the first answer's bytes."""

    def header(self, name: str, of: int = -1) -> list[str]:
        pairs = (line.partition(":") for line in self.heads[of][1:])
        return [value.strip() for key, _, value in pairs if key.lower() == name]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            self.heads.append(head.strip().split("\r\n"))
            length = next(iter(self.header("content-length")), "0")
            self.bodies.append(await reader.readexactly(int(length)))
            writer.write(self.answers[min(len(self.heads), len(self.answers)) - 1])
            await writer.drain()
            if self.hold is not None:
                await self.hold.wait()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def listening(*answers: bytes) -> AsyncIterator[Listener]:
    listener = Listener(answers or (OK,))
    async with await asyncio.start_server(listener.serve, "127.0.0.1", 0) as server:
        listener.port = server.sockets[0].getsockname()[1]
        yield listener


async def sent(
    case: Case,
    listener: Listener,
    request: WireRequest | None = None,
    *,
    headers: tuple[tuple[str, str], ...] = (),
    environment_headers: bool = False,
) -> tuple[list[str], Exchange]:
    """The pieces of the reply, and what was recorded."""
    sender = Sender()
    url = f"http://127.0.0.1:{listener.port}{case.base}"
    target = Target(case.wire, url, KEY, environment_headers=environment_headers)
    committed: list[Exchange] = []

    async def leaving(exchange: Exchange) -> None:
        assert not listener.heads, "committed before it leaves"
        committed.append(exchange)

    recorder = Recorder(1, 1, secret=KEY, on_leaving=leaving)
    try:
        pieces = sender.send(target, request or case.request(), recorder, headers)
        data = [piece async for piece in pieces]
    finally:
        recorder.end()
        await sender.close()
    exchange = recorder.exchange()
    assert exchange is not None
    assert len(committed) == 1
    return data, exchange


@every_wire
async def test_exactly_these_bytes_leave_with_the_key_where_the_api_wants_it(case: Case) -> None:
    async with listening() as listener:
        headers = (("x-beta", "one"),)
        request = case.request(headers=headers)
        data, exchange = await sent(case, listener, request, headers=(("x-fault", "none"),))

    assert data == ["{}"]
    assert listener.bodies == [BODY]
    assert listener.heads[0][0] == f"POST {case.base}{case.path} HTTP/1.1"
    assert listener.header(case.key_header) == [case.key(KEY)]
    assert "".join(listener.heads[0]).count(KEY) == 1
    assert listener.header("x-beta") == ["one"]
    assert listener.header("x-fault") == ["none"]
    assert listener.header("content-type") == ["application/json"]
    assert listener.header("accept-encoding") == ["identity"]
    assert exchange.request_body == BODY
    recorded = [f"{name}: {value}" for name, value in exchange.request_headers]
    assert recorded == [
        f"{name}: {REDACTED}" if name.lower() == case.key_header else f"{name}:{value}"
        for name, _, value in (line.partition(":") for line in listener.heads[0][1:])
    ]


@every_wire
async def test_a_stream_is_passed_on_event_by_event_while_it_lasts(case: Case) -> None:
    begun = (
        b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"
        b'data: {"n": 1}\n\ndata: {"n": 2}\n\n'
    )
    async with listening(begun) as listener:
        listener.hold = asyncio.Event()
        sender = Sender()
        target = Target(case.wire, f"http://127.0.0.1:{listener.port}{case.base}", KEY)

        async def leaving(exchange: Exchange) -> None: ...

        recorder = Recorder(1, 1, secret=KEY, on_leaving=leaving)
        pieces = sender.send(target, case.request(), recorder)
        async with asyncio.timeout(5):
            assert await anext(pieces) == '{"n": 1}'
            assert await anext(pieces) == '{"n": 2}'
        listener.hold.set()
        assert [piece async for piece in pieces] == []
        await sender.close()


async def test_a_gemini_stream_without_events_is_one_whole_array() -> None:
    """Without `alt=sse` the API answers with a JSON array of what would have been events."""
    case = CASES[-1]
    pieces = [{"text": "Sun"}, {"text": "ny."}]
    chunks: list[dict[str, Any]] = [
        {"candidates": [{"content": {"role": "model", "parts": [piece]}}]} for piece in pieces
    ]
    chunks[-1]["candidates"][0]["finishReason"] = "STOP"
    body = json.dumps(chunks).encode()
    head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
    async with listening(head + b"content-length: %d\r\n\r\n" % len(body) + body) as listener:
        request = case.request(path="/v1beta/models/gemini-9:streamGenerateContent")
        data, exchange = await sent(case, listener, request)

    assert data == [body.decode()]
    assert exchange.response_body == body
    decoder = wire_named("gemini").reply_decoder()
    decoder.feed(data[0])
    assert decoder.finish().message.text == "Sunny."


@every_wire
@pytest.mark.parametrize("status", ["400 Bad Request", "429 Too Many", "500 Broken", "302 Found"])
async def test_a_refusal_is_recorded_whole_and_nothing_is_sent_twice(
    case: Case, status: str
) -> None:
    words = b'{"error": {"message": "no"}}'
    head = f"HTTP/1.1 {status}\r\ncontent-type: application/json\r\nlocation: /elsewhere\r\n"
    answer = head.encode() + f"content-length: {len(words)}\r\n\r\n".encode() + words
    async with listening(answer) as listener:
        sender = Sender()
        target = Target(case.wire, f"http://127.0.0.1:{listener.port}{case.base}", KEY)

        async def leaving(exchange: Exchange) -> None: ...

        recorder = Recorder(1, 1, secret=KEY, on_leaving=leaving)
        with pytest.raises(Exception, match=r".+"):
            async for _ in sender.send(target, case.request(), recorder):
                pass
        await sender.close()

    exchange = recorder.exchange()
    assert exchange is not None
    assert exchange.status == int(status.split()[0])
    assert exchange.response_body == words
    assert len(listener.heads) == 1


@every_wire
async def test_a_silent_address_is_given_up_on(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """The SDKs' own limit is ten minutes, or none."""
    short = httpx2.Timeout(connect=1, read=0.1, write=1, pool=1)
    monkeypatch.setattr(send, "TIMEOUT", short)
    monkeypatch.setitem(send._TRANSPORT, "timeout", short)
    async with listening(b"") as listener:
        listener.hold = asyncio.Event()
        with pytest.raises(Exception, match=r".*") as raised:
            async with asyncio.timeout(5):
                await sent(case, listener)
        listener.hold.set()

    chain = [raised.value, raised.value.__cause__, raised.value.__context__]
    assert any(isinstance(one, httpx2.ReadTimeout) for one in chain)


ENVIRONMENT = {
    "ANTHROPIC_CUSTOM_HEADERS": "X-Gateway: a-gateways-word\nX-Api-Key: a-gateways-word",
    "ANTHROPIC_AUTH_TOKEN": "another-token",
    "OPENAI_CUSTOM_HEADERS": "X-Gateway: a-gateways-word\nAuthorization: Bearer a-gateways-word",
    "OPENAI_API_KEY": "another-key",
    "OPENAI_ADMIN_KEY": "another-admin",
    "OPENAI_ORG_ID": "another-org",
    "OPENAI_PROJECT_ID": "another-project",
    "OPENAI_BASE_URL": "http://another.example/v1",
    "GOOGLE_API_KEY": "another-key",
    "GEMINI_API_KEY": "another-key",
    "GOOGLE_GENAI_USE_VERTEXAI": "true",
    "GOOGLE_GENAI_USE_ENTERPRISE": "true",
    "GOOGLE_CLOUD_PROJECT": "another-project",
    "GOOGLE_CLOUD_LOCATION": "another-location",
    "GOOGLE_GENAI_API_VERSION": "v9",
    "GOOGLE_GEMINI_BASE_URL": "http://another.example",
}


@every_wire
async def test_nothing_of_the_environment_goes_to_an_address_it_does_not_name(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    async with listening() as listener:
        await sent(case, listener)

    crossed = "\n".join(listener.heads[0])
    assert "another" not in crossed
    assert "a-gateways-word" not in crossed
    assert listener.header(case.key_header) == [case.key(KEY)]
    assert listener.heads[0][0] == f"POST {case.base}{case.path} HTTP/1.1"


@pytest.mark.parametrize("case", CASES[:3], ids=lambda case: case.wire)
async def test_headers_of_the_environment_go_where_it_sends_and_are_not_kept(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The third SDK takes none from there."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    async with listening() as listener:
        _, exchange = await sent(case, listener, environment_headers=True)

    assert listener.header("x-gateway") == ["a-gateways-word"]
    assert "a-gateways-word" not in str(exchange)


@every_wire
async def test_a_get_has_no_body(case: Case) -> None:
    async with listening() as listener:
        await sent(case, listener, case.request(method="GET", path="/v1/models?limit=3", body=b""))

    assert listener.heads[0][0] == f"GET {case.base}/v1/models?limit=3 HTTP/1.1"
    assert listener.bodies == [b""]
    assert listener.header("content-type") in ([], ["application/json"])


@every_wire
def test_a_wire_loads_its_own_sdk_and_no_other(case: Case) -> None:
    """Told by a fresh process: here all are loaded."""
    code = (
        "import sys; from roundtrip.wires.send import load_sdk; "
        f"load_sdk({case.wire!r}); "
        "print(*{'anthropic', 'openai', 'google.genai'} & set(sys.modules))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], check=True, timeout=60, capture_output=True
    )
    own = {"anthropic": "anthropic", "gemini": "google.genai"}.get(case.wire, "openai")
    assert loaded.stdout.decode().split() == [own]


@every_wire
async def test_a_closed_client_is_closed(case: Case) -> None:
    sender = Sender()
    await sender.ready(Target(case.wire, "http://127.0.0.1:9", KEY))
    [client] = sender._clients.values()
    assert not client.sdk.is_closed()
    await sender.close()
    assert client.sdk.is_closed()
