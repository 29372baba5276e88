"""The files a component is made of: its own, or those that all share."""

from __future__ import annotations

from pathlib import Path

import pytest

from components.dictionary import dictionary
from components.request_log import request_log
from components.timeline import timeline

SHARED = {
    "scripts": dictionary.HERE.parent / "scripts",
    "styles": dictionary.HERE.parent / "styles",
}


@pytest.mark.parametrize(
    "component", [dictionary, request_log, timeline], ids=["dictionary", "log", "timeline"]
)
def test_a_component_is_made_of_its_own_files_and_of_shared_ones(component) -> None:
    for kind, names in (("scripts", component.SCRIPTS), ("styles", component.STYLES)):
        for name in names:
            file: Path = (component.HERE / name).resolve()
            assert file.is_file()
            assert file.parent in (component.HERE, SHARED[kind]), name
