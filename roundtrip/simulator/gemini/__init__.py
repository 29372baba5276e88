"""Gemini's simulated API: generateContent, whole and streamed."""

from roundtrip.simulator.gemini.app import gemini_app

__all__ = ["gemini_app"]
