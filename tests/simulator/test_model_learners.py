"""What learners type leads to the calls a good model would make, with arguments that are right.

Owns the asking and the share. The prompts, what each wants and who judges it were written by
somebody who had not read the model: `learner_prompts/`, `learner_score.py`. Before the model was
tuned on any of them it got 253 of 475 right (chain 12 of 26, follow-up 12 of 25, near-miss 27 of
41, paraphrase 22 of 70, plain 48 of 70, second language 9 of 38, several at once 20 of 42, typos
5 of 27).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from roundtrip.conversation import Conversation, Options
from roundtrip.simulator.model import respond
from tests.figures import Figures
from tests.simulator.learner_case import Case, calls_and_results, conversation, offered, tools_for
from tests.simulator.learner_prompts import LEARNER_PROMPTS
from tests.simulator.learner_score import GivenCall, Verdict, judged
from tests.simulator.learner_tools import TODAY

SHARE_TO_GET_RIGHT = 0.97
"""Of 300: a workshop of thirty stumbles at most once in a round of questions."""

REPLIES: Mapping[str, tuple[str, ...]] = {
    # It knows nothing by itself: that it says so is the answer it can give.
    "answers": ("answer", "no_tool_fits"),
    "asks back": ("ask_back",),
    "declines": ("no_tool_fits", "told_not_to"),
    "small talk": ("small_talk",),
}
"""How a decision without calls is called in the prompts."""


def given_calls(one: Case, folder: Path) -> tuple[list[list[GivenCall]], str]:
    """The calls of each reply, as many as are needed to judge; and the last decision's outcome."""
    tools = tools_for(one, folder)
    said = conversation(one, tools)
    messages, rounds, outcome = list(said.messages), [], ""
    for number in range(one.rounds_wanted):
        response = respond(
            Conversation(system=said.system, messages=tuple(messages)),
            offered(one),
            Options(model="sim-large"),
            today=TODAY,
        )
        outcome = response.decision.outcome
        calls = [GivenCall(call.name, call.arguments) for call in response.calls]
        rounds.append(calls)
        if not calls:
            break
        messages += calls_and_results(calls, tools, f"now_{number}")
    return rounds, outcome


def test_learners_get_the_right_calls(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, figures: Figures
) -> None:
    verdicts: list[tuple[Case, Verdict]] = []
    replies: list[tuple[Case, str]] = []
    for one in LEARNER_PROMPTS:
        folder = tmp_path / one.id
        folder.mkdir()
        monkeypatch.setenv("ROUNDTRIP_ORDER_DESK", str(folder / "desk.sqlite3"))
        monkeypatch.setenv("ROUNDTRIP_OUTBOX", str(folder / "outbox.sqlite3"))
        rounds, outcome = given_calls(one, folder)
        verdicts.append((one, judged(one.courses, rounds)))
        if one.reply and not rounds[-1]:
            replies.append((one, outcome))
    wrong = [(one, verdict) for one, verdict in verdicts if not verdict.right]
    told = [f"{one.id}: {one.prompt!r}: {verdict.reason}" for one, verdict in wrong]
    for kind, many in sorted(Counter(one.kind for one, _ in verdicts).items()):
        missed = sum(one.kind == kind for one, _ in wrong)
        figures.tell(f"{kind}: {many - missed} of {many}")
    figures.count("learners' prompts with the right calls and arguments", len(verdicts), told)
    other = [
        f"{one.id}: {one.prompt!r}: {outcome}, wanted {' or '.join(one.reply)}"
        for one, outcome in replies
        if not any(outcome in REPLIES[reply] for reply in one.reply)
    ]
    figures.count("of those that call nothing, the right kind of words", len(replies), other)
    assert len(verdicts) >= 300
    assert 1 - len(wrong) / len(verdicts) >= SHARE_TO_GET_RIGHT, "\n".join(told)
