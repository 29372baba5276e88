"""Prompts over tools that a learner added: the README's first, with dates that are relative."""

from __future__ import annotations

from tests.simulator.learner_case import CLOCK, FIRST_VISIT, case
from tests.simulator.learner_wanted import (
    book_table,
    days_until,
    get_horoscope,
    get_weather,
    read_note,
    set_light,
)

DAYS = {"offered": (*FIRST_VISIT, "days_until"), "system": CLOCK}
TABLE = {"offered": ("book_table", "days_until", "get_weather"), "system": CLOCK}
LIGHTS = {"offered": (*FIRST_VISIT, "set_light")}
ALONE = {"offered": ("get_horoscope",)}

PROMPTS = (
    case(
        "own-01",
        "relative-date",
        "How long until Christmas?",
        [days_until("2026-12-25")],
        [],
        **DAYS,
    ),
    case(
        "own-02",
        "relative-date",
        "how many days until new year's eve",
        [days_until("2026-12-31")],
        **DAYS,
    ),
    case("own-03", "plain", "Days until 2027-03-01?", [days_until("2027-03-01")], [], **DAYS),
    case(
        "own-04",
        "spelling",
        "How many days is it until the 14th of February?",
        [days_until("2027-02-14")],
        **DAYS,
    ),
    case(
        "own-05",
        "relative-date",
        "how many days till next friday",
        [days_until("2026-11-27", "2026-12-04")],
        **DAYS,
    ),
    case(
        "own-06",
        "relative-date",
        "My exam is on 3 December. How many days do I have left?",
        [days_until("2026-12-03")],
        **DAYS,
    ),
    case(
        "own-07",
        "several-at-once",
        "How long until Christmas, and how long until 1 April 2027?",
        [days_until("2026-12-25"), days_until("2027-04-01")],
        **DAYS,
    ),
    case("own-08", "typo", "hwo many dyas til chrismas", [days_until("2026-12-25")], **DAYS),
    case("own-09", "missing-information", "How long until my birthday?", reply="asks back", **DAYS),
    case("own-10", "near-miss", "Why do we celebrate Christmas?", reply="answers", **DAYS),
    case(
        "own-11",
        "plain",
        "What is my horoscope? My sign is Aquarius.",
        [get_horoscope("Aquarius")],
        [],
        **ALONE,
    ),
    case("own-12", "paraphrase", "horoscope for leo pls", [get_horoscope("Leo")], **ALONE),
    case(
        "own-13",
        "paraphrase",
        "I was born on the 5th of May. What do the stars say today?",
        [get_horoscope("Taurus")],
        **ALONE,
    ),
    case(
        "own-14",
        "several-at-once",
        "My wife is a Gemini and I'm a Virgo, what does the horoscope say?",
        [get_horoscope("Gemini"), get_horoscope("Virgo")],
        **ALONE,
    ),
    case(
        "own-15",
        "missing-information",
        "What's my horoscope for today?",
        reply="asks back",
        **ALONE,
    ),
    case(
        "own-16",
        "plain",
        "Turn off the light in the kitchen.",
        [set_light("kitchen", 0)],
        [],
        **LIGHTS,
    ),
    case(
        "own-17",
        "paraphrase",
        "dim the living room to 40%",
        [set_light("living room", 40)],
        **LIGHTS,
    ),
    case(
        "own-18",
        "several-at-once",
        "Lights on in the hall and the kitchen please",
        [set_light("hall", 100), set_light("kitchen", 100)],
        **LIGHTS,
    ),
    case(
        "own-19",
        "near-miss",
        "Switch off the light in the garage.",
        reply=("declines", "asks back"),
        **LIGHTS,
    ),
    case(
        "own-20",
        "plain",
        "Book a table at Luigi's for 4 people tomorrow at 19:30.",
        [book_table("Luigi's", ("2026-11-24",), "19:30", 4)],
        [],
        **TABLE,
    ),
    case(
        "own-21",
        "relative-date",
        "table for two at Casa Pepe this saturday 8 pm",
        [book_table("Casa Pepe", ("2026-11-28",), "20:00", 2)],
        **TABLE,
    ),
    case(
        "own-22",
        "missing-information",
        "Book a table at Luigi's.",
        reply="asks back",
        **TABLE,
    ),
    case(
        "own-23",
        "missing-information",
        "reserve a table for 6 people on 2 december at 18:00",
        reply="asks back",
        **TABLE,
    ),
    case(
        "own-24",
        "several-at-once",
        "Table at Sakura for three on 30 November at 12:00 please, and will it rain in Paris?",
        [book_table("Sakura", ("2026-11-30",), "12:00", 3), get_weather("Paris")],
        **TABLE,
    ),
    case(
        "own-25",
        "plain",
        "What is on my shopping note?",
        [read_note("shopping")],
        [],
        offered=(*FIRST_VISIT, "read_note"),
    ),
    case(
        "own-26",
        "near-miss",
        "What's the weather in Oslo tomorrow?",
        reply="declines",  # the only tool tells horoscopes
        **ALONE,
    ),
    case(
        "own-27",
        "near-miss",
        "Turn off the kitchen light.",
        reply="declines",  # no tool of a first visit switches lights
    ),
    case(
        "own-28",
        "near-miss",
        "How long does it take until water boils?",
        reply="answers",
        **DAYS,
    ),
    case(
        "own-29",
        "relative-date",
        "what day is it today?",
        reply="answers",
        **DAYS,
    ),
)
