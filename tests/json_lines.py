"""The commands that answer JSON Lines, called as from a shell: bytes in, a line out for each."""

from __future__ import annotations

import io
import json
import sys
from typing import Any

import pytest

from roundtrip.cli import main


def answered(*arguments: object, lines: bytes | list[Any]) -> list[Any]:
    """What the command answers. `lines`: the input, or what stands on its lines."""
    data = lines if isinstance(lines, bytes) else as_lines(lines)
    given, out = io.TextIOWrapper(io.BytesIO(data)), io.TextIOWrapper(io.BytesIO())
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sys, "stdin", given)
        patched.setattr(sys, "stdout", out)
        status = main([str(argument) for argument in arguments])
    assert status == 0
    return [json.loads(line) for line in out.buffer.getvalue().splitlines()]  # type: ignore[attr-defined]


def as_lines(values: list[Any]) -> bytes:
    return "".join(f"{json.dumps(value)}\n" for value in values).encode()
