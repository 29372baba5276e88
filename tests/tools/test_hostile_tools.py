"""Whatever a tool does, it is a step that the model can read, and nobody else suffers."""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from roundtrip.events import ResultRecorded
from roundtrip.tools.printing import PRINT_LIMIT
from roundtrip.tools.python import tools_in
from roundtrip.tools.result import TooLarge, as_text
from roundtrip.tools.tool import RESULT_LIMIT
from tests.live_runs import AT_ONCE, SOON, Place, an_owner, simulator, until, weather

SUM = "What is 17% of 2,340?"
SAMPLES = Path(__file__).resolve().parents[2] / "sample_tools"
[CALCULATOR] = tools_in(SAMPLES / "calculator.py").tools
MB = 1_000_000

gate = threading.Event()
"""What the tools here wait for; it opens after the last test."""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """One runner for all of them: what a tool breaks, the tests after it find broken."""
    url = f"sqlite:///{tmp_path_factory.mktemp('hostile') / 'runs.sqlite3'}"
    with simulator(AT_ONCE) as address, Place(url, address, beside=CALCULATOR) as place:
        yield place
        gate.set()


def run_with(place: Place, run: Callable[..., Any], **rules: Any) -> ResultRecorded:
    """A whole turn in which the model asks for a tool that does this. Returns what came of it."""
    place.tool = weather(run, **rules)
    owner = an_owner()
    asked = place.finish(owner)
    steps = place.phases(owner, asked)
    assert steps == ["define", "ask", "stop", "run", "return", "answer"], steps
    journal = place.runner.journal(owner, asked)
    [result] = [e for e in journal.events() if isinstance(e, ResultRecorded)]
    sent = journal.exchange(2)
    assert sent is not None
    blocks = json.loads(sent.request_body)["messages"][-1]["content"]
    [read] = [block for block in blocks if block["type"] == "tool_result"]
    assert read["content"] == result.result.text, "the model did not get it"
    return result


def another_run(place: Place) -> None:
    """Somebody else's turn with another tool."""
    owner = an_owner()
    run = place.ask(owner, SUM, tool=CALCULATOR)
    place.runner.to_the_end(owner, run)
    place.rest(owner, run)
    assert place.phases(owner, run)[-1] == "answer"


# What tools raise


class Ends(BaseException):
    pass


class WordsThatExit(Exception):
    def __str__(self) -> str:
        raise SystemExit(1)


class WordsThatEndTheLoop(Exception):
    def __str__(self) -> str:
        raise KeyboardInterrupt


class Nameless(type):
    @property
    def __name__(cls) -> str:
        raise SystemExit(2)


class HasNoName(Exception, metaclass=Nameless):
    pass


def for_ever_deeper(city: str) -> Any:
    return for_ever_deeper(city)


RAISED: dict[str, BaseException] = {
    "SystemExit": SystemExit("bye"),
    "KeyboardInterrupt": KeyboardInterrupt(),
    "GeneratorExit": GeneratorExit(),
    "StopIteration": StopIteration(1),
    "CancelledError": asyncio.CancelledError(),
    "MemoryError": MemoryError(),
    "BaseExceptionGroup": BaseExceptionGroup("two", [KeyboardInterrupt(), SystemExit()]),
    "Ends": Ends("here"),
    "WordsThatExit": WordsThatExit(),
    "WordsThatEndTheLoop": WordsThatEndTheLoop(),
    "HasNoName": HasNoName("x"),
    "half a character": ValueError("\udfff"),
    "NUL": ValueError("a\0b\x1b[31m"),
    "LongWords": ValueError("x" * 50 * MB),
}


@pytest.mark.parametrize("name", RAISED)
@pytest.mark.parametrize("kind", ["plain", "async"])
def test_what_a_tool_raises_is_told_to_the_model(place: Place, name: str, kind: str) -> None:
    def plain(city: str) -> None:
        raise RAISED[name]

    async def awaited(city: str) -> None:
        raise RAISED[name]

    result = run_with(place, plain if kind == "plain" else awaited)
    assert (result.result.is_error, result.error_kind) == (True, "raised")
    assert result.result.text.strip()
    assert len(result.result.text) < 10_000
    assert "Traceback" not in result.result.text


def test_a_tool_that_calls_itself_for_ever_is_told_to_the_model(place: Place) -> None:
    result = run_with(place, for_ever_deeper)
    assert result.result.text.startswith("RecursionError: ")


# What tools give back


class Unspeakable:
    def __repr__(self) -> str:
        raise SystemExit

    @property
    def __class__(self) -> Any:
        raise KeyboardInterrupt


class Lying(str):
    def __str__(self) -> str:
        raise SystemExit

    def __len__(self) -> int:
        return -1

    def encode(self, *how: Any) -> Any:  # type: ignore[override]
        raise SystemExit


class Trap(dict[str, Any]):
    def items(self) -> Any:
        raise SystemExit


class Endless(list[int]):
    def __iter__(self) -> Iterator[int]:
        while not gate.wait(0.001):
            yield 1


@dataclass
class Guarded:
    x: int = 0

    def __getattribute__(self, name: str) -> Any:
        if name == "x":
            raise SystemExit
        return super().__getattribute__(name)


def cyclic() -> dict[str, Any]:
    value: dict[str, Any] = {}
    value["self"] = value
    return value


def deep() -> list[Any]:
    value: list[Any] = []
    for _ in range(100_000):
        value = [value]
    return value


GIVEN_BACK: dict[str, tuple[Callable[[], Any], str]] = {
    "bytes": (lambda: b"raw", "not_json"),
    "a set": (lambda: {1, 2}, "not_json"),
    "NaN": (lambda: {"t": float("nan")}, "not_json"),
    "itself inside": (cyclic, "not_json"),
    "nested 100,000 deep": (deep, "not_json"),
    "a huge number": (lambda: 10**5000, "not_json"),
    "a generator": (lambda: (n for n in (1, 2)), "not_json"),
    "half a character": (lambda: "\ud83d", "not_json"),
    "half a character inside": (lambda: {"a": ["\udc00"]}, "not_json"),
    "keys that are no text": (lambda: {(1, 2): 3}, "not_json"),
    "a class": (lambda: Ends, "not_json"),
    "a coroutine": (lambda: asyncio.sleep(0), "not_json"),
    "an object nobody may look at": (lambda: [Unspeakable()], "raised"),
    "a dictionary that exits": (lambda: Trap(a=1), "raised"),
    "a dataclass that exits": (Guarded, "raised"),
    "50 MB of text": (lambda: "x" * 50 * MB, "too_large"),
    "50 MB of JSON": (lambda: ["x" * 996] * 50_000, "too_large"),
}


@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited")
@pytest.mark.parametrize("name", GIVEN_BACK)
def test_what_cannot_go_back_is_told_to_the_model(place: Place, name: str) -> None:
    made, kind = GIVEN_BACK[name]
    result = run_with(place, lambda city: made())
    assert (result.result.is_error, result.error_kind) == (True, kind)
    assert len(result.result.text) < 1000


def test_50_mb_are_told_with_their_size_and_the_limit_and_are_kept_nowhere(place: Place) -> None:
    def size() -> int:
        folder = Path(place.store._engine.url.database or "").parent
        return sum(file.stat().st_size for file in folder.iterdir())

    before = size()
    result = run_with(place, lambda city: "x" * 50 * MB)
    assert f"{50 * MB:,} bytes" in result.result.text
    assert f"{RESULT_LIMIT:,}" in result.result.text
    # A turn takes some kilobytes, and SQLite grows its journal in pages.
    assert size() - before < MB


def test_text_of_a_class_of_its_own_goes_back_as_the_text_it_is(place: Place) -> None:
    result = run_with(place, lambda city: Lying("18 °C"))
    assert (result.result.text, result.result.is_error) == ("18 °C", False)


# What tools print


def a_gigabyte(stream: str) -> Callable[[str], str]:
    def run(city: str) -> str:
        for _ in range(1000):
            print("\x1b[31m" + "x" * MB, file=getattr(sys, stream))
        return "printed"

    return run


def a_gigabyte_of_bytes(city: str) -> str:
    for _ in range(1000):
        sys.stdout.buffer.write(b"\xff" * MB)
    sys.stdout.flush()
    return "printed"


@pytest.mark.parametrize(
    "run", [a_gigabyte("stdout"), a_gigabyte("stderr"), a_gigabyte_of_bytes],
    ids=["output", "errors", "bytes"],
)  # fmt: skip
def test_a_printed_gigabyte_fills_neither_the_memory_nor_the_terminal(
    place: Place, run: Callable[[str], str], capsys: pytest.CaptureFixture[str]
) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    result = run_with(place, run)
    printed = "".join(capsys.readouterr())
    grown_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before

    assert result.result.text == "printed"
    assert f"after {PRINT_LIMIT:,} characters is not shown" in printed
    assert len(printed) < 2 * PRINT_LIMIT
    assert "\x1b" not in printed
    assert grown_kb < 50_000  # what a turn and some megabytes at a time may take


def test_a_tool_that_closes_the_output_closes_it_for_nobody(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    def closes(city: str) -> str:
        sys.stdout.close()
        sys.stderr.close()
        print("after all")
        return "closed"

    assert run_with(place, closes).result.text == "closed"
    print("still open")
    assert "still open" in capsys.readouterr().out


def test_threads_that_never_end_keep_nobody_waiting(place: Place) -> None:
    def spawns(city: str) -> str:
        for _ in range(50):
            threading.Thread(target=gate.wait, daemon=True).start()
        return "spawned"

    assert run_with(place, spawns).result.text == "spawned"
    another_run(place)


# What tools take


async def blocks_its_loop(city: str) -> None:
    gate.wait()


HANGS: dict[str, Callable[[str], Any]] = {
    "sleeps": lambda city: gate.wait(),
    "blocks its loop": blocks_its_loop,
    "gives back what never ends": lambda city: Endless([1]),
}


@pytest.mark.parametrize("name", HANGS)
def test_a_tool_that_never_returns_is_answered_at_its_limit(place: Place, name: str) -> None:
    result = run_with(place, HANGS[name], timeout_s=0.3)
    assert (result.error_kind, result.source) == ("timeout", "time_limit")
    assert result.result.text == "get_weather gave no result within 0.3 seconds"


@pytest.mark.parametrize("name", ["sleeps", "blocks its loop"])
def test_twenty_tools_that_sleep_hold_up_nobody_elses(place: Place, name: str) -> None:
    owners = [an_owner() for _ in range(20)]
    place.tool = named(f"sleeps_{name.split()[0]}", HANGS[name], timeout_s=SOON)
    asked = {owner: place.begin(owner) for owner in owners}
    until(lambda: all(place.kinds(*one)[-1] == "execution_started" for one in asked.items()))

    another_run(place)
    assert all(place.runner.is_live_here(*one) for one in asked.items()), "they did not sleep"
    for one in asked.items():
        place.runner.stop(*one)
        place.rest(*one)


def named(name: str, run: Callable[[str], Any], **rules: Any) -> Any:
    tool = weather(run, **rules)
    return replace(tool, definition=tool.definition.model_copy(update={"name": name}))


@pytest.mark.parametrize("name", ["50 MB of text", "50 MB of JSON", "a printed gigabyte"])
def test_another_run_comes_to_its_end_beside_a_hostile_tool(place: Place, name: str) -> None:
    """How much slower it is, `make bench` tells."""
    value = None if name == "a printed gigabyte" else GIVEN_BACK[name][0]()
    rounds, enough = 0, threading.Event()

    def again_and_again(city: str) -> None:
        nonlocal rounds
        while not enough.is_set():
            if value is None:
                print("x" * MB)
            else:
                with pytest.raises(TooLarge):
                    as_text(value, RESULT_LIMIT)
            rounds += 1

    place.tool = named("busy", again_and_again)
    owner = an_owner()
    asked = place.begin(owner)
    until(lambda: rounds)
    another_run(place)
    before = rounds
    until(lambda: rounds > before)  # it was at it all the time
    enough.set()
    place.rest(owner, asked)
