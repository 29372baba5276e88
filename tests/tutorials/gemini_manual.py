"""Gemini: the function is declared, called by hand, and its result handed back.

Nothing in it knows of a simulator: `GOOGLE_GEMINI_BASE_URL` alone decides who answers.
"""

from google import genai
from google.genai import types

declaration = {
    "name": "get_weather",
    "description": "Get the current weather in a given city.",
    "parameters": {
        "type": "object",
        "properties": {"city": {"type": "string", "description": "The city, e.g. Tokyo"}},
        "required": ["city"],
    },
}


def get_weather(city):
    return {"city": city, "temp_c": 18, "sky": "light rain"}


client = genai.Client()
config = types.GenerateContentConfig(tools=[types.Tool(function_declarations=[declaration])])
question = types.Part.from_text(text="What is the weather like in Tokyo?")
contents = [types.Content(role="user", parts=[question])]
response = client.models.generate_content(
    model="gemini-3.5-flash", contents=contents, config=config
)

call = response.candidates[0].content.parts[0].function_call
result = types.Part.from_function_response(
    name=call.name, response={"result": get_weather(**call.args)}
)
contents += [response.candidates[0].content, types.Content(role="user", parts=[result])]
response = client.models.generate_content(
    model="gemini-3.5-flash", contents=contents, config=config
)
print(response.text)
