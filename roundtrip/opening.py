"""What a server says on its terminal as it opens: who can come in, and what of the operator's they
may use.

Owns the words. What is allowed is decided in `doors.py`, `owner.py` and `allowance.py`.
"""

from __future__ import annotations

from collections.abc import Mapping

from roundtrip.allowance import Allowance
from roundtrip.doors import HOSTS_VARIABLE, Doors
from roundtrip.owner import KEY_VARIABLES, why_not_shared


def opening_words(
    doors: Doors, environ: Mapping[str, str], allowance: Allowance | None, allows_addresses: bool
) -> str:
    """One paragraph. It names variables, never what they hold."""
    names = dict.fromkeys(name for some in KEY_VARIABLES.values() for name in some)
    keys = ", ".join(name for name in names if environ.get(name, "").strip())
    if doors.only_this_machine:
        used = (
            f"Keys of the environment are used: {keys}."
            if keys
            else "The environment holds no keys."
        )
        return f"Roundtrip: only this machine can open it. {used}"
    return " ".join(
        (
            f"Roundtrip: others can open it ({_by_which_way(doors)}).",
            _money(keys, environ, allowance),
            "Visitors may enter any address, and so reach what this server reaches."
            if allows_addresses
            else "Nothing is sent to addresses that visitors enter "
            "(ROUNDTRIP_ALLOW_ADDRESSES=1 is not set).",
            "The tools are those there are now, run with your rights; "
            "a new or changed one waits for a restart.",
            "Their keys travel as the page does: put HTTPS before it.",
        )
    )


def _by_which_way(doors: Doors) -> str:
    bound = f"bound to {doors.address or 'every address'}"
    if doors.hosts:
        return f"{bound}, answers to {', '.join(doors.hosts)}"
    if doors.origins:
        return f"{bound}, used by pages of {', '.join(doors.origins)}"
    return f"{bound}, answers to any name; {HOSTS_VARIABLE} says to which"


def _money(keys: str, environ: Mapping[str, str], allowance: Allowance | None) -> str:
    if not keys:
        return "The environment holds no keys: each visitor types their own."
    missing = why_not_shared(environ)
    if missing or allowance is None:
        return f"Keys of the environment ({keys}) are not used: {missing}. Visitors type their own."
    return (
        f"Visitors may spend up to ${allowance.cap_usd:.2f} with the keys of the environment "
        f"({keys}), each up to ${allowance.owner_cap_usd:.2f}."
    )
