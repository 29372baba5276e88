"""`roundtrip recode`: requests of one API in, the same for another one out, a line each."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roundtrip.cli import main
from roundtrip.wires.wire import WIRES, WireRequest, wire_named
from tests.json_lines import answered

SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
BODY: dict[str, Any] = {
    "model": "claude-sonnet-4-5",
    "max_tokens": 100,
    "system": "Be brief.",
    "messages": [
        {"role": "user", "content": "Weather in Tokyo?"},
        {
            "role": "assistant",
            "content": [
                {"type": "tool_use", "id": "toolu_1", "name": "weather", "input": {"city": "Tokyo"}}
            ],
        },
        {
            "role": "user",
            "content": [{"type": "tool_result", "tool_use_id": "toolu_1", "content": "rain"}],
        },
    ],
    "tools": [{"name": "weather", "description": "Of a city.", "input_schema": SCHEMA}],
}
ADDRESSES = {
    "anthropic": "https://api.anthropic.com/v1/messages",
    "openai-chat": "https://api.openai.com/v1/chat/completions",
    "openai-responses": "https://api.openai.com/v1/responses",
    "gemini": "https://generativelanguage.googleapis.com/v1beta/models/claude-sonnet-4-5"
    ":generateContent",
}


def recoded(*lines: Any, source: str = "anthropic", target: str = "openai-chat") -> list[Any]:
    return answered("recode", "--from", source, "--to", target, lines=list(lines))


@pytest.mark.parametrize("target", WIRES)
def test_a_body_comes_out_with_its_address_and_what_was_lost(target):
    (told,) = recoded(BODY, target=target)

    assert told.keys() == {"body", "url", "changes"}
    assert (told["url"], told["changes"]) == (ADDRESSES[target], [])
    sent = WireRequest("POST", told["url"], (), json.dumps(told["body"]).encode())
    conversation, tools, options = wire_named(target).decode_request(sent)
    (call,), (result,) = conversation.messages[1].calls, conversation.messages[2].results
    assert (call.name, call.arguments, result.text) == ("weather", {"city": "Tokyo"}, "rain")
    assert (tools[0].name, conversation.system[0].text) == ("weather", "Be brief.")
    assert (options.model, options.max_output_tokens) == ("claude-sonnet-4-5", 100)


def test_a_change_says_where_and_what():
    system = [{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}]
    (told,) = recoded(BODY | {"system": system})

    (change,) = told["changes"]
    assert change.keys() == {"where", "what"}
    assert change["where"] == "system[0].cache_control"


@pytest.mark.parametrize("source", WIRES)
def test_there_and_back_it_says_the_same(source):
    (there,) = recoded(BODY, target=source)
    (back,) = recoded(there, source=source, target="anthropic")

    for tool in back["body"]["tools"]:
        assert not tool.pop("strict", False)  # where strict is the rule, it has to be said
    assert back["body"] == BODY


def test_to_its_own_api_a_request_goes_as_it_came():
    url = "https://gateway.example/anthropic/v1/messages?beta=true"
    headers = {"anthropic-beta": "context-1m", "x-api-key": "a key", "accept": "*/*"}
    (told,) = recoded({"url": url, "headers": headers, "body": BODY}, target="anthropic")

    assert told == {
        "body": BODY,
        "url": url,
        "changes": [{"where": "headers.x-api-key", "what": "left out: it holds a key"}],
        "headers": {"anthropic-beta": "context-1m"},
    }


@pytest.mark.parametrize("target", ["anthropic", "gemini"])
def test_a_key_in_the_address_stays_behind_and_that_is_said(target):
    url = "https://gateway.example/v1beta/models/gemini-3-pro:generateContent?a=b&key=s3cr3t"
    body = {"contents": [{"parts": [{"text": "Hello"}]}]}
    (told,) = recoded({"url": url, "body": body}, source="gemini", target=target)

    assert "s3cr3t" not in json.dumps(told)
    assert "url.key" in [change["where"] for change in told["changes"]]
    if target == "gemini":
        assert told["url"] == url.replace("&key=s3cr3t", "")


def test_the_address_may_be_a_path_and_the_body_a_text():
    line = {"url": "/v1beta/models/gemini-3-pro:streamGenerateContent?alt=sse"}
    line["body"] = json.dumps({"contents": [{"role": "user", "parts": [{"text": "Hello"}]}]})
    (told,) = recoded(line, source="gemini")

    assert told["body"]["model"] == "gemini-3-pro"
    assert told["body"]["stream"] is True


@pytest.mark.parametrize("target", ["anthropic", "openai-chat", "openai-responses", "gemini"])
def test_a_model_that_is_not_named_is_left_open_and_that_is_said(target):
    body = {"contents": [{"parts": [{"text": "Hello"}]}]}
    (told,) = recoded(body, source="gemini", target=target)

    if target == "gemini":
        assert (told["url"], told["body"]) == (None, body)
    else:
        assert told["body"]["model"] is None
        assert told["url"].startswith("https://")
    said = [change["what"] for change in told["changes"] if change["where"] == "options.model"]
    assert said == ["no model is named: its place is left open"]


def test_what_refers_to_a_reply_elsewhere_is_an_error_of_its_own_kind():
    body = {"model": "gpt-5.2", "input": "And Oslo?", "previous_response_id": "resp_1"}
    (told,) = recoded(body, source="openai-responses")
    (same,) = recoded(body, source="openai-responses", target="openai-responses")

    assert told["error"]["kind"] == "unresolved_reference"
    assert same["body"] == body


def test_a_line_that_cannot_be_used_is_answered_and_the_next_one_read():
    unusable = [7, [], {}, {"messages": "x"}, {"body": 7}, {"body": "{"}]
    wrapped = [{"body": BODY, "url": 7}, {"body": BODY, "headers": [["a", "b"]]}]
    *told, last = recoded(*unusable, *wrapped, {"body": BODY, "url": "http://["}, BODY)

    assert [answer["error"]["kind"] for answer in told] == ["bad_request"] * 9
    assert "body" in last


@pytest.mark.parametrize("missing", ["--from", "--to"])
def test_both_apis_have_to_be_named(capsys, missing):
    named = {"--from": "anthropic", "--to": "gemini"}
    del named[missing]
    with pytest.raises(SystemExit) as ended:
        main(["recode", *(word for pair in named.items() for word in pair)])

    assert ended.value.code == 2
    assert missing in capsys.readouterr().err


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(
            st.sampled_from(["body", "url", "model", "messages", "input", "contents", "tools"]),
            inner,
        )
    ),
)


@given(lines=st.lists(JSON), source=st.sampled_from(list(WIRES)), target=st.sampled_from([*WIRES]))
def test_whatever_stands_on_a_line_one_line_answers(lines, source, target):
    told = recoded(*lines, source=source, target=target)

    assert len(told) == len(lines)
    for answer in told:
        assert answer.keys() - {"headers"} in ({"body", "url", "changes"}, {"error"})
        assert "cannot be read" not in json.dumps(answer.get("error"))
