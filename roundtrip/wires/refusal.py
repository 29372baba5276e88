"""A model's own words for why it will not answer, on wires that keep them apart from its text.

Such words are an `Opaque` part labelled `refusal`, whose native holds them under the same name:
OpenAI's wires spell them so, and no other has a place for them.
"""

from __future__ import annotations

from roundtrip.conversation import Message, Opaque

REFUSAL = "refusal"
"""The part's label, and the field of its native."""


def refusal_words(message: Message) -> str | None:
    """The words joined; None where there are none."""
    told = [
        part.native.value
        for part in message.parts
        if isinstance(part, Opaque) and part.label == REFUSAL
    ]
    words = [value[REFUSAL] for value in told if isinstance(value, dict) and REFUSAL in value]
    return "".join(map(str, words)) if words else None
