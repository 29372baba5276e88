"""What all simulated APIs do alike with a request for a reply.

Owns the order: body, key, fault, JSON, the API's own rules, the model's response, the reply in
the wire's spelling, and its bytes on their timetable. What an API says for itself is `Api`, a file
for each; what is said in a reply is `model/`.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal, Protocol, TypeVar

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response

from roundtrip import tokens
from roundtrip.conversation import Reply, ToolDefinition, ToolResult
from roundtrip.simulator import faults, replies, results
from roundtrip.simulator.granting import mark, occasion, pace_of, says, script_asked_for, script_of
from roundtrip.simulator.model import respond
from roundtrip.simulator.pacing import Ending, PacedResponse, timetable
from roundtrip.simulator.refusals import Refusal, Refused
from roundtrip.simulator.requests import body_of
from roundtrip.simulator.scripts import Script
from roundtrip.simulator.simulation import Simulation
from roundtrip.wires.wire import WireError, WireRequest, wire_named

Shape = Literal["body", "events", "array"]
"""One JSON body, server-sent events, or a JSON array that is sent piece by piece."""

_Result = TypeVar("_Result")

_JSON = "application/json"
_EVENTS = {"content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache"}


@dataclass(frozen=True)
class Question:
    """One request for a reply, after the API's rules have been held against it."""

    model: str
    """As it was named; it is echoed."""

    most: int | None
    """Output tokens."""

    shape: Shape
    request: WireRequest
    read: Any
    """The JSON a model would read, for counting."""

    spelling: replies.Spelling
    tells_usage: bool = True
    """Whether the reply says what it cost."""

    keep: Callable[[Reply], None] | None = None
    """Called with the reply, where a later request may refer to it; on the thread that made it."""

    script: Script | None = None
    """What is said in the model's place, where that was asked for; no API knows of it."""


class Api(Protocol):
    """What one way of asking for a reply says for itself."""

    wire: str
    too_large: Refusal
    failures: Mapping[faults.Failure, Refusal]
    """How it words the faults that are refusals."""

    def check_key(self, request: Request) -> None:
        """Raises `Refused` where the key is absent or invalid."""

    def check_json(self, raw: bytes) -> Any:
        """The body as JSON. Raises `Refused`."""

    def question(self, request: Request, body: Any, raw: bytes) -> Question:
        """What is asked. Raises `Refused` where a rule of the API is broken."""

    def read_result(self, result: ToolResult) -> ToolResult:
        """The result as a model takes it in."""

    def headers(self, request: Request) -> dict[str, str]:
        """What every response of the API carries; ids follow from `request.state.seed`."""


@dataclass(frozen=True)
class _Answer:
    """A reply, ready to be sent."""

    reply: Reply
    decision: Any
    """The model's reasons."""

    pieces: list[bytes]
    headers: dict[str, str]


class Endpoint:
    """Answers the requests for a reply that come to one API."""

    def __init__(self, api: Api, simulation: Simulation) -> None:
        self.api = api
        self.simulation = simulation

    async def reply(self, request: Request) -> Response:
        """Raises `Refused`."""
        raw = await self._body(request)
        ending, declines = self._fault(request, raw)
        answer = await _off_the_loop(partial(self._answer, request, raw, declines))
        self.simulation.decisions.remember(answer.reply.id or "", answer.decision)
        return self._send(request, answer, ending)

    async def count(self, request: Request, counted: Callable[[Any], int]) -> int:
        """The tokens of a request that asks for nothing else; `counted` is called with its JSON,
        on a thread of its own. Raises `Refused`."""
        raw = await self._body(request)
        return await _off_the_loop(lambda: counted(self.api.check_json(raw)))

    async def _body(self, request: Request) -> bytes:
        """The body of a request that has a key. Raises `Refused`."""
        request.state.began = time.monotonic()
        raw = await body_of(request, self.simulation.settings.largest_body)
        request.state.seed = raw or b""
        self.api.check_key(request)
        if raw is None:
            raise Refused(self.api.too_large)
        return raw

    def _fault(self, request: Request, raw: bytes) -> tuple[Ending, bool]:
        """How the reply is to end, and whether it declines. Raises `Refused`."""
        try:
            fault = faults.fault_asked_for(request.headers.get(faults.HEADER))
        except ValueError as error:
            raise Refused(Refusal(400, str(error))) from None
        if fault is None or not self.simulation.faults.strikes(fault, occasion(request) + raw):
            return "complete", False
        if fault.failure is not None:
            raise Refused(self.api.failures[fault.failure])
        if fault.name == "refuse":
            return "complete", True
        return ("cut" if fault.name == "cut" else "stall"), False

    def _answer(self, request: Request, raw: bytes, declines: bool) -> _Answer:
        """All that takes the longer, the larger a request is. Raises `Refused`."""
        body = self.api.check_json(raw)
        request.state.seed = seed_of(request, body)
        question = self.api.question(request, body, raw)
        question = replace(question, script=script_of(request, self.simulation))
        reply, decision = self._reply(request.state.seed, question, declines)
        if question.keep is not None:
            question.keep(reply)
        told = reply if question.tells_usage else reply.model_copy(update={"usage": None})
        return _Answer(reply, decision, *_framed(self.api.wire, told, question.shape))

    def _reply(self, seed: bytes, question: Question, declines: bool) -> tuple[Reply, Any]:
        """The reply, and the model's reasons for it. Raises `Refused`."""
        try:
            conversation, tools, options = wire_named(self.api.wire).decode_request(
                question.request
            )
        except WireError as error:
            raise Refused(Refusal(400, error.message)) from None
        asked = replies.Asked(
            model=question.model,
            seed=seed,
            input_tokens=tokens.count_json(question.read),
            max_output_tokens=question.most,
        )
        if declines:
            return replies.refusal(asked, question.spelling), {"fault": "refuse"}
        ours = tuple(tool for tool in tools if isinstance(tool, ToolDefinition))
        # A name that is no simulated model's is answered as `sim-large`.
        heard = results.taken_in(conversation, self.api.read_result)
        said = says(question.script, heard)
        response = said or respond(heard, ours, options, today=self.simulation.settings.clock)
        stop = said.stop if said else None
        return replies.reply_to(asked, response, question.spelling, stop), response.decision

    def _send(self, request: Request, answer: _Answer, ending: Ending) -> Response:
        written = (answer.reply.usage and answer.reply.usage.output) or 0
        plan = timetable(answer.pieces, written, pace_of(request, self.simulation), ending)
        headers = answer.headers | self.api.headers(request) | mark(answer.decision)
        return PacedResponse(plan, headers)


async def _off_the_loop(work: Callable[[], _Result]) -> _Result:
    """On a thread: a body of the largest size takes seconds, and others are being answered."""
    try:
        return await anyio.to_thread.run_sync(work)
    except RecursionError:  # a schema, or JSON within a text, may be nested without end
        raise Refused(Refusal(400, "The request is nested too deeply.")) from None


def _framed(wire: str, reply: Reply, shape: Shape) -> tuple[list[bytes], dict[str, str]]:
    """The pieces to send and how they are announced."""
    encoded = wire_named(wire).encode_reply(reply, stream=shape != "body")
    if isinstance(encoded, bytes):
        return [encoded], {"content-type": _JSON, "content-length": str(len(encoded))}
    if shape == "events":
        return [event.encode() for event in encoded], _EVENTS
    items = [event.data.encode() for event in encoded]
    heads = [b"[", *[b",\r\n"] * (len(items) - 1)]
    pieces = [head + item for head, item in zip(heads, items, strict=True)]
    return [*pieces, b"]"], {"content-type": _JSON}


def as_sent(wire: str, body: Any) -> Reply:
    """The reply that an API sent in these words, with all that belongs to it.

    The way to a signed part: its canonical value is what the wire makes of the JSON.
    """
    decoder = wire_named(wire).reply_decoder()
    decoder.feed(json.dumps(body))
    return decoder.finish()


def json_in(raw: bytes) -> Any:
    """Raises ValueError or RecursionError, also for half characters and too deep a nesting."""
    body = json.loads(raw, parse_constant=_no_number)
    json.dumps(body, ensure_ascii=False).encode()
    return body


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


_HOW_TO_SEND = ("stream", "stream_options")


def seed_of(request: Request, body: Any) -> bytes:
    """Stands for all that shapes the reply: streamed or not, it is the same reply."""
    if isinstance(body, dict):
        body = {name: value for name, value in body.items() if name not in _HOW_TO_SEND}
    asked = [sorted(request.path_params.items()), body]
    asked += filter(None, [script_asked_for(request)])
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).digest()
