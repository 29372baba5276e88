"""`python -m tests.bench`: every measurement once, in about a minute."""

from __future__ import annotations

import os
import platform
import time

from tests.bench import decision, engine, page


def main() -> None:
    began = time.monotonic()
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores; all in this one run")
    for part in (decision, engine, page):
        for figure in part.measure():
            print(figure, flush=True)
    print(f"took {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
