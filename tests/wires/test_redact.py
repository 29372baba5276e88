"""What is a secret, and that it is taken out of what is kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roundtrip.conversation import Message, Reply, StopSignal, Text, ToolCall
from roundtrip.events import Failure
from roundtrip.wires.redact import (
    REDACTED,
    redact_body,
    redact_headers,
    redact_url,
    redact_value,
)

KEY = "sk-ant-canary-0123456789abcdefghij"


def test_headers_are_kept_in_order_and_spelling_without_their_secrets() -> None:
    raw = [(b"X-Api-Key", KEY.encode()), (b"x-Twice", b"1"), (b"x-Twice", b"2")]
    raw += [(b"Set-Cookie", b"a=b"), (b"x-echo", f"you sent {KEY}".encode())]

    assert redact_headers(raw, (KEY,)) == (
        ("X-Api-Key", REDACTED),
        ("x-Twice", "1"),
        ("x-Twice", "2"),
        ("Set-Cookie", REDACTED),
        ("x-echo", "you sent " + "*" * len(KEY)),
    )


@pytest.mark.parametrize(
    ("name", "is_secret"),
    [
        ("authorization", True),
        ("Proxy-Authorization", True),
        ("x-goog-api-key", True),
        ("apikey", True),
        ("x-auth-token", True),
        ("cf-access-client-secret", True),
        ("Cookie", True),
        ("anthropic-ratelimit-tokens-remaining", False),
        ("x-request-id", False),
        ("www-authenticate", False),
        ("monkey", False),
    ],
)
def test_a_secret_header_is_known_by_its_name(name: str, is_secret: bool) -> None:
    [(_, value)] = redact_headers([(name.encode(), b"some words")], ())

    assert (value == REDACTED) == is_secret


@pytest.mark.parametrize(
    "secret",
    [
        "sk-proj-abcdefghijklmnopqrstuvwx",
        "sk-ant-api03-abcdefghijklmnopqrstuvwx_yz-0",
        "AIzaSyA-abcdefghijklmnopqrstuvwxyz012345",
        "Bearer abcdefghijklmnopqrstuvwxyz",
    ],
)
def test_what_looks_like_anybodys_key_is_starred_out_too(secret: str) -> None:
    body = f'{{"text": "mine is {secret}, yes"}}'.encode()

    assert secret.encode() not in redact_body(body, ())
    assert len(redact_body(body, ())) == len(body)


@pytest.mark.parametrize("words", ["ask-a-question-about-the-weather-in-oslo", "sk-short", "AIza"])
def test_prose_is_no_key(words: str) -> None:
    assert redact_body(words.encode(), ()) == words.encode()


def test_a_word_that_serves_as_a_key_of_a_local_server_is_not_starred_out() -> None:
    assert redact_body(b'{"model": "ollama"}', ("ollama",)) == b'{"model": "ollama"}'


def test_a_key_in_an_address_is_taken_out() -> None:
    plain = "https://api.example/v1/models?key=secret&alt=sse"

    assert redact_url(plain, ()) == f"https://api.example/v1/models?key={REDACTED}&alt=sse"
    assert KEY not in redact_url(f"https://{KEY}@api.example/x?API_KEY={KEY}", (KEY,))


def test_a_key_is_starred_out_in_any_spelling() -> None:
    key = 'pass"word/with\\signs'
    said = rb'{"a": "pass\"word/with\\signs", "b": "pass%22word%2Fwith%5Csigns"}'

    assert b"signs" not in redact_body(said, (key,))


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("https://ada:secret@api.example/v1", f"https://{REDACTED}@api.example/v1"),
        ("https://ada:se@cret@api.example/v1", f"https://{REDACTED}@api.example/v1"),
        ("http://:secret@[::1]:8080/", f"http://{REDACTED}@[::1]:8080/"),
        ("https://api.example/@me?x=a@b", "https://api.example/@me?x=a@b"),
        ("https://api.example/?a=1&token=secret#x", f"https://api.example/?a=1&token={REDACTED}#x"),
        (
            "https://api.example/?subscription-key=se",
            f"https://api.example/?subscription-key={REDACTED}",
        ),
        ("https://api.example/?page=2&max_tokens=5", "https://api.example/?page=2&max_tokens=5"),
    ],
)
def test_an_address_is_kept_without_names_passwords_and_keys(address: str, kept: str) -> None:
    assert redact_url(address, ()) == kept


def reply(*parts: Text | ToolCall) -> Reply:
    message = Message(role="assistant", parts=parts)
    stop = StopSignal(signal="tool_calls", provider="tool_use")
    return Reply(id="msg_1", model="m", message=message, stop=stop)


def test_a_key_is_starred_out_of_what_was_decoded() -> None:
    key = 'a"quoted\\key'
    native = {"wire": "anthropic", "value": {"type": "x", "said": [key]}}
    said = reply(
        Text(text=f"yours is {key}", native=native),
        ToolCall(id="1", name="look", arguments={"deep": [{"at": key}], "n": 1, key: None}),
    )
    cleaned = redact_value(said, (key,))

    stars = "*" * len(key)
    assert cleaned.message.text == f"yours is {stars}"
    assert cleaned.message.calls[0].arguments == {"deep": [{"at": stars}], "n": 1, stars: None}
    assert "quoted" not in cleaned.model_dump_json()
    assert cleaned.message.parts[0].native is not None
    failure = Failure(kind="auth", message=f"bad {key}", advice="none")
    assert redact_value(failure, (key,)).message == f"bad {stars}"


def test_a_short_word_that_serves_as_a_key_changes_no_reply() -> None:
    said = reply(Text(text="The weather"), ToolCall(id="1", name="get_weather", arguments={}))

    assert redact_value(said, ("weather", "e", "")) == said


@given(st.sampled_from(["assistant", "tool_calls", "anthropic", "tool_call", "arguments"]))
def test_a_key_that_is_a_word_of_ours_leaves_a_reply_that_can_be_kept(key: str) -> None:
    said = reply(Text(text=f"{key}!"), ToolCall(id="1", name="get_weather", arguments={"a": 1}))
    cleaned = redact_value(said, (key,))

    assert Reply.model_validate_json(cleaned.model_dump_json()) == cleaned
    assert cleaned.message.text == "*" * len(key) + "!"
