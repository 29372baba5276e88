"""Anthropic's simulated API: Messages."""

from roundtrip.simulator.anthropic.app import anthropic_app

__all__ = ["anthropic_app"]
