"""A model's own words for why it will not answer, on wires that keep them apart from its text.

Such words are an `Opaque` part labelled `refusal`, whose native holds them under the same name:
OpenAI's wires spell them so, and no other has a place for them.
"""

from __future__ import annotations

from roundtrip.conversation import Message, Opaque, Part

REFUSAL = "refusal"
"""The part's label, and the field of its native."""


def refusal_in(part: Part) -> str | None:
    """What one part says in refusal; None where it is no refusal."""
    if not isinstance(part, Opaque) or part.label != REFUSAL:
        return None
    words = part.native.value.get(REFUSAL) if isinstance(part.native.value, dict) else None
    return words if isinstance(words, str) else None


def refusal_words(message: Message) -> str | None:
    """The words joined; None where there are none."""
    words = [said for part in message.parts if (said := refusal_in(part)) is not None]
    return "".join(words) if words else None
