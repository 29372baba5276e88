"""What visitors may spend of the operator's money: shared keys under a cap, checked before each
request.

Owns the account of one process, since it began: in memory, so that a restart begins anew. Does
not own whether keys are shared at all (`owner.py`) or what a reply costs (`costs.py`).

As a request leaves, the most it may cost is booked; its outcome settles that to the measured
cost. Where no outcome is measured (stopped, cut off, interrupted) the booking stands, since the
provider may bill it; what never left is taken back. An owner is a cookie, and cookies are free:
the server's cap is what holds.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from roundtrip import costs
from roundtrip.conversation import Usage
from roundtrip.owner import NoKey, share_cap_usd
from roundtrip.state import RunState

OWNER_SHARE = 0.1
"""Of the server's cap, for each owner, where `ROUNDTRIP_SHARE_OWNER_CAP_USD` says nothing else."""

OUTPUT_UNSAID = 32_000
"""Tokens a reply may take where the request says no output cap."""

BYTES_PER_TOKEN = 2
"""Of a request's JSON. Prose takes about four: the booking is meant to be too high."""


class Overspent(NoKey):
    """A shared key that may not be used for this request."""


@dataclass
class _Booking:
    usd: float
    before: float
    """What the turn had cost when it was booked."""

    left: bool = False
    """Whether its request was seen to leave. Before that, nothing that happens is its outcome."""


class Allowance:
    """US dollars spent with shared keys. Thread-safe."""

    def __init__(self, cap_usd: float, owner_cap_usd: float) -> None:
        self.cap_usd = cap_usd
        self.owner_cap_usd = owner_cap_usd
        self._lock = threading.Lock()
        self._spent: dict[str, float] = {}
        self._booked: dict[tuple[str, str], _Booking] = {}

    def spent(self, owner: str | None = None) -> float:
        """By one owner or by all, requests under way included at the most they may cost."""
        with self._lock:
            return self._sum(owner)

    def book(self, owner: str, run: str, state: RunState, address: str | None = None) -> None:
        """Account for the request that `state` is about to send. Raises `Overspent`.

        `address`: where it goes, if not to the provider.
        """
        usd = most(state, address)
        with self._lock:
            self._close(owner, run)
            if self._sum(None) + usd > self.cap_usd:
                raise Overspent("What this server may spend on its shared key is used up.")
            if self._sum(owner) + usd > self.owner_cap_usd:
                raise Overspent(
                    f"Your share of this server's key (${self.owner_cap_usd:.2f}) is used up, or "
                    f"this request may cost more than is left of it."
                )
            self._booked[owner, run] = _Booking(usd, state.spent.cost_usd)

    @contextmanager
    def booked(
        self, owner: str, run: str, state: RunState, address: str | None = None
    ) -> Iterator[None]:
        """Book, and take it back when what is done meanwhile fails. Raises `Overspent`."""
        self.book(owner, run, state, address)
        try:
            yield
        except BaseException:
            with self._lock:
                self._booked.pop((owner, run), None)
            raise

    def moved(self, owner: str, run: str, state: RunState) -> None:
        """Settle the run's booking once its request has left and has an outcome."""
        with self._lock:
            booking = self._booked.get((owner, run))
            if booking is None:
                return
            if state.sent is not None:
                booking.left = True
            elif booking.left:
                self._close(owner, run, _billed(booking, state))

    def _close(self, owner: str, run: str, usd: float | None = None) -> None:
        booking = self._booked.pop((owner, run), None)
        if booking is not None:
            spent = booking.usd if usd is None else usd
            self._spent[owner] = self._spent.get(owner, 0.0) + spent

    def _sum(self, owner: str | None) -> float:
        spent = sum(self._spent.values()) if owner is None else self._spent.get(owner, 0.0)
        return spent + sum(
            booking.usd for (who, _), booking in self._booked.items() if owner in (None, who)
        )


def allowance(environ: Mapping[str, str]) -> Allowance | None:
    """The caps of the environment; None where keys are not shared."""
    cap = share_cap_usd(environ)
    if cap is None:
        return None
    try:
        each = float(environ.get("ROUNDTRIP_SHARE_OWNER_CAP_USD", ""))
    except ValueError:
        each = math.nan
    return Allowance(cap, each if math.isfinite(each) and each > 0 else cap * OWNER_SHARE)


def most(state: RunState, address: str | None = None) -> float:
    """US dollars that the next request may cost at the most. Raises `Overspent` if unknown."""
    setup = state.setup
    assert setup is not None
    if setup.provider_tools:
        raise Overspent("A shared key is not used for tools that the provider runs and bills.")
    if state.edited is not None:
        raise Overspent(
            "A request written by hand may cost anything: it is not sent with a shared key. Type a "
            "key of your own, or use the simulated model."
        )
    size = len(state.conversation.model_dump_json()) + len(setup.model_dump_json())
    usage = Usage(
        input=size // BYTES_PER_TOKEN, output=setup.options.max_output_tokens or OUTPUT_UNSAID
    )
    cost = costs.price(usage, wire=setup.wire, model=setup.options.model, base_url=address)
    if cost.usd is None:
        what = setup.options.model + (" at this server's own address for it" if address else "")
        raise Overspent(f"The price of {what} is not known, so no shared key is used for it.")
    return cost.usd


def _billed(booking: _Booking, state: RunState) -> float | None:
    """What the outcome cost; None where nobody has told."""
    if state.failed is not None:
        refused = (state.failed.failure.status or 0) >= 400
        return 0.0 if refused or state.failed.exchange is None else None
    measured = state.spent.cost_usd - booking.before
    return measured if measured > 0 else None
