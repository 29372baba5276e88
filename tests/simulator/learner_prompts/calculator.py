"""Prompts that want arithmetic, and some that only look so."""

from __future__ import annotations

from tests.simulator.learner_case import NO_CALL, SAMPLE, case, course
from tests.simulator.learner_wanted import calculate, freely

PROMPTS = (
    case("calculator-01", "plain", "What is 17% of 2,340?", [calculate(397.8)], []),
    case("calculator-02", "plain", "48 * 375", [calculate(18000)], []),
    case("calculator-03", "plain", "What is 1234 divided by 7?", [calculate(1234 / 7)]),
    case("calculator-04", "plain", "Calculate (3 + 4) * 12 - 9", [calculate(75)], []),
    case("calculator-05", "plain", "square root of 2025?", [calculate(45)], []),
    case("calculator-06", "plain", "what's 2 to the power of 40", [calculate(2**40)]),
    case("calculator-07", "plain", "3.5 + 12.75 + 8", [calculate(24.25)]),
    case("calculator-08", "plain", "How much is 15 percent of 89.90?", [calculate(13.485)]),
    case(
        "calculator-09",
        "paraphrase",
        "We are 7 people and the bill is 186.20. How much does each of us pay?",
        [calculate(26.6)],
        [],
    ),
    case(
        "calculator-10",
        "paraphrase",
        "i earn 2450 a month, how much is that in a year",
        [calculate(29400)],
    ),
    case(
        "calculator-11",
        "paraphrase",
        "A jacket costs 120 dollars and is 30% off. What do I pay?",
        [calculate(84)],
        or_else=(course([calculate(36)]),),
        offered=SAMPLE,
    ),
    case(
        "calculator-12",
        "paraphrase",
        "There are 24 bottles in a crate and we ordered 18 crates. How many bottles is that?",
        [calculate(432)],
    ),
    case(
        "calculator-13",
        "paraphrase",
        "tip of 18% on a 64 dollar dinner?",
        [calculate(11.52)],
        or_else=(course([calculate(75.52)]),),
    ),
    case(
        "calculator-14",
        "paraphrase",
        "Take 45 away from 1000 please",
        [calculate(955)],
    ),
    case(
        "calculator-15",
        "paraphrase",
        "multiply 19 by 23 and then add 6",
        [calculate(443)],
    ),
    case("calculator-16", "typo", "waht is 25 precent of 640", [calculate(160)]),
    case("calculator-17", "typo", "calcualte 77 tims 13", [calculate(1001)]),
    case("calculator-18", "typo", "squareroot of 1764 plz", [calculate(42)]),
    case("calculator-19", "typo", "hwo much is 9,5 % of 1.200 (german numbers)", [calculate(114)]),
    case(
        "calculator-20", "spelling", "what is three hundred and twelve minus 58", [calculate(254)]
    ),
    case("calculator-21", "spelling", "seven times eight", [calculate(56)], or_else=(NO_CALL,)),
    case("calculator-22", "spelling", "What's twenty percent of 4,500?", [calculate(900)]),
    case("calculator-23", "spelling", "144÷12×5", [calculate(60)]),
    case("calculator-24", "spelling", "1,250,000 / 16", [calculate(78125)]),
    case("calculator-25", "spelling", "12 squared plus 5 squared", [calculate(169)]),
    case("calculator-26", "spelling", "half of 7318", [calculate(3659)]),
    case(
        "calculator-27",
        "plain",
        "Which is bigger, 9.11 or 9.9?",
        [calculate(9.9, 0.79, -0.79)],
        or_else=(NO_CALL,),
    ),
    case(
        "calculator-28",
        "plain",
        "What's the remainder of 1000 divided by 37?",
        [calculate(1)],
    ),
    case(
        "calculator-29",
        "several-at-once",
        "What is 12% of 950, and what is 8% of 1310?",
        [calculate(114), calculate(104.8)],
        [],
    ),
    case(
        "calculator-30",
        "several-at-once",
        "1) 356 + 789  2) 45 * 45  3) 1000 / 8",
        [calculate(1145), calculate(2025), calculate(125)],
    ),
    case(
        "calculator-31",
        "paraphrase",
        "average of 12, 15, 21 and 40?",
        [calculate(22)],
        [],
    ),
    case(
        "calculator-32",
        "plain",
        "Round 17.4862 to two decimals",
        [calculate(17.49)],
        or_else=(NO_CALL,),
    ),
    case("calculator-33", "near-miss", "Who invented the calculator?", reply="answers"),
    case("calculator-34", "near-miss", "I was never good at maths at school.", reply="small talk"),
    case(
        "calculator-35",
        "near-miss",
        "Explain to me what a percentage is.",
        reply="answers",
    ),
    case(
        "calculator-36",
        "missing-information",
        "What is 20% of my salary?",
        reply="asks back",
    ),
    case(
        "calculator-37",
        "error-recovery",
        "What is 5 divided by 0?",
        [freely("calculate", "expression")],
        [],
        or_else=(NO_CALL,),
    ),
    case(
        "calculator-38",
        "near-miss",
        "My lucky numbers are 7 and 13.",
        reply="small talk",
    ),
)
