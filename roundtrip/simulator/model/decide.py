"""The simulated model's one decision: call, ask back, or answer.

Owns the order of the questions it asks itself. It sees what a real model sees (names,
descriptions, schemas, the text, the results) and nothing else, and is deterministic: the same
conversation always gives the same response.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from roundtrip.conversation import Conversation, Options, ToolCall, ToolDefinition
from roundtrip.simulator.model.answer import answer
from roundtrip.simulator.model.chains import Chains
from roundtrip.simulator.model.evidence import Profile, profile
from roundtrip.simulator.model.follow_up import with_earlier_words
from roundtrip.simulator.model.goals import Goal, goals
from roundtrip.simulator.model.guesses import guessed
from roundtrip.simulator.model.hearing import heard, vocabulary_of
from roundtrip.simulator.model.history import Outcome, situation_of
from roundtrip.simulator.model.recovery import next_attempt
from roundtrip.simulator.model.referrals import referred
from roundtrip.simulator.model.requests import is_remark, reluctance
from roundtrip.simulator.model.response import ArgumentReason, Decision, Response, ToolScore
from roundtrip.simulator.model.small_talk import (
    ask_back,
    nothing_fits,
    remarked,
    small_talk,
    told_not_to,
)
from roundtrip.simulator.model.thoughts import thoughts
from roundtrip.simulator.model.wanted import Resolution, Wanted
from roundtrip.simulator.model.weighing import THRESHOLD, best, weighed
from roundtrip.simulator.model.words import taken_in

SMALL, LARGE, THINKER = "sim-small", "sim-large", "sim-thinker"
MODELS = (SMALL, LARGE, THINKER)
"""`sim-small` reads names only; `sim-thinker` says why. Any other name is `sim-large`."""

_MOST_CALLS = 8


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is to be done next for the goals of a question."""

    goals: tuple[Goal, ...]
    calls: tuple[Wanted, ...]
    stuck: tuple[tuple[Goal, Resolution], ...]
    """Goals that only the person, or nobody, can help along."""


def respond(
    conversation: Conversation,
    tools: tuple[ToolDefinition, ...],
    options: Options,
    *,
    today: date,
) -> Response:
    """The model's response to the conversation so far.

    A forced tool choice (`any`, `tool`) is honoured in every request, after results too, as the
    real APIs do: whoever never lifts the force never reads an answer.
    """
    asked = situation_of(conversation)
    seen = tuple(_names_only(tool) if options.model == SMALL else _read(tool) for tool in tools)
    profiles = tuple(profile(tool) for tool in seen)
    situation = with_earlier_words(heard(asked, vocabulary_of(seen)))
    chains = Chains(profiles, situation, today, _entities(profiles))
    response = _respond(seen, options, chains)
    if options.model == THINKER or (options.thinking and options.thinking.mode != "off"):
        return response.model_copy(update={"thinking": thoughts(response)})
    return response


def _respond(tools: Sequence[ToolDefinition], options: Options, chains: Chains) -> Response:
    choice, now = options.tool_choice, chains.situation.now
    question = now.question
    if choice and choice.mode == "none":
        if now.outcomes:
            said = answer(question, now.outcomes)
            return _say(said, "answer", "I may call no tool, so I use what I have.", chains)
        return _say(told_not_to(tools), "told_not_to", "tool_choice is none.", chains)
    if choice and choice.mode in ("any", "tool") and tools:
        return _forced(choice.name, chains, options)
    if not now.outcomes and (polite := small_talk(question, tools)) is not None:
        return _say(polite, "small_talk", "Nothing is asked that a tool could do.", chains)
    plan = _plan(question, chains)
    if plan.calls:
        return _call(plan.calls, "", chains, options)
    if now.outcomes:
        return _answer_from_results(plan, chains)
    if plan.stuck and reluctance(question).amount == 0:
        goal, resolution = plan.stuck[0]
        asked = ask_back(goal.profile.tool.name, resolution.missing, resolution.choices)
        return _say(asked, "ask_back", "A required value is not in the text.", chains)
    if is_remark(question):
        return _say(remarked(tools), "small_talk", "Nothing is asked in it.", chains)
    return _say(nothing_fits(tools), "no_tool_fits", _why_nothing_fits(chains), chains)


def _plan(question: str, chains: Chains) -> _Plan:
    found = goals(question, chains)
    outcomes = chains.situation.now.outcomes
    calls: list[Wanted] = []
    stuck: list[tuple[Goal, Resolution]] = []
    for goal in found:
        resolution = chains.resolve(goal.profile, goal.text)
        if resolution.missing:
            stuck.append((goal, resolution))
        for wanted in (*resolution.first, *resolution.ready):
            attempt = _attempted(wanted, outcomes)
            if attempt and not any(_is_same(attempt, other) for other in calls):
                calls.append(attempt)
    if not calls and (further := referred(chains)):
        calls.append(further)
    return _Plan(found, tuple(calls[:_MOST_CALLS]), tuple(stuck))


def _attempted(wanted: Wanted, outcomes: Sequence[Outcome]) -> Wanted | None:
    attempt = next_attempt(wanted.tool, wanted.arguments, outcomes)
    if attempt is None:
        return None
    if attempt.reason is None:
        return wanted
    return Wanted(wanted.tool, attempt.arguments, dict.fromkeys(attempt.arguments, attempt.reason))


def _is_same(one: Wanted, other: Wanted) -> bool:
    return one.tool == other.tool and one.arguments == other.arguments


def _answer_from_results(plan: _Plan, chains: Chains) -> Response:
    now = chains.situation.now
    named = {goal.profile.tool.name for goal in plan.goals}
    shown = [o for o in now.outcomes if o.call.name in named] or list(now.outcomes)
    blocked = {name for _, resolution in plan.stuck for name in resolution.looked_up}
    shown += [o for o in now.outcomes if o.call.name in blocked and o not in shown]
    said = answer(now.question, shown)
    for goal, resolution in plan.stuck:
        if not resolution.looked_up or resolution.choices:
            asked = ask_back(goal.profile.tool.name, resolution.missing, resolution.choices)
            said = f"{said}\n\n{asked}"
    return _say(said, "answer", "Everything asked for has a result.", chains)


def _forced(name: str | None, chains: Chains, options: Options) -> Response:
    """A call that is still missing; where none is, one that was made is made again."""
    now = chains.situation.now
    if name is None and (plan := _plan(now.question, chains)).calls:
        return _call(plan.calls, "A call was demanded. ", chains, options)
    named = _named(name, chains) or _likeliest(chains)
    ready = chains.resolve(named, now.question).ready or (_guess(named, now.question, chains),)
    missing = [call for one in ready if (call := _attempted(one, now.outcomes))]
    return _call(missing or ready, "This call was demanded. ", chains, options)


def _named(name: str | None, chains: Chains) -> Profile | None:
    return next((one for one in chains.profiles if one.tool.name == name), None)


def _likeliest(chains: Chains) -> Profile:
    """The tool called last for this question, else the one nearest to it."""
    now = chains.situation.now
    called = _named(now.outcomes[-1].call.name, chains) if now.outcomes else None
    nearest = best(now.question, chains)
    return called or (nearest.match.profile if nearest else chains.profiles[0])


def _guess(named: Profile, question: str, chains: Chains) -> Wanted:
    filling = chains.fill(named, question)
    arguments = filling.arguments | {p.name: guessed(p, question) for p in filling.missing}
    reasons = {name: filled.reason for name, filled in filling.values.items()}
    reasons |= {p.name: "a guess: the call was demanded" for p in filling.missing}
    unknown = {p.name for p in named.parameters if p.null_when_unknown} - arguments.keys()
    arguments |= dict.fromkeys(unknown)
    return Wanted(named.tool.name, arguments, reasons)


def _call(wanted: Sequence[Wanted], preface: str, chains: Chains, options: Options) -> Response:
    kept = wanted[:1] if options.parallel_tool_calls is False else wanted
    calls = tuple(ToolCall(id=None, name=w.tool, arguments=dict(w.arguments)) for w in kept)
    reasons = tuple(
        ArgumentReason(tool=w.tool, argument=name, value=value, reason=w.reasons.get(name, ""))
        for w in kept
        for name, value in w.arguments.items()
    )
    names = ", ".join(dict.fromkeys(w.tool for w in kept))
    why = f"{preface}I need what {names} gives back before I can answer."
    return Response(text="", calls=calls, decision=_decision("calls", why, chains, reasons))


def _say(text: str, outcome: Any, why: str, chains: Chains) -> Response:
    return Response(text=text, decision=_decision(outcome, why, chains))


def _decision(
    outcome: Any, why: str, chains: Chains, arguments: tuple[ArgumentReason, ...] = ()
) -> Decision:
    question = chains.situation.now.question
    scores = tuple(
        ToolScore(
            name=one.match.tool.name,
            score=round(one.strength, 2),
            matched=one.match.matched,
        )
        for one in weighed(question, chains)
    )
    return Decision(
        outcome=outcome,
        question=question,
        scores=scores,
        threshold=THRESHOLD,
        arguments=arguments,
        why=why,
    )


def _why_nothing_fits(chains: Chains) -> str:
    nearest = best(chains.situation.now.question, chains)
    if nearest is None:
        return "No tools were offered."
    return (
        f"The nearest tool, {nearest.match.tool.name}, has evidence {nearest.strength:.2f}; "
        f"a call needs {THRESHOLD}."
    )


def _entities(profiles: Sequence[Profile]) -> frozenset[str]:
    return frozenset(
        word
        for one in profiles
        for parameter in one.parameters
        if parameter.is_identifier
        for word in parameter.entity
    )


def _read(tool: ToolDefinition) -> ToolDefinition:
    return tool.model_copy(update={"description": taken_in(tool.description or "") or None})


def _names_only(tool: ToolDefinition) -> ToolDefinition:
    return tool.model_copy(
        update={"description": None, "input_schema": _undescribed(tool.input_schema)}
    )


def _undescribed(schema: Any, *, names: bool = False) -> Any:
    """A schema without descriptions; a property that is *called* description stays."""
    if isinstance(schema, list):
        return [_undescribed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: _undescribed(value, names=key == "properties" and not names)
        for key, value in schema.items()
        if names or key not in ("description", "title", "examples")
    }
