"""`--script` and `--fault`: what a simulated model is asked to do besides answering.

Owns what these options may be and the script that comes from a file. What becomes of them is the
simulator's.
"""

from __future__ import annotations

import re
from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path

from roundtrip.simulator.faults import fault_asked_for
from roundtrip.simulator.scripts import NotAScript, Script, bundled, read_script
from roundtrip.simulator.scripts.files import ENDINGS
from roundtrip.simulator.scripts.script import NAME
from roundtrip.simulator.wishes import Wishes


def wishes_of(
    arguments: Namespace, *, simulated: bool, ours: bool
) -> tuple[Wishes, Mapping[str, Script]]:
    """What is wished for, and the scripts that are in files of a person's own.

    `ours`: whether our own simulator answers; another one may have other scripts. Raises
    SystemExit(2).
    """
    given = [f"--{name}" for name in ("script", "fault") if getattr(arguments, name)]
    if given and not simulated:
        arguments.usage_error(f"{' and '.join(given)}: only for a simulated model; --simulator?")
    script = _script(arguments, ours) if arguments.script else None
    name = script.name if script else arguments.script or ""
    own = {script.name: script} if script and script.name not in bundled() else {}
    return Wishes(script=name, fault=_fault(arguments)), own


def _script(arguments: Namespace, ours: bool) -> Script | None:
    """The script as far as it is at hand here; None where the other side has it."""
    asked: str = arguments.script
    if not asked.lower().endswith(ENDINGS):
        if ours and asked not in bundled():
            listed = ", ".join(bundled())
            arguments.usage_error(f"--script: no script is called {asked!r}; there are: {listed}")
        if not re.fullmatch(NAME, asked):
            arguments.usage_error(f"--script: {asked!r} is no script's name")
        return bundled().get(asked)
    if not ours:
        arguments.usage_error("--script: a file is for our own simulator; here, give a name")
    try:
        script = read_script(Path(asked))
    except NotAScript as error:
        arguments.usage_error(f"--script: {error}")
    if bundled().get(script.name, script) != script:
        arguments.usage_error(f"--script: {asked}: a script that comes along is called that too")
    return script


def _fault(arguments: Namespace) -> str:
    asked: str = arguments.fault or ""
    try:
        fault_asked_for(asked)
    except ValueError as error:
        arguments.usage_error(f"--fault: {error}")
    return asked
