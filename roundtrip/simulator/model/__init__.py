"""The simulated model: deterministic, lexical, and able to say why.

Owns the decision what to say to a conversation. Does not own how a provider spells it (the
server beside this package) nor what it costs. `respond` is all that others need.
"""

from roundtrip.simulator.model.decide import MODELS, respond
from roundtrip.simulator.model.response import (
    ArgumentReason,
    Continuation,
    Decision,
    Response,
    ToolScore,
)

__all__ = [
    "MODELS",
    "ArgumentReason",
    "Continuation",
    "Decision",
    "Response",
    "ToolScore",
    "respond",
]
