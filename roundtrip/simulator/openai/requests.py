"""How OpenAI's APIs read a request: its key, its JSON, the name of its model.

Owns what Chat Completions and Responses do alike before their own rules.
"""

from __future__ import annotations

import re
from typing import Any

from starlette.requests import Request

from roundtrip.simulator.api import json_in
from roundtrip.simulator.faults import without_fault
from roundtrip.simulator.model_names import is_ours
from roundtrip.simulator.openai.refusals import NO_JSON, NO_KEY, wrong_key
from roundtrip.simulator.refusals import Refused

KNOWN_FAMILIES = re.compile(
    r"(?:gpt-(?:3\.5|4o|[4-9](?:\.\d)?|audio|oss)|o[1-9]|chatgpt-4o|codex|computer-use)"
    r"(?:-(?:mini|nano|pro|turbo|chat|latest|preview|audio|search|vision|codex|max|instruct"
    r"|deep|research|sol|terra|luna|astra|cyber|16k|32k|20b|120b|\d{4}-\d{2}-\d{2}|\d{4}))*"
)
"""OpenAI's model names as of the SDK's own list, with what older recordings name."""


def is_known(model: str) -> bool:
    """Whether a model of that name answers here."""
    return is_ours(model) or KNOWN_FAMILIES.fullmatch(without_fault(model)) is not None


def check_key(request: Request) -> None:
    """Raises `Refused`."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        raise Refused(NO_KEY)
    if key.strip().startswith("invalid"):
        raise Refused(wrong_key(key.strip()))


def check_json(raw: bytes) -> Any:
    """The body as JSON. Raises `Refused`."""
    try:
        return json_in(raw)
    except (ValueError, RecursionError):
        raise Refused(NO_JSON) from None
