"""The time of day anywhere, because a model does not know what time it is."""

from __future__ import annotations

from datetime import datetime
from difflib import get_close_matches
from zoneinfo import ZoneInfo, available_timezones

OPTIONAL = ("current_time",)
"""Functions that are offered once a person adds them in Settings."""


def current_time(timezone: str = "UTC") -> dict[str, str]:
    """Tell the current date and time by the clock of a time zone.

    Use it for what time or day it is now, here or elsewhere, and before you reckon with
    today's date. It gives the local date and time, the day of the week and the offset from UTC.

    Args:
        timezone: Region and city of the time zone as IANA writes it, e.g. "Asia/Tokyo". Leave
            it out for UTC.
    """
    zone = ZoneInfo(_zone(timezone))
    now = datetime.now(zone)
    offset = now.strftime("%z")
    return {
        "timezone": zone.key,
        "date": now.date().isoformat(),
        "time": now.strftime("%H:%M:%S"),
        "weekday": now.strftime("%A"),
        "utc_offset": f"{offset[:3]}:{offset[3:5]}",
    }


def _zone(name: str) -> str:
    """The zone's name as it is written, whatever its case and blanks."""
    zones = {_key(zone): zone for zone in sorted(available_timezones())}
    wanted = _key(name)
    if wanted in zones:
        return zones[wanted]
    # People say a city; only region and city together are a zone.
    near = [zone for key, zone in zones.items() if wanted and key.endswith(f"/{wanted}")]
    near = near or [zones[key] for key in get_close_matches(wanted, zones, n=3, cutoff=0.7)]
    hint = (
        f"did you mean {' or '.join(near[:3])}?"
        if near
        else "a zone is a region and a large city of it, e.g. Europe/Paris, or UTC"
    )
    raise ValueError(f'there is no time zone "{name}"; {hint}')


def _key(name: str) -> str:
    return "_".join(name.strip().casefold().split())
