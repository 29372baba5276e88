"""A page of another site gets nowhere, by whatever name it comes."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from roundtrip.doors import HOSTS_VARIABLE, Doors, DoorsMiddleware, doors_of
from roundtrip.service import Service
from tests.live_runs import EVERYWHERE, closed

HERE = Doors("127.0.0.1")
LINK = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}


def scope(*headers: tuple[str, str], type: str = "http", method: str = "GET") -> dict[str, Any]:
    pairs = [(name.encode(), value.encode("latin-1")) for name, value in headers]
    return {"type": type, "method": method, "path": "/", "headers": pairs}


def status(doors: Doors, *headers: tuple[str, str], **how: str) -> int:
    refusal = doors.refusal(scope(*headers, **how))
    return refusal[0] if refusal else 200


@pytest.mark.parametrize(
    "host",
    [
        *("localhost", "LocalHost:8501", "localhost.", "app.localhost:1"),
        *("127.0.0.1:8501", "127.9.9.9", "[::1]", "[::1]:8501", "[::ffff:127.0.0.1]:80"),
    ],
)
def test_on_loopback_this_machine_s_names_are_answered_to_at_any_port(host: str) -> None:
    assert status(HERE, ("host", host)) == 200


@pytest.mark.parametrize(
    "host",
    [
        *("evil.example", "localhost.evil.example", "evil-localhost", "127.0.0.1.evil.example"),
        *("0.0.0.0:8501", "192.168.0.2", "2130706433", "[::]", "::1", "", "lócalhost"),
        *("localhost:8501@evil.example", "localhost evil.example", "localhost,evil.example"),
        "localhost:port",
    ],
)
def test_on_loopback_no_other_name_is_answered_to(host: str) -> None:
    assert status(HERE, ("host", host)) == 421


def test_a_host_that_is_said_never_or_twice_is_none() -> None:
    assert status(HERE) == 421
    for doors in (HERE, Doors(EVERYWHERE)):
        assert status(doors, ("host", "localhost"), ("host", "localhost")) == 421
    assert status(Doors(EVERYWHERE)) == 200  # a probe that speaks HTTP/1.0


def test_what_a_proxy_says_the_host_was_is_not_believed() -> None:
    told = ("x-forwarded-host", "localhost"), ("forwarded", "host=localhost")
    assert status(HERE, ("host", "evil.example"), *told) == 421
    origin = ("origin", "https://evil.example")
    told = ("x-forwarded-host", "evil.example"), ("forwarded", "host=evil.example")
    assert status(HERE, ("host", "localhost"), *told, origin) == 403


def test_for_others_any_name_is_good_until_some_are_named() -> None:
    assert status(Doors(EVERYWHERE), ("host", "app.example")) == 200
    said = {HOSTS_VARIABLE: " App.example , *.lab.example,, "}
    named = doors_of(EVERYWHERE, said, hosts=["streamlit.example"])
    for host, expected in {
        "app.example:443": 200,
        "APP.example.": 200,
        "streamlit.example": 200,
        "one.lab.example": 200,
        "lab.example": 421,
        "notlab.example": 421,
        "evil.example": 421,
        "10.0.0.7:8501": 421,
        "127.0.0.1:8501": 200,  # no foreign page can come by this name
    }.items():
        assert status(named, ("host", host)) == expected, host
    assert status(doors_of(None, {HOSTS_VARIABLE: "*"}), ("host", "any.example")) == 200


@pytest.mark.parametrize("bound", ["127.0.0.1", EVERYWHERE])
@pytest.mark.parametrize("type", ["http", "websocket"])
@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        (None, 200),
        ("http://127.0.0.1:8501", 200),
        ("https://127.0.0.1:8501", 200),  # TLS ends in a proxy
        ("http://127.0.0.1:3000", 403),  # another program of this machine
        ("http://localhost:8501", 403),
        ("http://127.0.0.1", 403),
        ("https://evil.example", 403),
        ("null", 403),
        ("", 403),
        ("file://", 403),
        ("chrome-extension://abc", 403),
        ("http://127.0.0.1:8501.evil.example", 403),
        ("http://127.0.0.1:8501@evil.example", 403),
        ("http://evil.example/127.0.0.1:8501", 403),
        ("http://127.0.0.1:8501, https://evil.example", 403),
    ],
)
def test_only_a_page_of_this_server_or_no_page_at_all_speaks_to_it(
    bound: str, type: str, origin: str | None, expected: int
) -> None:
    said = [] if origin is None else [("origin", origin)]
    for method in ("GET", "POST", "OPTIONS"):
        asked = status(Doors(bound), ("host", "127.0.0.1:8501"), *said, type=type, method=method)
        assert asked == expected


def test_an_origin_is_its_own_also_where_the_usual_port_is_left_out() -> None:
    for host in ("app.example", "app.example:443"):
        assert status(Doors(None), ("host", host), ("origin", "https://app.example")) == 200
    assert status(Doors(None), ("host", "app.example"), ("origin", "https://app.example:1")) == 403
    twice = [("origin", "https://app.example")] * 2
    assert status(Doors(None), ("host", "app.example"), *twice) == 403


def test_an_origin_that_is_listed_may_speak_and_one_like_it_may_not() -> None:
    doors = Doors("127.0.0.1", origins=("https://app.example",))
    for origin, expected in {
        "https://app.example": 200,
        "https://app.example:443": 200,
        "http://app.example": 403,
        "https://app.example:8443": 403,
        "https://an.app.example": 403,
    }.items():
        assert status(doors, ("host", "127.0.0.1:8501"), ("origin", origin)) == expected, origin
    any_name = Doors(None, hosts=("*",), origins=("*",))
    assert status(any_name, ("host", "a.example"), ("origin", "https://b.example")) == 403


def test_a_link_from_another_site_opens_and_a_fetch_from_there_does_not() -> None:
    assert status(HERE, ("host", "localhost"), *LINK.items()) == 200
    assert status(HERE, ("host", "localhost"), *LINK.items(), method="POST") == 403
    for changed in (
        {"sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"},
        {"sec-fetch-mode": "cors", "sec-fetch-dest": "empty"},
        {"sec-fetch-dest": "iframe"},
        {"sec-fetch-mode": "websocket", "sec-fetch-dest": "empty"},
    ):
        for site, expected in {
            "cross-site": 403,
            "same-site": 403,
            "same-origin": 200,
            "none": 200,
        }.items():
            said = {**LINK, **changed, "sec-fetch-site": site}
            assert status(HERE, ("host", "localhost"), *said.items()) == expected
    assert status(HERE, ("host", "localhost"), *LINK.items(), type="websocket") == 403


def test_a_refusal_says_what_to_set_and_reaches_no_route() -> None:
    reached: list[str] = []

    async def answer(request: Any) -> PlainTextResponse:
        reached.append(request.url.path)
        return PlainTextResponse("ok")

    async def accept(socket: Any) -> None:
        reached.append(socket.url.path)
        await socket.accept()
        await socket.close()

    routes = [Route("/page", answer), WebSocketRoute("/stream", accept)]
    client = TestClient(DoorsMiddleware(Starlette(routes=routes), HERE), "http://127.0.0.1:8501")
    renamed = client.get("/page", headers={"host": "<b>evil.example"})
    assert (renamed.status_code, HOSTS_VARIABLE in renamed.text) == (421, True)
    assert "evil" not in renamed.text
    assert renamed.headers["content-type"].startswith("text/plain")
    foreign = client.get("/page", headers={"origin": "https://evil.example"})
    assert (foreign.status_code, "server.corsAllowedOrigins" in foreign.text) == (403, True)
    for headers in ({"host": "evil.example"}, {"origin": "https://evil.example"}):
        with (
            pytest.raises(WebSocketDisconnect),
            client.websocket_connect("/stream", headers=headers),
        ):
            pass
    assert reached == []
    assert client.get("/page").text == "ok"


@pytest.mark.parametrize(
    ("named", "for_others"),
    [
        ({}, False),
        ({"hosts": ("localhost", "app.localhost:8501")}, False),
        ({"hosts": ("app.example",)}, True),
        ({"hosts": ("*",)}, True),
        ({"hosts": ("*.example",)}, True),
        ({"origins": ("http://localhost:3000",)}, False),
        ({"origins": ("https://app.example",)}, True),
        ({"origins": ("*",)}, True),
    ],
)
def test_a_server_that_has_a_name_elsewhere_serves_others_though_bound_to_loopback(
    shared: pytest.MonkeyPatch, named: dict[str, tuple[str, ...]], for_others: bool
) -> None:
    """Behind a proxy on the same machine, whoever comes is not whoever started it."""
    service = Service(address="127.0.0.1", **named)
    assert service.loopback is not for_others
    assert service.allows_addresses is not for_others
    assert (service.allowance is not None) is for_others
    closed(service)
    assert Doors(EVERYWHERE).only_this_machine is False
