"""Errors on OpenAI's two wires: the same word, told on either, is the same kind of failure."""

from __future__ import annotations

import json
from typing import Any, get_args

import pytest
from openai.types.responses import ResponseError

from roundtrip.wires.openai_errors import KINDS
from roundtrip.wires.wire import WireError, wire_named

WIRES = ["openai-chat", "openai-responses"]
BOTH = pytest.mark.parametrize("wire", WIRES)

CODES = get_args(ResponseError.model_fields["code"].annotation)
"""Those of a response's error, as the installed SDK lists them."""


def _failure(wire: str, error: Any) -> WireError:
    with pytest.raises(WireError) as failed:
        wire_named(wire).reply_decoder().feed(json.dumps({"error": error}))
    return failed.value


@BOTH
@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("invalid_api_key", "auth"),
        ("permission_denied", "auth"),
        ("billing_not_active", "auth"),
        ("insufficient_quota", "rate_limit"),
        ("slow_down", "overloaded"),
        ("server_is_overloaded", "overloaded"),
        ("engine_overloaded", "overloaded"),
        ("overloaded_error", "overloaded"),
        ("service_unavailable_error", "overloaded"),
        ("unavailable_error", "overloaded"),
        ("request_timeout", "timeout"),
        ("vector_store_timeout", "timeout"),
        ("not_found_error", "bad_request"),
        ("data_residency_mismatch", "bad_request"),
        ("content_policy_violation", "bad_request"),
        ("BadRequestError", "bad_request"),
        ("invalid_image_url", "bad_request"),
        ("internal_error", "server"),
        ("image_server_down", "server"),
        ("a_word_of_tomorrow", "server"),
    ],
)
def test_a_word_is_the_same_kind_of_failure_on_both_wires(wire: str, word: str, kind: str) -> None:
    for names in ({"code": word}, {"code": None, "type": word}):
        failure = _failure(wire, names | {"message": "Sorry"})
        assert (failure.kind, failure.message, failure.provider) == (kind, "Sorry", word)


@BOTH
def test_a_code_is_more_telling_than_a_type(wire: str) -> None:
    told = {"type": "invalid_request_error", "message": "Sorry"}
    assert _failure(wire, told | {"code": "server_error"}).kind == "server"
    assert _failure(wire, told | {"code": "a_code_of_tomorrow"}).kind == "bad_request"


@BOTH
@pytest.mark.parametrize(
    ("error", "kind", "provider"),
    [
        ({"message": "Sorry", "code": 429}, "rate_limit", "429"),
        ({"message": "Sorry", "code": 400, "type": ""}, "bad_request", "400"),
        ({"message": "Sorry", "code": "", "type": "timeout"}, "timeout", "timeout"),
        ("Sorry", "server", "error"),
    ],
)
def test_the_shapes_of_the_imitators_are_read_on_both_wires(
    wire: str, error: Any, kind: str, provider: str
) -> None:
    failure = _failure(wire, error)
    assert (failure.kind, failure.message, failure.provider) == (kind, "Sorry", provider)
    assert wire_named(wire).error_words(json.dumps({"error": error})) == (provider, "Sorry")


def test_every_code_that_the_sdk_lists_has_its_kind() -> None:
    assert [code for code in CODES if code not in KINDS] == []
