"""A provider on the loopback that does as it is told, and a turn driven against it for real.

Owns the parts the tests of the loop share: the official SDK sends, a socket answers, the store
keeps. What is asked and expected stands in the tests.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from roundtrip.conversation import (
    Message,
    Options,
    Part,
    Reply,
    Signal,
    StopSignal,
    Text,
    ToolCall,
    ToolDefinition,
    Usage,
)
from roundtrip.drive import Drive
from roundtrip.events import Caps, Event, OfferedTool, Resumed, Setup, ToolPolicy, TurnStarted
from roundtrip.journal import Journal
from roundtrip.store import Store
from roundtrip.tools.execute import ThreadPool
from roundtrip.tools.tool import Tool
from roundtrip.wires.send import Sender, Target, load_sdk
from roundtrip.wires.sse import ServerSentEvent
from roundtrip.wires.wire import wire_named
from tests.first_complaint import first_complaint

KEY = "sk-ant-canary-0123456789abcdefghij"
WORDS: dict[Signal, str | None] = {
    "tool_calls": "tool_use",
    "end": "end_turn",
    "max_tokens": "max_tokens",
    "refusal": "refusal",
    "paused": "pause_turn",
    "incomplete": None,
}
_PATHS = {
    "/v1/messages": "anthropic",
    "/chat/completions": "openai-chat",
    "/responses": "openai-responses",
    "enerateContent": "gemini",
}


@dataclass(frozen=True)
class Asked:
    """One request as it came in."""

    path: str
    headers: dict[str, str]
    raw: bytes
    told: bytearray = field(default_factory=bytearray)
    """What a stream answered it with, so far."""

    @property
    def body(self) -> Any:
        return json.loads(self.raw)

    @property
    def wire(self) -> str:
        """Whose API was asked, by its path."""
        return next(wire for piece, wire in _PATHS.items() if piece in self.path)

    @property
    def stream(self) -> bool:
        return ":stream" in self.path or bool(self.body.get("stream"))


Answer = Callable[[Asked, asyncio.StreamWriter], Awaitable[None]]


def reply(*parts: Part, signal: Signal | None = None, usage: Usage | None = None) -> Reply:
    """A reply of these parts; with calls among them it stops for those."""
    calls = any(isinstance(part, ToolCall) for part in parts)
    said = signal or ("tool_calls" if calls else "end")
    return Reply(
        id="msg_01",
        model="sim-large",
        message=Message(role="assistant", parts=parts),
        stop=StopSignal(signal=said, provider=WORDS[said]),
        usage=usage or Usage(input=100, output=10),
    )


def call(name: str = "get_weather", id: str = "toolu_1", **arguments: Any) -> ToolCall:
    return ToolCall(id=id, name=name, arguments=arguments)


def text(words: str) -> Text:
    return Text(text=words)


def events_of(said: Reply, wire: str = "anthropic") -> Sequence[ServerSentEvent]:
    events = wire_named(wire).encode_reply(_in_words_of(wire, said), stream=True)
    assert not isinstance(events, bytes)
    return events


def body_of(said: Reply, wire: str = "anthropic") -> bytes:
    body = wire_named(wire).encode_reply(_in_words_of(wire, said), stream=False)
    assert isinstance(body, bytes)
    return body


def _in_words_of(wire: str, said: Reply) -> Reply:
    """With the wire's usual word for how it stopped."""
    stop = said.stop if wire == "anthropic" else said.stop.model_copy(update={"provider": None})
    return said.model_copy(update={"stop": stop})


def says(*parts: Part, **how: Any) -> Answer:
    """The whole reply as the API that is asked spells it, streamed if that was asked for."""
    said = reply(*parts, **how)

    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        if asked.stream:
            await begin_stream(writer)
            for event in events_of(said, asked.wire):
                await chunk(writer, event.encode())
            await chunk(writer, b"")
        else:
            await respond(writer, 200, body_of(said, asked.wire))

    return answer


def refuses(status: int, word: str, message: str, **headers: str) -> Answer:
    """The refusal of the API that is asked, in its shape; `word` is its own for this."""

    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        error = json.dumps(error_body(asked.wire, status, word, message)).encode()
        await sends(status, error, **headers)(asked, writer)

    return answer


def error_body(wire: str, status: int, word: str, message: str) -> dict[str, Any]:
    """What the API answers in place of a reply."""
    if wire == "anthropic":
        return {"type": "error", "error": {"type": word, "message": message}}
    if wire == "gemini":
        return {"error": {"code": status, "message": message, "status": word}}
    return {"error": {"message": message, "type": word, "param": None, "code": None}}


def sends(status: int, body: bytes, **headers: str) -> Answer:
    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        spelled = {name.replace("_", "-"): value for name, value in headers.items()}
        await respond(writer, status, body, **{"content-type": "application/json", **spelled})

    return answer


def streams(pieces: Sequence[bytes], *, then: str = "end", **headers: str) -> Answer:
    """These pieces as a stream; `then`: it may `end`, be `cut`, or `stall`."""

    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        await begin_stream(writer, **headers)
        for piece in pieces:
            asked.told.extend(piece)
            await chunk(writer, piece)
        if then == "end":
            await chunk(writer, b"")
        elif then == "stall":
            await asyncio.sleep(3600)
        else:
            writer.transport.abort()

    return answer


async def closes(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """The connection ends before a word of a reply."""
    writer.transport.abort()


async def respond(writer: asyncio.StreamWriter, status: int, body: bytes, **headers: str) -> None:
    fields = {"content-type": "application/json", "content-length": str(len(body)), **headers}
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    writer.write(f"HTTP/1.1 {status} Status\r\n{lines}\r\n".encode() + body)
    await writer.drain()


async def begin_stream(writer: asyncio.StreamWriter, **headers: str) -> None:
    fields = {"content-type": "text/event-stream", "transfer-encoding": "chunked", **headers}
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in fields.items())
    writer.write(f"HTTP/1.1 200 OK\r\n{lines}\r\n".encode())
    await writer.drain()


async def chunk(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
    await writer.drain()


def half_a_stream() -> list[bytes]:
    """The beginning of a streamed answer, a few words in."""
    words = text("The weather in Oslo is cold and wet today.")
    return [event.encode() for event in events_of(reply(words))][:7]


class Provider:
    """Answers request after request with its answers; the last one is repeated."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.asked: list[Asked] = []
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                path = head.split(" ", 2)[1]
                lines = [line.partition(":") for line in head.split("\r\n")[1:] if line]
                headers = {name.lower(): value.strip() for name, _, value in lines}
                raw = await reader.readexactly(int(headers.get("content-length", 0)))
                self.asked.append(Asked(path, headers, raw))
                answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
                await answer(self.asked[-1], writer)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass  # the client is gone, or the test is over
        finally:
            writer.close()


@dataclass
class Room:
    """Everything a turn is driven with."""

    store: Store
    provider: Provider
    sender: Sender
    pool: ThreadPool
    wire: str = "anthropic"
    owner: str = field(default_factory=lambda: secrets.token_hex(8))
    tools: dict[str, Tool] = field(default_factory=dict)
    journal: Journal = field(init=False)
    deltas: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        run = self.store.new_run(self.owner, "a test", 0.0)
        self.journal = Journal(self.store, self.owner, run.id)

    def offer(
        self,
        name: str = "get_weather",
        run: Callable[..., Any] | None = None,
        *,
        policy: ToolPolicy = "auto",
        timeout_s: float = 30.0,
        schema: dict[str, Any] | None = None,
    ) -> None:
        definition = ToolDefinition(
            name=name, description="For a test.", input_schema=schema or {"type": "object"}
        )
        self.tools[name] = Tool(definition, run, policy, timeout_s)

    def setup(
        self, *, stream: bool = True, caps: Caps | None = None, base_url: str | None = None
    ) -> Setup:
        offered = tuple(
            OfferedTool(
                definition=tool.definition, policy=tool.policy, has_code=tool.run is not None
            )
            for tool in self.tools.values()
        )
        return Setup(
            wire=self.wire,
            options=Options(model="sim-large", stream=stream, max_output_tokens=500),
            tools=offered,
            base_url=base_url or self.provider.url,
            caps=caps or Caps(),
        )

    def ask(self, words: str = "What is the weather?", **setup: Any) -> None:
        self.journal.write(partial(TurnStarted, text=words, setup=self.setup(**setup)))

    def go_on(self) -> None:
        self.journal.write(partial(Resumed))

    def drive(self, **how: Any) -> Drive:
        return Drive(
            self.journal,
            self.sender,
            self.pool,
            lambda: self.tools,
            **{
                "target": lambda setup: Target(setup.wire, setup.base_url, KEY),
                "on_delta": lambda exchange, delta: self.deltas.append(delta.text),
                **how,
            },
        )

    async def to_the_end(self, words: str = "What is the weather?", **setup: Any) -> None:
        self.ask(words, **setup)
        await self.drive().to_the_end()

    def events(self, *kinds: type[Event]) -> list[Any]:  # type: ignore[valid-type]
        return [one for one in self.journal.events() if not kinds or isinstance(one, kinds)]

    @property
    def sent_results(self) -> list[dict[str, Any]]:
        """The result blocks of the newest request."""
        blocks = self.provider.asked[-1].body["messages"][-1]["content"]
        return [block for block in blocks if block["type"] == "tool_result"]

    @property
    def complaint(self) -> Any:
        """What the API finds wrong with the newest request; None where it is legal."""
        return first_complaint(self.provider.asked[-1].wire, self.provider.asked[-1].body)

    @property
    def lines(self) -> list[str]:
        return [f"{step.phase}: {step.text}" for step in self.journal.steps()]

    @property
    def phases(self) -> list[str]:
        return [step.phase for step in self.journal.steps()]


@asynccontextmanager
async def serving(provider: Provider) -> AsyncIterator[None]:
    """The provider listens, on an address of its own; ended, whoever it answers is cut off."""
    handlers: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        handlers.add(task)
        task.add_done_callback(handlers.discard)
        await provider.serve(reader, writer)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    provider.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield
    finally:
        server.close()
        for task in tuple(handlers):
            task.cancel()
        await asyncio.gather(*handlers, return_exceptions=True)


@asynccontextmanager
async def a_room(store: Store, *answers: Answer, wire: str = "anthropic") -> AsyncIterator[Room]:
    """A provider with these answers, and a run that will ask it."""
    load_sdk(wire)  # seconds, of which no test is to take notice
    provider, sender, pool = Provider(*(answers or (says(text("Sunny.")),))), Sender(), ThreadPool()
    async with serving(provider):
        try:
            yield Room(store, provider, sender, pool, wire)
        finally:
            await sender.close()
            pool.close()


async def until(true: Callable[[], bool], seconds: float = 60.0) -> None:
    """Return as soon as it is true. Raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.005)
