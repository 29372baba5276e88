"""The tutorial everyone begins with: one tool, one question, one round trip, one answer.

Nothing in it knows of a simulator: `ANTHROPIC_BASE_URL` alone decides who answers.
"""

import json

import anthropic

client = anthropic.Anthropic()

tools = [
    {
        "name": "get_weather",
        "description": "Get the current weather in a given city.",
        "input_schema": {
            "type": "object",
            "properties": {
                "city": {"type": "string", "description": "The city, e.g. San Francisco"}
            },
            "required": ["city"],
        },
    }
]


def get_weather(city: str) -> str:
    return json.dumps({"city": city, "temp_c": 18, "sky": "light rain"})


messages = [{"role": "user", "content": "What is the weather like in Tokyo?"}]
reply = client.messages.create(
    model="claude-opus-4-8", max_tokens=1024, tools=tools, messages=messages
)

while reply.stop_reason == "tool_use":
    results = [
        {"type": "tool_result", "tool_use_id": block.id, "content": get_weather(**block.input)}
        for block in reply.content
        if block.type == "tool_use"
    ]
    messages.append({"role": "assistant", "content": reply.content})
    messages.append({"role": "user", "content": results})
    reply = client.messages.create(
        model="claude-opus-4-8", max_tokens=1024, tools=tools, messages=messages
    )

print("".join(block.text for block in reply.content if block.type == "text"))
