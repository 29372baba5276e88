"""Every hostile text in every place of a run: kept, sent, exported, printed; nothing breaks."""

from __future__ import annotations

import json
import random
import time
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from roundtrip.cli.terminal import Terminal
from roundtrip.conversation import ToolDefinition
from roundtrip.events import Setup
from roundtrip.export.file import as_text, run_document
from roundtrip.tools.tool import Tool
from tests.figures import Figures
from tests.hostile import HALVES, HOSTILE, LARGE
from tests.live_runs import (
    AT_ONCE,
    QUESTION,
    SOON,
    WEATHER,
    Place,
    a_database,
    an_owner,
    setup,
    sunny,
    weather,
)
from tests.live_runs import simulator as a_simulator

WORK_S = 15.0
"""Of a processor. Two turns with a megabyte in them take two; work that grows with the square of a
text takes minutes."""


def defined(**changes: Any) -> Setup:
    definition: ToolDefinition = WEATHER.model_copy(update=changes)
    return setup(Tool(definition, sunny))


def with_parameter(name: str) -> Setup:
    return defined(input_schema={"type": "object", "properties": {name: {"type": "string"}}})


def with_option(text: str) -> Setup:
    return setup(options=setup().options.model_copy(update={"model": text}))


SETUPS: dict[str, Callable[[str], Setup]] = {
    "question": lambda text: setup(),
    "result": lambda text: setup(),
    "error": lambda text: setup(),
    "system prompt": lambda text: setup(system=text),
    "tool name": lambda text: defined(name=text),
    "description": lambda text: defined(description=text),
    "parameter name": with_parameter,
    "model name": with_option,
    "address": lambda text: setup(base_url=text),
}
"""What a turn is run with that has the text there."""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder: Path = tmp_path_factory.mktemp("hostile")
    with a_simulator(AT_ONCE) as address, Place(a_database(folder), address) as place:
        yield place


class Out:
    """A terminal that only collects."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> None:
        self.text += text

    def flush(self) -> None: ...

    def isatty(self) -> bool:
        return False


def turn(place: Place, where: str, text: str) -> tuple[str, str]:
    """A whole turn with the text there. Returns the owner and the run."""
    owner = an_owner()

    def fails(city: str) -> None:
        raise ValueError(text)

    runs = {"result": lambda city: text, "error": fails}
    place.tool = weather(runs.get(where, sunny))
    question = text if where == "question" else QUESTION
    run = place.runner.ask(owner, None, question, SETUPS[where](text))
    place.runner.to_the_end(owner, run)
    place.runner.wait(owner, run, SOON)
    return owner, run


def printed(place: Place, owner: str, run: str) -> str:
    """The run as `roundtrip ask` prints it."""
    out = Out()
    terminal = Terminal(place.runner.journal(owner, run), out)  # type: ignore[arg-type]
    terminal.rest()
    terminal.answer()
    return out.text


def obeyed(text: str) -> set[str]:
    """The characters in it that a terminal would obey instead of show."""
    kept = "\n\t\u200c\u200d"
    return {char for char in text if unicodedata.category(char)[0] == "C" and char not in kept} - {
        char for char in text if unicodedata.category(char) in ("Co", "Cn")
    }


def wrong_with(place: Place, where: str, text: str) -> str | None:
    began = time.process_time()
    owner, run = turn(place, where, text)
    if place.runner.is_live_here(owner, run):
        place.runner.stop(owner, run)
        return "does not end"
    last = place.phases(owner, run)[-1]
    if last not in ("answer", "error"):
        return f"ends with {last}"
    state = place.state(owner, run)
    if state.failed and state.failed.failure.kind != "bad_request":
        return f"fails: {state.failed.failure}"
    document = as_text(
        run_document(place.runner.journal(owner, run), place.store.head(owner, run))
    ).encode()
    json.loads(document)
    if found := obeyed(printed(place, owner, run)):
        return f"prints {found!r}"
    place.tool = weather()
    place.finish(owner, run=run)  # the next question is answered all the same
    state = place.state(owner, run)
    if not state.answer and not (state.stopped and state.stopped.reason == "tokens"):
        return "the next question is not answered"
    worked = time.process_time() - began
    return f"takes {worked:.1f} s of work" if worked > WORK_S else None


def sampled(full: bool, sample: random.Random) -> list[tuple[str, str]]:
    every = [(where, name) for where in SETUPS for name in HOSTILE]
    if full:
        return every
    always = [("question", name) for name in (*LARGE, *HALVES)]
    return always + sample.sample([one for one in every if one[1] not in LARGE], 60)


def test_no_text_breaks_a_turn_wherever_it_stands(
    place: Place, full: bool, sample: random.Random, figures: Figures
) -> None:
    chosen = sampled(full, sample)
    wrong = []
    for where, name in chosen:
        if problem := wrong_with(place, where, HOSTILE[name]):
            wrong.append(f"{name} as {where}: {problem}")
    figures.count("hostile texts in places of a turn", len(chosen), wrong)
    assert not wrong


@pytest.mark.parametrize("name", sorted(HALVES))
def test_half_a_character_is_kept_as_the_sign_for_none(place: Place, name: str) -> None:
    owner, run = turn(place, "question", HOSTILE[name])
    asked = place.state(owner, run).messages[0].text
    assert "\ufffd" in asked
    asked.encode()
    assert len(asked) == len(HOSTILE[name].encode("utf-16", "surrogatepass")) // 2 - 1 or (
        "\U0001f600" in asked
    )


def test_a_name_that_no_api_takes_is_refused_in_its_words(place: Place) -> None:
    owner, run = turn(place, "tool name", HOSTILE["script"])
    failure = place.state(owner, run).failed.failure
    assert failure.kind == "bad_request"
    assert "name" in failure.message


def test_a_row_of_a_megabyte_is_set_in_lines_at_once() -> None:
    from roundtrip.text_timeline import one_line, wrapped

    began = time.thread_time()
    for name in LARGE:
        assert all(len(line) <= 60 for line in wrapped(one_line(HOSTILE[name]), 60))
    assert time.thread_time() - began < 20  # two seconds, as a rule
