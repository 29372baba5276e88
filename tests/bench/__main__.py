"""`python -m tests.bench`: every measurement once, in a few minutes, or those that are named."""

from __future__ import annotations

import argparse
import os
import platform
import time
from collections.abc import Callable
from functools import partial

from tests.bench import bfcl, decision, engine, long_messages, page, people, simulator_load
from tests.bench.figures import Figure

PARTS: dict[str, Callable[[], list[Figure]]] = {
    "decision": decision.measure,
    "engine": engine.measure,
    "long-messages": long_messages.measure,
    "page": page.measure,
    "simulator": simulator_load.measure,
}


def main() -> None:
    names = [*PARTS, "bfcl", "people"]
    parser = argparse.ArgumentParser(prog="make bench ARGS=…", description=__doc__)
    parser.add_argument("parts", nargs="*", default=names, metavar="|".join(names))
    parser.add_argument("--people", type=int, default=people.PEOPLE, help="how many at once")
    parser.add_argument("--minutes", type=float, default=1.0, help="of people taking steps")
    parser.add_argument(
        "--half", choices=("report", "tune"), default="report", help="of the public cases"
    )
    asked = parser.parse_args()
    parts = PARTS | {
        "bfcl": partial(bfcl.measure, asked.half),
        "people": partial(people.measure, asked.people, asked.minutes),
    }
    if unknown := set(asked.parts) - set(parts):
        parser.error(f"there is no {', '.join(sorted(unknown))}")
    began = time.monotonic()
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores; all in this one run")
    for name in asked.parts:
        for figure in parts[name]():
            print(figure, flush=True)
    print(f"took {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
