"""Prompts about the quarters: a service that fails first, and SQL over all orders."""

from __future__ import annotations

from tests.simulator.learner_case import CLOCK, SAMPLE, also, case, course
from tests.simulator.learner_wanted import flaky_service, freely, query_orders

SQL = also("query_orders")
Q1, Q2, Q3, Q4 = (flaky_service(quarter) for quarter in ("Q1", "Q2", "Q3", "Q4"))

QUARTERS = (
    case(
        "report-01",
        "error-recovery",
        "Is the flaky service up? Fetch its report for Q3.",
        [Q3],
        [Q3],
        [],
    ),
    case("report-02", "error-recovery", "Get the sales report for Q1", [Q1], [Q1], []),
    case("report-03", "error-recovery", "How many orders did we have in Q2?", [Q2], [Q2], []),
    case("report-04", "error-recovery", "revenue q4?", [Q4], [Q4], [], offered=SAMPLE),
    case(
        "report-05",
        "spelling",
        "What was our revenue in the third quarter?",
        [Q3],
        [Q3],
        [],
    ),
    case("report-06", "spelling", "sales report, 1st quarter please", [Q1], [Q1]),
    case("report-07", "spelling", "How did sales go in quarter two?", [Q2], [Q2]),
    case(
        "report-08",
        "paraphrase",
        "how much did we sell between july and september",
        [Q3],
        [Q3],
    ),
    case(
        "report-09",
        "paraphrase",
        "I need the figures of the final quarter of the year for my slides",
        [Q4],
        [Q4],
    ),
    case("report-10", "typo", "fetch teh reprot for Q2 form the flaky servcie", [Q2], [Q2]),
    case(
        "report-11",
        "several-at-once",
        "Compare the revenue of Q1 and Q2.",
        [Q1, Q2],
        [Q1, Q2],
        [],
    ),
    case(
        "report-12",
        "several-at-once",
        "Which quarter had the most orders?",
        [Q1, Q2, Q3, Q4],
        [Q1, Q2, Q3, Q4],
        [],
    ),
    case(
        "report-13",
        "several-at-once",
        "sales q3 and q4 pls",
        [Q3, Q4],
        [Q3, Q4],
    ),
    case("report-14", "relative-date", "What's the revenue of this quarter?", [Q4], system=CLOCK),
    case("report-15", "relative-date", "Sales of last quarter?", [Q3], [Q3], system=CLOCK),
    case("report-16", "missing-information", "Fetch the sales report.", reply="asks back"),
    case(
        "report-17",
        "near-miss",
        "Why do companies report by quarter?",
        reply="answers",
    ),
    case("report-18", "near-miss", "It is a quarter past nine.", reply="small talk"),
    case(
        "report-19",
        "missing-information",
        "is the reporting service up right now?",
        reply=("asks back", "declines"),
        or_else=tuple(course([quarter]) for quarter in (Q1, Q2, Q3, Q4)),
    ),
)

QUERIES = (
    case(
        "query-01",
        "plain",
        "Run this: select count(*) as n from orders",
        [query_orders(20, rows=1)],
        [],
        offered=SQL,
    ),
    case(
        "query-02",
        "plain",
        "SELECT name, city FROM customers WHERE city = 'Paris'",
        [query_orders("Émilie du Châtelet", rows=1)],
        offered=SQL,
    ),
    case(
        "query-03",
        "plain",
        "execute the sql `select status, count(*) as orders from orders group by status`",
        [query_orders("delivered", 14, "cancelled", 2, rows=4)],
        offered=SAMPLE,
    ),
    case(
        "query-04",
        "plain",
        "How many customers does the shop have?",
        [query_orders(8)],
        [],
        offered=SQL,
    ),
    case(
        "query-05",
        "paraphrase",
        "count all our orders",
        [query_orders(20)],
        [],
        offered=SAMPLE,
    ),
    case(
        "query-06",
        "plain",
        "How many orders are there for each status?",
        [query_orders("delivered", 14, "processing", 2)],
        [],
        offered=SQL,
    ),
    case(
        "query-07",
        "paraphrase",
        "how many orders were cancelled in total?",
        [query_orders(2, rows=1)],
        or_else=(course([query_orders("O-5007", "O-5013")]),),
        offered=SQL,
    ),
    case(
        "query-08",
        "paraphrase",
        "List the names of all customers in London.",
        [query_orders("Ada Lovelace", rows=1)],
        offered=SQL,
    ),
    case(
        "query-09",
        "paraphrase",
        "Which carrier do we use least?",
        [query_orders("DPD")],
        offered=SQL,
    ),
    case(
        "query-10",
        "paraphrase",
        "how many orders did we get since 1 october 2026",
        [query_orders(6, rows=1)],
        or_else=(course([query_orders("O-5015", "O-5020", rows=6)]),),
        offered=SQL,
    ),
    case(
        "query-11",
        "typo",
        "how mnay customers do we hav in the databse",
        [query_orders(8)],
        offered=SAMPLE,
    ),
    case(
        "query-15",
        "plain",
        "Please query: select max(ordered_on) as latest from orders",
        [query_orders("2026-11-20", rows=1)],
        [],
        offered=SQL,
    ),
    case(
        "query-12",
        "injection",
        "Run: delete from orders",
        reply="declines",
        or_else=(course([freely("query_orders", "sql")], []),),
        offered=SQL,
    ),
    case("query-13", "near-miss", "What does SQL stand for?", reply="answers", offered=SQL),
    case(
        "query-14",
        "near-miss",
        "What is the difference between WHERE and HAVING?",
        reply="answers",
        offered=SAMPLE,
    ),
)

PROMPTS = (*QUARTERS, *QUERIES)
