"""The command line: whole turns and definitions without the page.

Owns nothing but the way in. Commands are imported when they are asked for: listing definitions
needs neither an SDK nor a database.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from roundtrip.cli.arguments import INTERRUPTED, parse


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Returns its exit status; a usage error raises SystemExit(2)."""
    arguments = parse(argv)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A terminal without Unicode shows escapes, rather than end the run.
            stream.reconfigure(errors="backslashreplace")
    try:
        if arguments.command == "tools":
            from roundtrip.cli.tools import list_definitions

            return list_definitions(arguments)
        from roundtrip.cli.ask import ask

        return ask(arguments)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader had enough, as `head` has. The interpreter would say so once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
