"""The simulated Chat Completions API: what is its own about a request and its reply.

The rules of a request's body stand in `chat_checks.py`, reading and writing in
`roundtrip/wires/openai_chat`, what is said in `model/`.
"""

from __future__ import annotations

import json
import time
from functools import partial
from typing import Any

from starlette.requests import Request

from roundtrip.conversation import Part, Reply, Signal, Thinking, ToolResult
from roundtrip.simulator.api import Question, as_sent
from roundtrip.simulator.identifiers import BASE62, HEX, identifier
from roundtrip.simulator.keep_alive import KeepAlive
from roundtrip.simulator.openai.chat_checks import first_complaint
from roundtrip.simulator.openai.model_rules import chat_model_rules, window_of
from roundtrip.simulator.openai.refusals import (
    FAILURES,
    TOO_LARGE,
    chat_failed_late,
    reply_headers_of,
)
from roundtrip.simulator.openai.requests import check_json, check_key, is_known
from roundtrip.simulator.refusals import Refusal, Refused
from roundtrip.simulator.replies import Asked, Spelling, unadorned
from roundtrip.wires.lens import also_told
from roundtrip.wires.sse import ServerSentEvent
from roundtrip.wires.wire import WireRequest, wire_named

_PATH = "/chat/completions"
_READ = ("tools", "functions", "messages", "response_format")

_STOPS: dict[Signal, str] = {
    "tool_calls": "tool_calls",
    "end": "stop",
    "max_tokens": "length",
    "refusal": "content_filter",
}


class ChatApi:
    """`POST /chat/completions`, as `roundtrip.simulator.api.Api` describes an API."""

    wire = "openai-chat"
    too_large = TOO_LARGE
    failures = FAILURES
    keep_alive: KeepAlive | None = KeepAlive(b": keep-alive\n\n", opening=1)

    def check_key(self, request: Request) -> None:
        check_key(request)

    def check_json(self, raw: bytes) -> Any:
        return check_json(raw)

    def question(self, request: Request, body: Any, raw: bytes) -> Question:
        if refusal := first_complaint(body):
            raise Refused(refusal)
        model = body["model"]
        if not is_known(model):
            words = f"The model `{model}` does not exist or you do not have access to it."
            raise Refused(Refusal(404, words, "model_not_found"))
        for refusal in chat_model_rules(body):
            raise Refused(refusal)
        most = body.get("max_completion_tokens")
        options = body.get("stream_options") or {}
        return Question(
            model=model,
            most=most if most is not None else body.get("max_tokens"),
            shape="events" if body.get("stream") else "body",
            request=WireRequest("POST", _PATH, (), raw),
            read={name: body[name] for name in _READ if name in body},
            spelling=_spelling(body.get("tool_choice"), body.get("n") or 1),
            tells_usage=not body.get("stream") or bool(options.get("include_usage")),
            stop_sequences=_stop_sequences(body.get("stop")),
            too_long=partial(_too_long, model),
        )

    def failed_late(self, refusal: Refusal, position: int) -> ServerSentEvent:
        return chat_failed_late(refusal)

    def read_result(self, result: ToolResult) -> ToolResult:
        return result

    def headers(self, request: Request) -> dict[str, str]:
        return reply_headers_of(request)


def _too_long(model: str, tokens: int) -> Refusal | None:
    window = window_of(model)
    if window is None or tokens <= window:
        return None
    words = (
        f"This model's maximum context length is {window} tokens. However, your messages resulted "
        f"in {tokens} tokens. Please reduce the length of the messages."
    )
    return Refusal(400, words, "context_length_exceeded", "messages")


def _stop_sequences(stop: Any) -> tuple[str, ...]:
    return (stop,) if isinstance(stop, str) else tuple(stop or ())


def _spelling(tool_choice: Any, choices: int) -> Spelling:
    """A forced function ends with `stop`, calls or not: so the recordings show it."""
    forced = isinstance(tool_choice, dict) and tool_choice.get("type") == "function"
    return Spelling(
        reply_id=lambda seed: identifier("chatcmpl-", 29, seed, alphabet=BASE62),
        call_id=lambda seed, position: identifier("call_", 24, seed, position, alphabet=BASE62),
        stops=_STOPS | ({"tool_calls": "stop"} if forced else {}),
        sent=_completion,
        no_reasoning=0,
        counts_writes=False,
        complete=partial(_complete, choices),
    )


def _complete(choices: int, reply: Reply, asked: Asked, _: str | None) -> Reply:
    """With all that the API counts, of what there is none too; and with as many choices as are
    asked for: the model says the same in each."""
    assert reply.usage is not None
    output, reasoning = reply.usage.output or 0, reply.usage.reasoning or 0
    more = {"output": output * choices, "reasoning": reasoning * choices}
    reply = reply.model_copy(update={"usage": reply.usage.model_copy(update=more)})
    if choices > 1:
        reply = _as_several(choices, reply, asked.seed)
    assert reply.native is not None
    assert reply.usage is not None
    counted, prompt = reply.usage, asked.prompt
    usage = {
        "prompt_tokens": prompt.tokens,
        "completion_tokens": counted.output,
        "total_tokens": prompt.tokens + (counted.output or 0),
        "prompt_tokens_details": {"cached_tokens": counted.cache_read, "audio_tokens": 0},
        "completion_tokens_details": {
            "reasoning_tokens": counted.reasoning,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    }
    return reply.model_copy(update={"native": also_told(reply.native, usage=usage)})


def _as_several(choices: int, reply: Reply, seed: bytes) -> Reply:
    body = wire_named("openai-chat").encode_reply(reply, stream=False)
    assert isinstance(body, bytes)
    told = json.loads(body)
    [first] = told["choices"]
    others = [_again(first, index, seed) for index in range(1, choices)]
    return as_sent("openai-chat", told | {"choices": [first, *others]})


def _again(choice: dict[str, Any], index: int, seed: bytes) -> dict[str, Any]:
    """The same choice, whose calls have ids of their own."""
    message = choice["message"]
    if calls := message.get("tool_calls"):
        own = seed + b"%d" % index
        ids = [identifier("call_", 24, own, at, alphabet=BASE62) for at in range(len(calls))]
        renamed = [call | {"id": one} for call, one in zip(calls, ids, strict=True)]
        message = message | {"tool_calls": renamed}
    return choice | {"index": index, "message": message}


def _completion(seed: bytes, parts: tuple[Part, ...], _: Signal) -> Reply:
    """A completion around the parts. The API counts what was thought, and tells none of it."""
    message: dict[str, Any] = {"role": "assistant", "content": None}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": None}
    body = {
        "id": None,
        "object": "chat.completion",
        "created": int(time.time()),
        "model": None,
        "choices": [choice],
        "usage": None,
        "service_tier": "default",
        "system_fingerprint": identifier("fp_", 10, seed, alphabet=HEX),
    }
    shown = tuple(part for part in parts if not isinstance(part, Thinking))
    reply = as_sent("openai-chat", body)
    return reply.model_copy(update={"message": unadorned(shown).message})
