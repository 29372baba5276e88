"""Requests of the `gemini` wire as others spell them: read, edited and told again."""

from __future__ import annotations

import json
from typing import Any

import pytest

from roundtrip.conversation import ProviderTool, ToolDefinition
from roundtrip.wires.wire import WireError, WireRequest
from tests.wires.gemini_traffic import TRAFFIC, WIRE, decoded, encoded, request_of
from tests.wires.traffic import changed, differences

HELLO: Any = {"role": "user", "parts": [{"text": "Hello"}]}
ADDED = ToolDefinition(name="get_weather", description="Weather.")
PATH = "/v1beta/models/gemini-x:"


@pytest.mark.parametrize(
    ("response", "text", "is_error"),
    [
        ({"output": "22 °C"}, "22 °C", False),
        ({"error": "no such city"}, "no such city", True),
        ({"result": "22"}, '{"result":"22"}', False),
        ({"output": 22}, '{"output":22}', False),
        ({"output": "22", "unit": "C"}, '{"output":"22","unit":"C"}', False),
        ({"error": {"code": 5}}, '{"error":{"code":5}}', True),
        ({}, "", False),
    ],
)
def test_any_object_a_result_is_said_in_comes_back_to_the_letter(
    response: Any, text: str, is_error: bool
) -> None:
    answer = {"functionResponse": {"name": "now", "response": response}}
    told = {"contents": [HELLO, {"role": "user", "parts": [answer]}]}
    conversation, tools, options = decoded(told)
    [result] = conversation.messages[1].results
    assert (result.text, result.is_error) == (text, is_error)
    assert json.dumps(encoded(conversation, tools, options)) == json.dumps(told)


def test_a_thinking_level_stays_until_another_way_of_thinking_is_chosen() -> None:
    config = {"includeThoughts": True, "thinkingLevel": "LOW"}
    told = {"contents": [HELLO], "generationConfig": {"thinkingConfig": config}}
    conversation, tools, options = decoded(told)
    assert options.thinking is not None and options.thinking.mode == "adaptive"
    assert encoded(conversation, tools, options) == told
    budget = changed(options.thinking, mode="budget", budget_tokens=100)
    body = encoded(conversation, tools, changed(options, thinking=budget))
    expected = {"includeThoughts": True, "thinkingBudget": 100}  # both at once are refused
    assert body["generationConfig"]["thinkingConfig"] == expected


BOTH_SPELLINGS = [
    {
        "system_instruction": {"parts": {"text": "Be brief."}},
        "tools": {
            "function_declarations": [
                {"parameters_json_schema": {"type": "object"}, "name": "now", "description": "N"}
            ],
            "code_execution": {},
        },
        "contents": [
            {"parts": {"text": "Hi"}},
            {
                "role": "model",
                "parts": [
                    {"function_call": {"name": "now", "args": {"at": 1}}, "thought_signature": "a"},
                    {"inline_data": {"mime_type": "image/png", "data": ""}},
                ],
            },
            {
                "role": "function",
                "parts": [{"function_response": {"name": "now", "response": {"output": "1"}}}],
            },
        ],
        "generation_config": {
            "seed": 7,
            "max_output_tokens": 5,
            "thinking_config": {"include_thoughts": True, "thinking_budget": 100},
        },
        "tool_config": {
            "function_calling_config": {"mode": "any", "allowed_function_names": ["now"]}
        },
        "cached_content": "cachedContents/1",
    },
    {
        "systemInstruction": {"parts": [{"text": "Be brief."}], "role": "user"},
        "tools": [
            {"googleSearch": {}},
            {
                "functionDeclarations": [
                    {"name": "now", "description": "N", "parameters": {"type": "OBJECT"}},
                    {"name": "later"},
                ],
                "urlContext": {},
            },
        ],
        "contents": [
            {"role": "user", "parts": [{"text": "Hi"}]},
            {
                "role": "model",
                "parts": [
                    {"functionCall": {"name": "now", "args": {"at": 1}}, "thoughtSignature": "a"},
                    {"toolCall": {"toolType": "GOOGLE_SEARCH_WEB", "args": {}}},
                ],
            },
            {
                "role": "user",
                "parts": [{"functionResponse": {"name": "now", "response": {"output": "1"}}}],
            },
        ],
        "generationConfig": {
            "seed": 7,
            "maxOutputTokens": 5,
            "thinkingConfig": {"includeThoughts": True, "thinkingBudget": 100},
        },
        "toolConfig": {
            "functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": ["now"]},
            "includeServerSideToolInvocations": True,
        },
        "cachedContent": "cachedContents/1",
    },
]


@pytest.mark.parametrize("told", BOTH_SPELLINGS, ids=["snake_case", "camelCase"])
def test_both_spellings_mean_the_same_and_come_back_as_they_were_told(told: Any) -> None:
    conversation, tools, options = decoded(told)
    assert conversation.system[0].text == "Be brief."
    [definition, *_] = [tool for tool in tools if isinstance(tool, ToolDefinition)]
    assert (definition.name, definition.input_schema) == ("now", {"type": "object"})
    assert any(isinstance(tool, ProviderTool) for tool in tools)
    assert conversation.messages[1].calls[0].arguments == {"at": 1}
    assert conversation.messages[2].role == "user"
    assert conversation.messages[2].results[0].text == "1"
    assert options.max_output_tokens == 5
    assert options.thinking is not None and options.thinking.budget_tokens == 100
    assert options.tool_choice is not None
    assert (options.tool_choice.mode, options.tool_choice.name) == ("tool", "now")
    assert json.dumps(encoded(conversation, tools, options)) == json.dumps(told)
    colder = changed(options, max_output_tokens=6)
    assert len(differences(told, encoded(conversation, tools, colder))) == 1


def test_the_openapi_dialect_is_read_and_stays_until_the_schema_is_edited() -> None:
    parameters = {
        "type": "OBJECT",
        "properties": {"city": {"type": "STRING", "nullable": True}, "days": {"type": "INTEGER"}},
        "required": ["city"],
    }
    declared = {"name": "weather", "parameters": parameters, "description": "W"}
    told = {"contents": [HELLO], "tools": [{"functionDeclarations": [declared]}]}
    conversation, [tool], options = decoded(told)
    assert isinstance(tool, ToolDefinition)
    city = {"type": ["string", "null"]}
    assert tool.input_schema["properties"] == {"city": city, "days": {"type": "integer"}}
    assert encoded(conversation, (tool,), options) == told
    other = changed(tool, input_schema={"type": "object", "properties": {"city": city}})
    [entry] = encoded(conversation, (other,), options)["tools"]
    [written] = entry["functionDeclarations"]
    assert "parameters" not in written
    assert written["parametersJsonSchema"]["properties"] == {"city": city}


def test_tools_can_be_taken_away_and_added_to_those_that_were_told() -> None:
    told = BOTH_SPELLINGS[1]
    conversation, tools, options = decoded(told)
    search, now, later, url = tools
    written = encoded(conversation, (search, later, ADDED), options)["tools"]
    assert written[0] == {"googleSearch": {}}
    assert [one["name"] for one in written[1]["functionDeclarations"]] == ["later", "get_weather"]
    assert isinstance(now, ToolDefinition) and isinstance(url, ProviderTool)
    assert "tools" not in encoded(conversation, (), options)


@pytest.mark.parametrize("tools", [[], {}, [{}], [{"functionDeclarations": []}], None])
def test_tools_that_are_none_come_back_as_they_were_told(tools: Any) -> None:
    told = {"contents": [HELLO], "tools": tools}
    assert encoded(*decoded(told)) == told


@pytest.mark.parametrize(
    ("path", "name", "stream", "other"),
    [
        (
            "/v1/models/gemini-x:generateContent",
            "gemini-x",
            False,
            "/v1/models/gemini-y:streamGenerateContent?alt=sse",
        ),
        (
            "/v1beta/models/gemini-x:streamGenerateContent",
            "gemini-x",
            True,
            "/v1beta/models/gemini-y:generateContent",
        ),
        (
            "/v1beta1/projects/p/locations/global/publishers/google/models/g:generateContent",
            "g",
            False,
            "/v1beta1/projects/p/locations/global/publishers/google/models/gemini-y"
            ":streamGenerateContent?alt=sse",
        ),
        (
            "/v1beta/models/g:streamGenerateContent?alt=sse&prettyPrint=false",
            "g",
            True,
            "/v1beta/models/gemini-y:generateContent?prettyPrint=false",
        ),
    ],
)
def test_model_version_and_streaming_are_in_the_url(
    path: str, name: str, stream: bool, other: str
) -> None:
    values = TRAFFIC.decoded({"contents": [HELLO]}, path)
    assert (values[2].model, values[2].stream) == (name, stream)
    assert WIRE.encode_request(*values)[0].path == path
    elsewhere = changed(values[2], model="gemini-y", stream=not stream)
    assert WIRE.encode_request(*values[:2], elsewhere)[0].path == other


def test_a_bare_body_names_no_model_unless_it_says_so_itself() -> None:
    bare_body = WireRequest("POST", "", (), json.dumps({"contents": [HELLO]}).encode())
    assert WIRE.decode_request(bare_body)[2].model == ""
    told = {"contents": [HELLO], "model": "models/gemini-x"}
    named = WireRequest("POST", "", (), json.dumps(told).encode())
    conversation, tools, options = WIRE.decode_request(named)
    assert options.model == "gemini-x"
    body = encoded(conversation, tools, changed(options, model="gemini-y"))
    assert body["model"] == "models/gemini-y"


@pytest.mark.parametrize("method", ["countTokens", "embedContent", "batchGenerateContent?key=k"])
def test_a_url_that_asks_for_something_else_is_no_request_for_a_reply(method: str) -> None:
    with pytest.raises(WireError) as refused:
        TRAFFIC.decoded({"contents": [HELLO]}, f"/v1beta/models/gemini-x:{method}")
    assert refused.value.kind == "bad_request"
    assert f"The URL asks for {method.partition('?')[0]}" in refused.value.message
    assert "generateContent" in refused.value.message


def test_a_key_in_the_url_is_not_kept() -> None:
    path = PATH + "generateContent?key=AIzaSecret&prettyPrint=false"
    values = WIRE.decode_request(request_of({"contents": [HELLO]}, path, [("x-goog", "k")]))
    assert "AIzaSecret" not in values[2].model_dump_json()
    sent_again, _ = WIRE.encode_request(*values)
    assert sent_again.path == PATH + "generateContent?prettyPrint=false"
    assert sent_again.headers == ()


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "contents: Field required"),
        ({"contents": "Hi"}, "contents: Input should be a valid list"),
        ({"contents": [{"role": "assistant"}]}, "Please use a valid role: user, model."),
        ({"contents": [{"parts": ["Hi"]}]}, "contents[0].parts[0]: Input should be a valid dict"),
        ({"contents": [{"parts": [{"text": 1}]}]}, "contents[0].parts[0].text: Input should be"),
        (
            {"contents": [{"parts": [{"functionCall": {"args": {}}}]}]},
            "contents[0].parts[0].functionCall.name: Field required",
        ),
        (
            {"contents": [{"parts": [{"functionCall": {"name": "n", "args": "{}"}}]}]},
            "contents[0].parts[0].functionCall.args: Input should be a valid dictionary",
        ),
        (
            {"contents": [], "toolConfig": {"functionCallingConfig": {"mode": "MUST"}}},
            "Invalid value at 'tool_config.function_calling_config.mode': 'MUST'",
        ),
        (
            {"contents": [], "tools": [{"functionDeclarations": [{}]}]},
            "tools[0].functionDeclarations[0].name: Field required",
        ),
        ({"contents": [], "generationConfig": "hot"}, "generationConfig: Input should be"),
        ([], "body: Input should be a valid dictionary"),
    ],
)
def test_an_unreadable_request_is_refused(body: Any, message: str) -> None:
    with pytest.raises(WireError) as refused:
        decoded(body)
    assert (refused.value.kind, refused.value.provider) == ("bad_request", "INVALID_ARGUMENT")
    assert refused.value.message.startswith(message)


@pytest.mark.parametrize("body", [b"{", b"\xff", b'{"contents": NaN}', b"[" * 100_000])
def test_a_body_that_is_no_json_is_refused(body: bytes) -> None:
    with pytest.raises(WireError) as refused:
        WIRE.decode_request(WireRequest("POST", PATH + "generateContent", (), body))
    assert refused.value.kind == "bad_request"


@pytest.mark.parametrize(
    "part",
    [r'{"functionCall":{"name":"n","args":{"a":"\ud83d"}}}', r'{"text":"\ud83d"}'],
)
def test_half_a_surrogate_pair_is_sent_as_it_was_written(part: str) -> None:
    body = '{"contents":[{"role":"model","parts":[' + part + "]}]}"
    request = WireRequest("POST", PATH + "generateContent", (), body.encode())
    assert WIRE.encode_request(*WIRE.decode_request(request))[0].body == body.encode()


@pytest.mark.parametrize(
    "declared",
    [
        {"name": "n"},
        {"name": "n", "parameters": {}},
        {"name": "n", "parameters": None},
        {"name": "n", "parametersJsonSchema": {}},
        {"name": "n", "parameters": {"type": 6, "properties": {"a": {"type": 1}}}},
        {"name": "n", "behavior": "BLOCKING", "response": {"type": "STRING"}},
    ],
)
def test_a_definition_may_say_little_and_comes_back_as_it_was(declared: Any) -> None:
    told = {"contents": [HELLO], "tools": [{"functionDeclarations": [declared]}]}
    assert encoded(*decoded(told)) == told
