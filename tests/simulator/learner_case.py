"""What a learner's prompt is made of: who is asked, with which tools, and what is wanted.

Owns the case, the short ways to write one down, and how it becomes a conversation with tools
that give results. The prompts themselves are in `learner_prompts/`, the judgement in
`learner_score.py`.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any, Literal

from roundtrip.conversation import Conversation, Message, Text, ToolCall, ToolDefinition, ToolResult
from roundtrip.tools import tools_in
from roundtrip.tools.result import as_text
from roundtrip.tools.tool import Tool
from tests.simulator.learner_score import Course, GivenCall, Round, WantedCall

FOLDER = Path(__file__).parents[2] / "sample_tools"
LEARNERS_OWN = Path(__file__).with_name("learner_tools.py")
TOOLS: Mapping[str, Tool] = {
    tool.name: tool for path in (FOLDER, LEARNERS_OWN) for tool in tools_in(path).tools
}

SAMPLE = tuple(tool.name for tool in tools_in(FOLDER).tools)
"""Every sample tool, the optional ones added in Settings."""

FIRST_VISIT = tuple(name for name in SAMPLE if not TOOLS[name].optional)
"""The tools that are offered before anything was set."""

CLOCK = "Today is Monday, 23 November 2026. It is 10:00 in the morning, UTC."
"""The one day on which every prompt with a relative date was written; told as system text."""

Kind = Literal[
    "plain",
    "paraphrase",
    "typo",
    "second-language",
    "off-topic",
    "several-at-once",
    "missing-information",
    "chain",
    "error-recovery",
    "small-talk",
    "injection",
    "near-miss",
    "follow-up",
    "spelling",
    "relative-date",
]

Reply = Literal["answers", "asks back", "declines", "small talk"]
"""What the words should do where nothing is called, if that is clear."""


@dataclass(frozen=True)
class Turn:
    """An earlier question, the calls that were made for it, and the answer."""

    prompt: str
    rounds: tuple[tuple[GivenCall, ...], ...]
    answer: str


@dataclass(frozen=True)
class Case:
    """One prompt and every course of calls that is fine."""

    id: str
    kind: Kind
    prompt: str
    courses: tuple[Course, ...]
    offered: tuple[str, ...] = FIRST_VISIT
    before: tuple[Turn, ...] = ()
    system: str | None = None
    reply: tuple[Reply, ...] = ()
    """Any of these; empty where it is not clear, or where calls come first."""

    language: str = "en"

    @property
    def rounds_wanted(self) -> int:
        """How many replies have to be asked for, at most, to judge it."""
        return max(len(course) for course in self.courses)


NO_CALL: Course = ((),)


def case(
    id: str,
    kind: Kind,
    prompt: str,
    *rounds: Sequence[WantedCall],
    or_else: Iterable[Course] = (),
    reply: Reply | tuple[Reply, ...] = (),
    **more: Any,
) -> Case:
    """A case as it is written down: without rounds no call is wanted."""
    courses = (course(*rounds) if rounds else NO_CALL, *or_else)
    replies = (reply,) if isinstance(reply, str) else reply
    return Case(id, kind, prompt, courses, reply=replies, **more)


def course(*rounds: Sequence[WantedCall]) -> Course:
    return tuple(tuple(calls) for calls in rounds)


def some_of(before: Sequence[Round], calls: Sequence[WantedCall]) -> tuple[Course, ...]:
    """Courses that end with at least one of these calls, and any of the others beside it."""
    sizes = range(1, len(calls) + 1)
    return tuple((*before, chosen) for size in sizes for chosen in combinations(calls, size))


def also(*names: str) -> tuple[str, ...]:
    """The tools of a first visit, and these of the optional ones, in the page's order."""
    return tuple(name for name in SAMPLE if name in FIRST_VISIT or name in names)


def earlier(prompt: str, *calls: GivenCall | Sequence[GivenCall], answer: str) -> Turn:
    """An earlier turn; each argument is one round."""
    rounds = ((one,) if isinstance(one, GivenCall) else tuple(one) for one in calls)
    return Turn(prompt, tuple(rounds), answer)


def made(name: str, **arguments: Any) -> GivenCall:
    """A call of an earlier turn."""
    return GivenCall(name, arguments)


def offered(asked: Case) -> tuple[ToolDefinition, ...]:
    """The definitions the model gets."""
    return tuple(TOOLS[name].definition for name in asked.offered)


def tools_for(asked: Case, folder: Path) -> dict[str, Tool]:
    """The tools with code; `folder` is a fresh one for each case.

    The service that fails at first remembers what it was asked, so every case gets its own. The
    order desk and the outbox lie where ROUNDTRIP_ORDER_DESK and ROUNDTRIP_OUTBOX say.
    """
    own = shutil.copy(FOLDER / "flaky.py", folder)
    tools = {**TOOLS, **{tool.name: tool for tool in tools_in(Path(own)).tools}}
    return {name: tools[name] for name in asked.offered}


def conversation(asked: Case, tools: Mapping[str, Tool]) -> Conversation:
    """What is said before the model's first reply, with real results of earlier calls."""
    messages: list[Message] = []
    for turn in asked.before:
        messages.append(_said("user", turn.prompt))
        for number, calls in enumerate(turn.rounds):
            named = f"{len(messages)}_{number}"
            messages += calls_and_results(calls, tools, named)
        messages.append(_said("assistant", turn.answer))
    system = (Text(text=asked.system),) if asked.system else ()
    return Conversation(system=system, messages=(*messages, _said("user", asked.prompt)))


def calls_and_results(
    calls: Sequence[GivenCall], tools: Mapping[str, Tool], named: str
) -> tuple[Message, Message]:
    """One round: the calls, and what the tools give for them. `named` makes their ids unique."""
    ids = [f"call_{named}_{place}" for place in range(len(calls))]
    asked = [
        ToolCall(id=id, name=call.name, arguments=dict(call.arguments or {}))
        for id, call in zip(ids, calls, strict=True)
    ]
    handed = [result(call, tools) for call in asked]
    return Message(role="assistant", parts=tuple(asked)), Message(role="user", parts=tuple(handed))


def result(call: ToolCall, tools: Mapping[str, Tool]) -> ToolResult:
    """What the tool gives, or its error in the words in which a model reads it."""
    run = tools[call.name].run
    assert run is not None
    try:
        text, is_error = as_text(run(**(call.arguments or {}))), False
    except Exception as error:
        text, is_error = f"{type(error).__name__}: {error}", True
    return ToolResult(
        call_id=call.id, name=call.name, content=(Text(text=text),), is_error=is_error
    )


def _said(role: Literal["user", "assistant"], words: str) -> Message:
    return Message(role=role, parts=(Text(text=words),))
