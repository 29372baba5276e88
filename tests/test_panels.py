"""An opened row shows what crossed the wire as it crossed, and says what was read out of it."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roundtrip.conversation import (
    Change,
    Message,
    Native,
    Options,
    Reply,
    StopSignal,
    Text,
    ToolCall,
    ToolDefinition,
    ToolResult,
    Usage,
)
from roundtrip.events import (
    Approved,
    Cost,
    Event,
    ExecutionStarted,
    Failure,
    LateResult,
    OfferedTool,
    ReplyReceived,
    RequestFailed,
    RequestPrepared,
    RequestSent,
    ResultRecorded,
    Setup,
    Stopped,
    TurnStarted,
)
from roundtrip.exchange import Exchange
from roundtrip.panels import panels
from roundtrip.payloads import Pair, Panel, TimedEvent, timed_events
from roundtrip.step import Step
from roundtrip.steps import Timeline
from roundtrip.told_changes import ToldChange
from roundtrip.wires.sse import SseParser
from roundtrip.wires.wire import wire_named

STARTED = 1_760_000_000.0
CALL = ToolCall(
    id="toolu_1",
    name="get_weather",
    arguments={"city": "Tokyo"},
    native=Native(wire="anthropic", value={"type": "tool_use", "id": "toolu_1"}),
)
BLOCK = {"type": "tool_use", "id": "toolu_1", "name": "get_weather", "input": {"city": "Tokyo"}}
WEATHER = ToolDefinition(
    name="get_weather",
    description="The weather of a city.",
    input_schema={"type": "object", "properties": {"city": {"type": "string"}}},
)


class Log:
    """A run's events, numbered as they are added."""

    def __init__(self, *tools: OfferedTool) -> None:
        self.events: list[Event] = []
        setup = Setup(wire="anthropic", options=Options(model="sim-large"), tools=tools)
        self.add(TurnStarted, text="What is the weather?", setup=setup)

    def add(self, kind: Any, **fields: Any) -> Log:
        seq = len(self.events) + 1
        self.events.append(kind(seq=seq, at=STARTED + seq, **fields))
        return self

    def sent(self, **fields: Any) -> Log:
        path = "/v1/messages"
        return self.add(
            RequestSent, exchange=1, attempt=1, method="POST", path=path, size=1, **fields
        )

    def replied(self, *parts: Any, usage: Usage | None = None) -> Log:
        calls = any(isinstance(part, ToolCall) for part in parts)
        stop = ("tool_calls", "tool_use") if calls else ("end", "end_turn")
        reply = Reply(
            id="msg_1",
            model="sim-large",
            message=Message(role="assistant", parts=parts),
            stop=StopSignal(signal=stop[0], provider=stop[1]),
            usage=usage,
        )
        cost = Cost(usd=None)
        return self.add(ReplyReceived, exchange=1, reply=reply, elapsed_s=0.5, cost=cost)

    def step(self, phase: str) -> Step:
        """The newest row of that phase."""
        timeline = Timeline()
        timeline.feed(self.events)
        return [step for step in timeline.steps.values() if step.phase == phase][-1]

    def panels(self, phase: str, exchange: Exchange | None = None) -> dict[str, Panel]:
        return {panel.name: panel for panel in panels(self.step(phase), self.events, exchange)}


def exchange(**changes: Any) -> Exchange:
    values: dict[str, Any] = {
        "number": 1,
        "attempt": 1,
        "method": "POST",
        "url": "https://api.example/v1/messages",
        "request_headers": (("Content-Type", "application/json"), ("X-A", "1"), ("X-A", "2")),
        "request_body": b'{"a": 1.0,\r\n "a":  "\\u00e9"}',
        "request_sha256": "0" * 64,
        "started_at": STARTED,
        "status": 200,
        "response_headers": (("content-type", "application/json"),),
        "response_body": b'{"ok":true}',
    }
    return Exchange(**{**values, **changes})


def pairs(panel: Panel) -> dict[str, str]:
    return {row.name: row.value for row in panel.rows if isinstance(row, Pair)}


@given(st.binary(max_size=300))
def test_a_request_is_shown_as_the_bytes_that_left(body: bytes) -> None:
    shown = Log().sent().panels("ask", exchange(request_body=body))["Request"]
    assert shown.text is not None and shown.size == len(body)
    back = base64.b64decode(shown.text) if shown.encoding == "base64" else shown.text.encode()
    assert back == body


def test_odd_numbers_repeated_keys_and_line_ends_stay_as_they_were_sent() -> None:
    shown = Log().sent().panels("ask", exchange())["Request"]
    assert shown.text == '{"a": 1.0,\r\n "a":  "\\u00e9"}'
    assert shown.title == "POST https://api.example/v1/messages"


def test_bytes_that_are_not_text_say_so() -> None:
    shown = Log().sent().panels("ask", exchange(request_body=b"\xff\x00"))["Request"]
    assert (shown.encoding, shown.size) == ("base64", 2)
    assert "base64" in (shown.note or "")


def test_headers_keep_their_order_spelling_and_repeats() -> None:
    shown = Log().sent().panels("ask", exchange())["Headers"]
    assert [(row.name, row.value) for row in shown.rows if isinstance(row, Pair)] == [
        ("Content-Type", "application/json"),
        ("X-A", "1"),
        ("X-A", "2"),
    ]


def test_a_request_that_has_not_left_says_who_adds_its_headers() -> None:
    log = Log().add(RequestPrepared, exchange=1)
    shown = log.panels("ask", exchange(request_headers=()))["Headers"]
    assert not shown.rows
    assert "SDK" in (shown.note or "")


def test_what_the_wire_could_not_say_is_listed() -> None:
    change = Change(where="tools[0].strict", what="dropped: this wire has no such word")
    log = Log(OfferedTool(definition=WEATHER)).sent(changes=(change,))
    [told] = log.panels("ask", exchange())["Changes"].rows
    assert told == ToldChange(**change.model_dump(), place="tool get_weather · strict")
    assert "Changes" not in Log().sent().panels("ask", exchange())


def test_events_of_a_stream_carry_the_time_their_last_byte_came() -> None:
    body = b'event: a\ndata: {"x":1}\n\ndata: two\n\nevent: c\ndata: open'
    shown = timed_events(
        exchange(
            response_body=body,
            chunks=((STARTED + 0.25, 10), (STARTED + 0.5, 20), (STARTED + 1.0, len(body) - 30)),
        )
    )
    assert shown == (
        TimedEvent(at_s=0.5, event="a", data='{"x":1}'),
        TimedEvent(at_s=1.0, event=None, data="two"),
        TimedEvent(at_s=1.0, event="c", data="open"),
    )


@given(st.lists(st.text(max_size=12), max_size=6), st.data())
def test_wherever_the_network_cut_a_stream_its_events_are_the_same(
    words: list[str], data: st.DataObject
) -> None:
    body = "".join(f"event: e\ndata: {json.dumps(word)}\n\n" for word in words).encode()
    cuts = sorted(data.draw(st.sets(st.integers(0, len(body)), max_size=8)))
    ends = [*cuts, len(body)]
    counts = [end - start for start, end in zip([0, *cuts], ends, strict=True)]
    chunks = tuple((STARTED + place, count) for place, count in enumerate(counts))
    shown = timed_events(exchange(response_body=body, chunks=chunks))
    parser = SseParser()
    whole = [*parser.feed(body), *parser.finish()]
    assert [(row.event, row.data) for row in shown] == [(one.event, one.data) for one in whole]
    times = [row.at_s for row in shown if row.at_s is not None]
    assert len(times) == len(shown) and times == sorted(times)


def test_a_stream_without_recorded_times_says_none() -> None:
    assert timed_events(exchange(response_body=b"data: x\n\n"))[0].at_s is None


@pytest.mark.parametrize(
    ("media_type", "listed"),
    [
        ("text/event-stream; charset=utf-8", True),
        ("Text/Event-Stream", True),
        ("application/json", False),
    ],
)
def test_only_a_stream_has_events(media_type: str, listed: bool) -> None:
    replied = exchange(
        response_headers=(("Content-Type", media_type),), response_body=b"data: x\n\n"
    )
    shown = Log().sent().replied(Text(text="Hi")).panels("answer", replied)
    assert ("Events" in shown) is listed


def test_a_stop_is_told_in_the_providers_word_and_ours() -> None:
    values = pairs(Log().sent().replied(CALL).panels("stop", exchange())["Values"])
    assert values["stop_reason"] == "tool_use"
    assert values["Stop, in our words"] == "tool_calls"
    assert json.loads(values["Its arguments"]) == {"city": "Tokyo"}


def test_a_count_the_provider_did_not_give_is_unknown_and_never_0() -> None:
    usage = Usage(input=12, output=0)
    values = pairs(Log().sent().replied(Text(text="Hi"), usage=usage).panels("answer")["Values"])
    assert values["Input tokens, not cached"] == "12 (measured)"
    assert values["Output tokens"] == "0 (measured)"
    assert values["Read from the cache"] == "unknown"
    assert values["Cost"] == "unknown"


def ran(*, source: str = "tool", error_kind: str | None = None, text: str = "18 °C") -> Log:
    log = Log().sent().replied(CALL).add(Approved, call=0)
    if source in ("tool", "time_limit"):
        log.add(ExecutionStarted, call=0, name=CALL.name, arguments=CALL.arguments)
    result = ToolResult(
        call_id=CALL.id, content=(Text(text=text),), is_error=error_kind is not None
    )
    fields = {"result": result, "source": source, "error_kind": error_kind}
    return log.add(ResultRecorded, call=0, elapsed_s=0.25, **fields)


def test_a_run_shows_arguments_result_the_models_words_and_who_answered() -> None:
    shown = ran().panels("run")
    assert json.loads(shown["Arguments"].text or "") == {"city": "Tokyo"}
    assert shown["Result"].text == "18 °C"
    assert json.loads(shown["Call as written"].text or "") == BLOCK
    how = pairs(shown["How it ran"])
    assert (how["Answered by"], how["Time"]) == ("the tool's code", "0.250 s")
    assert (how["Answers call"], how["Allowed by"]) == ("toolu_1", "a person")


def test_a_call_is_shown_as_the_wire_brought_it() -> None:
    other = BLOCK | {"id": "toolu_2", "input": {"city": "Oslo", "near": [{"name": "get_weather"}]}}
    blocks = [
        {"type": "text", "text": "One moment."},
        BLOCK,
        other | {"caller": {"type": "direct"}},
    ]
    body = {"type": "message", "id": "msg_1", "role": "assistant", "model": "sim-large"}
    decoder = wire_named("anthropic").reply_decoder()
    decoder.feed(json.dumps(body | {"content": blocks, "stop_reason": "tool_use"}))
    log = Log().sent()
    log.add(ReplyReceived, exchange=1, reply=decoder.finish(), elapsed_s=0.5, cost=Cost(usd=None))
    log.add(ExecutionStarted, call=1, name="get_weather", arguments=other["input"])

    assert json.loads(log.panels("run")["Call as written"].text or "") == blocks[2]


def test_a_refused_call_says_that_a_person_answered() -> None:
    how = pairs(ran(source="person", error_kind="refused").panels("run")["How it ran"])
    assert (how["Answered by"], how["Kind of error"]) == ("a person", "refused")


def test_a_result_that_came_too_late_is_told_with_its_call() -> None:
    log = ran(source="time_limit", error_kind="timeout")
    late = {"name": "get_weather", "text": "too late", "elapsed_s": 40.0}
    log.add(LateResult, exchange=1, call=0, **late)
    log.add(LateResult, exchange=1, call=1, **late | {"text": "another call's"})
    how = pairs(log.panels("run")["How it ran"])
    assert "too late" in how["Came back too late"]
    assert "another" not in how["Came back too late"]


def test_a_running_call_has_no_result_yet() -> None:
    log = Log().sent().replied(CALL)
    shown = log.add(ExecutionStarted, call=0, name="get_weather", arguments={}).panels("run")
    assert "Result" not in shown
    assert pairs(shown["How it ran"])["Answered by"] == "nobody yet"


def test_each_of_two_turns_shows_its_own_result() -> None:
    log = ran(text="first")
    setup = Setup(wire="anthropic", options=Options(model="sim-large"))
    log.add(TurnStarted, text="And now?", setup=setup).sent().replied(CALL)
    log.add(ExecutionStarted, call=0, name="get_weather", arguments={})
    result = ToolResult(call_id="toolu_1", content=(Text(text="second"),))
    log.add(ResultRecorded, call=0, result=result, source="tool", elapsed_s=0.1)
    timeline = Timeline()
    timeline.feed(log.events)
    runs = [step for step in timeline.steps.values() if step.phase == "run"]
    results = [panels(step, log.events, None)[1] for step in runs]
    assert [panel.text for panel in results] == ["first", "second"]


def test_arguments_that_are_not_json_are_shown_as_written() -> None:
    broken = ToolCall(
        id="t", name="f", arguments=None, arguments_text='{"a": ', arguments_error="ends early"
    )
    log = Log().sent().replied(broken)
    result = ToolResult(call_id="t", content=(Text(text="no"),), is_error=True)
    log.add(ResultRecorded, call=0, result=result, source="check", error_kind="invalid_json")
    shown = log.panels("run")
    assert shown["Arguments"].text == '{"a": '
    assert "ends early" in (shown["Arguments"].note or "")
    assert pairs(shown["How it ran"])["Time"] == "nothing ran"


def test_each_definition_is_shown_as_its_wire_spells_it() -> None:
    shown = Log(OfferedTool(definition=WEATHER, policy="ask")).panels("define")["get_weather"]
    spelled = json.loads(shown.text or "")
    assert spelled["input_schema"] == WEATHER.input_schema
    assert "your yes" in (shown.note or "")


def test_a_run_without_tools_says_so() -> None:
    assert "No tools" in (Log().panels("define")["Tools"].text or "")


def failed() -> Log:
    failure = Failure(
        kind="overloaded",
        message="Overloaded",
        advice="Try again in a moment.",
        status=529,
        provider="overloaded_error",
    )
    log = Log().sent()
    return log.add(RequestFailed, exchange=1, failure=failure, elapsed_s=0.3, retry_in_s=1.5)


def test_a_failure_has_the_providers_words_and_what_can_be_done() -> None:
    shown = failed().panels("error", exchange(status=529, response_body=b"{}"))
    values = pairs(shown["Failure"])
    assert (values["Kind"], values["Status"]) == ("overloaded", "529")
    assert values["Provider's message"] == "Overloaded"
    assert values["What can be done"] == "Try again in a moment."
    assert shown["Response"].title == "HTTP status 529"
    assert {"Request", "Request headers", "Headers"} <= shown.keys()


def test_a_failure_without_any_exchange_still_says_why() -> None:
    assert [panel.name for panel in panels(failed().step("error"), failed().events, None)] == [
        "Failure"
    ]


def test_a_stopped_turn_shows_what_had_arrived() -> None:
    partial = Reply(
        id=None,
        model=None,
        message=Message(role="assistant", parts=(Text(text="In Tok"),)),
        stop=StopSignal(signal="incomplete", provider=None),
    )
    log = Log().sent().add(Stopped, reason="person", message="You stopped it.", partial=partial)
    shown = log.panels("error")
    assert pairs(shown["Why it stopped"])["Why"] == "person"
    assert pairs(shown["What arrived"])["Text"] == "In Tok"


def test_a_reply_whose_bytes_are_not_kept_still_shows_its_values() -> None:
    shown = Log().sent().replied(Text(text="Hi")).panels("answer")
    assert "not kept" in (shown["Response"].text or "")
    assert pairs(shown["Values"])["Text"] == "Hi"
