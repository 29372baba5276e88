"""`roundtrip decode`: raw replies in, what they say out, a line each."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roundtrip.cli import main
from tests.json_lines import answered, as_lines

ROOT = Path(__file__).resolve().parents[1]

BODY: dict[str, Any] = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": "claude-sonnet-4-5",
    "content": [
        {"type": "thinking", "thinking": "Tokyo it is.", "signature": "c2ln"},
        {"type": "text", "text": "Let me "},
        {"type": "text", "text": "look."},
        {"type": "tool_use", "id": "toolu_1", "name": "get_weather", "input": {"city": "Tokyo"}},
    ],
    "stop_reason": "tool_use",
    "stop_sequence": None,
    "usage": {"input_tokens": 100, "output_tokens": 20, "cache_read_input_tokens": 0},
}
TOLD = {
    "text": "Let me look.",
    "refusal": None,
    "calls": [{"id": "toolu_1", "name": "get_weather", "arguments": {"city": "Tokyo"}}],
    "stop": {"signal": "tool_calls", "provider": "tool_use"},
    "usage": {
        "input": 100,
        "output": 20,
        "cache_read": 0,
        "cache_write": None,
        "reasoning": None,
    },
    "more_choices": 0,
}
EVENTS: list[dict[str, Any]] = [
    {"type": "message_start", "message": BODY | {"content": [], "stop_reason": None}},
    *(
        event
        for index, block in enumerate(BODY["content"])
        for event in (
            {"type": "content_block_start", "index": index, "content_block": block},
            {"type": "content_block_stop", "index": index},
        )
    ),
    {"type": "message_delta", "delta": {"stop_reason": "tool_use", "stop_sequence": None}},
    {"type": "message_stop"},
]
STREAM = "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in EVENTS)


def decoded(*lines: Any, wire: str = "anthropic") -> list[Any]:
    return answered("decode", "--wire", wire, lines=list(lines))


# What may stand on a line


@pytest.mark.parametrize(
    "saved",
    [
        BODY,
        EVENTS,
        STREAM,
        STREAM.replace("\n", "\r\n"),
        STREAM.rstrip("\n"),
        "\ufeff" + STREAM,
        json.dumps(BODY),
        json.dumps(EVENTS),
        "\n".join(json.dumps(event) for event in EVENTS),
    ],
    ids=[
        "a body",
        "a list of events",
        "the text of a stream",
        "with lines that end as on Windows",
        "without its last empty line",
        "with a byte order mark",
        "the text of a body",
        "the text of a list",
        "the text of JSON Lines",
    ],
)
def test_a_reply_says_the_same_however_it_was_saved(saved):
    assert decoded(saved) == [TOLD]


def test_a_stream_that_was_cut_is_incomplete_wherever_it_was_cut():
    whole = STREAM.index("event: message_delta")
    for end in range(0, whole, 7):
        (told,) = decoded(STREAM[:end])
        assert told["stop"] == {"signal": "incomplete", "provider": None}, STREAM[:end]


def test_a_list_that_was_cut_off_holds_what_came_whole():
    text = json.dumps(EVENTS)
    (told,) = decoded(text[: text.index('{"type": "message_delta"') + 20])

    assert (told["calls"], told["stop"]["signal"]) == (TOLD["calls"], "incomplete")


def test_nothing_at_all_is_an_incomplete_reply():
    nothing = {"signal": "incomplete", "provider": None}

    assert [told["stop"] for told in decoded("", [], "\n")] == [nothing] * 3
    assert decoded("")[0]["usage"] is None


# What is told


def test_broken_arguments_are_told_with_what_is_wrong_with_them():
    block = {"type": "tool_use", "id": "toolu_1", "name": "f", "input": {}}
    events = [
        EVENTS[0],
        {"type": "content_block_start", "index": 0, "content_block": block},
        {
            "type": "content_block_delta",
            "index": 0,
            "delta": {"type": "input_json_delta", "partial_json": '{"city": '},
        },
        *EVENTS[-2:],
    ]
    (told,) = decoded(events)

    (call,) = told["calls"]
    assert call.keys() == {"id", "name", "arguments_error"}
    assert call["arguments_error"]


def test_a_reply_that_reports_its_own_failure_is_an_error():
    refused = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
    begun = STREAM[: STREAM.index("event: message_delta")]
    stream = f"{begun}event: error\ndata: {json.dumps(refused)}\n\n"

    assert (
        decoded(refused, stream) == [{"error": {"kind": "overloaded", "message": "Overloaded"}}] * 2
    )


def test_characters_of_all_scripts_and_halves_of_them_come_through():
    words = "東京 😀 \u2028 \x1b[31m \ud83d"
    (told,) = decoded(BODY | {"content": [{"type": "text", "text": words}]})

    assert told["text"] == words


# Lines


def test_a_line_that_cannot_be_used_is_answered_and_the_next_one_read():
    deep = b"[" * 200_000
    lines = (b"nonsense", b"\xff\xfe", deep, b"7", b"null", b'"<html>"', b'{"type": 7}', b"NaN")
    told = answered("decode", "--wire", "anthropic", lines=b"\n".join((*lines, as_lines([BODY]))))

    assert [answer["error"]["kind"] for answer in told[:-1]] == ["protocol"] * len(lines)
    assert all(answer["error"]["message"] for answer in told[:-1])
    assert told[-1] == TOLD


def test_lines_without_anything_in_them_are_passed_over():
    (line,) = as_lines([BODY]).splitlines()
    data = b"\xef\xbb\xbf" + line + b"\r\n\r\n  \n" + line

    assert answered("decode", "--wire", "anthropic", lines=data) == [TOLD, TOLD]


def test_a_line_of_many_megabytes_is_a_line():
    words = "all of it " * 600_000
    (told,) = decoded(BODY | {"content": [{"type": "text", "text": words}]})

    assert told["text"] == words


def test_files_are_read_in_their_order(tmp_path, capsysbinary):
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    first.write_bytes(as_lines([BODY]))
    second.write_bytes(as_lines([BODY | {"content": []}, 7]))

    assert main(["decode", "--wire", "anthropic", str(first), str(second)]) == 0
    told = [json.loads(line) for line in capsysbinary.readouterr().out.splitlines()]
    assert [answer.get("text") for answer in told] == [TOLD["text"], "", None]


@pytest.mark.parametrize("place", ["nowhere.jsonl", "."])
def test_a_file_that_is_not_there_is_a_usage_error(capsys, place):
    with pytest.raises(SystemExit) as ended:
        main(["decode", "--wire", "anthropic", place])

    assert ended.value.code == 2
    assert f"there is no file {place}" in capsys.readouterr().err


def test_which_api_replied_has_to_be_said(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["decode"])

    assert ended.value.code == 2
    assert "--wire" in capsys.readouterr().err


def test_each_line_is_answered_before_the_next_one_comes():
    """As a program on both ends needs it; in a locale that has no Unicode."""
    process = subprocess.Popen(
        [sys.executable, "-m", "roundtrip.cli", "decode", "--wire", "anthropic"],
        cwd=ROOT,
        env=os.environ | {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdin is not None and process.stdout is not None
    words = BODY | {"content": [{"type": "text", "text": "東京 😀"}]}
    for _ in range(3):
        process.stdin.write(as_lines([words]))
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["text"] == "東京 😀"
    process.stdin.close()

    assert process.wait(60) == 0


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(lines=st.lists(JSON | st.sampled_from([BODY, STREAM[:300], "data: {", "[DONE]"])))
def test_whatever_stands_on_a_line_one_line_answers(lines):
    told = answered("decode", "--wire", "anthropic", lines=lines)

    assert len(told) == len(lines)
    assert all(answer.keys() in (TOLD.keys(), {"error"}) for answer in told)
