"""`python -m tests.bench`: every measurement once, in a few minutes."""

from __future__ import annotations

import os
import platform
import time

from tests.bench import decision, engine, long_messages, page


def main() -> None:
    began = time.monotonic()
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores; all in this one run")
    for part in (decision, engine, long_messages, page):
        for figure in part.measure():
            print(figure, flush=True)
    print(f"took {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
