"""A scripted reply reaches the SDK's user as it was written, on every API, and is marked."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from roundtrip.simulator.scripts import Script, bundled
from roundtrip.simulator.server import Settings
from roundtrip.simulator.thread import SimulatorThread
from tests.simulator.asking import AT_ONCE
from tests.simulator.scripted import speech
from tests.simulator.speakers import SPEAKERS, Speaker
from tests.simulator.test_every_api_replies import TOOLS, without_words_back

QUESTION = "What should I wear in Tokyo and Oslo?"

HOW = ["whole", "streamed"]


class OwnScripts:
    """A simulator whose scripts a test writes."""

    def __init__(self) -> None:
        self.scripts: dict[str, Script] = {}
        settings = Settings(seconds_to_first_token=0, tokens_per_second=0, own_scripts=self.scripts)
        self.thread = SimulatorThread(settings)
        self.root = self.thread.start()

    def write(self, *replies: dict[str, Any], name: str = "mine") -> Script:
        told = {"name": name, "title": "Mine", "shows": "It.", "replies": list(replies)}
        self.scripts[name] = Script.model_validate(told)
        return self.scripts[name]


@pytest.fixture(scope="module")
def own() -> Iterator[OwnScripts]:
    own = OwnScripts()
    yield own
    own.thread.stop()


def spoken(api: Speaker, seen: Any) -> tuple[Any, ...]:
    return seen.text, seen.thoughts, seen.calls, seen.stop


def written(api: Speaker, reply: Any) -> tuple[Any, ...]:
    """What the SDK's user is to see of it."""
    thoughts = "" if api.wire == "openai-chat" else reply.thinking or ""  # that API hides them
    calls = [(call.name, call.arguments) for call in reply.calls]
    return reply.text, thoughts, calls, api.stops["tool_calls" if calls else "end"]


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("wire", SPEAKERS)
@settings(max_examples=settings.default.max_examples // 3)
@given(told=some.lists(speech, min_size=1, max_size=2))
def test_a_script_is_said_to_the_letter(
    own: OwnScripts, wire: str, how: str, told: list[dict[str, Any]]
) -> None:
    api = SPEAKERS[wire]
    client, lesson = api.client(own.root), own.write(*told)
    request = api.asking(QUESTION, most=100_000, script="mine")
    for reply in lesson.replies:
        seen = getattr(api, how)(client, request)
        assert spoken(api, seen) == written(api, reply)
        if not seen.calls:
            return
        request = api.going_on(request, seen, ["fine"] * len(seen.calls))


def test_streamed_and_whole_it_is_the_same_reply(own, api):
    own.write(
        {"thinking": "Hm.", "text": "So:", "calls": [{"name": "go", "arguments": {"a": [1]}}]}
    )
    client, request = api.client(own.root), api.asking(QUESTION, script="mine")

    whole, live = api.whole(client, request), api.streamed(client, request)

    assert without_words_back(live) == without_words_back(whole)


def test_a_scripted_reply_is_marked_and_the_models_own_is_not(own, api):
    own.write({"calls": [{"name": "get_weather", "arguments": {"city": "Lima"}}]})
    heard: list[httpx2.Response] = []
    client = api.client(own.root, hook=heard.append)
    request = api.asking(QUESTION, script="mine")

    first = api.whole(client, request)
    api.whole(client, api.going_on(request, first, [{"sky": "fog"}]))

    assert first.calls == [("get_weather", {"city": "Lima"})]
    assert [response.headers.get("x-scripted") for response in heard] == ["mine", None]
    assert heard[0].headers["x-simulated-by"] == "roundtrip"


def test_why_it_was_said_can_be_asked(own, api):
    own.write({"text": "Nothing."})

    seen = api.whole(api.client(own.root), api.asking(QUESTION, script="mine"))

    told = httpx2.get(f"{own.root}/decisions/{seen.id}").json()
    assert (told["outcome"], told["script"], told["reply"]) == ("scripted", "mine", 1)
    assert told["question"] == QUESTION


def test_a_scripted_reply_has_other_ids_than_the_models_own(own, api):
    own.write({"text": "Nothing."})
    client = api.client(own.root)

    scripted = api.whole(client, api.asking(QUESTION, script="mine"))

    assert scripted.id != api.whole(client, api.asking(QUESTION)).id


@pytest.mark.parametrize("how", HOW)
def test_an_unknown_script_is_refused_with_the_names_there_are(api, speaking, how):
    names = ", ".join(bundled())

    with pytest.raises(api.refused, match=re.escape(names)) as caught:
        getattr(api, how)(speaking, api.asking(QUESTION, script="bogus"))

    assert caught.value.response.status_code == 400


def test_a_value_that_is_not_there_is_refused_with_its_name(own, api):
    own.write({"text": "It is {{get_weather.temp_c}} degrees."})

    with pytest.raises(api.refused, match="script mine, reply 1: no result so far has") as caught:
        api.whole(api.client(own.root), api.asking(QUESTION, script="mine"))

    assert caught.value.response.status_code == 400


def test_a_value_of_a_result_is_read_as_the_api_hands_it_on(own, api):
    own.write(
        {"calls": [{"name": "get_weather", "arguments": {"city": "Oslo"}}]},
        {"text": "{{get_weather.temp_c}} degrees"},
    )
    client, request = api.client(own.root), api.asking(QUESTION, script="mine")

    first = api.whole(client, request)

    seen = api.whole(client, api.going_on(request, first, [{"temp_c": -2}]))
    assert seen.text == "-2 degrees"


@pytest.mark.parametrize("stop", ["max_tokens", "refusal"])
@pytest.mark.parametrize("how", HOW)
def test_a_script_may_stop_as_it_likes(own, api, how, stop):
    own.write({"text": "I would rather", "stop": stop})

    seen = getattr(api, how)(api.client(own.root), api.asking(QUESTION, script="mine"))

    assert seen.stop == api.stops[stop]


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("text", ['{"city": "Tok', "Tokyo", '["Tokyo"]'])
def test_arguments_that_are_no_object_go_to_the_letter_where_they_are_text(own, text, how):
    own.write({"calls": [{"name": "get_weather", "arguments": text}]})

    assert chat_arguments(own.root, how) == text
    assert responses_arguments(own.root, how) == text


def chat_arguments(root: str, how: str) -> str:
    api = SPEAKERS["openai-chat"]
    request = api.asking(QUESTION, script="mine")
    if how == "whole":
        [choice] = api.client(root).chat.completions.create(**request).choices
        return choice.message.tool_calls[0].function.arguments
    choices = [
        choice for piece in api.pieces(api.client(root), request) for choice in piece.choices
    ]
    calls = [call for choice in choices for call in choice.delta.tool_calls or ()]
    return "".join(call.function.arguments or "" for call in calls)


def responses_arguments(root: str, how: str) -> str:
    api = SPEAKERS["openai-responses"]
    request = api.asking(QUESTION, script="mine")
    if how == "whole":
        [item] = api.client(root).responses.create(**request).output
        return item.arguments
    events = list(api.pieces(api.client(root), request))
    return "".join(one.delta for one in events if one.type.endswith("arguments.delta"))


def test_arguments_that_are_no_json_come_in_an_object_where_the_api_has_no_text(own):
    own.write({"calls": [{"name": "get_weather", "arguments": '{"city": "Tok'}]})
    api = SPEAKERS["anthropic"]

    seen = api.whole(api.client(own.root), api.asking(QUESTION, script="mine"))

    assert seen.calls == [("get_weather", {"INVALID_JSON": '{"city": "Tok'})]


def test_a_script_keeps_to_the_output_cap(own, api):
    own.write({"text": "word " * 200})

    seen = api.whole(api.client(own.root), api.asking(QUESTION, most=20, script="mine"))

    assert seen.stop == api.stops["max_tokens"]
    assert seen.output_tokens <= 20 < len("word " * 200)


def test_a_fault_strikes_a_scripted_reply_too(api, speaking):
    asked = api.asking(QUESTION, script="command-as-prose", fault="500")

    with pytest.raises(api.refused) as caught:
        api.whole(speaking, asked)

    assert caught.value.response.status_code == 500


@pytest.mark.parametrize("name", bundled())
def test_every_script_that_comes_along_is_said_on_every_api(simulator, name):
    lesson = bundled()[name]
    told = {
        (wire, how): first_said(SPEAKERS[wire], simulator, lesson, how)
        for wire in SPEAKERS
        for how in HOW
    }

    [(text, calls)] = {json.dumps(one): one for one in told.values()}.values()
    assert text or calls


def first_said(api: Speaker, root: str, lesson: Script, how: str) -> tuple[str, Any]:
    """The first reply to its question, and where that is the model's own, the one after it."""
    heard: list[httpx2.Response] = []
    client = api.client(root, hook=heard.append)
    request = api.asking(lesson.ask or "", TOOLS, script=lesson.name)
    seen = getattr(api, how)(client, request)
    if "x-scripted" not in heard[-1].headers:
        tokyo = {"city": "Tokyo", "temp_c": 18, "sky": "light rain", "wear": "an umbrella"}
        seen = getattr(api, how)(client, api.going_on(request, seen, [tokyo] * len(seen.calls)))
    assert heard[-1].headers["x-scripted"] == lesson.name
    return seen.text, seen.calls


def test_an_unknown_pace_is_refused_with_the_names_there_are(api, speaking):
    with pytest.raises(api.refused, match="there are realistic, slow, at-once"):
        api.whole(speaking, api.asking(QUESTION, pace="bogus"))


def test_a_pace_is_the_requests_own(api):
    never = Settings(seconds_to_first_token=3600, tokens_per_second=0.001, today=AT_ONCE.today)
    with SimulatorThread(never) as root:
        seen = api.whole(api.client(root), api.asking(QUESTION, pace="at-once"))

    assert seen.calls
