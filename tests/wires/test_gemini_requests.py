"""Requests of the `gemini` wire: built by us, edited, and told by other wires."""

from __future__ import annotations

import json
from typing import Any

import pytest

from roundtrip.conversation import (
    Change,
    Conversation,
    Message,
    Native,
    Opaque,
    Options,
    Part,
    ProviderStep,
    ProviderTool,
    Text,
    Thinking,
    ThinkingOption,
    ToolCall,
    ToolChoice,
    ToolDefinition,
    ToolResult,
)
from roundtrip.wires.wire import Tools, WireError, WireRequest
from tests.wires.gemini_traffic import TRAFFIC, WIRE, body_of, chunk, decoded, encoded, request_of
from tests.wires.traffic import changed, differences

TOOL = ToolDefinition(name="get_weather", description="Weather.", input_schema={"type": "object"})
STRICT = changed(TOOL, strict=True)
OTHERS = Native(wire="anthropic", value={"type": "thinking", "signature": "c2ln"})
HELLO_TOLD: Any = {"role": "user", "parts": [{"text": "Hello"}]}
PATH = "/v1beta/models/gemini-x:"


def asked(
    *messages: Message, tools: Tools = (), system: tuple[Text, ...] = (), **options: Any
) -> tuple[WireRequest, tuple[Change, ...]]:
    chosen = Options(**{"model": "gemini-x", "stream": False} | options)
    conversation = Conversation(system=system, messages=messages)
    return WIRE.encode_request(conversation, tools, chosen)


def sent(*messages: Message, **more: Any) -> tuple[Any, tuple[Change, ...]]:
    """The body that is sent, and the changes."""
    request, changes = asked(*messages, **more)
    return json.loads(request.body), changes


def user(*parts: Part) -> Message:
    return Message(role="user", parts=parts)


def model(*parts: Part) -> Message:
    return Message(role="assistant", parts=parts)


def response_of(result: ToolResult) -> Any:
    """What the API is told of one result."""
    body, _ = sent(HELLO, model(CALL), user(result))
    return body["contents"][2]["parts"][0]["functionResponse"]


HELLO = user(Text(text="Hello"))
CALL = ToolCall(id=None, name="get_weather", arguments={"city": "Tokyo"})


def test_a_question_is_sent_as_plainly_as_the_guide_shows_it() -> None:
    request, changes = asked(HELLO, system=(Text(text="Be brief."),), tools=(TOOL,), stream=True)
    assert changes == ()
    assert (request.method, request.path) == ("POST", PATH + "streamGenerateContent?alt=sse")
    assert json.loads(request.body) == {
        "contents": [HELLO_TOLD],
        "systemInstruction": {"parts": [{"text": "Be brief."}]},
        "tools": [
            {
                "functionDeclarations": [
                    {
                        "name": "get_weather",
                        "description": "Weather.",
                        "parametersJsonSchema": {"type": "object"},
                    }
                ]
            }
        ],
    }
    assert asked(HELLO)[0].path == PATH + "generateContent"


def test_results_go_back_before_words_and_failures_are_marked() -> None:
    failed = ToolResult(call_id=None, content=(Text(text="no such city"),), is_error=True)
    body, changes = sent(HELLO, model(CALL), user(Text(text="Well?"), failed))
    assert changes == ()
    call = {"functionCall": {"name": "get_weather", "args": {"city": "Tokyo"}}}
    response = {"name": "get_weather", "response": {"error": "no such city"}}
    assert body["contents"][1:] == [
        {"role": "model", "parts": [call]},
        {"role": "user", "parts": [{"functionResponse": response}, {"text": "Well?"}]},
    ]


def test_a_result_is_named_after_the_call_it_answers() -> None:
    """By its id where there is one, else by order: the API demands the name."""
    calls = [
        ToolCall(id="a", name="weather", arguments={}),
        ToolCall(id="b", name="time", arguments={}),
        ToolCall(id=None, name="news", arguments={}),
    ]
    results = [ToolResult(call_id=call_id, content=(Text(text="1"),)) for call_id in ("b", "a")]
    body, changes = sent(HELLO, model(*calls), user(*results, ToolResult(call_id=None)))
    told = [part["functionResponse"] for part in body["contents"][2]["parts"]]
    assert [(one.get("id"), one["name"]) for one in told] == [
        ("b", "time"),
        ("a", "weather"),
        (None, "news"),
    ]
    assert changes == ()
    body, changes = sent(HELLO, user(ToolResult(call_id="lost")))
    assert body["contents"][1]["parts"][0]["functionResponse"]["name"] == "lost"
    assert [change.where for change in changes] == ["messages[1].parts[0].name"]


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
    told = {"contents": [HELLO_TOLD, {"role": "user", "parts": [answer]}]}
    conversation, tools, options = decoded(told)
    [result] = conversation.messages[1].results
    assert (result.text, result.is_error) == (text, is_error)
    assert json.dumps(encoded(conversation, tools, options)) == json.dumps(told)


def test_a_text_that_looks_like_json_stays_a_text() -> None:
    for text in ('{"error": "x"}', '{"output": "x"}', "{}", "22"):
        result = ToolResult(call_id=None, content=(Text(text=text),))
        assert response_of(result)["response"] == {"output": text}


def test_a_result_of_several_texts_is_said_in_one_and_listed() -> None:
    result = ToolResult(call_id=None, content=(Text(text="a"), Text(text="b")))
    assert response_of(result)["response"] == {"output": "a\nb"}
    _, changes = sent(HELLO, model(CALL), user(result))
    assert [change.where for change in changes] == ["messages[2].parts[0].content"]


@pytest.mark.parametrize(
    ("options", "group", "expected"),
    [
        ({"temperature": 0.5}, "generationConfig", {"temperature": 0.5}),
        ({"max_output_tokens": 9}, "generationConfig", {"maxOutputTokens": 9}),
        (
            {"thinking": ThinkingOption(mode="off")},
            "generationConfig",
            {"thinkingConfig": {"thinkingBudget": 0}},
        ),
        (
            {"thinking": ThinkingOption(mode="adaptive")},
            "generationConfig",
            {"thinkingConfig": {"includeThoughts": True, "thinkingBudget": -1}},
        ),
        (
            {"thinking": ThinkingOption(mode="budget", budget_tokens=2000)},
            "generationConfig",
            {"thinkingConfig": {"includeThoughts": True, "thinkingBudget": 2000}},
        ),
        (
            {"tool_choice": ToolChoice(mode="any")},
            "toolConfig",
            {"functionCallingConfig": {"mode": "ANY"}},
        ),
        (
            {"tool_choice": ToolChoice(mode="none")},
            "toolConfig",
            {"functionCallingConfig": {"mode": "NONE"}},
        ),
        (
            {"tool_choice": ToolChoice(mode="tool", name="get_weather")},
            "toolConfig",
            {"functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": ["get_weather"]}},
        ),
    ],
)
def test_every_option_has_its_field(options: Any, group: str, expected: Any) -> None:
    body, changes = sent(HELLO, tools=(TOOL,), **options)
    assert body[group] == expected and changes == ()
    read = decoded(body)[2]
    assert all(getattr(read, name) is not None for name in options)


def test_strict_is_a_mode_of_the_whole_request() -> None:
    body, changes = sent(HELLO, tools=(STRICT,))
    assert body["toolConfig"] == {"functionCallingConfig": {"mode": "VALIDATED"}}
    assert "strict" not in json.dumps(body["tools"]) and changes == ()
    _, tools, options = decoded(body)
    assert [getattr(tool, "strict", None) for tool in tools] == [True]
    assert options.tool_choice is not None and options.tool_choice.mode == "auto"
    _, changes = sent(HELLO, tools=(STRICT, TOOL))
    assert [change.where for change in changes] == ["tools[1].strict"]


def test_what_the_api_has_no_switch_for_is_listed() -> None:
    body, changes = sent(HELLO, tools=(TOOL,), parallel_tool_calls=False)
    assert "toolConfig" not in body
    assert [change.where for change in changes] == ["options.parallel_tool_calls"]
    assert sent(HELLO, tools=(TOOL,), parallel_tool_calls=True)[1] == ()
    body, changes = sent(HELLO, tool_choice=ToolChoice(mode="any"))
    assert "toolConfig" not in body
    assert [change.where for change in changes] == ["options.tool_choice"]


def test_a_thinking_level_stays_until_another_way_of_thinking_is_chosen() -> None:
    config = {"includeThoughts": True, "thinkingLevel": "LOW"}
    told = {"contents": [HELLO_TOLD], "generationConfig": {"thinkingConfig": config}}
    conversation, tools, options = decoded(told)
    assert options.thinking is not None and options.thinking.mode == "adaptive"
    assert encoded(conversation, tools, options) == told
    budget = changed(options.thinking, mode="budget", budget_tokens=100)
    body = encoded(conversation, tools, changed(options, thinking=budget))
    expected = {"includeThoughts": True, "thinkingBudget": 100}  # both at once are refused
    assert body["generationConfig"]["thinkingConfig"] == expected


def test_texts_without_words_and_messages_without_parts_are_not_sent() -> None:
    body, changes = sent(HELLO, model(Text(text="")), user(Text(text=""), Text(text="Again")))
    assert body["contents"] == [HELLO_TOLD, {"role": "user", "parts": [{"text": "Again"}]}]
    where = [change.where for change in changes]
    assert where == ["messages[1].parts[0]", "messages[1]", "messages[2].parts[0]"]


def test_what_another_provider_signed_or_ran_is_left_out_and_listed() -> None:
    parts = (
        Thinking(text="Hm.", signed=True, native=OTHERS),
        ProviderStep(name="web_search", is_result=False, native=OTHERS),
        Opaque(label="image", native=OTHERS),
        Text(text="Hello"),
    )
    body, changes = sent(
        HELLO, model(*parts), tools=(TOOL, ProviderTool(name="web_search", native=OTHERS))
    )
    assert body["contents"][1] == {"role": "model", "parts": [{"text": "Hello"}]}
    assert [list(entry) for entry in body["tools"]] == [["functionDeclarations"]]
    assert [change.where for change in changes] == [
        *(f"messages[1].parts[{n}]" for n in range(3)),
        "tools[1]",
    ]
    assert "anthropic" in changes[0].what and "web_search" in changes[1].what


def test_a_system_message_among_the_others_is_said_as_a_users_and_listed() -> None:
    body, changes = sent(HELLO, Message(role="system", parts=(Text(text="Hurry."),)))
    assert body["contents"][1] == {"role": "user", "parts": [{"text": "Hurry."}]}
    assert [change.where for change in changes] == ["messages[1]"]


def test_calls_of_another_model_get_what_stands_for_a_signature_where_one_is_demanded() -> None:
    """Gemini 3 and later refuse a reply's first call without one; earlier models want none."""
    calls = [changed(CALL, id=name) for name in ("a", "b")]
    body, changes = sent(HELLO, model(Text(text="Hm."), *calls), model="gemini-3.5-flash")
    signed = ["thoughtSignature" in part for part in body["contents"][1]["parts"]]
    assert signed == [False, True, False]
    assert [change.where for change in changes] == ["messages[1].parts[1].thoughtSignature"]
    body, changes = sent(HELLO, model(*calls), model="gemini-2.5-flash")
    assert "thoughtSignature" not in json.dumps(body) and changes == ()


def test_a_signature_goes_back_on_the_part_that_carried_it() -> None:
    first = {"functionCall": {"name": "now", "args": {}, "id": "x"}, "thoughtSignature": "c2ln"}
    second = {"functionCall": {"name": "now"}}
    last = {"text": "", "thoughtSignature": "bGFzdA=="}
    reply = body_of(chunk({"text": "Hm.", "thought": True}, first, second, last, reason="STOP"))
    body, changes = sent(HELLO, reply.message, model="gemini-3.5-flash")
    parts = [{"text": "Hm.", "thought": True}, first, second, last]
    assert body["contents"][1] == {"parts": parts, "role": "model"} and changes == ()


def test_signed_reasoning_that_is_edited_loses_its_signature_and_calls_keep_theirs() -> None:
    thought = {"text": "Hm.", "thought": True, "thoughtSignature": "YQ=="}
    call = {"functionCall": {"name": "now", "args": {"at": 1}}, "thoughtSignature": "Yg=="}
    reply = body_of(chunk(thought, call, reason="STOP"))
    thinking, asked_for = reply.message.parts
    edited = (changed(thinking, text="Ha."), changed(asked_for, arguments={"at": 2}))
    body, changes = sent(HELLO, changed(reply.message, parts=edited))
    assert body["contents"][1]["parts"] == [
        {"text": "Ha.", "thought": True},
        {"functionCall": {"name": "now", "args": {"at": 2}}, "thoughtSignature": "Yg=="},
    ]
    assert [change.where for change in changes] == ["messages[1].parts[0].thoughtSignature"]


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
    told = {"contents": [HELLO_TOLD], "tools": [{"functionDeclarations": [declared]}]}
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
    written = encoded(conversation, (search, later, TOOL), options)["tools"]
    assert written[0] == {"googleSearch": {}}
    assert [one["name"] for one in written[1]["functionDeclarations"]] == ["later", "get_weather"]
    assert isinstance(now, ToolDefinition) and isinstance(url, ProviderTool)
    assert "tools" not in encoded(conversation, (), options)


@pytest.mark.parametrize("tools", [[], {}, [{}], [{"functionDeclarations": []}], None])
def test_tools_that_are_none_come_back_as_they_were_told(tools: Any) -> None:
    told = {"contents": [HELLO_TOLD], "tools": tools}
    assert encoded(*decoded(told)) == told


def test_arguments_that_did_not_parse_go_back_as_the_text_they_are() -> None:
    broken = changed(CALL, arguments=None, arguments_text='{"city": "Tok', arguments_error="cut")
    body, changes = sent(HELLO, model(broken))
    assert body["contents"][1]["parts"][0]["functionCall"]["args"] == {
        "INVALID_JSON": '{"city": "Tok'
    }
    assert [change.where for change in changes] == ["messages[1].parts[0].arguments"]
    (read,) = decoded(body)[0].messages[1].calls
    assert read.arguments is None and read.arguments_text == '{"city": "Tok'
    free = changed(CALL, arguments=None, arguments_text="print(1)")
    body, changes = sent(HELLO, model(free))
    assert body["contents"][1]["parts"][0]["functionCall"]["args"] == {"input": "print(1)"}
    assert len(changes) == 1


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
    values = TRAFFIC.decoded({"contents": [HELLO_TOLD]}, path)
    assert (values[2].model, values[2].stream) == (name, stream)
    assert WIRE.encode_request(*values)[0].path == path
    elsewhere = changed(values[2], model="gemini-y", stream=not stream)
    assert WIRE.encode_request(*values[:2], elsewhere)[0].path == other


def test_a_bare_body_names_no_model_unless_it_says_so_itself() -> None:
    bare_body = WireRequest("POST", "", (), json.dumps({"contents": [HELLO_TOLD]}).encode())
    assert WIRE.decode_request(bare_body)[2].model == ""
    told = {"contents": [HELLO_TOLD], "model": "models/gemini-x"}
    named = WireRequest("POST", "", (), json.dumps(told).encode())
    conversation, tools, options = WIRE.decode_request(named)
    assert options.model == "gemini-x"
    body = encoded(conversation, tools, changed(options, model="gemini-y"))
    assert body["model"] == "models/gemini-y"


def test_a_key_in_the_url_is_not_kept() -> None:
    path = PATH + "generateContent?key=AIzaSecret&prettyPrint=false"
    values = WIRE.decode_request(request_of({"contents": [HELLO_TOLD]}, path, [("x-goog", "k")]))
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
