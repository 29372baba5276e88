"""Every browser is an owner, and keys go nowhere they should not."""

from __future__ import annotations

import asyncio
import pickle
from collections.abc import Mapping
from http.cookies import SimpleCookie
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket

from roundtrip.owner import (
    KEY_SECONDS,
    OWNER_COOKIE,
    KeyRing,
    OwnerMiddleware,
    environment_key,
    is_loopback,
    new_token,
    owner_from,
    owner_of,
    share_cap_usd,
)

PAGE = {"accept": "text/html,application/xhtml+xml", "sec-fetch-dest": "document"}
FETCH = {"accept": "*/*", "sec-fetch-dest": "empty"}


async def who(request: Request) -> JSONResponse:
    return JSONResponse(request.state.owner, headers={"cache-control": "public, max-age=60"})


async def who_by_socket(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_json(socket.state.owner)
    await socket.close()


def browser(scheme: str = "http") -> TestClient:
    routes = [Route("/{path:path}", who), WebSocketRoute("/_stcore/stream", who_by_socket)]
    return TestClient(OwnerMiddleware(Starlette(routes=routes)), base_url=f"{scheme}://testserver")


def test_tokens_are_random_and_owners_do_not_tell_them() -> None:
    tokens = {new_token() for _ in range(200)}
    assert len({owner_of(token) for token in tokens}) == 200
    assert all(len(token) == 22 and token not in owner_of(token) for token in tokens)


def test_the_first_page_makes_a_browser_an_owner_and_it_stays_one() -> None:
    client = browser()
    first = client.get("/", headers=PAGE)
    token = SimpleCookie(first.headers["set-cookie"])[OWNER_COOKIE]
    assert token["httponly"] and token["samesite"] == "Lax" and token["path"] == "/"
    assert not token["secure"]
    assert first.headers["cache-control"] == "private, no-cache"
    assert first.json() == owner_of(token.value) == owner_from({OWNER_COOKIE: token.value})

    again = client.get("/runs", headers=PAGE)
    assert again.json() == first.json()
    assert "set-cookie" not in again.headers
    assert again.headers["cache-control"] == "public, max-age=60"
    assert client.get("/api/runs", headers=FETCH).json() == first.json()
    with client.websocket_connect("/_stcore/stream") as socket:
        assert socket.receive_json() == first.json()
    assert browser().get("/", headers=PAGE).json() != first.json()


def test_over_https_the_cookie_is_secure() -> None:
    token = SimpleCookie(browser("https").get("/", headers=PAGE).headers["set-cookie"])
    assert token[OWNER_COOKIE]["secure"]


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/api/runs/x/steps", PAGE),
        ("/_stcore/host-config", PAGE),
        ("/static/js/index.js", PAGE),
        ("/health", PAGE),
        ("/sim/anthropic/v1/messages", PAGE),
        ("/", FETCH),
        ("/favicon.png", {"accept": "image/avif,image/webp", "sec-fetch-dest": "image"}),
        ("/", {"accept": "*/*"}),
    ],
)
def test_what_a_page_fetches_does_not_race_it_to_another_owner(
    path: str, headers: Mapping[str, str]
) -> None:
    answer = browser().get(path, headers=headers)
    assert "set-cookie" not in answer.headers
    assert answer.json() is None


def test_a_page_named_like_a_reserved_path_is_still_a_page() -> None:
    assert "set-cookie" in browser().get("/apiary", headers=PAGE).headers


def test_a_browser_that_does_not_say_what_for_is_known_by_what_it_accepts() -> None:
    assert "set-cookie" in browser().get("/", headers={"accept": "text/html"}).headers


def test_a_websocket_without_a_cookie_has_no_owner() -> None:
    with browser().websocket_connect("/_stcore/stream") as socket:
        assert socket.receive_json() is None


def test_a_malformed_cookie_is_replaced() -> None:
    for value in ("", "short", "x" * 23, "a" * 21 + "%", '"' + "a" * 20 + '"'):
        answer = browser().get("/", headers={**PAGE, "cookie": f"{OWNER_COOKIE}={value}"})
        assert SimpleCookie(answer.headers["set-cookie"])[OWNER_COOKIE].value != value
        assert owner_from({OWNER_COOKIE: value}) is None


def test_the_owner_is_found_among_other_cookies_and_behind_a_malformed_one() -> None:
    token = new_token()
    cookie = f"_streamlit_xsrf=2|a=b; {OWNER_COOKIE}=bad; {OWNER_COOKIE}={token};; x"
    answer = browser().get("/", headers={**PAGE, "cookie": cookie})
    assert answer.json() == owner_of(token)
    assert "set-cookie" not in answer.headers


@given(st.binary(max_size=80))
def test_no_cookie_header_breaks_a_request(value: bytes) -> None:
    seen: list[Any] = []

    async def app(scope: Any, _receive: Any, _send: Any) -> None:
        seen.append(scope["state"]["owner"])

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/",
        "headers": [(b"cookie", value), (b"accept", b"text/html")],
    }
    asyncio.run(OwnerMiddleware(app)(scope, None, None))  # type: ignore[arg-type]
    assert len(seen[0]) == 64
    assert "state" not in scope


def test_a_typed_key_is_its_owners_for_its_wire_until_it_ends() -> None:
    ring = KeyRing()
    ring.put("ada", "anthropic", "  sk-ant-secret\n", now=100.0)
    assert ring.get("ada", "anthropic", now=100.0 + KEY_SECONDS - 1) == "sk-ant-secret"
    assert ring.get("ada", "gemini", now=101.0) is None
    assert ring.get("bob", "anthropic", now=101.0) is None
    assert ring.get("ada", "anthropic", now=100.0 + KEY_SECONDS) is None
    assert ring.get("ada", "anthropic", now=101.0) is None  # gone, not hidden


def test_a_typed_key_goes_to_the_address_it_was_typed_for_and_to_no_other() -> None:
    ring, elsewhere = KeyRing(), "https://collector.example/v1"
    ring.put("ada", "openai-chat", "sk-openai", now=0.0)
    assert ring.get("ada", "openai-chat", 1.0, elsewhere) is None
    ring.put("ada", "openai-chat", "sk-collector", 1.0, f"{elsewhere}/")
    assert ring.get("ada", "openai-chat", 1.0, elsewhere) == "sk-collector"
    assert ring.get("ada", "openai-chat", 1.0) == "sk-openai"
    assert ring.get("ada", "anthropic", 1.0, elsewhere) is None
    ring.forget("ada", "openai-chat", elsewhere)
    assert ring.get("ada", "openai-chat", 1.0, elsewhere) is None
    assert ring.get("ada", "openai-chat", 1.0) == "sk-openai"


def test_the_wires_of_one_provider_share_its_key() -> None:
    ring = KeyRing()
    ring.put("ada", "openai-chat", "sk-openai", now=0.0)
    assert ring.get("ada", "openai-responses", 1.0) == "sk-openai"
    ring.forget("ada", "openai-responses")
    assert ring.get("ada", "openai-chat", 1.0) is None


def test_a_key_that_is_forgotten_is_gone() -> None:
    ring = KeyRing()
    for owner in ("ada", "bob"):
        for wire in ("anthropic", "gemini", "openai-chat"):
            ring.put(owner, wire, f"{owner}-{wire}", now=0.0)
    ring.forget("ada", "gemini")
    assert ring.get("ada", "gemini", now=1.0) is None
    assert ring.get("ada", "anthropic", now=1.0) == "ada-anthropic"
    ring.forget("ada")
    assert ring.get("ada", "anthropic", now=1.0) is None
    assert ring.get("bob", "gemini", now=1.0) == "bob-gemini"


def test_who_is_told_hears_of_each_key_that_nobody_holds_any_more() -> None:
    gone: list[str] = []
    ring = KeyRing(gone.append)
    ring.put("ada", "anthropic", "a-workshops-key", now=0.0)
    ring.put("bob", "anthropic", "a-workshops-key", now=1.0)
    ring.put("bob", "gemini", "bobs-first-key", now=1.0)
    ring.put("bob", "gemini", "bobs-second-key", now=2.0)
    assert gone == ["bobs-first-key"]
    ring.forget("ada")
    assert gone == ["bobs-first-key"]  # bob holds the other one too
    assert ring.get("ada", "gemini", now=1.0 + KEY_SECONDS) is None  # anybody's look ends them
    assert gone == ["bobs-first-key", "a-workshops-key"]
    ring.expire(2.0 + KEY_SECONDS)
    assert gone[2:] == ["bobs-second-key"]


def test_keys_are_never_shown() -> None:
    ring = KeyRing()
    ring.put("ada", "anthropic", "sk-ant-secret", now=0.0)
    assert "secret" not in f"{ring!r} {ring} {vars(ring)}"
    with pytest.raises(TypeError):
        pickle.dumps(ring)
    for unusable in ("", "  ", "sk-sécret", "sk-sec\nret"):
        with pytest.raises(ValueError) as refused:
            ring.put("ada", "anthropic", unusable, now=0.0)
        assert "sec" not in str(refused.value)


ENVIRON = {"ANTHROPIC_API_KEY": "a", "OPENAI_API_KEY": "o", "GEMINI_API_KEY": "g"}


def test_on_loopback_the_environments_keys_are_used_and_named() -> None:
    found = {
        wire: environment_key(wire, ENVIRON, bound_to_loopback=True)
        for wire in ("anthropic", "openai-chat", "openai-responses", "gemini", "other")
    }
    assert found == {
        "anthropic": ("ANTHROPIC_API_KEY", "a"),
        "openai-chat": ("OPENAI_API_KEY", "o"),
        "openai-responses": ("OPENAI_API_KEY", "o"),
        "gemini": ("GEMINI_API_KEY", "g"),
        "other": None,
    }
    google = ("GOOGLE_API_KEY", "also")
    assert environment_key("gemini", ENVIRON | dict([google]), bound_to_loopback=True) == google
    assert environment_key("anthropic", {"ANTHROPIC_API_KEY": " "}, True) is None


@pytest.mark.parametrize(
    ("said", "open_"),
    [
        ({}, False),
        ({"ROUNDTRIP_SHARE_KEYS": "1"}, False),
        ({"ROUNDTRIP_SHARE_CAP_USD": "5"}, False),
        ({"ROUNDTRIP_SHARE_KEYS": "0", "ROUNDTRIP_SHARE_CAP_USD": "5"}, False),
        ({"ROUNDTRIP_SHARE_KEYS": "1", "ROUNDTRIP_SHARE_CAP_USD": "0"}, False),
        ({"ROUNDTRIP_SHARE_KEYS": "1", "ROUNDTRIP_SHARE_CAP_USD": "inf"}, False),
        ({"ROUNDTRIP_SHARE_KEYS": "1", "ROUNDTRIP_SHARE_CAP_USD": "nan"}, False),
        ({"ROUNDTRIP_SHARE_KEYS": "1", "ROUNDTRIP_SHARE_CAP_USD": "much"}, False),
        ({"ROUNDTRIP_SHARE_KEYS": "1", "ROUNDTRIP_SHARE_CAP_USD": "2.50"}, True),
    ],
)
def test_beyond_loopback_keys_are_shared_only_on_purpose_and_capped(
    said: dict[str, str], open_: bool
) -> None:
    found = environment_key("anthropic", ENVIRON | said, bound_to_loopback=False)
    assert (found is not None) == open_
    assert share_cap_usd({"ROUNDTRIP_SHARE_CAP_USD": "2.50"}) == 2.5


def test_an_environments_key_is_not_sent_to_an_address_that_was_entered() -> None:
    shared = ENVIRON | {"ROUNDTRIP_SHARE_KEYS": "1", "ROUNDTRIP_SHARE_CAP_USD": "2.50"}
    chosen = "https://collector.example/v1"
    assert environment_key("openai-chat", shared, False, base_url=chosen) is None
    assert environment_key("openai-chat", ENVIRON, True, base_url=chosen) is None
    assert environment_key("openai-chat", ENVIRON, True) is not None


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("localhost", True),
        ("LOCALHOST", True),
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("[::1]", True),
        ("::ffff:127.0.0.1", True),
        ("0.0.0.0", False),
        ("::", False),
        ("::ffff:0.0.0.0", False),
        ("192.168.0.2", False),
        ("localhost.evil.example", False),
        ("0", False),
        ("", False),
        (None, False),
    ],
)
def test_only_addresses_of_this_machine_are_loopback(address: str | None, expected: bool) -> None:
    assert is_loopback(address) is expected
