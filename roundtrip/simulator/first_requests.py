"""How another program asks the simulator something: the address, a curl line, some Python.

Owns the examples that the Simulator page shows. The bodies of the curl lines are what the codecs
write; the Python is each official SDK's own first example, and both are run as they stand in tests.
"""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass

from roundtrip.conversation import Conversation, Message, Options, Text, ToolDefinition
from roundtrip.simulator.server import SIMULATOR_PATHS
from roundtrip.wires.wire import WIRES, wire_named

MODEL = "sim-large"
QUESTION = "What is the weather in Tokyo?"

_TOOL = ToolDefinition(
    name="get_weather",
    description="Get the current weather in a city.",
    input_schema={
        "type": "object",
        "properties": {"city": {"type": "string", "description": "e.g. Tokyo"}},
        "required": ["city"],
    },
)
_KEY_HEADERS = {
    "anthropic": "x-api-key: {key}",
    "openai-chat": "authorization: Bearer {key}",
    "openai-responses": "authorization: Bearer {key}",
    "gemini": "x-goog-api-key: {key}",
}
_OTHER_HEADERS = {"anthropic": ("anthropic-version: 2023-06-01",)}

_ANTHROPIC = """\
import anthropic

client = anthropic.Anthropic(base_url="{base_url}", api_key="{key}")
message = client.messages.create(
    model="{model}",
    max_tokens=1024,
    tools=[{
        "name": "get_weather",
        "description": "Get the current weather in a city.",
        "input_schema": {schema},
    }],
    messages=[{"role": "user", "content": "{question}"}],
)
print(message.stop_reason, message.content)
"""
_CHAT = """\
import openai

client = openai.OpenAI(base_url="{base_url}", api_key="{key}")
completion = client.chat.completions.create(
    model="{model}",
    tools=[{"type": "function", "function": {
        "name": "get_weather",
        "description": "Get the current weather in a city.",
        "parameters": {schema},
    }}],
    messages=[{"role": "user", "content": "{question}"}],
)
print(completion.choices[0].finish_reason, completion.choices[0].message.tool_calls)
"""
_RESPONSES = """\
import openai

client = openai.OpenAI(base_url="{base_url}", api_key="{key}")
response = client.responses.create(
    model="{model}",
    tools=[{
        "type": "function",
        "name": "get_weather",
        "description": "Get the current weather in a city.",
        "parameters": {schema},
    }],
    input="{question}",
)
print(response.status, response.output)
"""
_GEMINI = """\
from google import genai

client = genai.Client(api_key="{key}", http_options={"base_url": "{base_url}"})
response = client.models.generate_content(
    model="{model}",
    contents="{question}",
    config={"tools": [{"function_declarations": [{
        "name": "get_weather",
        "description": "Get the current weather in a city.",
        "parameters_json_schema": {schema},
    }]}]},
)
print(response.candidates[0].finish_reason, response.function_calls)
"""
_PYTHON = {
    "anthropic": _ANTHROPIC,
    "openai-chat": _CHAT,
    "openai-responses": _RESPONSES,
    "gemini": _GEMINI,
}


@dataclass(frozen=True)
class FirstRequest:
    """One API's first example."""

    title: str
    base_url: str
    curl: str
    python: str


def first_request(wire: str, root: str, key: str) -> FirstRequest:
    """The example for a wire; `root` is the simulator's own address, `key` any that it takes."""
    base_url = root.rstrip("/") + SIMULATOR_PATHS[wire]
    return FirstRequest(
        title=wire_named(wire).title,
        base_url=base_url,
        curl=_curl(wire, base_url, key),
        python=_filled(
            _PYTHON[wire],
            base_url=base_url,
            key=key,
            model=MODEL,
            question=QUESTION,
            schema=json.dumps(_TOOL.input_schema),
        ),
    )


def first_requests(root: str, key: str) -> tuple[FirstRequest, ...]:
    """All of them, in the order of the wires."""
    return tuple(first_request(wire, root, key) for wire in WIRES)


def _curl(wire: str, base_url: str, key: str) -> str:
    asked = Message(role="user", parts=(Text(text=QUESTION),))
    options = Options(model=MODEL, max_output_tokens=1024, stream=False)
    request, _ = wire_named(wire).encode_request(Conversation(messages=(asked,)), (_TOOL,), options)
    headers = (
        "content-type: application/json",
        _KEY_HEADERS[wire].format(key=key),
        *_OTHER_HEADERS.get(wire, ()),
        *(f"{name}: {value}" for name, value in request.headers),
    )
    lines = [
        f"curl {shlex.quote(base_url + request.path)}",
        *(f"-H {shlex.quote(header)}" for header in headers),
        f"-d {shlex.quote(request.body.decode())}",
    ]
    return " \\\n  ".join(lines)


def _filled(template: str, **values: str) -> str:
    for name, value in values.items():
        template = template.replace(f"{{{name}}}", value)
    return template
