"""Chat Completions: one function, one question, one round trip, one answer.

Nothing in it knows of a simulator: `OPENAI_BASE_URL` alone decides who answers.
"""

import json

from openai import OpenAI

client = OpenAI()

tools = [
    {
        "type": "function",
        "function": {
            "name": "get_weather",
            "description": "Get the current weather in a given city.",
            "parameters": {
                "type": "object",
                "properties": {"city": {"type": "string", "description": "City, e.g. Bogotá"}},
                "required": ["city"],
                "additionalProperties": False,
            },
            "strict": True,
        },
    }
]


def get_weather(city):
    return {"city": city, "temp_c": 18, "sky": "light rain"}


messages = [{"role": "user", "content": "What is the weather like in Tokyo today?"}]
completion = client.chat.completions.create(model="gpt-4.1", messages=messages, tools=tools)

while calls := completion.choices[0].message.tool_calls:
    messages.append(completion.choices[0].message)
    for call in calls:
        arguments = json.loads(call.function.arguments)
        result = json.dumps(get_weather(**arguments))
        messages.append({"role": "tool", "tool_call_id": call.id, "content": result})
    completion = client.chat.completions.create(model="gpt-4.1", messages=messages, tools=tools)

print(completion.choices[0].message.content)
