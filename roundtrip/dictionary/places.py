"""Where a value stands in JSON, found by changing it: the places in which two JSON values differ.

Owns paths, comparing, and looking a path up. Knows nothing of wires.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import takewhile
from typing import Any

Path = tuple[str | int, ...]
"""Members by name and elements by number, from the outermost value inwards."""


def differing(base: Any, other: Any, at: Path = ()) -> Iterator[Path]:
    """The places in `base` that are not the same in `other`, innermost ones.

    An object that only grew is a place itself: what was added stands nowhere in `base`. Lists of
    different lengths are one place, for nobody can say which element moved.
    """
    if isinstance(base, dict) and isinstance(other, dict):
        yield from _in_objects(base, other, at)
    elif isinstance(base, list) and isinstance(other, list) and len(base) == len(other):
        for n, (mine, theirs) in enumerate(zip(base, other, strict=True)):
            yield from differing(mine, theirs, (*at, n))
    elif type(base) is not type(other) or base != other:
        yield at


def _in_objects(base: dict[str, Any], other: dict[str, Any], at: Path) -> Iterator[Path]:
    found = False
    for name, mine in base.items():
        inside = differing(mine, other[name], (*at, name)) if name in other else ((*at, name),)
        for place in inside:
            found = True
            yield place
    if not found and other.keys() - base.keys():
        yield at


def value_at(value: Any, path: Path) -> Any:
    """The value at a path that stands in it. Raises KeyError, IndexError or TypeError."""
    for step in path:
        value = value[step]
    return value


def stands_in(value: Any, path: Path) -> bool:
    """Whether there is anything at this path, a null included."""
    try:
        value_at(value, path)
    except (KeyError, IndexError, TypeError):
        return False
    return True


def common(paths: Iterable[Path]) -> Path:
    """The innermost place that holds all of these. `paths` is not empty."""
    steps = zip(*paths, strict=False)
    return tuple(first for first, *_ in takewhile(lambda step: len(set(step)) == 1, steps))


def element_around(value: Any, path: Path) -> Path:
    """The list element that the path leads into, else the path."""
    numbers = [n for n, step in enumerate(path) if isinstance(step, int)]
    return path[: numbers[-1] + 1] if numbers else path


def message_around(value: Any, path: Path) -> Path:
    """The innermost object the path leads into that says whose words it holds, else the path."""
    outwards = (path[:n] for n in range(len(path) - 1, -1, -1))
    return next((one for one in outwards if stands_in(value, (*one, "role"))), path)


def as_words(path: Path) -> str:
    """A path as people write it, e.g. `messages[2].content[0]`."""
    words = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return words.removeprefix(".")


def member(path: Path) -> str | None:
    """The name of the innermost member a path goes through, e.g. `content`."""
    return next((step for step in reversed(path) if isinstance(step, str)), None)
