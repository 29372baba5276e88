"""`roundtrip tools`: the definitions as a wire sends them; and loading tools for `ask`.

Owns loading from several paths, and what is said of it. Reading a source is `roundtrip.tools`'s,
spelling a definition `tools/offer.py`'s.
"""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Iterable
from contextlib import redirect_stdout
from pathlib import Path

from roundtrip.text_timeline import block, one_line
from roundtrip.told_changes import told
from roundtrip.tools import tools_in
from roundtrip.tools.offer import as_sent, offered
from roundtrip.tools.tool import Loaded, LoadProblem, together
from roundtrip.wires.wire import wire_named


def list_definitions(arguments: Namespace) -> int:
    """Print the definitions. Returns 1 where none could be loaded."""
    loaded = load(existing(arguments.tools, arguments))
    say_problems(loaded.problems)
    if not loaded.tools:
        print("There is no tool in it.", file=sys.stderr)
        return 1
    definitions = [offered(tool, strict=arguments.strict).definition for tool in loaded.tools]
    spelled, changes = as_sent(wire_named(arguments.wire), definitions)
    if arguments.json:
        listed = [change.model_dump() for change in changes]
        document = {"changes": listed, "tools": spelled, "wire": arguments.wire}
        print(json.dumps(document, ensure_ascii=False, indent=2))
        return 0
    print(block(json.dumps(spelled, ensure_ascii=False, indent=2)))
    for change in told(changes, tuple(definitions)):
        print(one_line(f"changed: {change.place}: {change.what}"))
    if not changes:
        print(f"Nothing had to be changed for {arguments.wire}.", file=sys.stderr)
    return 0


def existing(paths: list[Path], arguments: Namespace) -> list[Path]:
    """The paths. One that is not there is a usage error: raises SystemExit(2)."""
    for path in paths:
        if not path.exists():
            arguments.usage_error(f"there is no {path}")
    return paths


def load(paths: Iterable[Path]) -> Loaded:
    """The tools of all paths; of two with one name the first stays.

    Loading a Python file runs it: what it prints goes to the error output, so that ours stays
    what it says it is.
    """
    with redirect_stdout(sys.stderr):
        return together(tools_in(path) for path in paths)


def say_problems(problems: Iterable[LoadProblem]) -> None:
    """What could not be used, on the error output."""
    for problem in problems:
        print(one_line(str(problem)), file=sys.stderr)
