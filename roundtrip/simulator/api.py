"""What all simulated APIs do alike with a request for a reply.

Owns the order: body, key, JSON, fault, the API's own rules, the model's response, the reply in
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
from typing import Any, Protocol, TypeVar, get_args

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response

from roundtrip.conversation import Conversation, Options, Reply, ToolDefinition, ToolResult
from roundtrip.simulator import faults, replies, results
from roundtrip.simulator.broken_replies import broken, unfinished
from roundtrip.simulator.constrained import with_continuations
from roundtrip.simulator.decision_header import decision_header
from roundtrip.simulator.framing import Framed, Shape, framed
from roundtrip.simulator.granting import mark, occasion, pace_of, says, script_asked_for, script_of
from roundtrip.simulator.keep_alive import KeepAlive, kept_alive
from roundtrip.simulator.local import LOCAL_MODEL, NoAnswer
from roundtrip.simulator.model import Response as Said
from roundtrip.simulator.odd_replies import ODD_REPLIES, Heard, odd_reply
from roundtrip.simulator.pacing import Ending, PacedResponse, timetable
from roundtrip.simulator.prompt_cache import Piece, Prompt
from roundtrip.simulator.refusals import Refusal, Refused
from roundtrip.simulator.requests import body_of
from roundtrip.simulator.scripts import Script
from roundtrip.simulator.simulation import Simulation
from roundtrip.simulator.structured_answer import respond
from roundtrip.wires.sse import ServerSentEvent
from roundtrip.wires.wire import WireError, WireRequest, wire_named

_Result = TypeVar("_Result")

_KEYS = ("authorization", "x-api-key", "x-goog-api-key")
"""Headers that say who asks: everybody has a cache of prompts."""


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

    pieces: tuple[Piece, ...] | None = None
    """The prompt by its blocks, in an API that caches what is marked."""

    stop_sequences: tuple[str, ...] = ()

    too_long: Callable[[int], Refusal | None] = lambda tokens: None
    """Why a prompt of so many tokens is refused."""

    keep: Callable[[Reply], None] | None = None
    """Called with the reply, where a later request may refer to it; on the thread that made it."""

    script: Script | None = None
    """What is said in the model's place, where that was asked for; no API knows of it."""


class Api(Protocol):
    """What one way of asking for a reply says for itself."""

    wire: str
    too_large: Refusal
    failures: Mapping[faults.Failure, Refusal]
    """How it words the faults that are refusals; `{model}` stands for the one that is asked."""

    keep_alive: KeepAlive | None
    """What it sends in a stream while nothing comes; None: it does not."""

    def check_key(self, request: Request) -> None:
        """Raises `Refused` where the key is absent or invalid."""

    def check_json(self, raw: bytes) -> Any:
        """The body as JSON. Raises `Refused`."""

    def question(self, request: Request, body: Any, raw: bytes) -> Question:
        """What is asked. Raises `Refused` where a rule of the API is broken."""

    def failed_late(self, refusal: Refusal, position: int) -> ServerSentEvent:
        """The event, after so many others, by which a reply that has begun tells a failure."""

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

    framed: Framed
    ending: Ending = "complete"


class Endpoint:
    """Answers the requests for a reply that come to one API."""

    def __init__(self, api: Api, simulation: Simulation) -> None:
        self.api = api
        self.simulation = simulation

    async def reply(self, request: Request) -> Response:
        """Raises `Refused`."""
        raw = await self._body(request)
        answer = await _off_the_loop(partial(self._answer, request, raw))
        self.simulation.decisions.remember(answer.reply.id or "", answer.decision)
        return self._send(request, answer)

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

    def _fault(self, request: Request, body: Any, raw: bytes) -> str:
        """The fault that strikes this reply; empty for none. Raises `Refused`."""
        named = body.get("model") if isinstance(body, dict) else None
        model = request.path_params.get("name", named)
        try:
            fault = faults.fault_asked_for(request.headers.get(faults.HEADER), model)
        except ValueError as error:
            raise Refused(Refusal(400, str(error))) from None
        if fault is None or not self.simulation.faults.strikes(fault, occasion(request) + raw):
            return ""
        if fault.failure is not None:
            refusal = self.api.failures[fault.failure]
            words = refusal.message.replace("{model}", str(model))
            raise Refused(replace(refusal, message=words))
        return fault.name

    def _answer(self, request: Request, raw: bytes) -> _Answer:
        """All that takes the longer, the larger a request is. Raises `Refused`."""
        body = self.api.check_json(raw)
        request.state.seed = seed_of(request, body)
        fault = self._fault(request, body, raw)
        question = self.api.question(request, body, raw)
        question = replace(question, script=script_of(request, self.simulation))
        prompt = self._counted(request, question)
        reply, decision = self._reply(request.state.seed, question, prompt, fault)
        if question.keep is not None:
            question.keep(reply)
        told = reply if question.tells_usage else reply.model_copy(update={"usage": None})
        whole = framed(self.api.wire, told, question.shape)
        return _Answer(reply, decision, self._broken(whole, fault), _ending_of(fault))

    def _counted(self, request: Request, question: Question) -> Prompt:
        """What is to be read, and what of it has been read before. Raises `Refused`."""
        asking = [*map(request.headers.get, _KEYS), request.query_params.get("key")]
        scope = json.dumps([self.api.wire, question.model, asking]).encode()
        prompt = self.simulation.prompts.count(scope, question.read, question.pieces)
        if refusal := question.too_long(prompt.tokens):
            raise Refused(refusal)
        return prompt

    def _reply(
        self, seed: bytes, question: Question, prompt: Prompt, fault: str
    ) -> tuple[Reply, Any]:
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
            prompt=prompt,
            max_output_tokens=question.most,
            stop_sequences=question.stop_sequences,
        )
        ours = tuple(tool for tool in tools if isinstance(tool, ToolDefinition))
        heard = results.taken_in(conversation, self.api.read_result)
        # A name that is no simulated model's is answered as `sim-large`.
        options = options.model_copy(update={"model": faults.without_fault(options.model)})
        today, spelling = self.simulation.settings.clock, question.spelling
        if fault in ODD_REPLIES:
            return odd_reply(fault, asked, spelling, Heard(heard, ours, options, today))
        said = says(question.script, heard)
        response = said or self._model_says(heard, ours, options)
        reply = replies.reply_to(asked, response, spelling, said.stop if said else None)
        if fault == "no-finish":
            reply = unfinished(reply, spelling.stops)
        return reply, response.decision

    def _model_says(
        self, heard: Conversation, tools: tuple[ToolDefinition, ...], options: Options
    ) -> Said:
        """The response of the model that is asked. Raises `Refused`."""
        today = self.simulation.settings.clock
        if options.model != LOCAL_MODEL:
            return with_continuations(respond(heard, tools, options, today=today), tools)
        try:
            return self.simulation.local.respond(heard, tools, options, today=today)
        except NoAnswer as error:
            raise Refused(Refusal(400, str(error))) from None

    def _broken(self, whole: Framed, fault: str) -> Framed:
        """With the fault, where it is one of those that spoil what is sent."""
        late = self.api.failed_late(self.api.failures["overloaded"], len(whole.pieces) // 2)
        failure = late.encode() if whole.shape == "events" else late.data.encode()
        return broken(whole, fault, failure)

    def _send(self, request: Request, answer: _Answer) -> Response:
        written = (answer.reply.usage and answer.reply.usage.output) or 0
        sent, settings = answer.framed, pace_of(request, self.simulation)
        plan = timetable(sent.pieces, written, settings, answer.ending)
        if sent.shape == "events" and self.api.keep_alive is not None:
            plan = kept_alive(plan, self.api.keep_alive, settings.keep_alive_seconds)
        told = mark(answer.decision) | decision_header(answer.decision)
        return PacedResponse(plan, sent.headers | self.api.headers(request) | told | sent.instead)


def _ending_of(fault: str) -> Ending:
    # That nobody listens cannot be said by whoever listens: hanging up at once comes nearest.
    ending = "reset" if fault == "refused" else fault
    return ending if ending in get_args(Ending) else "complete"  # type: ignore[return-value]


async def _off_the_loop(work: Callable[[], _Result]) -> _Result:
    """On a thread: a body of the largest size takes seconds, and others are being answered."""
    try:
        return await anyio.to_thread.run_sync(work)
    except RecursionError:  # a schema, or JSON within a text, may be nested without end
        raise Refused(Refusal(400, "The request is nested too deeply.")) from None


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
