"""`python -m roundtrip.cli`: the same as `roundtrip`."""

import sys

from roundtrip.cli import main

if __name__ == "__main__":
    sys.exit(main())
