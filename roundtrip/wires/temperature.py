"""The temperature, as hot as a wire takes it: 2.0 on some, 1.0 on another, and more is refused.

Owns cooling what was chosen for another wire. Where the field stands is each wire's own.
"""

from __future__ import annotations

from roundtrip.conversation import Change, Options
from roundtrip.wires.wire import wire_named


def bearable(wire: str, options: Options, changes: list[Change]) -> float | None:
    """The temperature to say on this wire; one that is lowered joins `changes`.

    What the wire told itself stands as it is, also where the API will refuse it.
    """
    told = options.native is not None and options.native.wire == wire
    hottest = wire_named(wire).hottest
    if told or options.temperature is None or options.temperature <= hottest:
        return options.temperature
    what = f"lowered from {options.temperature:g} to {hottest:g}: this API takes no higher one"
    changes.append(Change(where="options.temperature", what=what))
    return hottest
