"""The routes: every reader sees every step once, and nobody sees another owner's run."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.routing import Route

from roundtrip.api import _Api, routes
from roundtrip.store import Unavailable
from roundtrip.wires.sse import SseParser
from tests.live_runs import (
    AT_ONCE,
    QUESTION,
    SLOWLY,
    SOON,
    Browser,
    Place,
    Reader,
    a_database,
    an_owner,
    serving,
    simulator,
    sunny,
    until,
    weather,
)

PACED = 60
"""Tokens a second: a turn with a call and an answer takes about a second."""


@pytest.fixture(scope="module")
def at_once() -> Iterator[str]:
    with simulator(AT_ONCE) as url:
        yield url


@pytest.fixture(scope="module")
def paced() -> Iterator[str]:
    with simulator(type(SLOWLY)(seconds_to_first_token=0.1, tokens_per_second=PACED)) as url:
        yield url


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> str:
    return a_database(tmp_path_factory.mktemp("api"))


@pytest.fixture(scope="module")
def place(database: str, at_once: str) -> Iterator[Place]:
    with Place(database, at_once) as place:
        yield place


@pytest.fixture(scope="module")
def address(place: Place) -> Iterator[str]:
    with serving(place.runner) as address:
        yield address


@pytest.fixture
def browser(address: str) -> Browser:
    return Browser(address)


def whole(place: Place, owner: str, run: str) -> dict[int, dict[str, Any]]:
    rows = place.runner.journal(owner, run).steps()
    return {row.seq: row.model_dump(mode="json") for row in rows}


def in_threads(*works: Any) -> None:
    threads = [threading.Thread(target=work, daemon=True) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SOON)
        assert not thread.is_alive()


# Readers


def test_readers_that_join_at_any_time_all_see_every_step(
    database: str, paced: str, sample: Any, full: bool
) -> None:
    with Place(database, paced) as place, serving(place.runner) as address:
        browser = Browser(address)
        run = place.begin(browser.owner)
        readers = [Reader(Browser.same(browser), run) for _ in range(30 if full else 8)]
        moments = [sample.uniform(0, 1.5) for _ in readers]

        def read(reader: Reader, moment: float) -> None:
            time.sleep(moment)  # when it joins is the point
            if sample.random() < 0.5:
                reader.fetch()
            reader.listen()

        in_threads(
            *(
                lambda reader=reader, moment=moment: read(reader, moment)
                for reader, moment in zip(readers, moments, strict=True)
            )
        )
        place.rest(browser.owner, run)
        rows = whole(place, browser.owner, run)
        assert [row["phase"] for row in rows.values()][-1] == "answer"
        for reader in readers:
            assert reader.ended
            assert reader.rows == rows
            assert reader.seen == sorted(reader.seen)
        until(lambda: not place.runner._watchers)


def test_a_reader_that_is_cut_off_again_and_again_loses_nothing(
    database: str, paced: str, sample: Any
) -> None:
    with Place(database, paced) as place, serving(place.runner) as address:
        browser = Browser(address)
        run = place.begin(browser.owner)
        reader = Reader(browser, run)
        drops = 0
        while not reader.ended:
            reader.listen(events=sample.randint(1, 5))
            drops += not reader.ended
        assert drops > 2
        assert reader.rows == whole(place, browser.owner, run)
        until(lambda: not place.runner._watchers)


def test_a_page_that_only_fetches_sees_the_same(database: str, paced: str) -> None:
    with Place(database, paced) as place, serving(place.runner) as address:
        browser = Browser(address)
        run = place.begin(browser.owner)
        reader = Reader(browser, run)
        while place.runner.is_live(browser.owner, run):
            reader.fetch()
            time.sleep(0.02)
        reader.fetch()
        assert reader.rows == whole(place, browser.owner, run)


def test_whoever_looks_in_hears_the_reply_from_its_beginning(database: str, paced: str) -> None:
    with Place(database, paced) as place, serving(place.runner) as address:
        browser = Browser(address)
        run = place.begin(browser.owner, "Hello")
        early, late = (Reader(Browser.same(browser), run) for _ in range(2))

        def look_in_later() -> None:
            until(lambda: len(place.deltas(browser.owner, run)) > 10)
            late.listen()

        in_threads(early.listen, look_in_later)
        answer = place.state(browser.owner, run).answer.message.text
        assert early.deltas == late.deltas == {1: answer}


def test_a_reader_that_is_slow_hears_the_reply_to_its_end(database: str, paced: str) -> None:
    with Place(database, paced) as place:
        owner = an_owner()
        run = place.begin(owner, "Hello")

        async def heard() -> str:
            told, parser = "", SseParser()
            async for chunk in _Api(place.runner)._follow(place.runner.journal(owner, run), 0):
                for event in parser.feed(chunk):
                    if event.event == "delta":
                        told += json.loads(event.data)["text"]
                        await asyncio.to_thread(place.rest, owner, run)
            return told

        assert asyncio.run(heard()) == place.state(owner, run).answer.message.text


def test_a_reader_that_leaves_leaves_no_watcher(
    database: str, at_once: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("roundtrip.api.KEEP_ALIVE_S", 10 * SOON)
    gate = threading.Event()

    def waits(city: str) -> dict[str, Any]:
        gate.wait(SOON)
        return sunny(city)

    with (
        Place(database, at_once, tool=weather(waits)) as place,
        serving(place.runner) as address,
    ):
        browser = Browser(address)
        run = place.begin(browser.owner)
        until(lambda: place.phases(browser.owner, run)[-1] == "run")
        for _ in range(3):
            Reader(browser, run).listen(events=1)
        # Nothing moves meanwhile: it is the connection's end that is noticed.
        until(lambda: not place.runner._watchers)
        gate.set()
        place.rest(browser.owner, run)


def test_a_reader_beside_another_process_sees_the_run_it_drives(database: str, paced: str) -> None:
    with (
        Place(database, paced) as driving,
        Place(database, paced) as beside,
        serving(beside.runner) as address,
    ):
        browser = Browser(address)
        run = driving.begin(browser.owner)
        reader = Reader(browser, run)
        reader.listen()
        assert reader.ended
        assert len(reader.seen) > 1
        driving.rest(browser.owner, run)
        reader.fetch()
        assert reader.rows == whole(driving, browser.owner, run)


def test_a_run_at_rest_ends_its_stream_at_once(place: Place, browser: Browser) -> None:
    run = place.finish(browser.owner)
    reader = Reader(browser, run)
    reader.listen()
    assert reader.ended
    assert reader.rows == whole(place, browser.owner, run)
    again = Reader(browser, run)
    again.head = reader.head
    again.listen()
    assert (again.ended, again.rows) == (True, {})


def test_a_browser_that_reconnects_by_itself_goes_on_after_the_last_event(
    place: Place, browser: Browser
) -> None:
    run = place.finish(browser.owner)
    path = f"/api/runs/{run}/live?after=0"
    last = browser.steps(run)["head"]
    text = browser.http.get(path, headers={"last-event-id": str(last)}).text
    assert "event: steps" not in text
    assert "event: end" in text
    assert f"id: {last}\n" in browser.http.get(path).text


def test_a_deleted_run_ends_its_readers(database: str, at_once: str) -> None:
    gate = threading.Event()

    def waits(city: str) -> dict[str, Any]:
        gate.wait(SOON)
        return sunny(city)

    with (
        Place(database, at_once, tool=weather(waits)) as place,
        serving(place.runner) as address,
    ):
        browser = Browser(address)
        run = place.begin(browser.owner)
        until(lambda: place.phases(browser.owner, run)[-1] == "run")
        reader = Reader(browser, run)

        def delete() -> None:
            until(lambda: place.runner._watchers)
            place.store.delete_run(browser.owner, run)
            gate.set()

        in_threads(reader.listen, delete)
        assert reader.ended
        assert browser.get(f"/api/runs/{run}/steps").status_code == 404


# What a row holds


def test_every_row_opens(place: Place, browser: Browser) -> None:
    run = place.finish(browser.owner)
    answer = browser.steps(run)
    assert answer["live"] is False
    assert [row["phase"] for row in answer["steps"]] == [
        "define", "ask", "stop", "run", "return", "answer",
    ]  # fmt: skip
    for row in answer["steps"]:
        tabs = browser.get(f"/api/runs/{run}/steps/{row['seq']}").json()["tabs"]
        assert tabs


def test_the_document_is_the_whole_run(place: Place, browser: Browser) -> None:
    run = place.finish(browser.owner)
    answer = browser.get(f"/api/runs/{run}/document")
    assert answer.headers["content-disposition"] == f'attachment; filename="roundtrip-{run}.json"'
    assert len(answer.json()["events"]) == browser.steps(run)["head"]


# Owners

ROUTES = ["steps", "steps/1", "chat", "live", "document"]


def test_the_table_of_routes_is_whole(place: Place) -> None:
    paths = {route.path for route in routes(place.runner) if isinstance(route, Route)}
    tested = {f"/api/runs/{{run}}/{route}" for route in ROUTES}
    assert {path.replace("{seq}", "1") for path in paths} == tested | {"/health"}


@pytest.mark.parametrize("route", ROUTES)
def test_another_owners_run_is_a_run_that_is_not_there(
    place: Place, address: str, route: str
) -> None:
    one, other, nobody = Browser(address), Browser(address), Browser(address, cookie=False)
    run = place.finish(one.owner)
    assert one.get(f"/api/runs/{run}/{route}").status_code == 200
    unknown = one.get(f"/api/runs/nowhere/{route}")
    assert unknown.status_code == 404
    for browser in (other, nobody):
        refused = browser.get(f"/api/runs/{run}/{route}")
        assert (refused.status_code, refused.content) == (404, unknown.content)
        assert "set-cookie" not in refused.headers
    forged = Browser(address)
    forged.http.cookies.clear()
    headers = {"cookie": f"roundtrip_owner={one.owner}"}
    assert forged.http.get(f"/api/runs/{run}/{route}", headers=headers).status_code == 404


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_the_routes_only_read(browser: Browser, method: str, route: str) -> None:
    assert browser.http.request(method, f"/api/runs/nowhere/{route}").status_code == 405


@pytest.mark.parametrize(
    "path",
    [
        "/api/runs/zero%00byte/steps",
        "/api/runs/%F0%9F%98%80/steps",
        "/api/runs/%ff/document",
        f"/api/runs/{'a' * 3000}/live",
    ],
)
def test_an_odd_address_is_not_found(browser: Browser, path: str) -> None:
    assert browser.get(path).status_code == 404


@pytest.mark.parametrize("after", ["", "-1", "²", "٣", "1e3", "9" * 5000, "x", "0x10", " 1"])
def test_an_odd_number_means_from_the_beginning(place: Place, browser: Browser, after: str) -> None:
    run = place.finish(browser.owner)
    for path in (f"/api/runs/{run}/steps", f"/api/runs/{run}/live"):
        answer = browser.http.get(path, params={"after": after})
        assert answer.status_code == 200
        assert '"phase"' in answer.text


@pytest.mark.parametrize("seq", ["0", "99", "x", "-1", "²", "9" * 5000])
def test_a_row_that_is_not_there_is_not_found(place: Place, browser: Browser, seq: str) -> None:
    run = place.finish(browser.owner)
    assert browser.get(f"/api/runs/{run}/steps/{seq}").status_code == 404


def test_a_database_that_cannot_be_read_just_now_is_said_and_not_that_the_run_is_gone(
    place: Place, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = place.finish(browser.owner)

    def locked(*_: object, **__: object) -> None:
        raise Unavailable("database is locked")

    with monkeypatch.context() as broken:
        broken.setattr(place.store, "events", locked)
        for route in ("steps", "steps/1", "chat", "live", "document"):
            answer = browser.get(f"/api/runs/{run}/{route}")
            assert answer.status_code == 503
            assert "locked" in answer.json()["error"]
    assert browser.get(f"/api/runs/{run}/steps").status_code == 200


def test_health_says_ok_to_anyone(address: str) -> None:
    answer = Browser(address, cookie=False).get("/health")
    assert (answer.status_code, answer.text) == (200, "ok")


def test_a_second_tab_follows_the_first(place: Place, browser: Browser) -> None:
    run = place.finish(browser.owner)
    tab = Reader(browser, run)
    tab.fetch()
    place.finish(browser.owner, QUESTION, run)
    tab.fetch()
    assert tab.rows == whole(place, browser.owner, run)
