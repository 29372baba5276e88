"""`python -m roundtrip.simulator`: the simulator alone, until Ctrl-C."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from roundtrip.simulator.scripts import Script, bundled, scripts_in
from roundtrip.simulator.server import BASES, DEFAULTS, Settings
from roundtrip.simulator.thread import SimulatorServer, address_of, listening_socket

_LAST_PORT = 65535


def main(arguments: list[str] | None = None) -> int:
    """Serve; 0 after Ctrl-C, 1 when the address cannot be had."""
    asked = _parser().parse_args(arguments)
    try:
        listening = listening_socket(asked.host, asked.port)
    except OSError as error:
        print(f"cannot listen on {asked.host}:{asked.port}: {error.strerror}", file=sys.stderr)
        return 1
    server = SimulatorServer(
        Settings(
            seconds_to_first_token=asked.latency,
            tokens_per_second=asked.tokens_per_second,
            today=asked.today,
            own_scripts=_scripts(asked.scripts) if asked.scripts else {},
        )
    )
    # The socket accepts already: who connects from here on is answered.
    root = address_of(listening)
    bases = ", ".join(f"{sdk} {root}{base}" for sdk, (base, _) in BASES.items())
    print(f"simulator ready at {root} (base URLs for the SDKs: {bases})", flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[listening])
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m roundtrip.simulator",
        description="Simulated model APIs: no key, no network, the official SDKs talk to it.",
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=_port, default=8600, help="0 takes a free one")
    parser.add_argument(
        "--latency",
        type=_not_negative,
        default=DEFAULTS.seconds_to_first_token,
        metavar="S",
        help="seconds to the first token (default %(default)s)",
    )
    parser.add_argument(
        "--tokens-per-second",
        type=_not_negative,
        default=DEFAULTS.tokens_per_second,
        metavar="N",
        help="0: at once (default %(default)s)",
    )
    parser.add_argument(
        "--today", type=date.fromisoformat, metavar="YYYY-MM-DD", help="what tomorrow counts from"
    )
    parser.add_argument(
        "--scripts",
        type=_folder,
        metavar="FOLDER",
        help="scripted replies of your own (.yaml, .yml, .json), beside those that are there: "
        + ", ".join(bundled()),
    )
    return parser


def _scripts(folder: Path) -> Mapping[str, Script]:
    """A person's own; what is wrong with a file is said, and the others are used."""
    loaded = scripts_in(folder, bundled())
    for complaint in loaded.complaints:
        print(f"script not used: {complaint}", file=sys.stderr, flush=True)
    return loaded.scripts


def _folder(text: str) -> Path:
    folder = Path(text)
    try:
        next(folder.iterdir(), None)
    except OSError as error:
        raise argparse.ArgumentTypeError(f"{text}: {error.strerror}") from None
    return folder


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > _LAST_PORT:
        raise argparse.ArgumentTypeError(f"{text} is no port from 0 to {_LAST_PORT}")
    return int(text)


def _not_negative(text: str) -> float:
    number = float(text)
    if not 0 <= number < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is no number from 0 up")
    return number


if __name__ == "__main__":
    sys.exit(main())
