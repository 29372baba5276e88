"""The lens between canonical values and the JSON a wire told: what is kept beside, and put back.

Owns the shape of the `native` values that say more than their canonical twin, and writing a
changed value into the JSON it came from. Whose JSON it is and what it means is each wire's own.

`{"fields": …, "shapes": …, "held": …}`: `fields` are all fields of the object, in order, those that
the canonical twin says again emptied; `shapes` say in a word how a field was spelled, or keep the
object that stood there in the same way; `held` names fields that stand there as they were told and
are in the twin as well; `pieces` keep, each with a count of parts, the several objects that one
value was told in, the first of which is kept outside too. What a wire told and the vocabulary has
no word for is the rest: see `untold`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
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
        return _template(native.value)


def _template(value: dict[str, Any]) -> dict[str, Any]:
    """What a kept object said, and the objects within it that were kept in the same way."""
    if not _is_kept(value):
        return value
    shapes = {
        name: _template(shape) if _is_kept(shape) else shape
        for name, shape in value["shapes"].items()
    }
    return value["fields"] | shapes


def _is_kept(value: Any) -> bool:
    """Whether a value is of `kept`'s making, and not a whole JSON value."""
    return isinstance(value, dict) and value.keys() >= {"fields", "shapes"}


def also_told(native: Native, **fields: Any) -> Native:
    """What `kept` kept, as if the object had said these fields too, and just as they are here."""
    kept: dict[str, Any] = native.value
    shapes = {name: shape for name, shape in kept["shapes"].items() if name not in fields}
    told = {"fields": kept["fields"] | fields, "shapes": shapes}
    return native.model_copy(update={"value": kept | told})


def untold(native: Native) -> dict[str, Any]:
    """What a wire told that the canonical twin has no word for; empty values say nothing.

    By its name, and within an object by the path: `functionCall.willContinue`.
    """
    return dict(_untold(native.value, "")) if _is_kept(native.value) else {}


def _untold(value: dict[str, Any], where: str) -> Iterator[tuple[str, Any]]:
    hidden = (*value["shapes"], *value.get("held", ()))
    for name, told in value["fields"].items():
        if name not in hidden and told not in (None, "", [], {}):
            yield f"{where}{name}", told
    for name, shape in value["shapes"].items():
        yield from _untold_within(shape, f"{where}{name}")
    for n, (_, piece) in enumerate(value.get("pieces", ())):
        if n:  # the fields of the first are the whole's
            yield from _untold(piece, f"{where}pieces[{n}].")


def _untold_within(value: Any, where: str) -> Iterator[tuple[str, Any]]:
    """The same of an object that is kept in a shape, or of several, each with a count."""
    if _is_kept(value):
        yield from _untold(value, f"{where}.")
    elif isinstance(value, list):
        for n, (_, kept) in enumerate(value):
            yield from _untold(kept, f"{where}[{n}].")


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
