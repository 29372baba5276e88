"""JSON Lines in, JSON Lines out: one line for each, in order, as they come.

Owns reading, writing and what is told of a line that cannot be used. What a line means is the
command's.
"""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from roundtrip.wires.json_text import dump, load
from roundtrip.wires.wire import WireError

STDIN = Path("-")


def answer_lines(arguments: Namespace, kind: str, answer: Callable[[Any], dict[str, Any]]) -> int:
    """Answer every line of the command's files, or of the standard input. Returns the exit status.

    A line that is not JSON, or that `answer` raises `WireError` for, is answered with
    `{"error":{"kind","message"}}` (`kind`: of a line that is not JSON), and the next one is read.
    Lines without anything in them are passed over. The output is UTF-8, whatever the terminal's.
    """
    paths = arguments.files or [STDIN]
    for path in paths:
        if path != STDIN and (path.is_dir() or not path.exists()):
            arguments.usage_error(f"there is no file {path}")
    for path in paths:
        try:
            for line in _lines(path):
                _write(_answered(line, kind, answer))
        except BrokenPipeError:
            raise
        except OSError as problem:
            print(f"{path}: {problem.strerror or problem}", file=sys.stderr)
            return 1
    return 0


def _lines(path: Path) -> Iterator[bytes]:
    if path == STDIN:
        yield from _told(sys.stdin.buffer)
        return
    with path.open("rb") as file:
        yield from _told(file)


def _told(file: BinaryIO) -> Iterator[bytes]:
    # As bytes: a line ends at \n alone, and U+2028 within a string is none of its ends.
    for number, line in enumerate(file):
        line = (line.removeprefix(b"\xef\xbb\xbf") if number == 0 else line).strip()
        if line:
            yield line


def _answered(line: bytes, kind: str, answer: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    try:
        value = load(line.decode())
    except ValueError as problem:
        return _error(kind, f"the line is not JSON: {problem}")
    try:
        return answer(value)
    except WireError as problem:
        return _error(problem.kind, problem.message)
    except Exception as problem:
        # Whatever one line holds, the next ones are answered.
        return _error(kind, f"the line cannot be read: {type(problem).__name__}: {problem}")


def _error(kind: str, message: str) -> dict[str, Any]:
    return {"error": {"kind": kind, "message": message}}


def _write(answer: dict[str, Any]) -> None:
    sys.stdout.buffer.write(f"{dump(answer)}\n".encode())
    sys.stdout.buffer.flush()
