"""The command line: whole turns, definitions, replies and requests without the page.

Owns nothing but the way in. Commands are imported when they are asked for: only a turn needs an
SDK and a database.
"""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Callable, Sequence

from roundtrip.cli.arguments import INTERRUPTED, parse


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Returns its exit status; a usage error raises SystemExit(2)."""
    arguments = parse(argv)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A terminal without Unicode shows escapes, rather than end the run.
            stream.reconfigure(errors="backslashreplace")
    try:
        return _command(arguments.command)(arguments)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader had enough, as `head` has. The interpreter would say so once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _command(name: str) -> Callable[[Namespace], int]:
    match name:
        case "tools":
            from roundtrip.cli.tools import list_definitions

            return list_definitions
        case "decode":
            from roundtrip.cli.decode import decode

            return decode
        case "recode":
            from roundtrip.cli.recode import recode

            return recode
    from roundtrip.cli.ask import ask

    return ask
