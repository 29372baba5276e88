"""The lens between canonical values and the JSON a wire told: what is kept beside, and put back.

Owns the shape of the `native` values that say more than their canonical twin, and writing a
changed value into the JSON it came from. Whose JSON it is and what it means is each wire's own.

`{"fields": …, "shapes": …, "held": …}`: `fields` are all fields of the object, in order, those that
the canonical twin says again emptied; `shapes` say in a word how a field was spelled; `held` names
fields that stand there as they were told and are in the twin as well. What a wire told and the
vocabulary has no word for is the rest: see `untold`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from roundtrip.conversation import Native

ABSENT: Any = object()
"""A field that is not to stand in the JSON at all (`None` is written as null)."""


class Lens:
    """What one wire keeps of its own JSON. Another wire's natives are nothing to it."""

    def __init__(self, wire: str) -> None:
        self.wire = wire

    def kept(
        self, holder: dict[str, Any], *told: str, held: Sequence[str] = (), **shapes: Any
    ) -> Native:
        """What an object says beside its canonical value, and where the canonical fields stood.

        `told` fields are emptied (their canonical twin says them), `shapes` are marked by a word,
        `held` ones stay as they were spelled (for `spelled`) though the twin says them too.
        """
        hidden = {*told, *shapes}
        fields = {name: None if name in hidden else value for name, value in holder.items()}
        value: dict[str, Any] = {"fields": fields, "shapes": shapes}
        if held:
            value["held"] = [name for name in held if name in holder]
        return Native(wire=self.wire, value=value)

    def template(self, native: Native | None) -> dict[str, Any]:
        """What `kept` kept, or a block that was kept whole; empty for a value built by us or told
        by another wire."""
        if native is None or native.wire != self.wire or not isinstance(native.value, dict):
            return {}
        return native.value["fields"] | native.value["shapes"] if is_kept(native) else native.value


def is_kept(native: Native) -> bool:
    """Whether a native is of `kept`'s making, and not a whole JSON value."""
    return isinstance(native.value, dict) and native.value.keys() >= {"fields", "shapes"}


def untold(native: Native) -> dict[str, Any]:
    """What a wire told that the canonical twin has no word for; empty values say nothing."""
    if not is_kept(native):
        return {}
    fields: dict[str, Any] = native.value["fields"]
    hidden = (*native.value["shapes"], *native.value.get("held", ()))
    told = {name: value for name, value in fields.items() if name not in hidden}
    return {name: value for name, value in told.items() if value not in (None, "", [], {})}


def put(into: dict[str, Any], fields: dict[str, Any]) -> dict[str, Any]:
    """The object with these fields: known ones in their old places, new ones behind."""
    written = into | fields
    return {field: value for field, value in written.items() if value is not ABSENT}


def spelled(
    into: dict[str, Any], field: str, meant: Any, reads: Callable[[Any], Any] = lambda value: value
) -> Any:
    """A field for `put`: the old spelling while it still reads as what is meant, else that."""
    if reads(into.get(field)) == meant:
        return into.get(field, ABSENT)
    return ABSENT if meant is None else meant
