"""What is to come of each of the simulator's faults, in a turn of ours.

Owns the expectations, by the fault's name. Asking for them and looking is the tests'.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from roundtrip.events import ErrorKind, FailureKind, StopReason


@dataclass(frozen=True)
class Fails:
    """The request fails, and so does the turn."""

    kind: FailureKind
    words: str
    """Of the provider or the transport, as far as they must be repeated."""

    tries: int = 1
    kept: bool = False
    """Whether words had arrived before; they stay in the row."""


@dataclass(frozen=True)
class CallRefused:
    """The first call is not run, the model reads why, and gets it right."""

    kind: ErrorKind
    words: str


@dataclass(frozen=True)
class Ends:
    """The turn ends in another way than with a whole answer."""

    how: StopReason | str
    """The stop of the loop, or the signal of the reply."""

    words: str


@dataclass(frozen=True)
class Answers:
    """There is an answer in the end."""

    ran: tuple[str, ...] = ("get_weather",)
    """The tools that ran, in order."""


Outcome = Fails | CallRefused | Ends | Answers


def _either(streamed: Outcome, whole: Outcome | None = None) -> dict[bool, Outcome]:
    """By whether the reply is streamed."""
    return {True: streamed, False: whole or streamed}


def _refused(kind: FailureKind, words: str, tries: int = 1) -> dict[bool, Outcome]:
    return _either(Fails(kind, words, tries))


OUTCOMES: Mapping[str, Mapping[bool, Outcome]] = {
    "400": _refused("bad_request", ""),
    "401": _refused("auth", ""),
    "403": _refused("auth", ""),
    "404": _refused("bad_request", "sim-large"),
    "408": _refused("timeout", "too long", 3),
    "413": _refused("bad_request", ""),
    "429": _refused("rate_limit", "", 3),
    "429-no-retry-after": _refused("rate_limit", "", 3),
    "500": _refused("server", "", 3),
    "503": _refused("overloaded", "verloaded", 3),
    "529": _refused("overloaded", "verloaded", 3),
    "refused": _refused("network", "cannot be reached", 3),
    "reset": _refused("network", "The connection was lost", 3),
    "reset-midway": _either(
        Fails("network", "The connection was lost", kept=True),
        Fails("network", "The connection was lost", 3),
    ),
    "cut": _either(
        Fails("network", "The connection was lost", kept=True),
        Fails("network", "The connection was lost", 3),
    ),
    "stall": _either(Fails("timeout", "No answer within the time limit")),
    "drip": _either(Answers(ran=())),
    "no-finish": _either(Fails("incomplete", "without a finish signal", kept=True)),
    "html": _either(Fails("protocol", "Guest network")),
    "bad-chunk": _either(Fails("protocol", "not JSON", kept=True), Fails("protocol", "not JSON")),
    "error-event": _either(
        Fails("overloaded", "verloaded", kept=True), Fails("overloaded", "verloaded", 3)
    ),
    "bad-arguments": _either(CallRefused("invalid_json", "The arguments cannot be read")),
    "unknown-tool": _either(CallRefused("unknown_tool", 'no tool called "get_weather_v2"')),
    "missing-argument": _either(CallRefused("invalid_arguments", "missing required property")),
    "wrong-type": _either(CallRefused("invalid_arguments", "is an array, expected string")),
    "duplicate-ids": _either(Answers(ran=("get_weather", "get_weather"))),
    "empty-arguments": _either(CallRefused("invalid_arguments", "missing required property")),
    "cut-arguments": _either(CallRefused("invalid_json", "The arguments cannot be read")),
    "refuse": _either(Ends("refusal", "refuses to answer")),
    "pause": _either(Fails("bad_request", "this API has no pause")),
    "same-call": _either(Ends("repetition", "with the same arguments 3 times")),
    "obey-injection": _either(Answers(ran=("get_weather", "send_email"))),
}

ON_WIRE: Mapping[tuple[str, str], Mapping[bool, Outcome]] = {
    ("pause", "anthropic"): _either(Answers()),
    # This API's streams have words in their first event.
    ("stall", "gemini"): _either(
        Fails("timeout", "No answer within the time limit", kept=True),
        Fails("timeout", "No answer within the time limit"),
    ),
    # It tells calls whole or not at all.
    ("bad-arguments", "gemini"): _either(Fails("server", "Malformed function call", 3)),
    ("cut-arguments", "gemini"): _either(Ends("max_tokens", "Cut off")),
}
"""Where one API has its own way."""


def outcome_of(fault: str, wire: str, stream: bool) -> Outcome:
    return ON_WIRE.get((fault, wire), OUTCOMES[fault])[stream]
