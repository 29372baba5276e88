"""Parameters that want a sign of the zodiac: the signs a text names, or that of a birthday.

Owns the days of the signs. What a horoscope says, only a tool can tell.
"""

from __future__ import annotations

import re
from datetime import date

from roundtrip.simulator.model.mentions import Mention
from roundtrip.simulator.model.parameters import Parameter
from roundtrip.simulator.model.slots import Filled, TextInUse
from roundtrip.simulator.model.words import tokens

_BEGINS = (
    (1, 20, "Aquarius"), (2, 19, "Pisces"), (3, 21, "Aries"), (4, 20, "Taurus"), (5, 21, "Gemini"),
    (6, 21, "Cancer"), (7, 23, "Leo"), (8, 23, "Virgo"), (9, 23, "Libra"), (10, 23, "Scorpio"),
    (11, 22, "Sagittarius"), (12, 22, "Capricorn"),
)  # fmt: skip
_SIGNS = {sign.lower(): sign for _, _, sign in _BEGINS}
_NAMED = re.compile(rf"\b(?:{'|'.join(_SIGNS)})\b", re.I)


def wants_sign(parameter: Parameter) -> bool:
    """Whether it is called a sign and speaks of the zodiac, or gives a sign as its example."""
    about = set(tokens(f"{parameter.name} {parameter.description}"))
    return "sign" in parameter.name_words and bool(about & {"zodiac", "horoscope", *_SIGNS})


def find_sign(parameter: Parameter, text: TextInUse) -> Filled | None:
    """Each sign the text names, else that of a date in it."""
    named = [
        Mention("choice", *at.span(), _SIGNS[at.group().lower()])
        for at in _NAMED.finditer(text.reading.text)
    ]
    named = [one for one in named if not one.overlaps(text.taken)]
    if named:
        if re.search(r"\d$", parameter.name):
            named = named[:1]  # `sign1` and `sign2` have one each.
        text.taken.extend((one.start, one.end) for one in named)
        values = tuple(dict.fromkeys(one.value for one in named))
        listed = values if len(values) > 1 else ()
        return Filled(values[0], "a sign the text names", named[0], listed)
    days = [one for one in text.free("date") if one.value != text.reading.today.isoformat()]
    if not days:
        return None
    text.taken.append((days[0].start, days[0].end))
    spelled = text.reading.text[days[0].start : days[0].end]
    return Filled(_sign_of(str(days[0].value)), f"the sign of {spelled}", days[0])


def _sign_of(iso: str) -> str:
    day = date.fromisoformat(iso)
    begun = [sign for month, first, sign in _BEGINS if (month, first) <= (day.month, day.day)]
    return begun[-1] if begun else "Capricorn"
