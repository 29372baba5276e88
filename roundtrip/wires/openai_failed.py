"""How a failed result is told on OpenAI's wires, which have no field for failure: in its words.

Owns the words. That nothing is guessed back from them is the wires' own; what a simulated model
makes of them is `roundtrip/simulator/results.py`'s.
"""

from __future__ import annotations

from collections.abc import Sequence

from roundtrip.conversation import Change, Opaque, Text

FAILED = "Error: "
"""What the first text of a failed result begins with."""

WORDLESS = FAILED.strip(": ")
"""What stands before a failed result that has no text."""


def told_failed(
    parts: Sequence[tuple[str, Text | Opaque]], where: str, changes: list[Change]
) -> list[tuple[str, Text | Opaque]]:
    """A failed result's parts, each with its place, so that their words say that it failed.

    `where` is the result's own place; that the failure is told in words joins `changes`.
    """
    what = f"said in the text, which begins with {FAILED.strip()!r}: no field says it here"
    changes.append(Change(where=f"{where}.is_error", what=what))
    for n, (place, part) in enumerate(parts):
        if isinstance(part, Text):
            # Only the exact beginning counts: "errors.log has 3 lines" tells no failure.
            words = part.text if part.text.startswith(FAILED) else FAILED + part.text
            text = part.model_copy(update={"text": words})
            return [*parts[:n], (place, text), *parts[n + 1 :]]
    return [(where, Text(text=WORDLESS)), *parts]
