"""Where tools come from and how they run. Which calls may run is the loop's business."""

from __future__ import annotations

from pathlib import Path

from roundtrip.tools import json_source, python
from roundtrip.tools.tool import Loaded


def tools_in(path: Path) -> Loaded:
    """The tools of a `.json` file, a `.py` file or a folder of those; `problems` has the rest."""
    source = json_source if path.suffix.lower() == ".json" else python
    return source.tools_in(path)
