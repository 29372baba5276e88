"""Whether a model's calls are the ones a learner's prompt wants, and if not, why.

Owns what an argument may be and the comparison. Pure: wanted and given in, a verdict out. The
prompts are in `learner_prompts/`, what they are made of in `learner_case.py`; nothing here runs a
model.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol


class Wanted(Protocol):
    """What one argument may be."""

    def accepts(self, given: Any) -> bool: ...


LEFT_OUT = object()
"""What stands for an argument that was not given."""


@dataclass(frozen=True)
class Exactly:
    """This JSON value; 5 and 5.0 are the same number, true is none."""

    value: Any

    def accepts(self, given: Any) -> bool:
        return isinstance(given, bool) == isinstance(self.value, bool) and given == self.value

    def __str__(self) -> str:
        return repr(self.value)


@dataclass(frozen=True)
class Name:
    """A name as the sample tools read it: without case, accents and outer spaces."""

    value: str

    def accepts(self, given: Any) -> bool:
        return isinstance(given, str) and _folded(given) == _folded(self.value)

    def __str__(self) -> str:
        return repr(self.value)


@dataclass(frozen=True)
class Holds:
    """A text in which all of these occur, in any case; of a tuple one is enough."""

    words: tuple[str | tuple[str, ...], ...]

    def accepts(self, given: Any) -> bool:
        if not isinstance(given, str) or not given.strip():
            return False
        choices = ((word,) if isinstance(word, str) else word for word in self.words)
        return all(any(_folded(one) in _folded(given) for one in words) for words in choices)

    def __str__(self) -> str:
        shown = ", ".join(one if isinstance(one, str) else " or ".join(one) for one in self.words)
        return f"a text with {shown}" if shown else "any text"


@dataclass(frozen=True)
class OneOf:
    """Any of these."""

    choices: tuple[Wanted, ...]

    def accepts(self, given: Any) -> bool:
        return any(choice.accepts(given) for choice in self.choices)

    def __str__(self) -> str:
        return " or ".join(str(choice) for choice in self.choices)


@dataclass(frozen=True)
class Anything:
    """Whatever was given, so long as something was."""

    def accepts(self, given: Any) -> bool:
        return given is not LEFT_OUT

    def __str__(self) -> str:
        return "anything"


@dataclass(frozen=True)
class Omitted:
    """The argument need not be there."""

    def accepts(self, given: Any) -> bool:
        return given is LEFT_OUT

    def __str__(self) -> str:
        return "nothing"


@dataclass(frozen=True)
class WantedCall:
    """A call that is wanted."""

    name: str
    arguments: Mapping[str, Wanted]

    def __str__(self) -> str:
        return f"{self.name}({', '.join(f'{k}={v}' for k, v in self.arguments.items())})"


@dataclass(frozen=True)
class GivenCall:
    """A call the model made; arguments that are no JSON object are None."""

    name: str
    arguments: Mapping[str, Any] | None

    def __str__(self) -> str:
        if self.arguments is None:
            return f"{self.name}(no JSON object)"
        return f"{self.name}({', '.join(f'{k}={v!r}' for k, v in self.arguments.items())})"


Round = tuple[WantedCall, ...]
"""The calls of one reply, in any order; empty: it answers in words."""

Course = tuple[Round, ...]
"""Round after round. What comes after the last one named is not judged."""


@dataclass(frozen=True)
class Verdict:
    """Right, or wrong with the reason."""

    right: bool
    reason: str = ""
    """One sentence; empty when right."""

    rounds_right: int = 0
    """How many rounds from the first agreed with the course that came nearest."""


def judged(courses: Sequence[Course], given: Sequence[Sequence[GivenCall]]) -> Verdict:
    """The calls of each reply, in order, against every course that is fine.

    `given` ends with the reply that made no call, or earlier when no more was asked of the
    model; see `learner_case.rounds_wanted`. Raises ValueError where no course is given.
    """
    if not courses:
        raise ValueError("there is no course to judge by")
    verdicts = [_along(course, given) for course in courses]
    return max(verdicts, key=lambda verdict: (verdict.right, verdict.rounds_right))


def _along(course: Course, given: Sequence[Sequence[GivenCall]]) -> Verdict:
    for number, wanted in enumerate(course):
        if number >= len(given):
            return Verdict(False, f"round {number + 1}: there was none", number)
        if reason := why_not(wanted, given[number]):
            return Verdict(False, f"round {number + 1}: {reason}", number)
    return Verdict(True, "", len(course))


def why_not(wanted: Round, given: Sequence[GivenCall]) -> str:
    """Why these are not the calls that are wanted; empty when they are."""
    if _paired(wanted, tuple(given)):
        return ""
    names, made = sorted(call.name for call in wanted), sorted(call.name for call in given)
    if names != made:
        said = ", ".join(map(str, given)) or "no call"
        return f"{said}, wanted {', '.join(map(str, wanted)) or 'no call'}"
    # The same tools: say which argument is wrong.
    open_calls = list(wanted)
    reasons = []
    for call in given:
        fitting = next((one for one in open_calls if not difference(one, call)), None)
        if fitting is not None:
            open_calls.remove(fitting)
        else:
            reasons.append(call)
    return "; ".join(
        difference(next(one for one in open_calls if one.name == call.name), call)
        for call in reasons
    )


def _paired(wanted: Round, given: tuple[GivenCall, ...]) -> bool:
    """Whether each call can be given one of its own."""
    if len(wanted) != len(given):
        return False
    if not wanted:
        return True
    first, rest = wanted[0], wanted[1:]
    return any(
        not difference(first, call) and _paired(rest, given[:place] + given[place + 1 :])
        for place, call in enumerate(given)
    )


def difference(wanted: WantedCall, given: GivenCall) -> str:
    """What is wrong with a call; empty when it is the one that is wanted."""
    if wanted.name != given.name:
        return f"{given.name} was called, wanted {wanted.name}"
    if given.arguments is None:
        return f"{given.name} has arguments that are no JSON object"
    if unknown := sorted(set(given.arguments) - set(wanted.arguments)):
        return f"{given.name} was given {', '.join(unknown)}, which was not wanted"
    for argument, value in wanted.arguments.items():
        found = given.arguments.get(argument, LEFT_OUT)
        if not value.accepts(found):
            shown = "left out" if found is LEFT_OUT else repr(found)
            return f"{given.name}: {argument} is {shown}, wanted {value}"
    return ""


def _folded(text: str) -> str:
    letters = unicodedata.normalize("NFKD", " ".join(text.split()).casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
