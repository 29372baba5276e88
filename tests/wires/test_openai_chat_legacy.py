"""The one `function_call` a message of Chat Completions had before there were tools."""

from __future__ import annotations

from tests.wires.openai_chat_built import HELLO, model, sent, told
from tests.wires.openai_chat_traffic import decoded

ASKED = {"name": "get_weather", "arguments": '{"city": "Tokyo"}'}


def test_of_two_equal_calls_one_is_the_function_call_and_the_other_is_said_too() -> None:
    user = {"role": "user", "content": "Hello"}
    read, _, _ = decoded(told(user, {"role": "assistant", "content": None, "function_call": ASKED}))
    (call,) = read.messages[1].calls
    for twin in (call, call.model_copy(deep=True)):
        body, _ = sent(HELLO, model(call, twin))
        said = body["messages"][1]
        assert said["function_call"] == ASKED
        assert [one["function"] for one in said["tool_calls"]] == [
            {"name": "get_weather", "arguments": '{"city":"Tokyo"}'}
        ]
