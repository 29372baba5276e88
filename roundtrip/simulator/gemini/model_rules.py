"""What Gemini's API refuses because of the model that is asked.

Owns what the generations take, with the API's own words. A simulated model (`sim-…`) takes what any
of them takes. What is refused of every model stands in `checks.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile
from typing import Any

from roundtrip.simulator.gemini.fields import canonical
from roundtrip.simulator.gemini.spelling import SIGNS_ALL
from roundtrip.simulator.refusals import Refusal

_OLDER = re.compile(r"gemini-[12]")
"""Models that either call functions or do something else beside."""

_JSON = "application/json"
_FUNCTIONS = "function_declarations"


def model_rules(model: str, body: dict[str, Any]) -> Iterator[Refusal]:
    """What is wrong for this model with a request that has passed all checks."""
    read = canonical(body)
    if _OLDER.match(model):
        yield from _functions_alone(read)
    if SIGNS_ALL.match(model):
        yield from _unsigned_calls(read["contents"])


def _functions_alone(read: dict[str, Any]) -> Iterator[Refusal]:
    tools = [tool for tool in read.get("tools") or () if tool]
    if not any(tool.get(_FUNCTIONS) for tool in tools):
        return
    if any(kind != _FUNCTIONS for tool in tools for kind in tool):
        yield Refusal(400, "Tool use with function calling is unsupported")
    if (read.get("generation_config") or {}).get("response_mime_type") == _JSON:
        words = f"Function calling with a response mime type: '{_JSON}' is unsupported"
        yield Refusal(400, words)


def _unsigned_calls(contents: list[dict[str, Any]]) -> Iterator[Refusal]:
    """In each step of the turn under way the first call must bring its signature back."""
    for at in range(_turn_under_way(contents), len(contents)):
        if contents[at].get("role") != "model" or _goes_on(contents, at):
            continue
        step = takewhile(lambda content: content.get("role") == "model", contents[at:])
        calls = [part for one in step for part in one["parts"] if "function_call" in part]
        if calls and not calls[0].get("thought_signature"):
            yield Refusal(
                400,
                "Function call is missing a thought_signature in functionCall parts. This is "
                "required for tools to work correctly, and missing thought_signature may lead to "
                "degraded model performance. Additional data, function call "
                f"`default_api:{calls[0]['function_call']['name']}` , position {at + 1}. Please "
                "refer to https://ai.google.dev/gemini-api/docs/thought-signatures for more "
                "details.",
            )


def _goes_on(contents: list[dict[str, Any]], at: int) -> bool:
    """Whether it belongs to the step before it: the SDK gives back a stream chunk by chunk."""
    return at > 0 and contents[at - 1].get("role") == "model"


def _turn_under_way(contents: list[dict[str, Any]]) -> int:
    """Where the person last spoke."""
    spoken = [
        at
        for at, content in enumerate(contents)
        if content.get("role") != "model"
        and not any("function_response" in part for part in content["parts"])
    ]
    return spoken[-1] if spoken else 0
