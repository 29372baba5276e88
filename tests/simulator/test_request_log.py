"""What other programs ask of the simulator is kept as it crossed, within bounds, without keys."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount

from roundtrip.exchange import Exchange
from roundtrip.owner import OwnerMiddleware
from roundtrip.simulator.request_log import (
    MOST_OF_A_BODY,
    Logged,
    LoggedApp,
    RequestLog,
    caller_of,
)
from roundtrip.simulator.server import SIMULATOR_PATHS, simulator_app
from roundtrip.simulator.told_request import told_request
from roundtrip.simulator_api import ANY_KEY, caller_key, simulator_routes
from roundtrip.wires.wire import WIRES, wire_named
from tests.live_runs import AT_ONCE, Browser, answering, until
from tests.simulator.speakers import SPEAKERS

KEY = "a-key-that-nobody-should-read"
QUESTION = "What is the weather in Tokyo?"


@contextlib.contextmanager
def a_server(log: RequestLog, *, only_this_machine: bool = True) -> Iterator[str]:
    """The mounted simulator with its log and the page's routes, over real HTTP."""
    app = Starlette(
        routes=[
            *simulator_routes(log, only_this_machine=only_this_machine),
            Mount("/sim", LoggedApp(simulator_app(AT_ONCE, decisions=False), log)),
        ],
        middleware=[Middleware(OwnerMiddleware)],
    )
    with answering(app) as address:
        yield address


def newest(log: RequestLog) -> Logged:
    """The last request, once it is over."""
    return until(lambda: next((one for one in log.since(0, None)[1][-1:] if _over(one)), None))


def _over(logged: Logged) -> bool:
    return logged.exchange.ended_at is not None


def ask(root: str, key: str = KEY, *, stream: bool = False, **headers: str) -> httpx2.Response:
    body = {
        "model": "sim-large",
        "max_tokens": 500,
        "stream": stream,
        "messages": [{"role": "user", "content": QUESTION}],
    }
    headers |= {"x-api-key": key}
    return httpx2.post(f"{root}/sim/anthropic/v1/messages", json=body, headers=headers)


@pytest.mark.parametrize("stream", [False, True])
def test_a_request_is_kept_byte_for_byte_without_its_key(stream: bool) -> None:
    log = RequestLog()
    with a_server(log) as root:
        answer = ask(root, stream=stream)
        kept = newest(log).exchange
    assert kept.request_body == answer.request.content
    assert kept.response_body == answer.content
    assert kept.request_sha256 == hashlib.sha256(answer.request.content).hexdigest()
    assert kept.response_sha256 == hashlib.sha256(answer.content).hexdigest()
    assert (kept.status, kept.error) == (200, None)
    assert sum(size for _, size in kept.chunks) == len(answer.content)
    assert KEY not in repr(kept)


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize("stream", [False, True])
def test_a_row_says_who_asked_what_and_what_came(wire: str, stream: bool) -> None:
    log = RequestLog()
    with a_server(log) as root:
        api = SPEAKERS[wire]
        client, request = api.client(f"{root}/sim"), api.asking(QUESTION)
        (api.streamed if stream else api.whole)(client, request)
        logged = newest(log)
    told = told_request(logged.exchange, logged.path)
    assert (told.api, told.model) == (wire_named(wire).title, "sim-large")
    assert told.asked == f"“{QUESTION}”"
    assert told.came == 'asks for get_weather(city="Tokyo")'
    assert (told.status, told.failed, told.under_way) == (200, False, False)


def test_a_refusal_and_a_broken_reply_are_told_in_their_own_words() -> None:
    log = RequestLog()
    with a_server(log) as root:
        ask(root, "invalid-key")
        refused = newest(log)
        with pytest.raises(httpx2.RemoteProtocolError):
            ask(root, stream=True, **{"x-fault": "cut"})
        broken = until(lambda: next((one for one in log.since(0, None)[1][1:] if _over(one)), None))
    told = told_request(refused.exchange, refused.path)
    assert (told.status, told.failed, told.came) == (401, True, "invalid x-api-key")
    told = told_request(broken.exchange, broken.path)
    assert (told.status, told.failed) == (200, True)
    assert told.came == "the connection closed before the end of the reply"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"messages": 3}', b"\xff\xfe", b"null"])
@pytest.mark.parametrize("wire", WIRES)
def test_nonsense_has_a_row_too(wire: str, body: bytes) -> None:
    path = {
        "anthropic": "/v1/messages",
        "openai-chat": "/chat/completions",
        "openai-responses": "/responses",
        "gemini": "/v1beta/models/sim-large:generateContent",
    }[wire]
    log = RequestLog()
    with a_server(log) as root:
        httpx2.post(f"{root}/sim{SIMULATOR_PATHS[wire]}{path}?key={KEY}", content=body)
        logged = newest(log)
    told = told_request(logged.exchange, logged.path)
    assert (told.api, told.failed) == (wire_named(wire).title, True)
    assert KEY not in logged.exchange.url
    assert told.came


def an_exchange(number: int, size: int) -> Logged:
    whole = b"x" * size
    exchange = Exchange(number, 1, "POST", "http://x/", (), whole, "", 0.0, 200, (), b"")
    return Logged(exchange, "/", caller_of(str(number % 3)), version=0)


@given(st.lists(st.integers(0, 400), max_size=40), st.integers(1, 10), st.integers(1, 1000))
def test_the_log_never_holds_more_than_it_may(sizes: list[int], most: int, room: int) -> None:
    log = RequestLog(most, room)
    for size in sizes:
        log.put(an_exchange(log.begin(), size))
        _, kept = log.since(0, None)
        assert len(kept) <= most
        assert sum(one.size for one in kept) <= room
        numbers = [one.exchange.number for one in kept]
        assert numbers == sorted(numbers)


@given(st.lists(st.integers(1, 5), min_size=1, max_size=30))
def test_who_looks_again_and_again_sees_every_change(numbers: list[int]) -> None:
    log, seen, known = RequestLog(), 0, {}
    for number in numbers:
        log.put(replace(an_exchange(number, number), path=f"/{len(known)}"))
        seen, news = log.since(seen, None)
        known |= {one.exchange.number: one for one in news}
    assert known == {one.exchange.number: one for one in log.since(0, None)[1]}


def test_of_a_body_without_an_end_the_beginning_is_kept() -> None:
    log = RequestLog()
    with a_server(log) as root:
        httpx2.post(f"{root}/sim/anthropic/v1/messages", content=b"x" * (MOST_OF_A_BODY + 10))
        kept = newest(log)
    assert kept.cut
    assert len(kept.exchange.request_body) == MOST_OF_A_BODY


def test_on_a_machine_of_ones_own_all_requests_are_seen_and_cleared() -> None:
    log = RequestLog()
    with a_server(log) as root:
        browser = Browser(root)
        ask(root, "one"), ask(root, "another")
        found = until(lambda: len(rows(browser)["requests"]) == 2 and rows(browser))
        tabs = browser.get(f"/api/simulator/requests/{found['requests'][0]['number']}").json()
        assert tabs["tabs"][0]["name"] == "Response"
        assert browser.http.delete("/api/simulator/requests").status_code == 200
        assert rows(browser)["requests"] == []


def test_on_a_server_for_others_each_sees_what_came_with_their_own_key() -> None:
    log = RequestLog()
    with a_server(log, only_this_machine=False) as root:
        ada, bob, nobody = Browser(root), Browser(root), Browser(root, cookie=False)
        keys = [caller_key(one.owner, only_this_machine=False) for one in (ada, bob)]
        assert len({*keys, ANY_KEY}) == 3
        for key in keys:
            ask(root, key)
        [hers], [his] = (until(lambda one=one: rows(one)["requests"]) for one in (ada, bob))
        assert hers["number"] != his["number"]
        assert bob.get(f"/api/simulator/requests/{hers['number']}").status_code == 404
        assert nobody.get("/api/simulator/requests").status_code == 404
        assert nobody.http.delete("/api/simulator/requests").status_code == 404
        bob.http.delete("/api/simulator/requests")
        assert rows(bob)["requests"] == []
        assert len(rows(ada)["requests"]) == 1


def rows(browser: Browser) -> dict[str, Any]:
    return browser.get("/api/simulator/requests").json()
