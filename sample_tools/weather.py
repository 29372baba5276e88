"""Tomorrow's weather in thirty cities, fixed, so that everyone in a workshop sees the same."""

from __future__ import annotations

import unicodedata
from difflib import get_close_matches

_FORECASTS: dict[str, tuple[int, str, str]] = {
    "Amsterdam": (9, "drizzle", "a raincoat"),
    "Athens": (21, "sunny", "a light shirt and sunglasses"),
    "Bangkok": (33, "thunderstorms", "light clothes and an umbrella"),
    "Beijing": (7, "hazy", "a warm jacket"),
    "Berlin": (6, "cloudy", "a warm jacket"),
    "Bogotá": (15, "showers", "a light jacket and an umbrella"),
    "Buenos Aires": (24, "sunny", "a light shirt and a hat"),
    "Cairo": (27, "sunny", "light clothes and a hat"),
    "Cape Town": (22, "windy", "a windbreaker"),
    "Chicago": (1, "snow showers", "a winter coat and gloves"),
    "Dubai": (31, "sunny", "light clothes and sunglasses"),
    "Dublin": (10, "light rain", "a raincoat"),
    "Istanbul": (14, "partly cloudy", "a light jacket"),
    "Lagos": (30, "humid, partly cloudy", "light clothes"),
    "Lima": (19, "foggy", "a light jacket"),
    "Lisbon": (17, "sunny", "a light jacket and sunglasses"),
    "London": (11, "light rain", "a raincoat and an umbrella"),
    "Madrid": (16, "sunny", "a light jacket"),
    "Mexico City": (20, "partly cloudy", "a light jacket"),
    "Montréal": (-8, "snow", "a heavy winter coat, a hat and boots"),
    "Mumbai": (32, "sunny", "light clothes and a hat"),
    "Nairobi": (23, "partly cloudy", "a light shirt"),
    "New York": (5, "clear", "a warm coat"),
    "Oslo": (-2, "snow", "a winter coat and boots"),
    "Paris": (10, "cloudy", "a jacket and a scarf"),
    "Rome": (18, "sunny", "a light jacket"),
    "São Paulo": (25, "showers", "a light shirt and an umbrella"),
    "Singapore": (31, "thunderstorms", "light clothes and an umbrella"),
    "Sydney": (26, "sunny", "a light shirt and sunscreen"),
    "Tokyo": (18, "light rain", "a jacket and an umbrella"),
}


def get_weather(city: str) -> dict[str, str | int]:
    """Get tomorrow's weather forecast for one city, and what to wear there.

    Use it for questions about weather, temperature, rain, snow or clothes. Call it once for
    each city. It gives the temperature in degrees Celsius, the sky and clothes to wear; it
    knows thirty large cities and no other day than tomorrow.

    Args:
        city: Name of the city in English, without the country, e.g. "Tokyo".
    """
    by_key = {_key(name): name for name in _FORECASTS}
    name = by_key.get(_key(city))
    if name is None:
        near = [by_key[key] for key in get_close_matches(_key(city), by_key, n=3, cutoff=0.6)]
        if near:
            raise ValueError(f'no forecast for "{city}"; did you mean {" or ".join(near)}?')
        some = ", ".join(list(_FORECASTS)[::5])
        raise ValueError(f'no forecast for "{city}"; cities are for example {some}')
    temp_c, sky, wear = _FORECASTS[name]
    return {"city": name, "temp_c": temp_c, "sky": sky, "wear": wear}


def _key(city: str) -> str:
    """The name without case, accents and outer spaces, so that "sao paulo" is São Paulo."""
    letters = unicodedata.normalize("NFKD", city.strip().casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
