"""The Responses API: a horoscope function, its output handed back as an item.

Nothing in it knows of a simulator: `OPENAI_BASE_URL` alone decides who answers.
"""

import json

from openai import OpenAI

client = OpenAI()

tools = [
    {
        "type": "function",
        "name": "get_horoscope",
        "description": "Look up today's horoscope for a sign of the zodiac.",
        "parameters": {
            "type": "object",
            "properties": {"sign": {"type": "string", "description": "The sign, e.g. Taurus"}},
            "required": ["sign"],
        },
    }
]


def get_horoscope(sign):
    return f"{sign}: next Tuesday you will befriend a baby otter."


asked = [{"role": "user", "content": "What is my horoscope? My sign is Aquarius."}]
response = client.responses.create(model="gpt-5", tools=tools, input=asked)
asked += response.output

for item in response.output:
    if item.type == "function_call" and item.name == "get_horoscope":
        told = json.dumps({"horoscope": get_horoscope(**json.loads(item.arguments))})
        asked.append({"type": "function_call_output", "call_id": item.call_id, "output": told})

response = client.responses.create(
    model="gpt-5", tools=tools, input=asked, instructions="Answer with the horoscope only."
)
print(response.output_text)
