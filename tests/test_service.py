"""What one server process holds, and whose money it spends."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from roundtrip.events import Setup
from roundtrip.owner import KEY_SECONDS, NoKey
from roundtrip.service import Service
from roundtrip.store import Store
from tests.live_runs import (
    AT_ONCE,
    EVERYWHERE,
    SOON,
    Browser,
    Reader,
    an_owner,
    closed,
    fault,
    real,
    serving,
    setup,
    simulator,
    until,
    weather,
)


@pytest.fixture
def simulated() -> Iterator[str]:
    with simulator(AT_ONCE) as url:
        yield url


# The simulator


def test_a_simulated_turn_that_is_to_be_refused_goes_where_nobody_listens(
    environment: pytest.MonkeyPatch,
) -> None:
    service = Service(address="127.0.0.1")
    service.start()
    try:
        usual, refused = (
            service.target(an_owner(), "", setup(**how)) for how in ({}, fault("refused"))
        )
        assert usual.base_url != refused.base_url
        assert httpx2.get(f"{usual.base_url}/v1/models").status_code == 401
        with pytest.raises(httpx2.ConnectError):
            httpx2.get(f"{refused.base_url}/v1/models")
    finally:
        service.close()


# The end


def test_a_process_that_is_told_to_end_lets_its_readers_go_first(
    environment: pytest.MonkeyPatch,
) -> None:
    told: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, frame: told.append(number))
    try:
        service = Service(address="127.0.0.1")
        service.start()
        with serving(service.runner) as address:
            browser = Browser(address)
            run = service.runner.ask(
                browser.owner, None, "What is the weather in Tokyo?", setup(**fault("stall"))
            )
            service.runner.to_the_end(browser.owner, run)
            until(lambda: service.runner.journal(browser.owner, run).state.sent)
            reader = Reader(browser, run)
            listening = threading.Thread(target=reader.listen)
            listening.start()
            until(lambda: service.runner._watchers)
            signal.raise_signal(signal.SIGTERM)
            listening.join(SOON)
            assert not listening.is_alive()
            assert not reader.ended  # it is only asked to come again
        assert told == [signal.SIGTERM]
        service.close()
        signal.raise_signal(signal.SIGTERM)
        assert told == [signal.SIGTERM] * 2
    finally:
        signal.signal(signal.SIGTERM, before)
    store = Store.open()
    kinds = [event.kind for event in store.events(browser.owner, run)]
    head = store.head(browser.owner, run)
    store.close()
    assert kinds[-1] == "interrupted"
    assert head is not None
    assert head.lease_process is None


# Where a request goes


def a_run(service: Service, owner: str, setup: Setup) -> str:
    return service.runner.ask(owner, None, "What is the weather in Tokyo?", setup)


def test_a_server_for_others_uses_the_environments_key_only_when_shared_under_a_cap(
    shared: pytest.MonkeyPatch,
) -> None:
    shared.delenv("ROUNDTRIP_SHARE_CAP_USD")
    service = Service(address=EVERYWHERE)
    with pytest.raises(NoKey):
        service.target("ada", "run", real())
    shared.setenv("ROUNDTRIP_SHARE_CAP_USD", "10")  # after the start: no account is kept
    with pytest.raises(NoKey):
        service.target("ada", "run", real())
    closed(service)
    service = Service(address=EVERYWHERE)
    owner = an_owner()
    run = a_run(service, owner, real())
    target = service.target(owner, run, real())
    assert (target.key, target.shared) == ("the-operators-key", True)
    assert service.allowance is not None
    assert service.allowance.spent() == 0  # to ask for the key costs nothing
    with pytest.raises(NoKey):  # never to an address a visitor chose
        service.target(owner, run, real(base_url="http://127.0.0.1:9"))
    closed(service)


def test_a_spent_share_is_a_failure_one_can_read_and_nothing_leaves(
    shared: pytest.MonkeyPatch, simulated: str
) -> None:
    """The whole way: booked, measured, refused before the next request; against the simulator."""
    service = Service(address=EVERYWHERE)
    shared.setattr(service, "tools", lambda: {"get_weather": weather()})
    shared.setattr(service.runner, "_tools", service.tools)
    # The engine takes it for the provider's own address: only the SDK knows where that is.
    shared.setattr("roundtrip.service.environment_address", lambda wire, environ: None)
    shared.setenv("ANTHROPIC_BASE_URL", f"{simulated}/anthropic")
    service.runner.start()
    assert service.allowance is not None
    owner = an_owner()
    run = a_run(service, owner, real())
    service.runner.step(owner, run)
    service.runner.wait(owner, run, SOON)
    assert service.runner.journal(owner, run).state.prepared
    assert service.allowance.spent() == 0  # written, and not sent
    service.runner.to_the_end(owner, run)
    service.runner.wait(owner, run, SOON)
    journal = service.runner.journal(owner, run)
    assert journal.state.answer
    # Two requests were sent, and what they cost is what was measured.
    measured = journal.totals.cost_usd
    assert measured
    assert service.allowance.spent(owner) == pytest.approx(measured)

    service.allowance.owner_cap_usd = measured + 0.0001
    again = a_run(service, owner, real())
    service.runner.to_the_end(owner, again)
    service.runner.wait(owner, again, SOON)
    state = until(lambda: service.runner.journal(owner, again).state)
    assert "Your share" in state.failed.failure.message
    assert state.failed.exchange is None
    assert list(service.store.exchanges(owner, again)) == []
    assert service.allowance.spent(owner) == pytest.approx(measured)
    closed(service)


def test_the_simulator_needs_no_key_and_costs_nothing(environment: pytest.MonkeyPatch) -> None:
    service = Service(address=EVERYWHERE)
    service.start()
    owner = an_owner()
    run = a_run(service, owner, setup())
    service.runner.to_the_end(owner, run)
    service.runner.wait(owner, run, SOON)
    journal = service.runner.journal(owner, run)
    assert journal.state.answer
    assert journal.totals.notional
    for wire in ("openai-chat", "openai-responses", "gemini"):
        base_url = service.target(owner, run, setup(wire=wire)).base_url
        expected = {"gemini": "/gemini"}.get(wire, "/openai/v1")
        assert base_url is not None
        assert base_url.endswith(expected)
    service.close()


# Addresses


def test_an_address_that_is_not_allowed_is_a_step_that_says_so_and_nothing_leaves(
    environment: pytest.MonkeyPatch, simulated: str
) -> None:
    service = Service(address=EVERYWHERE)
    service.runner.start()
    owner = an_owner()
    service.keep_key(owner, "anthropic", f"{simulated}/anthropic", "adas-own-key")
    run = a_run(service, owner, real(base_url=f"{simulated}/anthropic"))
    service.runner.to_the_end(owner, run)
    service.runner.wait(owner, run, SOON)
    failed = until(lambda: service.runner.journal(owner, run).state.failed)
    assert "sends to no address" in failed.failure.message
    assert "address under Settings" in failed.failure.advice
    assert list(service.store.exchanges(owner, run)) == []
    closed(service)


def test_the_environments_address_is_used_and_has_a_price_list_of_its_own(
    shared: pytest.MonkeyPatch, simulated: str
) -> None:
    """A gateway is not billed at the provider's list price, so no price is claimed."""
    shared.setenv("ANTHROPIC_BASE_URL", "http://gateway.example")
    at_home = Service(address="127.0.0.1")
    assert at_home.target("ada", "run", real()).base_url == "http://gateway.example"
    closed(at_home)

    shared.setenv("ANTHROPIC_BASE_URL", f"{simulated}/anthropic")
    service = Service(address=EVERYWHERE)
    service.runner.start()
    owner = an_owner()
    run = a_run(service, owner, real())
    service.runner.to_the_end(owner, run)
    service.runner.wait(owner, run, SOON)
    failed = until(lambda: service.runner.journal(owner, run).state.failed)
    assert "price of claude-sonnet-4-5 at this server's own address" in failed.failure.message
    assert service.allowance is not None
    assert service.allowance.spent() == 0
    closed(service)


# Tools, keys and parts


def test_a_tool_that_is_dropped_in_while_others_are_served_waits_for_the_next_start(
    environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "tools"
    folder.mkdir()
    (folder / "first.py").write_text('def first(x: int) -> int:\n    """One."""\n    return 1\n')
    environment.setattr("roundtrip.service.SAMPLE_TOOLS", folder)
    services = {bound: Service(address=bound) for bound in ("127.0.0.1", EVERYWHERE)}
    (folder / "second.py").write_text((folder / "first.py").read_text().replace("first", "second"))
    (folder / "first.py").write_text("def changed(x: int): ...\n")
    assert set(services["127.0.0.1"].tools()) == {"changed", "second"}
    assert set(services[EVERYWHERE].tools()) == {"first"}
    for service in services.values():
        closed(service)


def test_a_forgotten_key_is_held_by_no_client(
    environment: pytest.MonkeyPatch, simulated: str
) -> None:
    service = Service(address="127.0.0.1")
    service.start()
    owner, sender = an_owner(), service.runner._sender
    service.keep_key(owner, "anthropic", f"{simulated}/anthropic", "adas-own-key")
    run = a_run(service, owner, real(base_url=f"{simulated}/anthropic"))
    service.runner.to_the_end(owner, run)
    service.runner.wait(owner, run, SOON)
    assert [target.key for target in sender._clients] == ["adas-own-key"]
    service.keys.forget(owner)
    until(lambda: not sender._clients)
    service.close()


def test_a_key_that_has_lasted_its_time_goes_though_nobody_comes_by(
    environment: pytest.MonkeyPatch,
) -> None:
    environment.setattr("roundtrip.service.EXPIRE_EVERY_S", 0.01)
    service = Service(address="127.0.0.1")
    service.keys.put("ada", "anthropic", "adas-own-key", time.time() - KEY_SECONDS + 0.1)
    service.start()
    until(lambda: not service.keys._held)
    service.close()


def simulators() -> set[threading.Thread]:
    """Those that run now; other tests of the same process keep one of their own."""
    return {one for one in threading.enumerate() if one.name == "simulator"}


def test_a_part_that_cannot_start_leaves_no_other_running(
    environment: pytest.MonkeyPatch,
) -> None:
    before, service = simulators(), Service(address="127.0.0.1")

    def cannot() -> None:
        raise RuntimeError("can't start new thread")

    environment.setattr(service.runner, "start", cannot)
    with pytest.raises(RuntimeError, match="new thread"):
        service.start()
    assert simulators() == before


def test_parts_are_ended_though_one_cannot_be(environment: pytest.MonkeyPatch) -> None:
    before, service = simulators(), Service(address="127.0.0.1")
    service.start()
    ends = service.runner.close

    def ends_badly() -> None:
        ends()
        raise RuntimeError("no")

    environment.setattr(service.runner, "close", ends_badly)
    with pytest.raises(RuntimeError, match="no"):
        service.close()
    assert simulators() == before
