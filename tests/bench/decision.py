"""How long the simulated model thinks before it decides, with twenty tools on offer."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

from roundtrip.conversation import Conversation, Message, Options, Text, ToolDefinition
from roundtrip.simulator.model import respond
from roundtrip.tools.python import tools_in
from tests.bench.figures import Figure, percentile

TOOLS = 20
QUESTIONS = (
    "What should I wear in Tokyo and Oslo tomorrow?",
    "What is 17% of 2,340?",
    "Has Ada Lovelace's latest order shipped yet?",
    "Write me a haiku about autumn.",
    "Is the flaky service up? Fetch its report for Q3.",
    "Refund order O-5018 because it arrived broken",
)
_MORE = (
    ("book_room", "Book a meeting room for a day.", ("room", "day")),
    ("send_email", "Send an email to somebody.", ("recipient", "message")),
    ("translate_text", "Translate a text into another language.", ("text", "language")),
    ("convert_currency", "Convert an amount between two currencies.", ("amount", "currency")),
    ("find_flight", "Find a flight between two cities.", ("origin", "destination")),
    ("play_music", "Play a song or an artist.", ("title",)),
    ("set_alarm", "Set an alarm at a time of day.", ("time",)),
    ("stock_price", "Get the price of a share.", ("symbol",)),
    ("search_news", "Search the news for a topic.", ("query",)),
    ("create_ticket", "Create a support ticket.", ("title", "description")),
    ("turn_on_light", "Turn the light of a room on.", ("room",)),
    ("define_word", "Look a word up in the dictionary.", ("word",)),
)


def measure(times: int = 20) -> list[Figure]:
    """Milliseconds of one decision."""
    definitions = _definitions()
    spent = []
    for question in QUESTIONS * times:
        said = Message(role="user", parts=(Text(text=question),))
        began = time.perf_counter()
        respond(
            Conversation(messages=(said,)),
            definitions,
            Options(model="sim-large"),
            today=date(2026, 11, 22),
        )
        spent.append((time.perf_counter() - began) * 1000)
    name = f"a decision of the simulated model with {TOOLS} tools"
    return [
        Figure(f"{name}, p50", percentile(spent, 50), "ms"),
        Figure(f"{name}, p95", percentile(spent, 95), "ms"),
    ]


def _definitions() -> tuple[ToolDefinition, ...]:
    sample = tools_in(Path(__file__).resolve().parents[2] / "sample_tools").tools
    definitions = [tool.definition for tool in sample]
    for name, description, parameters in _MORE[: TOOLS - len(definitions)]:
        schema = {
            "type": "object",
            "properties": {each: {"type": "string"} for each in parameters},
            "required": list(parameters),
        }
        definitions.append(ToolDefinition(name=name, description=description, input_schema=schema))
    assert len(definitions) == TOOLS
    return tuple(definitions)
