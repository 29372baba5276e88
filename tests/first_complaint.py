"""What each simulated API finds wrong with a body: the order of calls and results among it."""

from __future__ import annotations

from typing import Any

from roundtrip.simulator.anthropic import checks as anthropic_checks
from roundtrip.simulator.gemini import checks as gemini_checks
from roundtrip.simulator.openai import chat_checks, responses_checks

_FIRST_COMPLAINT = {
    "anthropic": anthropic_checks.first_complaint,
    "openai-chat": chat_checks.first_complaint,
    "openai-responses": responses_checks.first_complaint,
    "gemini": gemini_checks.first_complaint,
}


def first_complaint(wire: str, body: Any) -> Any:
    """The first thing that the wire's API would refuse; None for a legal body."""
    return _FIRST_COMPLAINT[wire](body)
