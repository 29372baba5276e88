"""The local model is asked one question at a time, in a process that can hang, die or be absent."""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from roundtrip.conversation import (
    Conversation,
    Message,
    Options,
    Text,
    ToolCall,
    ToolChoice,
    ToolDefinition,
    ToolResult,
)
from roundtrip.simulator.local import LOCAL_MODEL, LocalModel, NoAnswer, is_installed
from roundtrip.simulator.local.ask import MOST_TOOLS
from roundtrip.simulator.model import Response
from tests.live_runs import WEATHER

TODAY = date(2026, 11, 23)
QUESTION = "What is the weather in Tokyo and Oslo?"

STANDS_IN = """
import json, os, sys
for line in sys.stdin:
    asked = json.loads(line)
    {does}
    print(json.dumps(said), flush=True)
"""
"""A process in the model's place: the same lines, other words."""


def asked(*more: Message) -> Conversation:
    question = Message(role="user", parts=(Text(text=QUESTION),))
    return Conversation(messages=(question, *more))


def called(city: str, text: str) -> tuple[Message, Message]:
    call = ToolCall(id=city, name=WEATHER.name, arguments={"city": city})
    parts = (Text(text=text),)
    result = ToolResult(call_id=city, name=WEATHER.name, content=parts, is_error=False)
    return Message(role="assistant", parts=(call,)), Message(role="user", parts=(result,))


def respond(
    model: LocalModel,
    conversation: Conversation | None = None,
    tools: tuple[ToolDefinition, ...] = (WEATHER,),
    **options: Any,
) -> Response:
    said = conversation or asked()
    return model.respond(said, tools, Options(model=LOCAL_MODEL, **options), today=TODAY)


@pytest.fixture
def stand_in(tmp_path: Path) -> Iterator[Callable[..., LocalModel]]:
    """A local model whose process does this with what it is `asked`, and answers what it `said`."""
    made: list[LocalModel] = []

    def make(does: str, within_s: float = 30.0) -> LocalModel:
        program = tmp_path / "stands_in.py"
        program.write_text(STANDS_IN.replace("{does}", does))
        made.append(LocalModel((sys.executable, str(program)), within_s))
        return made[-1]

    yield make
    for model in made:
        model.close()


def test_what_the_model_asks_for_becomes_calls(stand_in: Callable[..., LocalModel]) -> None:
    call = {"name": "get_weather", "arguments": {"city": "Tokyo"}}
    said = stand_in(f"said = {{'function_calls': [{call}], 'confidence': 0.97}}")
    response = respond(said)
    assert [(one.name, one.arguments) for one in response.calls] == [
        ("get_weather", {"city": "Tokyo"})
    ]
    assert "97%" in response.decision.why


def test_it_is_told_the_tools_the_day_and_what_came_of_its_calls(
    stand_in: Callable[..., LocalModel], tmp_path: Path
) -> None:
    told = tmp_path / "told.json"
    model = stand_in(f"said = {{}}; open({str(told)!r}, 'w').write(line)")
    respond(model, asked(*called("Tokyo", '{"temp_c": 18}')))
    heard = json.loads(told.read_text())
    assert [tool["name"] for tool in heard["tools"]] == ["get_weather"]
    assert heard["tools"][0]["parameters"] == WEATHER.input_schema
    assert heard["system"].startswith("date: 2026-11-23")
    assert heard["texts"] == [QUESTION, '[{"temp_c": 18}]']


def test_a_call_that_was_made_is_not_made_again_and_the_results_are_told(
    stand_in: Callable[..., LocalModel],
) -> None:
    call = {"name": "get_weather", "arguments": {"city": "Tokyo"}}
    model = stand_in(f"said = {{'function_calls': [{call}]}}")
    response = respond(model, asked(*called("Tokyo", '{"temp_c": 18}')))
    assert response.calls == ()
    assert "18" in response.text
    assert "writes no prose" in response.text


@pytest.mark.parametrize(
    ("does", "words"),
    [
        ("import time; time.sleep(3600)", "gave no answer within 0.5 seconds"),
        ("sys.exit(3)", "ended while it was asked"),
        ("said = {'error': 'RuntimeError: no'}", "failed: RuntimeError: no"),
    ],
)
def test_a_process_that_hangs_dies_or_fails_is_told_and_the_next_question_is_heard(
    stand_in: Callable[..., LocalModel], tmp_path: Path, does: str, words: str
) -> None:
    first = tmp_path / "first"
    breaks = f"broken = not os.path.exists({str(first)!r}); open({str(first)!r}, 'w').close()"
    model = stand_in(
        f"{breaks}\n    said = {{'function_calls': []}}\n    if broken:\n        {does}",
        within_s=0.5 if "sleep" in does else 30.0,
    )
    with pytest.raises(NoAnswer, match=words):
        respond(model)
    model.within_s = 30.0
    assert respond(model).calls == ()


def test_it_gets_no_key_of_the_person_who_runs_it(
    stand_in: Callable[..., LocalModel], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "a-persons-key")
    model = stand_in("said = {'reasoning': ' '.join(os.environ.values())}")
    assert "a-persons-key" not in respond(model).decision.why
    assert os.environ["PATH"] in respond(model).decision.why


def test_questions_from_many_threads_each_get_their_own_answer(
    stand_in: Callable[..., LocalModel],
) -> None:
    model = stand_in("said = {'function_calls': [{'name': asked['texts'][0], 'arguments': {}}]}")
    heard: dict[str, str] = {}

    def ask(words: str) -> None:
        question = Message(role="user", parts=(Text(text=words),))
        heard[words] = respond(model, Conversation(messages=(question,))).calls[0].name

    threads = [threading.Thread(target=ask, args=(f"question {n}",)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert heard == {words: words for words in heard}
    assert len(heard) == 20


def test_too_many_tools_and_an_absent_model_are_said_in_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    many = tuple(WEATHER.model_copy(update={"name": f"t{n}"}) for n in range(MOST_TOOLS + 1))
    with pytest.raises(NoAnswer, match=f"takes {MOST_TOOLS} tools at most, and {len(many)} came"):
        respond(LocalModel(), tools=many)
    monkeypatch.setattr("roundtrip.simulator.local.ask.is_installed", lambda: False)
    with pytest.raises(NoAnswer, match="LOCAL_MODEL=1"):
        respond(LocalModel())


def test_tool_choice_is_honoured(stand_in: Callable[..., LocalModel]) -> None:
    model = stand_in("said = {'function_calls': [dict(t, arguments={}) for t in asked['tools']]}")
    other = WEATHER.model_copy(update={"name": "other"})
    tools = (WEATHER, other)
    assert respond(model, tools=tools, tool_choice=ToolChoice(mode="none")).calls == ()
    forced = ToolChoice(mode="tool", name="other")
    assert [call.name for call in respond(model, tools=tools, tool_choice=forced).calls] == [
        "other"
    ]
    assert len(respond(model, tools=tools, parallel_tool_calls=False).calls) == 1


@pytest.mark.skipif(not is_installed(), reason="the extra `local` is not installed")
def test_the_real_one_asks_for_both_cities() -> None:
    model = LocalModel()
    try:
        response = respond(model)
        cities = {call.arguments["city"] for call in response.calls if call.arguments}
        assert cities == {"Tokyo", "Oslo"}
    finally:
        model.close()
