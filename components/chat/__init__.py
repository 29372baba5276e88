"""The chat as bubbles. Presentation only: finished values in, nothing out."""

from components.chat.chat import chat

__all__ = ["chat"]
