"""Items of earlier responses that a request sends again, or refers to by their ids.

Owns knowing them, and what the API refuses about them: reasoning goes back together with what it
led to, and what was not stored cannot be referred to. An item that no response here held is taken
as it is: it may be a real provider's.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from roundtrip.simulator.openai.stored import Stored
from roundtrip.simulator.refusals import Refusal

_MADE_BY_CALLING = ("function_call", "custom_tool_call")


class KnownItems:
    """The items of each response, stored or not; any thread may ask."""

    def __init__(self) -> None:
        self._known = Stored()

    def remember(self, output: list[dict[str, Any]], *, stored: bool) -> None:
        """The items of one response. Of those that are not stored only the ids are kept."""
        reasoning: str | None = None
        for item in output:
            needed = None if item["type"] == "reasoning" else reasoning
            kept = {"item": item if stored else None, "reasoning": needed}
            self._known.keep(item["id"], kept)
            if item["type"] == "reasoning":
                reasoning = item["id"]

    def resolved(self, items: list[Any]) -> list[Any]:
        """The items with those that are referred to in their places. Raises nothing: what is not
        found stays a reference."""
        return [self._referred_to(item) or item for item in items]

    def _referred_to(self, item: dict[str, Any]) -> dict[str, Any] | None:
        if item.get("type") != "item_reference":
            return None
        found: dict[str, Any] | None = (self._known.of(item["id"]) or {}).get("item")
        return found

    def complaints(self, items: list[dict[str, Any]]) -> Iterator[Refusal]:
        """Why the API would refuse items whose shapes are right, most important first."""
        ids = {str(item.get("id")) for item in items}
        for at, item in enumerate(items):
            kept = self._known.of(str(item.get("id")))
            kind = item.get("type", "message")
            if kind == "item_reference":
                yield _not_found(item["id"], kept is not None)
            elif kept is None:
                continue
            elif kind == "reasoning":
                if kept["item"] is None and not item.get("encrypted_content"):
                    yield _not_found(item["id"], unstored=True)
                if not _goes_on(items[at + 1 :]):
                    yield _incomplete(
                        f"Item '{item['id']}' of type 'reasoning' was provided without its "
                        "required following item."
                    )
            elif kept["item"] is not None and kept["reasoning"] not in (None, *ids):
                yield _incomplete(
                    f"Item '{item['id']}' of type '{kind}' was provided without its required "
                    f"'reasoning' item: '{kept['reasoning']}'."
                )


def _goes_on(after: list[dict[str, Any]]) -> bool:
    """Whether reasoning is followed by something else of the model's."""
    for item in after:
        if item.get("type") != "reasoning":
            return item.get("type") in _MADE_BY_CALLING or item.get("role") == "assistant"
    return False


def _incomplete(words: str) -> Refusal:
    return Refusal(400, words, where="input")


def _not_found(item_id: str, unstored: bool) -> Refusal:
    words = f"Item with id '{item_id}' not found."
    if unstored:
        words += (
            " Items are not persisted when `store` is set to false. Try again with `store` set to "
            "true, or remove this item from your input."
        )
    return Refusal(404, words, where="input")
