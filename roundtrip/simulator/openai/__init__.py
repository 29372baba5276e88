"""OpenAI's simulated APIs: Chat Completions and Responses, at one base URL with one key."""

from roundtrip.simulator.openai.app import openai_app

__all__ = ["openai_app"]
