"""One way to talk to all four simulated APIs, each through its official SDK over real HTTP.

Owns the list, so that one test holds for every API. What is the same must be tested on what the
SDK's user sees, not on bytes.
"""

from __future__ import annotations

from tests.simulator.speakers.anthropic_sdk import Anthropic
from tests.simulator.speakers.genai_sdk import Gemini
from tests.simulator.speakers.openai_sdk import Chat, Responses
from tests.simulator.speakers.seen import Failed, Seen, Speaker, close_clients

__all__ = ["SPEAKERS", "Failed", "Seen", "Speaker", "close_clients"]

SPEAKERS: dict[str, Speaker] = {
    one.wire: one for one in (Anthropic(), Chat(), Responses(), Gemini())
}
