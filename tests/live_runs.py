"""Live runs for a test: a real runner, store and SDK against a real simulator, and real HTTP."""

from __future__ import annotations

import contextlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware

from roundtrip.api import routes
from roundtrip.conversation import Delta, Options, ToolDefinition
from roundtrip.events import OfferedTool, Setup, ToolPolicy
from roundtrip.live import Timing
from roundtrip.owner import OWNER_COOKIE, OwnerMiddleware, new_token, owner_of
from roundtrip.runner import Runner
from roundtrip.service import Service
from roundtrip.simulator.server import Settings
from roundtrip.simulator.thread import SimulatorThread, address_of, listening_socket
from roundtrip.store import Store
from roundtrip.tools.tool import Tool
from roundtrip.wires.send import Target

AT_ONCE = Settings(seconds_to_first_token=0, tokens_per_second=0)
SLOWLY = Settings(seconds_to_first_token=0.05, tokens_per_second=15)
"""A greeting takes many seconds, and its first words a fraction of one."""

EVERYWHERE = "0.0.0.0"
"""What a server for others is bound to."""

SOON = 60.0
"""Seconds until a test gives up on what should come at once; room for a busy machine."""

PATIENT = Timing(lease_s=30.0, renew_s=0.25, listen_s=0.05, sweep_s=0.1)
"""A lease that lasts: on a busy machine one of a second runs out by accident."""

QUICK = replace(PATIENT, lease_s=1.0)
"""Where it is to run out: for a process that is killed."""

WEATHER = ToolDefinition(
    name="get_weather",
    description="Get the current weather in a given city.",
    input_schema={
        "type": "object",
        "properties": {"city": {"type": "string", "description": "The name of the city."}},
        "required": ["city"],
    },
)
REAL_MODEL = "claude-sonnet-4-5"
QUESTION = "What is the weather in Tokyo?"
ANSWER = {"city": "Tokyo", "condition": "rain", "temperature_c": 18}


def sunny(city: str) -> dict[str, Any]:
    return ANSWER | {"city": city}


def weather(run: Callable[..., Any] | None = sunny, **more: Any) -> Tool:
    return Tool(definition=WEATHER, run=run, **more)


def setup(tool: Tool | None = None, policy: ToolPolicy = "auto", **changes: Any) -> Setup:
    """A turn that offers the weather tool."""
    tool = tool or weather()
    offered = OfferedTool(definition=tool.definition, policy=policy, has_code=tool.run is not None)
    options = Options(model="sim-large", stream=True, max_output_tokens=1024)
    values = {"wire": "anthropic", "options": options, "tools": (offered,), "simulated": True}
    return Setup(**values | changes)


def real(model: str = REAL_MODEL, **changes: Any) -> Setup:
    """The same with a real model."""
    options = setup().options.model_copy(update={"model": model})
    return setup(**({"simulated": False, "options": options} | changes))


def fault(name: str) -> dict[str, Any]:
    """What to change of a setup so that the simulator fails this way."""
    return {"headers": (("x-fault", name),)}


def closed(service: Service) -> None:
    """End one that was never started."""
    service.runner.close()
    service.store.close()


def until(condition: Callable[[], Any], seconds: float = SOON) -> Any:
    """What the condition gives once it gives anything."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end, f"not within {seconds} s"
        time.sleep(0.005)
    return value


class Place:
    """One process's runner on a database, beside a simulator."""

    def __init__(
        self,
        url: str,
        simulator: str,
        *,
        tool: Tool | None = None,
        beside: Tool | None = None,
        timing: Timing = PATIENT,
    ) -> None:
        """`tool` is what questions are asked with; `beside` is there too."""
        self.tool = tool or weather()
        self.store = Store.open(url)
        self.runner = Runner(
            self.store,
            tools=lambda: {one.name: one for one in (self.tool, beside) if one},
            target=lambda owner, run, setup: Target(
                setup.wire, f"{simulator}/anthropic", "a-key-of-the-tests"
            ),
            timing=timing,
        )

    def __enter__(self) -> Place:
        self.runner.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.runner.close()
        self.store.close()

    def ask(
        self,
        owner: str,
        text: str = QUESTION,
        run: str | None = None,
        tool: Tool | None = None,
        **how: Any,
    ) -> str:
        return self.runner.ask(owner, run, text, setup(tool or self.tool, **how))

    def begin(self, owner: str, text: str = QUESTION, run: str | None = None, **how: Any) -> str:
        """Ask, and go to the end; does not wait for it."""
        run = self.ask(owner, text, run, **how)
        self.runner.to_the_end(owner, run)
        return run

    def finish(self, owner: str, text: str = QUESTION, run: str | None = None, **how: Any) -> str:
        """Ask, go to the end and wait for it."""
        run = self.begin(owner, text, run, **how)
        self.rest(owner, run)
        return run

    def rest(self, owner: str, run: str) -> None:
        self.runner.wait(owner, run, SOON)
        assert not self.runner.is_live_here(owner, run)

    def state(self, owner: str, run: str) -> Any:
        return self.runner.journal(owner, run).state

    def phases(self, owner: str, run: str) -> list[str]:
        return [step.phase for step in self.runner.journal(owner, run).steps()]

    def deltas(self, owner: str, run: str) -> list[Delta]:
        """The pieces of the reply under way."""
        live = self.runner.driven(owner, run)
        return self.runner.deltas(live)[1] if live else []

    def kinds(self, owner: str, run: str) -> list[str]:
        return [event.kind for event in self.store.events(owner, run)]


def an_owner() -> str:
    return owner_of(new_token())


def a_database(folder: Path) -> str:
    return f"sqlite:///{folder / f'{secrets.token_hex(4)}.sqlite3'}"


@contextlib.contextmanager
def simulator(settings: Settings) -> Iterator[str]:
    with SimulatorThread(settings) as url:
        yield url


@contextlib.contextmanager
def serving(runner: Runner) -> Iterator[str]:
    """The routes behind a real server; gives its address."""
    app = Starlette(routes=routes(runner), middleware=[Middleware(OwnerMiddleware)])
    with answering(app) as address:
        yield address


@contextlib.contextmanager
def answering(app: Starlette) -> Iterator[str]:
    """An app behind a real server; gives its address."""
    listening = listening_socket("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    until(lambda: server.started)
    yield address_of(listening)
    server.should_exit = True
    thread.join(timeout=SOON)


class Browser:
    """Somebody with a cookie."""

    def __init__(self, address: str, *, cookie: bool = True) -> None:
        token = new_token()
        self.owner = owner_of(token)
        cookies = {OWNER_COOKIE: token} if cookie else {}
        self.http = httpx2.Client(base_url=address, cookies=cookies, timeout=SOON)

    @classmethod
    def same(cls, browser: Browser) -> Browser:
        """Another tab, with a connection of its own."""
        tab = cls(str(browser.http.base_url))
        tab.owner = browser.owner
        tab.http.cookies = browser.http.cookies
        return tab

    def get(self, path: str) -> httpx2.Response:
        return self.http.get(path)

    def steps(self, run: str, after: int = 0) -> dict[str, Any]:
        answer = self.get(f"/api/runs/{run}/steps?after={after}")
        assert answer.status_code == 200
        return answer.json()


class Reader:
    """What one page knows of a run: fetches, listens, and comes back where it was cut off."""

    def __init__(self, browser: Browser, run: str) -> None:
        self._browser, self._run = browser, run
        self.rows: dict[int, dict[str, Any]] = {}
        self.deltas: dict[int, str] = {}
        """The text of each exchange's reply, as its pieces came."""

        self.head = 0
        self.seen: list[int] = []
        """Every head that was told."""

        self.ended = False

    def take(self, answer: dict[str, Any]) -> None:
        self.head = max(self.head, answer["head"])
        self.seen.append(answer["head"])
        self.rows |= {row["seq"]: row for row in answer["steps"]}

    def fetch(self) -> None:
        self.take(self._browser.steps(self._run, self.head))

    def listen(self, events: int | None = None) -> None:
        """Until the run rests, or so many events came and the connection drops."""
        address = f"/api/runs/{self._run}/live?after={self.head}"
        with self._browser.http.stream("GET", address) as response:
            assert response.status_code == 200
            self.deltas = {}  # they are told from the beginning of the reply under way
            name = ""
            for line in response.iter_lines():
                if line.startswith("event: "):
                    name = line.removeprefix("event: ")
                elif line.startswith("data: "):
                    self._hear(name, json.loads(line.removeprefix("data: ")))
                    if name == "end":
                        self.ended = True
                        return
                    if events is not None and (events := events - 1) <= 0:
                        return

    def _hear(self, name: str, value: dict[str, Any]) -> None:
        if name == "steps":
            self.take(value)
        elif name == "delta" and value["kind"] == "text":
            exchange = value["exchange"]
            self.deltas[exchange] = self.deltas.get(exchange, "") + value["text"]
