"""A request said on another wire: taken there, legal there, and nothing lost in silence."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pytest

from roundtrip.wires.recode import UNRESOLVED, recode
from roundtrip.wires.wire import WIRES, WireError, WireRequest, wire_named
from tests.first_complaint import first_complaint
from tests.recordings import ABSENT, Recorded, recorded
from tests.wires.accepted import complaints
from tests.wires.sayings import Saying, lost, sayings

PAIRS = [(source, target) for source in WIRES for target in WIRES]
CROSSING = [(source, target) for source, target in PAIRS if source != target]

needs_recordings = pytest.mark.skipif(not list(recorded("anthropic")), reason=ABSENT)


def request_of(case: Recorded) -> WireRequest:
    headers = tuple(case.exchange["request_headers"].items())
    return WireRequest("POST", case.exchange["path"], headers, json.dumps(case.request).encode())


def body_of(request: WireRequest) -> Any:
    return json.loads(request.body)


@cache
def requests(wire: str) -> list[Recorded]:
    return [case for case in recorded(wire) if case.request is not None]


@cache
def recodable(source: str) -> tuple[tuple[Recorded, WireRequest], ...]:
    """The recorded requests that their own wire can read, and that say all they refer to."""
    found = []
    elsewhere = next(target for target in WIRES if target != source)
    for case in requests(source):
        request = request_of(case)
        try:
            recode(request, source, elsewhere)
        except WireError as refused:
            assert refused.kind in (UNRESOLVED, "bad_request")
        else:
            found.append((case, request))
    return tuple(found)


@pytest.fixture
def some(full: bool, sample: random.Random) -> Callable[[str], Sequence[Any]]:
    """Some of the recodable requests of a wire; in full, all of them."""
    return lambda source: recodable(source) if full else sample.sample(recodable(source), 60)


def said_by(wire: str, request: WireRequest) -> list[Saying]:
    """What a request says, with what its API holds to without being told."""
    conversation, tools, options = wire_named(wire).decode_request(request)
    said = sayings(conversation, tools, options)
    choice = options.tool_choice.mode if options.tool_choice else "auto"
    if wire == "gemini" and choice != "auto":
        # Mode ANY guarantees calls that fit the schema, and NONE allows no calls. Source: the
        # guide to function calling, "Function calling modes".
        said += [Saying(f"tools[{n}].strict", "strict", "true") for n, _ in enumerate(tools)]
    return said


# Everything recorded, on every wire


@needs_recordings
@pytest.mark.parametrize("source", WIRES)
def test_what_cannot_be_recoded_was_refused_or_refers_to_what_only_the_provider_holds(
    source, figures
):
    cannot = len(requests(source)) - len(recodable(source))
    figures.tell(f"{cannot} of {len(requests(source))} cannot be recoded")

    assert cannot <= {"openai-responses": 2, "gemini": 1}.get(source, 0)


@dataclass
class Crossing:
    """What became of one wire's recorded requests on another."""

    checked: int = 0
    refused: list[str] = field(default_factory=list)
    """What the target SDK's request types do not take."""

    silent: list[str] = field(default_factory=list)
    """What is not said there, and not listed either."""

    changes: Counter[str] = field(default_factory=Counter)
    legal_before: int = 0
    illegal: list[str] = field(default_factory=list)
    """Of those legal before; judged by the checks of the simulated APIs."""

    def in_words(self) -> str:
        if not self.checked:
            return "itself"
        mean = self.changes.total() / self.checked
        return f"{self.checked - len(self.refused)}/{self.checked}, {mean:.2f} changes"


_crossings: dict[tuple[str, str], Crossing] = {}


@pytest.fixture
def crossed(some: Callable[[str], Sequence[Any]]) -> Callable[[str, str], Crossing]:
    """What becomes of some of a wire's requests on another; each pair is tried once."""

    def tried(source: str, target: str) -> Crossing:
        if (source, target) not in _crossings:
            _crossings[source, target] = _cross(source, target, some(source))
        return _crossings[source, target]

    return tried


def _cross(source: str, target: str, cases: Sequence[Any]) -> Crossing:
    found = Crossing(len(cases))
    for case, request in cases:
        sent, changes = recode(request, source, target)
        body = body_of(sent)
        found.refused += [f"{case.name}: {problem}" for problem in complaints(target, body)]
        said = sayings(*wire_named(source).decode_request(request))
        unsaid = lost(said, said_by(target, sent), changes)
        found.silent += [f"{case.name}: {saying}" for saying in unsaid]
        found.changes.update(_kind(change.where, change.what) for change in changes)
        if not first_complaint(source, body_of(request)):
            found.legal_before += 1
            complaint = first_complaint(target, body)
            found.illegal += [f"{case.name}: {complaint}"] if complaint else []
    return found


def _kind(where: str, what: str) -> str:
    return re.sub(r"\[\d+\]", "[]", f"{where}: {what}")[:90]


@needs_recordings
@pytest.mark.parametrize(("source", "target"), CROSSING)
def test_the_other_sdk_takes_it_and_every_loss_is_listed(source, target, crossed, figures):
    found = crossed(source, target)
    often = found.changes.most_common(3)
    figures.count("taken by the SDK's request types", found.checked, found.refused)
    figures.count("lost nothing in silence", found.checked, found.silent)
    figures.tell("listed most often:", *(f"  {times} {kind}" for kind, times in often))

    assert found.checked and not found.refused and not found.silent


@needs_recordings
@pytest.mark.parametrize(("source", "target"), CROSSING)
def test_what_was_legal_stays_legal(source, target, crossed, figures):
    """Calls and results above all."""
    found = crossed(source, target)
    figures.count("legal there as here", found.legal_before, found.illegal)

    # Gemini takes a conversation that the model begins. One recorded result answers a call that
    # the provider itself made.
    known = {("gemini", "anthropic"): 5} | {("openai-responses", other): 1 for other in WIRES}
    assert found.legal_before >= 50 and len(found.illegal) <= known.get((source, target), 0)


@needs_recordings
def test_every_wire_goes_to_every_other(crossed, figures):
    """The matrix: what the target's SDK takes, and changes listed per request."""
    figures.tell(f"{'':18}" + "".join(f"{target:24}" for target in WIRES))
    for source in WIRES:
        row = [crossed(source, target) if source != target else Crossing() for target in WIRES]
        figures.tell(f"{source:18}" + "".join(f"{found.in_words():24}" for found in row))
        assert sum(found.checked > 0 for found in row) == len(WIRES) - 1


@needs_recordings
@pytest.mark.parametrize("wire", WIRES)
def test_to_its_own_wire_a_request_goes_unchanged(wire):
    for case in requests(wire):
        request = request_of(case)
        try:
            sent, changes = recode(request, wire, wire)
        except WireError as refused:
            assert refused.kind == "bad_request", case.name
            continue
        assert (sent.body, sent.path, changes) == (request.body, request.path, ()), case.name


# What only both together can know

CHAT: dict[str, Any] = {
    "model": "gpt-5.2",
    "messages": [{"role": "user", "content": "Weather in Tokyo?"}],
    "tools": [{"type": "function", "function": {"name": "get_weather", "parameters": {}}}],
}


def bare(body: Any, *headers: tuple[str, str]) -> WireRequest:
    return WireRequest("POST", "", headers, json.dumps(body).encode())


@pytest.mark.parametrize(
    ("source", "body"),
    [
        ("openai-responses", {"input": "And Oslo?", "previous_response_id": "resp_1"}),
        ("openai-responses", {"input": "And Oslo?", "conversation": "conv_1"}),
        ("openai-responses", {"input": "And Oslo?", "prompt": {"id": "pmpt_1"}}),
        ("openai-responses", {"input": [{"type": "item_reference", "id": "msg_1"}]}),
        ("gemini", {"contents": [{"parts": [{"text": "?"}]}], "cachedContent": "cachedContents/1"}),
        (
            "gemini",
            {"contents": [{"parts": [{"text": "?"}]}], "cached_content": "cachedContents/1"},
        ),
    ],
)
def test_what_only_the_provider_holds_cannot_be_said_elsewhere(source, body):
    body = body if source == "gemini" else body | {"model": "gpt-5.2"}
    for target in WIRES:
        if target == source:
            assert body_of(recode(bare(body), source, target)[0]) == body
            continue
        with pytest.raises(WireError) as refused:
            recode(bare(body), source, target)
        assert refused.value.kind == UNRESOLVED
        assert "which only the provider holds" in refused.value.message


def test_a_reference_to_nothing_is_none():
    body = {"model": "gpt-5.2", "input": "Hello", "previous_response_id": None}
    sent, _ = recode(bare(body), "openai-responses", "openai-chat")

    assert body_of(sent)["messages"] == [{"role": "user", "content": "Hello"}]


@pytest.mark.parametrize("target", WIRES)
def test_a_bare_gemini_body_has_no_model_and_that_is_listed(target):
    body = {"contents": [{"role": "user", "parts": [{"text": "Hello"}]}]}
    sent, changes = recode(bare(body), "gemini", target)

    assert changes[0].where == "options.model"
    if target != "gemini":
        assert body_of(sent)["model"] is None


@pytest.mark.parametrize("stream", [True, False])
def test_model_and_streaming_move_into_geminis_url_and_out_of_it(stream):
    sent, _ = recode(bare(CHAT | {"stream": stream}), "openai-chat", "gemini")
    assert "gpt-5.2" in sent.path
    assert ("streamGenerateContent" in sent.path) == stream
    assert "model" not in body_of(sent)

    back, _ = recode(sent, "gemini", "openai-chat")
    assert body_of(back)["model"] == "gpt-5.2"
    assert body_of(back).get("stream", False) == stream


HELLO = {
    "anthropic": {"model": "m", "max_tokens": 10, "messages": [{"role": "user", "content": "Hi"}]},
    "openai-chat": {"model": "m", "messages": [{"role": "user", "content": "Hi"}]},
    "openai-responses": {"model": "m", "input": "Hi"},
    "gemini": {"model": "m", "contents": [{"parts": [{"text": "Hi"}]}]},
}


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_every_header_is_carried_or_listed_and_no_key_is_carried(source, target):
    told = {
        "anthropic-version": "2023-06-01",
        "OpenAI-Organization": "org-1",
        "x-request-source": "a test",
        "authorization": "Bearer secret",
        "x-goog-api-key": "secret",
        "content-length": "7",
        "x-stainless-os": "Linux",
    }
    sent, changes = recode(bare(HELLO[source], *told.items()), source, target)
    carried = {name for name, _ in sent.headers}
    listed = {change.where.removeprefix("headers.") for change in changes} & told.keys()

    assert carried | listed == told.keys() - {"content-length", "x-stainless-os"}
    assert not carried & listed
    assert len(carried) == (3 if source == target else 0)
    assert "secret" not in str(sent.headers) + str(changes)


@pytest.mark.parametrize(("source", "target"), CROSSING)
def test_no_change_says_that_an_api_cannot_say_what_it_can(source, target):
    steering = {
        "anthropic": {"top_p": 0.5, "stop_sequences": ["."], "metadata": {"user_id": "u"}},
        "openai-chat": {"top_p": 0.5, "stop": ["."], "seed": 7, "metadata": {"a": "b"}},
        "openai-responses": {"top_p": 0.5, "metadata": {"a": "b"}},
        "gemini": {"generationConfig": {"topP": 0.5, "stopSequences": ["."], "seed": 7}},
    }
    _, changes = recode(bare(HELLO[source] | steering[source]), source, target)
    told = [change for change in changes if change.where.startswith("options.")]

    assert {change.what for change in told if "left out" in change.what} == {
        f"left out: not carried over from {source}"
    }


def test_headers_that_stay_behind_are_listed():
    body = {
        "model": "claude-sonnet-4-5",
        "max_tokens": 10,
        "messages": [{"role": "user", "content": "Hello"}],
    }
    request = bare(body, ("anthropic-beta", "context-1m"), ("x-api-key", "secret"))
    sent, changes = recode(request, "anthropic", "openai-chat")
    own, kept_back = recode(request, "anthropic", "anthropic")

    assert [change.where for change in changes] == ["headers.anthropic-beta", "headers.x-api-key"]
    assert sent.headers == ()
    assert own.headers == (("anthropic-beta", "context-1m"),)
    assert [change.where for change in kept_back] == ["headers.x-api-key"]


@pytest.mark.parametrize("wire", WIRES)
def test_what_is_no_request_of_the_wire_is_refused(wire):
    for body in (7, [], {"messages": 7, "input": 7, "contents": 7, "model": "x"}):
        with pytest.raises(WireError) as refused:
            recode(bare(body), wire, "anthropic")
        assert refused.value.kind == "bad_request"


@pytest.mark.parametrize("field", ["prompt", "conversation", "cachedContent"])
def test_what_is_a_reference_on_one_api_is_a_plain_field_on_another(field):
    sent, changes = recode(bare(CHAT | {field: {"id": "x"}}), "openai-chat", "anthropic")

    assert body_of(sent)["messages"]
    assert f"options.{field}" in [change.where for change in changes]


@pytest.mark.parametrize("wire", WIRES)
def test_a_key_in_the_address_is_kept_by_no_wire(wire):
    path = "/v1beta/models/m:generateContent" if wire == "gemini" else "/v1/x"
    request = WireRequest("POST", f"{path}?a=b&key=s3cr3t", (), bare(HELLO[wire]).body)
    conversation, tools, options = wire_named(wire).decode_request(request)
    again, _ = wire_named(wire).encode_request(conversation, tools, options)

    assert "s3cr3t" not in options.model_dump_json() + again.path
    assert again.path.endswith("?a=b")
