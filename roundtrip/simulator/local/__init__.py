"""A real model that runs on this machine, as an optional extra: what it is called, and asking it.

Owns nothing itself. `ask.py` is all that the simulator needs; `worker.py` runs in a process of its
own, the only place that loads the model.
"""

from roundtrip.simulator.local.ask import LocalModel, NoAnswer
from roundtrip.simulator.local.names import LOCAL_MODEL, LOCAL_TITLE, is_installed

__all__ = ["LOCAL_MODEL", "LOCAL_TITLE", "LocalModel", "NoAnswer", "is_installed"]
