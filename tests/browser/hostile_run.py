"""A run that has one text in every place of it, as a database may hold it after a bad afternoon.

Owns preparing it: through the journal, as the runner would have written it. No provider takes such
names; what a page makes of them must not hang on that.
"""

from __future__ import annotations

import json
import time
from functools import partial

from roundtrip.conversation import (
    Message,
    Options,
    Reply,
    StopSignal,
    Text,
    Thinking,
    ToolCall,
    ToolDefinition,
    Usage,
)
from roundtrip.events import (
    Cost,
    ExecutionStarted,
    Failure,
    OfferedTool,
    ReplyReceived,
    RequestFailed,
    RequestSent,
    ResultRecorded,
    Setup,
    TurnStarted,
)
from roundtrip.exchange import Exchange
from roundtrip.journal import Journal
from roundtrip.state import result_for
from roundtrip.store import Store
from roundtrip.wires.half_characters import whole_text

NAME_LIMIT = 200
"""Characters of the text where it stands as a name; everywhere else it is whole."""


def hostile_run(store: Store, owner: str, text: str) -> str:
    """Three turns: calls and their results, an answer, a refusal by the provider."""
    run = store.new_run(owner, text[:80], time.time())
    journal = Journal(store, owner, run.id)
    setup = _setup(text)
    journal.write(partial(TurnStarted, text=text, setup=setup))
    _asked_for_calls(journal, text)
    _sent(journal, text)
    journal.write(_reply(journal, text, _answer(text)))
    journal.write(partial(TurnStarted, text=text, setup=setup))
    _sent(journal, text)
    failure = Failure(
        kind="bad_request", message=text, advice="Look.", status=400, provider=text[:NAME_LIMIT]
    )
    number = journal.state.exchange
    journal.write(partial(RequestFailed, exchange=number, failure=failure, elapsed_s=0.1))
    return run.id


def _setup(text: str) -> Setup:
    name = text[:NAME_LIMIT]
    schema = {"type": "object", "properties": {name: {"type": "string", "description": text}}}
    tool = ToolDefinition(name=name, description=text, input_schema=schema)
    return Setup(
        wire="anthropic",
        options=Options(model=name),
        system=text,
        tools=(OfferedTool(definition=tool),),
        base_url=name,
        stepwise=True,
    )


def _asked_for_calls(journal: Journal, text: str) -> None:
    """A reply that asks for two calls, of which one fails."""
    _sent(journal, text)
    name = text[:NAME_LIMIT]
    calls = [ToolCall(id=f"c{n}", name=name, arguments={name: text, "n": n}) for n in range(2)]
    said = Message(role="assistant", parts=(Thinking(text=text), Text(text=text), *calls))
    stop = StopSignal(signal="tool_calls", provider=name)
    journal.write(_reply(journal, text, Reply(id=name, model=name, message=said, stop=stop)))
    for n, call in enumerate(calls):
        started = partial(ExecutionStarted, call=n, name=name, arguments=call.arguments)
        result = result_for(call, text, is_error=n == 1)
        ended = partial(ResultRecorded, call=n, result=result, source="tool", elapsed_s=0.1)
        journal.write(started, ended)


def _answer(text: str) -> Reply:
    said = Message(role="assistant", parts=(Text(text=text),))
    return Reply(id=None, model=None, message=said, stop=StopSignal(signal="end", provider=text))


def _reply(journal: Journal, text: str, reply: Reply) -> partial[ReplyReceived]:
    number = journal.state.exchange
    told = reply.model_copy(update={"usage": Usage(input=1, output=1)})
    return partial(ReplyReceived, exchange=number, reply=told, elapsed_s=0.1, cost=Cost(usd=None))


def _sent(journal: Journal, text: str) -> None:
    number = journal.state.exchange + 1
    body = json.dumps({"system": whole_text(text), "messages": []}, ensure_ascii=False).encode()
    answered = json.dumps({"content": [{"text": whole_text(text)}]}, ensure_ascii=False).encode()
    exchange = Exchange(
        number=number,
        attempt=1,
        method="POST",
        url="http://127.0.0.1/v1/messages",
        request_headers=(("x-words", whole_text(text[:NAME_LIMIT])),),
        request_body=body,
        request_sha256="",
        started_at=time.time(),
        status=200,
        response_headers=(("content-type", "application/json"),),
        response_body=answered,
        response_sha256="",
        ended_at=time.time(),
    )
    sent = partial(
        RequestSent, exchange=number, attempt=1, method="POST", path="/v1/messages", size=len(body)
    )
    journal.write(sent, exchange=exchange)
