"""Which Chromium the tests drive, and how it is started.

Owns finding it and the rule for one that is missing: a failure where a browser is required, else
a skip that says so.
"""

from __future__ import annotations

import os
import shutil

import pytest
from playwright.sync_api import Browser, Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
ABSENT = "no Chromium: set CHROMIUM to one, or install it (scripts/browser does on Debian)"


def launch(playwright: Playwright) -> Browser:
    """Start it. Skips the test where there is none, fails under ROUNDTRIP_REQUIRE_BROWSER=1."""
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        if os.environ.get("ROUNDTRIP_REQUIRE_BROWSER") == "1":
            pytest.fail(ABSENT)
        pytest.skip(ABSENT)
    return playwright.chromium.launch(executable_path=path, args=list(FLAGS))
