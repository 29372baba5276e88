"""Requests that OpenAI's APIs refuse, with the words, the field and the code of the refusal.

Owns the cases. What they are made of stands in `openai_requests.py`, sending them is the tests'.
"""

from __future__ import annotations

from tests.simulator.openai_requests import (
    ASKED,
    CALL,
    CITY,
    OPEN,
    OUTPUT,
    RESULT,
    STRICT_CITY,
    UNIT,
    allowed_in_chat,
    chat,
    chat_tool,
    responses,
    tool,
)

NO_FALSE = "In context=(), 'additionalProperties' is required to be supplied and to be false."
LACKS = (
    "In context=(), 'required' is required to be supplied and to be an array including every key "
    "in properties. Missing 'unit'."
)

REFUSED_CHAT = [
    (chat(top_k=1), "Unrecognized request argument supplied: top_k", None, None),
    (
        chat(top_k=1, max_output_tokens=2),
        "Unrecognized request arguments supplied: top_k, max_output_tokens",
        None,
        None,
    ),
    ({"messages": []}, "you must provide a model parameter", None, None),
    (
        {"model": "sim-large"},
        "Missing required parameter: 'messages'.",
        "messages",
        "missing_required_parameter",
    ),
    (
        chat() | {"messages": "Hi"},
        "Invalid type for 'messages': expected an array of objects, but got a string instead.",
        "messages",
        "invalid_type",
    ),
    (
        chat() | {"messages": []},
        "Invalid 'messages': empty array. Expected an array with minimum length 1",
        "messages",
        "empty_array",
    ),
    (
        chat(temperature=3),
        "Invalid 'temperature': decimal above maximum value. Expected a value <= 2, but got 3",
        "temperature",
        "decimal_above_max_value",
    ),
    (
        chat(max_completion_tokens=0),
        "Invalid 'max_completion_tokens': integer below minimum value. Expected a value >= 1",
        "max_completion_tokens",
        "integer_below_min_value",
    ),
    (
        chat(stream_options={"include_usage": True}),
        "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
        "stream_options",
        None,
    ),
    (
        chat({"role": "robot", "content": "x"}),
        "Invalid value: 'robot'. Supported values are: 'system', 'assistant', 'user'",
        "messages[1].role",
        "invalid_value",
    ),
    (
        chat({"role": "user", "content": None}),
        "Invalid value for 'content': expected a string, got null.",
        "messages.[1].content",
        None,
    ),
    (
        chat(RESULT),
        "messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
        "messages.[1].role",
        None,
    ),
    (
        chat(ASKED, RESULT),
        "An assistant message with 'tool_calls' must be followed by tool messages responding to "
        "each 'tool_call_id'. The following tool_call_ids did not have response messages: call_2",
        "messages",
        None,
    ),
    (
        chat(ASKED, RESULT, {"role": "user", "content": "Go on"}),
        "did not have response messages: call_2",
        "messages.[3].role",
        None,
    ),
    (
        chat(ASKED, RESULT | {"tool_call_id": "call_9"}),
        "'tool_call_id' of 'call_9' not found in 'tool_calls' of previous message.",
        "messages.[2].tool_call_id",
        None,
    ),
    (
        chat({"role": "assistant", "tool_calls": [ASKED["tool_calls"][0] | {"id": "c" * 41}]}),
        "Invalid 'messages[1].tool_calls[0].id': string too long. Expected a string with maximum "
        "length 40, but got a string with length 41 instead.",
        "messages[1].tool_calls[0].id",
        "string_above_max_length",
    ),
    (
        chat(ASKED, RESULT | {"tool_call_id": "c" * 41}),
        "Invalid 'messages[2].tool_call_id': string too long.",
        "messages[2].tool_call_id",
        "string_above_max_length",
    ),
    (
        chat(tools=[chat_tool("get weather")]),
        "Invalid 'tools[0].function.name': string does not match pattern.",
        "tools[0].function.name",
        "invalid_value",
    ),
    (
        chat(tools=[chat_tool("x" * 65)]),
        "maximum length 64, but got a string with length 65 instead.",
        "tools[0].function.name",
        "string_above_max_length",
    ),
    (
        chat(tools=[tool()]),
        "Missing required parameter: 'tools[0].function'.",
        "tools[0].function",
        "missing_required_parameter",
    ),
    (chat(tools=[chat_tool(), chat_tool()]), "names must be unique", "tools", "invalid_value"),
    (chat(tools=[]), "Invalid 'tools': empty array.", "tools", "empty_array"),
    (
        chat(tools=[chat_tool(parameters=OPEN, strict=True)]),
        f"Invalid schema for function 'get_weather': {NO_FALSE}",
        "tools[0].function.parameters",
        "invalid_function_parameters",
    ),
    (
        chat(tools=[chat_tool(parameters={"type": "string"})]),
        "schema must be a JSON Schema of 'type: \"object\"', got 'type: \"string\"'.",
        "tools[0].function.parameters",
        "invalid_function_parameters",
    ),
    (
        chat(tool_choice="required"),
        "'tool_choice' is only allowed when 'tools' are specified.",
        "tool_choice",
        None,
    ),
    (
        chat(
            tools=[chat_tool()], tool_choice={"type": "function", "function": {"name": "get_time"}}
        ),
        "no function named get_time was specified in the 'tools' parameter.",
        "tool_choice",
        None,
    ),
    (
        chat(tools=[chat_tool()], tool_choice=allowed_in_chat("get_time")),
        "Tool choice 'get_time' not found in 'tools' parameter.",
        "tool_choice",
        None,
    ),
    (
        chat(n=129),
        "Invalid 'n': integer above maximum value. Expected a value <= 128, but got 129 instead.",
        "n",
        "integer_above_max_value",
    ),
    (
        chat(stop=["a", "b", "c", "d", "e"]),
        "Invalid 'stop': array too long. Expected an array with maximum length 4",
        "stop",
        "array_above_max_length",
    ),
    (
        chat(stop=5),
        "Invalid type for 'stop': expected one of a string or array of strings",
        "stop",
        "invalid_type",
    ),
    (
        chat(model="gpt-5-mini", stop="x"),
        "Unsupported parameter: 'stop' is not supported with this model.",
        "stop",
        "unsupported_parameter",
    ),
    (
        chat(model="o4-mini", max_tokens=9),
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use "
        "'max_completion_tokens' instead.",
        "max_tokens",
        "unsupported_parameter",
    ),
    (
        chat(model="gpt-5", temperature=0.2),
        "Unsupported value: 'temperature' does not support 0.2 with this model. Only the default "
        "(1) value is supported.",
        "temperature",
        "unsupported_value",
    ),
    (
        chat({"role": "user", "content": [{"type": "sound"}]}),
        "Invalid value: 'sound'. Supported values are: 'text', 'image_url', 'input_audio'",
        "messages[1].content[0].type",
        "invalid_value",
    ),
    (
        chat(
            {"role": "user", "content": [{"type": "input_audio", "input_audio": {"data": ""}}]},
            model="gpt-4o",
        ),
        "Invalid 'messages[1]'. Content blocks are expected to be either text or image_url type.",
        "messages[1]",
        "invalid_value",
    ),
    (
        chat(ASKED, RESULT | {"content": [{"type": "image_url", "image_url": {"url": "x"}}]}),
        "Image URLs are only allowed for messages with role 'user', but this message with role "
        "'tool' contains an image URL.",
        "messages[2]",
        "invalid_value",
    ),
    (
        chat(response_format={"type": "json_object"}),
        "'messages' must contain the word 'json' in some form, to use 'response_format' of type "
        "'json_object'.",
        "messages",
        None,
    ),
    (
        chat(response_format={"type": "json_schema", "json_schema": {"schema": CITY}}),
        "Missing required parameter: 'response_format.json_schema.name'.",
        "response_format.json_schema.name",
        "missing_required_parameter",
    ),
    (
        chat(response_format={"type": "json_schema", "json_schema": STRICT_CITY}),
        f"Invalid schema for response_format 'city': {NO_FALSE}",
        "response_format",
        None,
    ),
]

REFUSED_RESPONSES = [
    (
        responses(max_tokens=1),
        "Unknown parameter: 'max_tokens'.",
        "max_tokens",
        "unknown_parameter",
    ),
    (
        {"input": "Hi"},
        "Missing required parameter: 'model'.",
        "model",
        "missing_required_parameter",
    ),
    (
        {"model": "sim-large"},
        "Missing required parameter: 'input'.",
        "input",
        "missing_required_parameter",
    ),
    (
        responses() | {"input": 5},
        "Invalid type for 'input': expected one of a string or array of objects",
        "input",
        "invalid_type",
    ),
    (
        responses(temperature=-1),
        "Invalid 'temperature': decimal below minimum value. Expected a value >= 0, but got -1 "
        "instead.",
        "temperature",
        "decimal_below_min_value",
    ),
    (
        responses({"role": "tool", "content": "x"}),
        "Invalid value: 'tool'. Supported values are: 'assistant', 'system', 'developer', and",
        "input[1].role",
        "invalid_value",
    ),
    (
        responses({"role": "user", "content": [{"type": "text", "text": "x"}]}),
        "Invalid value: 'text'. Supported values are: 'input_text'",
        "input[1].content[0].type",
        "invalid_value",
    ),
    (responses(CALL), "No tool output found for function call call_1.", "input", None),
    (
        responses(OUTPUT),
        "No tool call found for function call output with call_id call_1.",
        "input",
        None,
    ),
    (
        responses(CALL | {"call_id": "c" * 65}, OUTPUT | {"call_id": "c" * 65}),
        "Invalid 'input[1].call_id': string too long. Expected a string with maximum length 64, "
        "but got a string with length 65 instead.",
        "input[1].call_id",
        "string_above_max_length",
    ),
    (
        responses(CALL | {"arguments": {}}, OUTPUT),
        "Invalid type for 'input[1].arguments': expected a string, but got an object instead.",
        "input[1].arguments",
        "invalid_type",
    ),
    (
        responses(tools=[chat_tool()]),
        "Missing required parameter: 'tools[0].name'.",
        "tools[0].name",
        "missing_required_parameter",
    ),
    (responses(tools=[tool(), tool()]), "names must be unique", "tools", "invalid_value"),
    (
        responses(tools=[tool(parameters=UNIT, strict=True)]),
        f"Invalid schema for function 'get_weather': {LACKS}",
        "tools[0].parameters",
        "invalid_function_parameters",
    ),
    (
        responses(tools=[tool()], tool_choice={"type": "function", "name": "get_time"}),
        "Tool choice 'function' not found in 'tools' parameter.",
        "tool_choice",
        None,
    ),
    (
        responses(model="gpt-5.2-proo"),
        "The requested model 'gpt-5.2-proo' does not exist.",
        "model",
        "model_not_found",
    ),
    (
        responses(previous_response_id="resp_1"),
        "Previous response with id 'resp_1' not found.",
        "previous_response_id",
        "previous_response_not_found",
    ),
    (
        responses(include=["everything"]),
        "Invalid value: 'everything'. Supported values are: 'file_search_call.results'",
        "include[0]",
        "invalid_value",
    ),
    (
        responses({"role": "assistant", "content": [{"type": "input_text", "text": "x"}]}),
        "Invalid value: 'input_text'. Supported values are: 'output_text' and 'refusal'.",
        "input[1].content[0].type",
        "invalid_value",
    ),
    (
        responses({"role": "user", "content": [{"type": "input_file", "file_data": "JVBERi0"}]}),
        "Invalid file data: 'input[1].content[0].file_data'. Expected a base64-encoded data URL",
        "input[1].content[0].file_data",
        "invalid_value",
    ),
    (
        responses(text={"format": {"type": "json_object"}}),
        "Response input messages must contain the word 'json' in some form to use 'text.format' of "
        "type 'json_object'.",
        "input",
        None,
    ),
    (
        responses(text={"format": {"type": "json_schema"} | STRICT_CITY}),
        f"Invalid schema for response_format 'city': {NO_FALSE}",
        "text.format.schema",
        "invalid_json_schema",
    ),
    (
        responses(model="gpt-5", top_p=0.5),
        "Unsupported parameter: 'top_p' is not supported with this model.",
        "top_p",
        None,
    ),
    (
        responses(tools=[tool()], tool_choice={"type": "allowed_tools", "mode": "auto"}),
        "Missing required parameter: 'tool_choice.tools'.",
        "tool_choice.tools",
        "missing_required_parameter",
    ),
]

REFUSED = [("openai-chat", *case) for case in REFUSED_CHAT]
REFUSED += [("openai-responses", *case) for case in REFUSED_RESPONSES]
