"""What the model says when it calls nothing: greetings, and honest words about what it cannot do.

Owns the sentences. Whether to call is decided in `decide.py`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from roundtrip.conversation import ToolDefinition
from roundtrip.simulator.model.parameters import Parameter
from roundtrip.simulator.model.wording import joined

_GREETING = re.compile(
    r"\W*(?:hi|hello|hey|hallo|good (?:morning|afternoon|evening|day)|greetings|howdy)\b"
    r"[\s,!.]*(?:there|all|everyone|you|team)?[\s,!.]*(?:how are you.*)?\W*",
    re.I,
)
_THANKS = re.compile(
    r"\W*(?:(?:ok(?:ay)?|great|perfect),?\s+)?(?:many )?(?:thanks|thank you|thx|cheers)\b"
    r"[^.!?]{0,40}[.!?]*\W*",
    re.I,
)
_FAREWELL = re.compile(r"\W*(?:bye|goodbye|good night|see you)\b[^.!?]{0,24}\W*", re.I)
_CHATTER = re.compile(
    r"\W*(?:ok(?:ay)?|cool|nice|great|perfect|wow|ha(?:ha)+|lol|hmm+|yes|no|yep|nope|sure"
    r"|never mind|test(?:ing)?|(?:you(?:'re| are)|that(?:'s| is|was)) (?:so |very )?\w+"
    r"|(?:i'm|i am) (?:so |very )?\w+(?: today| now)?)(?:\W+(?:then|nice|cool|great|ok))?\W*",
    re.I,
)
_ABOUT_ME = re.compile(
    r"\W*(?:what(?:'s| is) your name|how old are you|where are you from"
    r"|are you (?:an? )?(?:real|human|bot|robot|person|ai|machine)\b.*)\W*",
    re.I,
)
_ABILITIES = re.compile(
    r"\b(?:what can you do|what (?:tools|functions) (?:do you have|are there|can you)|which tools"
    r"|who are you|what are you|how can you help|help me\W*$|^\W*help\W*$)",
    re.I,
)


def small_talk(question: str, tools: Sequence[ToolDefinition]) -> str | None:
    """The reply to words that ask for nothing a tool could do, or None."""
    text = question.strip()
    if _GREETING.fullmatch(text):
        return f"Hello. I am a simulated model. {abilities(tools)}"
    if _ABILITIES.search(text):
        return f"I am a simulated model: I answer from what tools give back. {abilities(tools)}"
    if _THANKS.fullmatch(text):
        return "You are welcome."
    if _FAREWELL.fullmatch(text):
        return "Goodbye."
    if _ABOUT_ME.fullmatch(text):
        return f"I am a simulated model, no person. {abilities(tools)}"
    if _CHATTER.fullmatch(text):
        return f"All right. {abilities(tools)}"
    return None


def remarked(tools: Sequence[ToolDefinition]) -> str:
    """Said to a remark that asks for nothing."""
    return f"I see. {abilities(tools)}"


def nothing_fits(tools: Sequence[ToolDefinition]) -> str:
    """Said when no tool fits the question."""
    if not tools:
        return (
            "No tool was offered with this request, and as a simulated model I know nothing "
            "by myself. Define a tool that can find this out, and ask again."
        )
    return (
        "I have no tool that fits this, and as a simulated model I cannot answer it from "
        f"knowledge. {abilities(tools)}"
    )


def told_not_to(tools: Sequence[ToolDefinition]) -> str:
    """Said when tools are forbidden for this request and nothing is known yet."""
    return (
        "I was told to call no tool this time (tool_choice is none), and as a simulated model I "
        "know nothing by myself."
    )


def abilities(tools: Sequence[ToolDefinition]) -> str:
    """What the offered tools are for, in their own first sentences."""
    if not tools:
        return "No tools are offered with this request, so I can look nothing up."
    lines = [f"- `{tool.name}`{_purpose(tool)}" for tool in tools[:12]]
    more = f"\n- and {len(tools) - 12} more" if len(tools) > 12 else ""
    return "With the tools offered I can ask for:\n" + "\n".join(lines) + more


def _purpose(tool: ToolDefinition) -> str:
    first = re.split(r"(?<=[.!?])\s|\n", (tool.description or "").strip())[0].rstrip(".")
    return f": {first}" if first else ""


def ask_back(tool: str, missing: Sequence[Parameter], choices: Sequence[object]) -> str:
    """A question for the values a call still needs."""
    needs = [_need(parameter) for parameter in missing]
    wanted = f"To call `{tool}` I still need {joined(needs)}."
    if choices:
        return f"{wanted} Several would fit: {joined([str(one) for one in choices])}. Which one?"
    return f"{wanted} Can you tell me?"


def _need(parameter: Parameter) -> str:
    spoken = " ".join(parameter.name_words)
    if parameter.choices:
        return f"the {spoken} (one of {', '.join(str(one) for one in parameter.choices)})"
    told = re.split(r",?\s*\(?(?:e\.g\.|for example)", parameter.description.strip())[0]
    first = re.split(r"(?<=[.!?])\s|\n", told)[0].rstrip(".")
    return f"the {spoken} ({first})" if first else f"the {spoken}"
