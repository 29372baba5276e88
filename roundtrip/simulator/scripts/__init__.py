"""Scripted replies: what a model is made to say, for a lesson or a test, whatever was asked.

Owns the format of a script (`script.py`), its files (`files.py`), which reply is due and what its
values are (`playing.py`, `values.py`), and the scripts that come with the simulator (`*.yaml`).
Does not own how an API spells a reply. `README.md` beside this tells how to write one.
"""

from roundtrip.simulator.scripts.files import NotAScript, bundled, read_script, scripts_in
from roundtrip.simulator.scripts.playing import Scripted, ScriptedDecision, play
from roundtrip.simulator.scripts.script import Script

__all__ = [
    "NotAScript",
    "Script",
    "Scripted",
    "ScriptedDecision",
    "bundled",
    "play",
    "read_script",
    "scripts_in",
]
