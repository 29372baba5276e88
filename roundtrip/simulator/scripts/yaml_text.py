"""YAML as far as it says JSON, with the line of everything in it.

Owns the subset: no dates, no `yes` and `no` for true and false, no anchors, no tags, no name twice.
What is written there is then what is read, and a mistake has a line. Knows nothing of scripts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import yaml

_TAG = "tag:yaml.org,2002:"
_PLAIN: Sequence[tuple[str, str, str]] = (
    ("null", r"~|null|", "~n\0"),
    ("bool", r"true|false", "tf"),
    ("int", r"-?(?:0|[1-9][0-9]*)", "-0123456789"),
    ("float", r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?", "-0123456789"),
)
"""What a word without quotation marks is besides text, tried in this order, and how it begins."""


class NotReadable(ValueError):
    """Text that is none of this; the message says why."""

    def __init__(self, reason: str, line: int | None) -> None:
        super().__init__(reason)
        self.line = line
        """Counted from 1, where it is known."""


class _Loader(yaml.SafeLoader):  # type: ignore[misc]  # it carries no types
    """With its own words for what is left out."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - the library's own attribute

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise NotReadable("an alias (*) is not read here", _line(self.peek_event().start_mark))
        return super().compose_node(parent, index)


for _name, _pattern, _first in _PLAIN:
    _Loader.add_implicit_resolver(
        _TAG + _name, re.compile(f"(?:{_pattern})\\Z"), [c if c != "\0" else "" for c in _first]
    )


class Document:
    """What a text says, and on which line each piece of it stands."""

    def __init__(self, text: str) -> None:
        """Raises `NotReadable`."""
        try:
            self._node = yaml.compose(text, _Loader)
            self.value = None if self._node is None else _value(self._node)
        except yaml.YAMLError as error:
            raise NotReadable(*_complaint(error, text)) from None
        except RecursionError:
            raise NotReadable("it is nested too deeply", None) from None

    def line(self, path: Sequence[str | int]) -> int | None:
        """The line of what stands at the path, or of the nearest that holds it."""
        node = self._node
        if node is None:
            return None
        mark = node.start_mark
        for name in path:
            found = _inside(node, name)
            if found is None:
                break
            mark, node = found
        return _line(mark)


def _inside(node: Any, name: str | int) -> tuple[Any, Any] | None:
    """Where the named piece begins, and its node."""
    if isinstance(node, yaml.MappingNode):
        return next(
            ((key.start_mark, value) for key, value in node.value if key.value == name), None
        )
    if isinstance(node, yaml.SequenceNode) and isinstance(name, int) and name < len(node.value):
        return node.value[name].start_mark, node.value[name]
    return None


def _value(node: Any) -> Any:
    if isinstance(node, yaml.MappingNode) and node.tag == f"{_TAG}map":
        return dict(_fields(node))
    if isinstance(node, yaml.SequenceNode) and node.tag == f"{_TAG}seq":
        return [_value(item) for item in node.value]
    if isinstance(node, yaml.ScalarNode):
        return _scalar(node)
    raise NotReadable(f"the tag {node.tag} is not read here", _line(node.start_mark))


def _fields(node: Any) -> Iterator[tuple[str, Any]]:
    seen: set[str] = set()
    for key, value in node.value:
        line = _line(key.start_mark)
        if not isinstance(key, yaml.ScalarNode) or key.tag != f"{_TAG}str":
            raise NotReadable("a name must be text: put it in quotation marks", line)
        if key.value in seen:
            raise NotReadable(f"{key.value} is said twice", line)
        seen.add(key.value)
        yield key.value, _value(value)


def _scalar(node: Any) -> Any:
    line = _line(node.start_mark)
    match node.tag.removeprefix(_TAG):
        case "str":
            return node.value
        case "null":
            return None
        case "bool":
            return node.value == "true"
        case "int" | "float" as kind:
            try:
                number = int(node.value) if kind == "int" else float(node.value)
            except ValueError:
                raise NotReadable("this is no number, or too long a one", line) from None
            if number in (float("inf"), float("-inf")):
                raise NotReadable("this number is too large", line)
            return number
    raise NotReadable(f"the tag {node.tag} is not read here", line)


def _complaint(error: yaml.YAMLError, text: str) -> tuple[str, int | None]:
    """The library's words, and the line they are about."""
    if isinstance(error, yaml.MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        return ", ".join(filter(None, (error.context, error.problem))), _line(mark)
    if isinstance(error, yaml.reader.ReaderError):
        before = text[: error.position]
        return f"the character U+{error.character:04X} is not text", before.count("\n") + 1
    return str(error), None


def _line(mark: Any) -> int | None:
    return None if mark is None else mark.line + 1
