"""The words of the command line, and which of them are a usage error (exit status 2).

Owns parsing. What names mean that only the loaded tools can tell, the commands check.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from roundtrip import __version__
from roundtrip.conversation import OUTPUT_TOKENS
from roundtrip.tools.result import NotJson, as_text
from roundtrip.wires.wire import WIRES

EXIT_STATUS = """\
exit status:
  0  the model answered
  1  no answer: an error, a cap that ended the turn or cut the answer off, or the model refused
  2  the command line is wrong
  3  a call awaits a result or an approval
  130  Ctrl-C ended it
"""


DECODE = """\
Each line in is a raw reply: an object (a body), an array (the pieces of a stream), or a JSON
string that holds the text of a stream. Each line out is what it says:

  {"text", "refusal", "calls", "stop": {"signal", "provider"}, "usage", "more_choices"}

or {"error": {"kind", "message"}}. What the reply does not tell is null. Lines without anything in
them are passed over. The exit status is 0 when all lines were read, whatever they said.
"""

RECODE = """\
Each line in is a request's body, or {"url", "headers", "body"}. Each line out is the same request
for the other API, with all that it cannot say as it was meant:

  {"body", "url", "changes": [{"where", "what"}]}

or {"error": {"kind", "message"}}; with "headers" where the API needs more than every request's.
Lines without anything in them are passed over. The exit status is 0 when all lines were read.
"""

INTERRUPTED = 130
"""The exit status of whatever Ctrl-C ended, as shells have it."""


def parse(argv: Sequence[str] | None) -> argparse.Namespace:
    """The command and its options. Raises SystemExit: 2 for a usage error, 0 after `--help`."""
    parser = argparse.ArgumentParser(
        prog="roundtrip", description="Function calling, every round trip, step by step."
    )
    parser.add_argument("--version", action="version", version=f"roundtrip {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_ask(commands)
    _add_tools(commands)
    _add_decode(commands)
    _add_recode(commands)
    return parser.parse_args(argv)


def _add_ask(commands: Any) -> None:
    ask = commands.add_parser(
        "ask",
        help="a whole turn: ask, run what the model asks for, answer",
        epilog=EXIT_STATUS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    ask.set_defaults(usage_error=ask.error)
    ask.add_argument("prompt", metavar="PROMPT", type=_prompt, help="what to ask the model")
    _add_wire(ask)
    ask.add_argument(
        "--base-url", metavar="URL", type=_words, help="where to send, if not to the provider"
    )
    ask.add_argument(
        "--model", metavar="M", type=_words, help="the model; sim-… for a simulated one"
    )
    ask.add_argument("--simulator", action="store_true", help="let our simulator answer")
    ask.add_argument(
        "--script",
        metavar="NAME|FILE",
        type=_words,
        help="let a simulated model follow this script: one that comes along, or a file of yours",
    )
    ask.add_argument(
        "--fault", metavar="NAME", type=_words, help="let this go wrong at a simulator, e.g. 429*1"
    )
    ask.add_argument(
        "--tools",
        metavar="PATH",
        type=Path,
        nargs="+",
        action="extend",
        help="a .py file of functions, a folder of those, a JSON file (default: the sample tools)",
    )
    ask.add_argument(
        "--tool-choice", metavar="auto|any|none|NAME", help="what the model may or must call"
    )
    _add_strict(ask)
    ask.add_argument("--stream", action=argparse.BooleanOptionalAction, default=True)
    ask.add_argument("--max-round-trips", metavar="N", type=_positive, help="end the turn there")
    ask.add_argument("--system", metavar="TEXT", type=_words, help="the system prompt")
    ask.add_argument(
        "--max-output-tokens",
        metavar="N",
        type=_positive,
        default=OUTPUT_TOKENS,
        help="of one reply (default: %(default)s)",
    )
    ask.add_argument("--temperature", metavar="T", type=_temperature)
    ask.add_argument(
        "--approve",
        metavar="all|NAME",
        action="append",
        default=[],
        help="run a tool that asks first, unasked (repeatable)",
    )
    ask.add_argument(
        "--result",
        metavar="NAME=JSON",
        type=_result,
        action="append",
        default=[],
        help="answer calls of NAME with this instead of running it (repeatable: one a call, "
        "the last for all further calls)",
    )
    ask.add_argument("--json", action="store_true", help="print the run document, nothing else")


def _add_tools(commands: Any) -> None:
    tools = commands.add_parser("tools", help="the definitions as a wire sends them")
    tools.set_defaults(usage_error=tools.error)
    tools.add_argument("tools", metavar="PATH", type=Path, nargs="+")
    _add_wire(tools)
    _add_strict(tools)
    tools.add_argument("--json", action="store_true", help="as one JSON object")


def _add_decode(commands: Any) -> None:
    decode = commands.add_parser(
        "decode",
        help="what raw replies say: JSON Lines in, one line out for each",
        description=DECODE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    decode.set_defaults(usage_error=decode.error)
    decode.add_argument("--wire", choices=list(WIRES), required=True, help="which API replied")
    _add_files(decode)


def _add_recode(commands: Any) -> None:
    recode = commands.add_parser(
        "recode",
        help="requests of one API said to another: JSON Lines in, one line out for each",
        description=RECODE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    recode.set_defaults(usage_error=recode.error)
    for option, field, what in (("--from", "source", "they are"), ("--to", "target", "to write")):
        recode.add_argument(
            option, dest=field, choices=list(WIRES), required=True, help=f"the API {what} for"
        )
    _add_files(recode)


def _add_files(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "files",
        metavar="FILE",
        type=Path,
        nargs="*",
        help="JSON Lines, - for the standard input (default)",
    )


def _add_wire(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--wire", choices=list(WIRES), default=next(iter(WIRES)), help="which API is spoken"
    )


def _add_strict(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--strict", action="store_true", help="the provider makes arguments fit the schema"
    )


def _prompt(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("there is nothing in it to ask")
    return _words(text)


def _words(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:  # bytes of the command line that are no UTF-8
        raise argparse.ArgumentTypeError(f"{text!r} is not text") from None
    return text


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 on")
    return int(text)


def _temperature(text: str) -> float:
    try:
        temperature = float(text)
    except ValueError:
        temperature = -1.0
    if not 0 <= temperature < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 on")
    return temperature


def _result(text: str) -> tuple[str, str]:
    """The tool's name, and the result as the model will read it."""
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=JSON")
    try:
        return name, as_text(json.loads(value))
    except (ValueError, NotJson) as error:
        hint = f"""a text is written {name}='"…"'"""
        raise argparse.ArgumentTypeError(f"{value!r} is not JSON ({error}); {hint}") from None
