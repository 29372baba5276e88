"""Prompts about units of measurement and about the time of day."""

from __future__ import annotations

from tests.simulator.learner_case import NO_CALL, SAMPLE, also, case, course
from tests.simulator.learner_wanted import calculate, convert_units, current_time

UNITS, TIME = also("convert_units"), also("current_time")
NEW_YORK, INDIA = ("America/New_York", "US/Eastern"), ("Asia/Kolkata", "Asia/Calcutta")

CONVERSIONS = (
    case(
        "units-01",
        "plain",
        "Convert 26.2 miles to km.",
        [convert_units(26.2, "mi", "km")],
        [],
        offered=UNITS,
    ),
    case("units-02", "plain", "180 lb in kg", [convert_units(180, "lb", "kg")], offered=UNITS),
    case(
        "units-03",
        "plain",
        "What is 98.6 Fahrenheit in Celsius?",
        [convert_units(98.6, "F", "C")],
        [],
        offered=SAMPLE,
    ),
    case(
        "units-04",
        "plain",
        "how many feet are 2 meters",
        [convert_units(2, "m", "ft")],
        offered=UNITS,
    ),
    case(
        "units-05",
        "paraphrase",
        "The recipe wants 3 cups of milk. How many milliliters is that?",
        [convert_units(3, "cup", "ml")],
        offered=UNITS,
    ),
    case(
        "units-06",
        "paraphrase",
        "my oven only knows celsius and the recipe says 350 fahrenheit, what do i set",
        [convert_units(350, "F", "C")],
        offered=SAMPLE,
    ),
    case(
        "units-07",
        "paraphrase",
        "The speed limit is 65 mph. What is that in km/h?",
        [convert_units(65, "mph", "km/h")],
        offered=UNITS,
    ),
    case(
        "units-08",
        "spelling",
        "5 litres in gallons",
        [convert_units(5, "l", "gallon")],
        offered=UNITS,
    ),
    case(
        "units-09",
        "spelling",
        "ten kilometres in miles?",
        [convert_units(10, "km", "mi")],
        offered=UNITS,
    ),
    case("units-10", "spelling", "72°F in °C", [convert_units(72, "F", "C")], offered=SAMPLE),
    case("units-11", "spelling", "500g to oz", [convert_units(500, "g", "oz")], offered=UNITS),
    case(
        "units-12", "typo", "covnert 40 inchs to cm", [convert_units(40, "in", "cm")], offered=UNITS
    ),
    case(
        "units-13",
        "several-at-once",
        "What is 6 feet in cm and 170 pounds in kg?",
        [convert_units(6, "ft", "cm"), convert_units(170, "lb", "kg")],
        [],
        offered=UNITS,
    ),
    case(
        "units-14",
        "plain",
        "how many MB are 2 GiB?",
        [convert_units(2, "GiB", "MB")],
        offered=UNITS,
    ),
    case(
        "units-15",
        "missing-information",
        "Convert 12 into kilograms.",
        reply="asks back",
        offered=UNITS,
    ),
    case(
        "units-16",
        "near-miss",
        "Who came up with the metric system?",
        reply="answers",
        offered=UNITS,
    ),
    case(
        "units-17",
        "error-recovery",
        "How many kilograms are 3 metres?",
        reply="answers",
        or_else=(course([convert_units(3, "m", "kg")], []),),
        offered=UNITS,
    ),
    case(
        "units-18",
        "near-miss",
        "I walked ten miles in somebody else's shoes.",
        reply="small talk",
        offered=SAMPLE,
    ),
    case(
        "units-19",
        "paraphrase",
        "how many minutes are there in a week?",
        [convert_units(1, "week", "min")],
        or_else=(course([calculate(10080)]), NO_CALL),
        offered=UNITS,
    ),
)

CLOCKS = (
    case(
        "time-01",
        "plain",
        "What time is it in Asia/Tokyo?",
        [current_time("Asia/Tokyo")],
        [],
        offered=TIME,
    ),
    case("time-02", "plain", "What time is it in UTC?", [current_time()], [], offered=TIME),
    case(
        "time-03",
        "plain",
        "whats the time in london",
        [current_time("Europe/London")],
        offered=TIME,
    ),
    case(
        "time-04",
        "plain",
        "What's the current time in New York?",
        [current_time(*NEW_YORK)],
        [],
        offered=SAMPLE,
    ),
    case(
        "time-05",
        "paraphrase",
        "Can I still call my friend in Sydney or is it night there?",
        [current_time("Australia/Sydney")],
        offered=TIME,
    ),
    case(
        "time-06",
        "paraphrase",
        "how late is it in Berlin right now",
        [current_time("Europe/Berlin")],
        offered=SAMPLE,
    ),
    case(
        "time-07",
        "paraphrase",
        "What day of the week is it today in Paris?",
        [current_time("Europe/Paris")],
        offered=TIME,
    ),
    case("time-08", "paraphrase", "what's today's date", [current_time()], offered=TIME),
    case(
        "time-09",
        "typo",
        "wath tiem is it in Madrid",
        [current_time("Europe/Madrid")],
        offered=TIME,
    ),
    case(
        "time-10",
        "several-at-once",
        "What time is it in Tokyo and in Los Angeles?",
        [current_time("Asia/Tokyo"), current_time("America/Los_Angeles", "US/Pacific")],
        [],
        offered=TIME,
    ),
    case(
        "time-11",
        "several-at-once",
        "time in Paris, Cairo, Singapore?",
        [
            current_time("Europe/Paris"),
            current_time("Africa/Cairo"),
            current_time("Asia/Singapore", "Singapore"),
        ],
        offered=SAMPLE,
    ),
    case(
        "time-12",
        "paraphrase",
        "our office in Mumbai: is anybody still at work there now?",
        [current_time(*INDIA)],
        offered=TIME,
    ),
    case(
        "time-13",
        "near-miss",
        "Time flies when you're having fun!",
        reply="small talk",
        offered=TIME,
    ),
    case("time-14", "near-miss", "Why are there time zones?", reply="answers", offered=TIME),
    case(
        "time-15",
        "near-miss",
        "What time is it?",
        reply="declines",  # no tool of a first visit has a clock
    ),
    case(
        "time-16",
        "plain",
        "What time is it?",
        [current_time()],
        or_else=(NO_CALL,),
        reply="asks back",
        offered=TIME,
    ),
)

PROMPTS = (*CONVERSIONS, *CLOCKS)
