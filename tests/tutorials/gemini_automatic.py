"""Gemini: a Python function is handed over, and the SDK calls it by itself.

Nothing in it knows of a simulator: `GOOGLE_GEMINI_BASE_URL` alone decides who answers.
"""

from google import genai
from google.genai import types


def get_weather(city: str) -> dict:
    """Get the current weather in a given city.

    Args:
        city: The name of the city, e.g. Tokyo.

    Returns:
        Temperature in degrees Celsius and the state of the sky.
    """
    return {"city": city, "temp_c": 18, "sky": "light rain"}


client = genai.Client()
chat = client.chats.create(
    model="gemini-2.5-flash",
    config=types.GenerateContentConfig(tools=[get_weather]),
)
print(chat.send_message("What is the weather like in Tokyo?").text)
