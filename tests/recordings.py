"""The recorded provider traffic beside the checkout, where it is present.

Owns finding and reading it. 769 conversations with the real APIs; they are never copied in.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "wire"
ABSENT = "the recorded provider traffic (../shared/wire) is not beside this checkout"


@dataclass(frozen=True)
class Recorded:
    """One recorded HTTP exchange."""

    name: str
    """File and position, e.g. `chatlas__x.json#2`: what a failure is listed under."""

    features: tuple[str, ...]
    exchange: dict[str, Any]

    @property
    def request(self) -> Any:
        return self.exchange["request"]

    @property
    def response(self) -> Any:
        """Parsed JSON of a body, or the text of a stream."""
        return self.exchange["response"]


def recorded(wire: str) -> Iterator[Recorded]:
    """Every exchange of one wire, in file order; none where the folder is absent."""
    for path in sorted((FOLDER / wire).glob("*.json")):
        case = json.loads(path.read_text())
        if "exchanges" not in case:
            continue
        for number, exchange in enumerate(case["exchanges"]):
            yield Recorded(f"{path.name}#{number}", tuple(case["features"]), exchange)
