"""What one server process holds: the store, the keys, the tools, the simulator and the runner.

Owns wiring them together, once a process. Knows no page: the page and the routes ask it.
"""

from __future__ import annotations

import asyncio
import gc
import os
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from roundtrip.allowance import allowance
from roundtrip.conversation import Options
from roundtrip.doors import doors_of
from roundtrip.ending import OnEnding
from roundtrip.events import Setup
from roundtrip.opening import opening_words
from roundtrip.owner import (
    AddressRefused,
    AddressUnusable,
    KeyRing,
    KeyWithheld,
    NoKey,
    environment_key,
    why_withheld,
)
from roundtrip.presets import PLACEHOLDER_KEY, needs_no_key
from roundtrip.runner import Runner
from roundtrip.simulator.server import SIMULATOR_PATHS as SIMULATOR_PATHS
from roundtrip.simulator.thread import SimulatorThread
from roundtrip.state import RunState
from roundtrip.store import Store
from roundtrip.tools.python import tools_in
from roundtrip.tools.tool import Loaded, Tool
from roundtrip.wires.address import address_problem, environment_address
from roundtrip.wires.models import list_models
from roundtrip.wires.send import Target, load_sdk

SAMPLE_TOOLS = Path(__file__).resolve().parent.parent / "sample_tools"

SIMULATOR_KEY = "simulated-no-key-needed"

EXPIRE_EVERY_S = 60.0

# What the first click would otherwise wait for: pandas and pyarrow come with the first component,
# and the first visit's wire is anthropic. The other SDKs take 0.7 to 1 s each, and wait until
# somebody chooses them.
_WARMED = ("pandas", "pyarrow", "anthropic", "quicktok")


def simulated_target(simulator: SimulatorThread, setup: Setup) -> Target:
    """Where a turn's request to a simulator of our own goes."""
    root = simulator.root_for(setup.headers, setup.options.model)
    return Target(setup.wire, root + SIMULATOR_PATHS[setup.wire], SIMULATOR_KEY)


@dataclass(frozen=True)
class KeySource:
    """Where a key comes from, for the eye; never the key."""

    words: str
    """After "using", e.g. `the key in OPENAI_API_KEY`."""

    typed: bool = False
    """Whether the person entered it here, and can forget it."""

    shared: bool = False
    """Whether it is the environment's: beyond loopback, somebody else's money."""

    placeholder: bool = False
    """Whether it is no key at all."""


class Service:
    """Everything behind the page of one process."""

    def __init__(
        self, *, address: str | None, hosts: Sequence[str] = (), origins: Sequence[str] = ()
    ) -> None:
        """`address`: what the server is bound to, with the names and origins it also answers to
        (`doors.py`); they decide whose keys may be used."""
        self.doors = doors_of(address, os.environ, hosts, origins)
        self.loopback = self.doors.only_this_machine
        self.keys = KeyRing(self._key_gone)
        self.allowance = None if self.loopback else allowance(os.environ)
        self.store = Store.open()
        self.runner = Runner(
            self.store,
            tools=self.tools,
            target=self.target,
            booked=self._booked,
            on_moved=self._moved,
        )
        self._ending = OnEnding(self.runner.let_readers_go)
        self._simulator = SimulatorThread()
        self._closed = threading.Event()
        self._warmed = {"anthropic"}
        # Whoever can write into the folder of a server for others is not whoever started it.
        self._loaded_once = None if self.loopback else tools_in(SAMPLE_TOOLS)

    def start(self) -> None:
        """Raises what keeps a part from starting; then none is left running."""
        try:
            self._simulator.start()
            self.runner.start()
            self._ending.begin()
        except BaseException:
            self.close()
            raise
        for work in (_warm_up, self._expire_keys):
            threading.Thread(target=work, name=work.__name__, daemon=True).start()

    def opening_words(self) -> str:
        """What the operator is told as the server opens."""
        return opening_words(self.doors, os.environ, self.allowance, self.allows_addresses)

    def close(self) -> None:
        """End all parts, each whatever becomes of the others."""
        self._closed.set()
        with ExitStack() as ending:
            ending.callback(self.store.close)
            ending.callback(self._simulator.stop)
            ending.callback(self.runner.close)
            ending.callback(self._ending.close)

    def loaded(self) -> Loaded:
        """The tools and what is wrong with them.

        Bound to this machine, as they are now, a file dropped in since included; else as they
        were when the server began.
        """
        return self._loaded_once or tools_in(SAMPLE_TOOLS)

    def tools(self) -> Mapping[str, Tool]:
        return {tool.name: tool for tool in self.loaded().tools}

    @property
    def allows_addresses(self) -> bool:
        """Whether an address that a visitor enters is sent to.

        What the server can reach is not what a visitor may: a router, a cloud's metadata.
        """
        return self.loopback or os.environ.get("ROUNDTRIP_ALLOW_ADDRESSES") == "1"

    def key_source(self, owner: str, wire: str, base_url: str | None = None) -> KeySource | None:
        """Where the key for a wire would come from, at this address; None when there is none."""
        key = self._key(owner, wire, base_url)
        return None if key is None else key[1]

    def why_withheld(self, wire: str) -> str | None:
        """Why the environment's key for a wire is not used here; None where none is held back."""
        return why_withheld(wire, os.environ, self.loopback)

    def keep_key(self, owner: str, wire: str, base_url: str | None, key: str) -> None:
        """Remember a typed key for this address. Raises ValueError for what is no key."""
        self.keys.put(owner, wire, key, time.time(), _sent_to(wire, base_url))

    def forget_key(self, owner: str, wire: str, base_url: str | None) -> None:
        """Forget the key that was typed for this address."""
        self.keys.forget(owner, wire, _sent_to(wire, base_url))

    def sent_to(self, setup: Setup) -> str | None:
        """The base URL that a turn's requests go to; None for the provider's own, or our
        simulator's."""
        return None if setup.simulated else _sent_to(setup.wire, setup.base_url)

    def models(self, owner: str, wire: str, base_url: str | None = None) -> tuple[str, ...]:
        """The models that the address offers, asked of it now. Takes up to five seconds.

        Raises `NoKey` where nothing may be sent, `NotListed` where nothing came of it.
        """
        asked = Setup(wire=wire, options=Options(model=""), base_url=base_url)
        return asyncio.run(list_models(self.target(owner, "", asked)))

    def target(self, owner: str, run: str, setup: Setup) -> Target:
        """Where a run's request would be sent now, and with which key. Raises `NoKey`.

        Asking costs nothing: a shared key is booked as the request leaves.
        """
        if setup.simulated:
            return simulated_target(self._simulator, setup)
        typed, own = setup.base_url, environment_address(setup.wire, os.environ)
        if typed is not None and not self.allows_addresses:
            raise AddressRefused(
                "This server sends to no address but the provider's own: whoever runs it has not "
                "allowed others (ROUNDTRIP_ALLOW_ADDRESSES=1). Nothing was sent."
            )
        if typed is not None and address_problem(typed):
            raise AddressUnusable(
                "The address that was entered for this turn is none that can be used. "
                "Nothing was sent."
            )
        found = self._key(owner, setup.wire, typed)
        if found is None:
            if typed is None and (why := self.why_withheld(setup.wire)):
                raise KeyWithheld(f"{why} Nothing was sent.")
            where = "this address" if typed else "this provider"
            raise NoKey(f"There is no key for {where}. Nothing was sent.")
        key, source = found
        shared = source.shared and not self.loopback
        if shared and self.allowance is None:  # the environment changed since we began
            raise NoKey("There is no cap for the shared key. Nothing was sent.")
        return Target(
            setup.wire,
            typed or own,
            key,
            shared=shared,
            environment_headers=self.loopback and typed in (None, own),
        )

    def _key(self, owner: str, wire: str, typed: str | None) -> tuple[str, KeySource] | None:
        """The key for a wire at this address, and where it comes from."""
        address, own = _sent_to(wire, typed), environment_address(wire, os.environ)
        if key := self.keys.get(owner, wire, time.time(), address):
            return key, KeySource("the key you typed", typed=True)
        # What this machine's own settings name is not a stranger's address.
        elsewhere = None if self.loopback and typed == own else typed
        if found := environment_key(wire, os.environ, self.loopback, elsewhere):
            return found[1], KeySource(f"the key in {found[0]}", shared=True)
        if address and (typed or self.loopback) and needs_no_key(wire, address):
            return PLACEHOLDER_KEY, KeySource("a placeholder: no key is needed", placeholder=True)
        return None

    def warm(self, wire: str) -> None:
        """Load a wire's SDK beside the page: whoever chose it will not wait for that."""
        if wire not in self._warmed:
            self._warmed.add(wire)
            threading.Thread(target=load_sdk, args=(wire,), name="load_sdk", daemon=True).start()

    def _booked(
        self, owner: str, run: str, target: Target, state: RunState
    ) -> AbstractContextManager[object]:
        if self.allowance is None or not target.shared:
            return nullcontext()
        return self.allowance.booked(owner, run, state, target.base_url)

    def _moved(self, owner: str, run: str, state: RunState) -> None:
        if self.allowance is not None:
            self.allowance.moved(owner, run, state)

    def _key_gone(self, key: str) -> None:
        self.runner.forget_key(key)

    def _expire_keys(self) -> None:
        # A key ends also when nobody comes by to ask for it.
        while not self._closed.wait(EXPIRE_EVERY_S):
            self.keys.expire(time.time())


def _warm_up() -> None:
    for name in _WARMED:
        import_module(name)
    # What was imported stays for good: the collector need not look at it again.
    gc.freeze()


def _sent_to(wire: str, typed: str | None) -> str | None:
    return typed or environment_address(wire, os.environ)


_bound: dict[str, Any] = {"address": None}


def bind(address: str | None, hosts: Sequence[str] = (), origins: Sequence[str] = ()) -> None:
    """Say what `Service` is told of its server, before `the_service` is first asked for."""
    _bound.update(address=address, hosts=hosts, origins=origins)


@cache
def the_service() -> Service:
    """This process's service."""
    return Service(**_bound)
