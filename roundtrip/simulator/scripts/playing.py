"""Which reply of a script is due in a conversation, and what it then says.

Nothing is kept between requests: the conversation itself tells which replies were given. A turn's
replies are walked through from the person's question on; each takes the first that fits and was not
given yet in this turn. Where none fits, the lexical model has answered, and does so now.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from roundtrip.conversation import Conversation, Message, ToolCall, ToolResult
from roundtrip.simulator.model import Decision
from roundtrip.simulator.model.history import Outcome, situation_of
from roundtrip.simulator.model.weighing import THRESHOLD
from roundtrip.simulator.scripts.script import Call, Script, Stop, When
from roundtrip.simulator.scripts.values import NoSuchValue, filled, filled_text
from roundtrip.tools.checks import parse_arguments


class ScriptedDecision(Decision):
    """Why a scripted reply is what it is: a decision like the model's, made by nobody."""

    script: str
    """The script's name."""

    reply: int
    """Which of its replies this is, counted from 1."""


@dataclass(frozen=True)
class Scripted:
    """A reply as it is said now."""

    text: str
    calls: tuple[ToolCall, ...]
    """Without ids: the server gives them."""

    thinking: str | None
    stop: Stop | None
    decision: ScriptedDecision


@dataclass(frozen=True)
class _Moment:
    """A request, as far as a script looks at it."""

    turn: int = 0
    question: str = ""
    results: tuple[ToolResult, ...] = ()
    """Those the request ends with."""


def play(script: Script, conversation: Conversation) -> Scripted | None:
    """What the script says to this conversation; None where it leaves that to the model.

    Raises `NoSuchValue` where a reply is due and a value for it is missing.
    """
    given: set[int] = set()
    due: int | None = None
    for moment in (moments := _moments(conversation.messages)):
        due = _due(script, moment, given)
        if due is not None and not script.replies[due].repeat:
            given.add(due)
    if due is None:
        return None
    try:
        return _said(script, due, moments[-1].question, _outcomes(conversation))
    except NoSuchValue as missing:
        raise NoSuchValue(f"script {script.name}, reply {due + 1}: {missing}") from None


def _due(script: Script, moment: _Moment, given: set[int]) -> int | None:
    return next(
        (
            at
            for at, reply in enumerate(script.replies)
            if at not in given and _fits(reply.when, moment)
        ),
        None,
    )


def _fits(when: When, moment: _Moment) -> bool:
    said = "\n".join(result.text for result in moment.results)
    return (
        when.turn in (None, moment.turn)
        and when.after in (None, "results" if moment.results else "question")
        and _has_any(moment.question, when.asked)
        and when.results_of in (None, *(result.name for result in moment.results))
        and _has_any(said, when.results_say)
    )


def _has_any(text: str, words: tuple[str, ...]) -> bool:
    folded = text.casefold()
    return not words or any(one.casefold() in folded for one in words)


def _moments(messages: Iterable[Message]) -> list[_Moment]:
    """The requests of the turn under way, oldest first. A person's words begin a turn, also where
    the results of an abandoned one come along."""
    now, moments, replying = _Moment(), list[_Moment](), False
    for message in messages:
        if message.role == "system":
            continue
        if message.role == "assistant":
            if not replying:
                moments.append(now)
                now = replace(now, results=())
            replying = True
            continue
        replying = False
        if message.text.strip() and now.question and not moments:
            now = replace(now, question=f"{now.question}\n{message.text}")  # not replied to yet
        elif message.text.strip():
            now, moments = _Moment(now.turn + 1, message.text), []
        else:
            now = replace(now, results=now.results + message.results)
    return [*moments, now]


def _outcomes(conversation: Conversation) -> list[Outcome]:
    situation = situation_of(conversation)
    turns = (*situation.earlier, situation.now)
    return [outcome for turn in turns for outcome in turn.outcomes]


def _said(script: Script, at: int, question: str, outcomes: list[Outcome]) -> Scripted:
    reply = script.replies[at]
    thinking = reply.thinking
    return Scripted(
        text=filled_text(reply.text, outcomes),
        calls=tuple(_call(call, outcomes) for call in reply.calls),
        thinking=None if thinking is None else filled_text(thinking, outcomes),
        stop=reply.stop,
        decision=ScriptedDecision(
            outcome="scripted",
            question=question,
            threshold=THRESHOLD,
            why=f"Scripted for a lesson, no model decided. {script.shows}",
            script=script.name,
            reply=at + 1,
        ),
    )


def _call(call: Call, outcomes: list[Outcome]) -> ToolCall:
    if isinstance(call.arguments, dict):
        return ToolCall(id=None, name=call.name, arguments=filled(call.arguments, outcomes))
    text = filled_text(call.arguments, outcomes)
    arguments, error = parse_arguments(text)
    said: dict[str, Any] = {"arguments_text": text, "arguments_error": error} if error else {}
    return ToolCall(id=None, name=call.name, arguments=arguments, **said)
