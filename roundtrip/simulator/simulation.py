"""What the simulated APIs share: the settings, the clock, and what was decided and why.

Owns the state of one simulator (nothing of it outlives the process). Does not own how any API
spells things, nor the model (`model/`).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from roundtrip.simulator.faults import FaultMemory
from roundtrip.simulator.local import LocalModel
from roundtrip.simulator.prompt_cache import PromptCache
from roundtrip.simulator.scripts import Script, bundled

REMEMBERED_DECISIONS = 1_000
"""More than a workshop group asks in a session; a decision is some kilobytes."""


@dataclass(frozen=True)
class Settings:
    """How the simulator behaves. The defaults feel like a quick real model."""

    seconds_to_first_token: float = 0.25
    tokens_per_second: float = 200.0
    """0 sends a reply at once."""

    keep_alive_seconds: float = 10.0
    """How long a stream is silent before it gives a sign of life; 0: as long as it takes."""

    today: date | None = None
    """What "tomorrow" counts from; None is the machine's own date."""

    drip_seconds: float = 10.0
    """How long a reply takes whose fault is to drip."""

    largest_body: int = 32 * 1024 * 1024
    """In bytes, as the real API documents for Messages; a larger body is refused (413)."""

    own_scripts: Mapping[str, Script] = field(default_factory=dict)
    """By name, besides those that come with the simulator."""

    @property
    def clock(self) -> date:
        return self.today or date.today()


class Decisions:
    """Why each reply is what it is, by reply id; the oldest are forgotten."""

    def __init__(self, most: int = REMEMBERED_DECISIONS) -> None:
        self._most = most
        self._by_reply: OrderedDict[str, Any] = OrderedDict()

    def remember(self, reply_id: str, decision: Any) -> None:
        self._by_reply[reply_id] = decision
        self._by_reply.move_to_end(reply_id)
        while len(self._by_reply) > self._most:
            self._by_reply.popitem(last=False)

    def of(self, reply_id: str) -> Any | None:
        return self._by_reply.get(reply_id)


@dataclass(frozen=True)
class Simulation:
    """One running simulator; every API in it shares this."""

    settings: Settings
    faults: FaultMemory = field(default_factory=FaultMemory)
    decisions: Decisions = field(default_factory=Decisions)
    prompts: PromptCache = field(default_factory=PromptCache)
    local: LocalModel = field(default_factory=LocalModel)

    @property
    def scripts(self) -> Mapping[str, Script]:
        """All there are, by name."""
        return {**bundled(), **self.settings.own_scripts}
