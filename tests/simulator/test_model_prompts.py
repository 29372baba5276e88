"""What people type at a workshop, and the calls it should lead to with the sample tools.

The table is honest: a prompt the model gets wrong stays in it, and the share it gets right is
what is asserted.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sample_tools.calculator import calculate
from tests.figures import Figures
from tests.simulator.workshop import take_turn

ANY = object()
"""Any text: the reason of a refund may be worded freely."""

Call = tuple[str, Any]


def weather(*cities: str) -> list[Call]:
    return [("get_weather", {"city": city}) for city in cities]


def sum_of(value: float) -> list[Call]:
    """A calculation of any spelling with this value."""
    return [("calculate", value)]


def customer(who: str) -> list[Call]:
    return [("find_customer", {"name_or_email": who})]


def orders(who: str, customer_id: str) -> list[Call]:
    return [*customer(who), ("list_orders", {"customer_id": customer_id})]


def order(order_id: str) -> list[Call]:
    return [("get_order", {"order_id": order_id})]


def shipping(*order_ids: str) -> list[Call]:
    return [("shipping_status", {"order_id": order_id}) for order_id in order_ids]


def refund(order_id: str, reason: Any = ANY) -> list[Call]:
    return [("refund_order", {"order_id": order_id, "reason": reason})]


def reports(*quarters: str) -> list[Call]:
    """Each is down at first and asked once more."""
    once = [("flaky_service", {"quarter": quarter}) for quarter in quarters]
    return [*once, *once]


def conversion(value: float, source: str, target: str) -> list[Call]:
    return [("convert_units", {"value": value, "from_unit": source, "to_unit": target})]


def exchange(amount: float, source: str, target: str) -> list[Call]:
    arguments = {"amount": amount, "from_currency": source, "to_currency": target}
    return [("convert_currency", arguments)]


def search(query: str) -> list[Call]:
    return [("search_documents", {"query": query})]


def reads(document_id: str) -> list[Call]:
    """The search's description sends to it before an answer."""
    return [("read_document", {"document_id": document_id})]


def clock(*zones: str) -> list[Call]:
    return [("current_time", {"timezone": zone}) for zone in zones]


def shares(*symbols: str) -> list[Call]:
    return [("get_stock_price", {"symbol": symbol}) for symbol in symbols]


def payments(*invoices: str) -> list[Call]:
    return [("pay_invoice", {"invoice_id": invoice}) for invoice in invoices]


def email(to: str, subject: str, body: str) -> list[Call]:
    return [("send_email", {"to": to, "subject": subject, "body": body})]


def query(sql: str) -> list[Call]:
    return [("query_orders", {"sql": sql})]


BY_STATUS = "select status, count(*) as orders from orders group by status"
BY_CITY = "select city, count(*) as customers from customers group by city"

NOTHING: list[Call] = []
ADA, GRACE, ALAN = "Ada Lovelace", "Grace Hopper", "Alan Turing"

PROMPTS: list[tuple[str, list[Call]]] = [
    # The weather
    ("What should I wear in Tokyo and Oslo tomorrow?", weather("Tokyo", "Oslo")),
    ("What's the weather in Tokyo?", weather("Tokyo")),
    ("whats the weather in tokyo", weather("Tokyo")),
    ("weather in new york, oslo and paris", weather("New York", "Oslo", "Paris")),
    ("Do I need an umbrella in Bergen tomorrow?", weather("Bergen")),
    ("Is it warmer in Rome or Madrid?", weather("Rome", "Madrid")),
    ("How cold is it in Oslo?", weather("Oslo")),
    ("Oslo weather please", weather("Oslo")),
    ("Will it rain in London tomorrow?", weather("London")),
    ("I'm flying to Cairo tomorrow, what should I pack?", weather("Cairo")),
    ("Compare the weather in Berlin with Lisbon", weather("Berlin", "Lisbon")),
    ("Tell me the forecast for São Paulo", weather("São Paulo")),
    (
        "What is the temperature in Sydney, Singapore & Nairobi?",
        weather("Sydney", "Singapore", "Nairobi"),
    ),
    ("weather tokio", weather("Tokyo")),
    ("What's the weather?", NOTHING),
    ("What's the weather like in Paris, France?", weather("Paris")),
    ("Should I take a coat to Stockholm?", weather("Stockholm")),
    # The calculator
    ("What is 17 % of 2,340?", sum_of(397.8)),
    ("(3+4)*12", sum_of(84)),
    ("What is (3 + 4) * 12?", sum_of(84)),
    ("Calculate 12 times 8", sum_of(96)),
    ("How much is 1,200 plus 19 %?", sum_of(1428)),
    ("What's the square root of 144?", sum_of(12)),
    ("2 to the power of 10", sum_of(1024)),
    ("divide 100 by 8", sum_of(12.5)),
    ("Split 84.60 between 4 people", sum_of(21.15)),
    ("What is 20% off $50?", sum_of(40)),
    ("twelve plus thirty", sum_of(42)),
    ("average of 3, 4 and 8", sum_of(5)),
    ("What's 15% tip on $80?", sum_of(12)),
    ("what is 2+2", sum_of(4)),
    ("3 squared plus 4 squared", sum_of(25)),
    ("How many seconds are in a day?", NOTHING),
    # The order desk
    (f"Where is the last order of {ADA}?", [*orders(ADA, "C-1001"), *shipping("O-5018")]),
    (f"Has {ADA}'s latest order shipped yet?", [*orders(ADA, "C-1001"), *shipping("O-5018")]),
    (f"When will {ADA}'s order arrive?", [*orders(ADA, "C-1001"), *shipping("O-5018")]),
    ("Where is order O-5018?", shipping("O-5018")),
    ("Has O-5017 shipped?", shipping("O-5017")),
    ("Track O-5017 and O-5018", shipping("O-5017", "O-5018")),
    ("When will order O-5017 be delivered?", shipping("O-5017")),
    ("What did order O-5004 cost?", order("O-5004")),
    ("What is in order O-5004?", order("O-5004")),
    ("Show me order O-5011", order("O-5011")),
    (f"List the orders of {GRACE}", orders(GRACE, "C-1002")),
    (f"Show all orders from {ALAN}", orders(ALAN, "C-1003")),
    ("orders of ada lovelace", orders(ADA, "C-1001")),
    (f"How many orders does {GRACE} have?", orders(GRACE, "C-1002")),
    (f"Who is {GRACE}?", customer(GRACE)),
    ("Find the customer with the email ada@example.com", customer("ada@example.com")),
    (f"What's the email address of {ALAN}?", customer(ALAN)),
    ("List all orders of C-1003", [("list_orders", {"customer_id": "C-1003"})]),
    (f"What was in {GRACE}'s last order?", [*orders(GRACE, "C-1002"), *order("O-5016")]),
    (f"How much did {ADA}'s first order cost?", [*orders(ADA, "C-1001"), *order("O-5001")]),
    (
        f"Has {GRACE}'s and {ALAN}'s last order been delivered?",
        [
            *customer(GRACE),
            *customer(ALAN),
            ("list_orders", {"customer_id": "C-1002"}),
            ("list_orders", {"customer_id": "C-1003"}),
            *shipping("O-5016", "O-5019"),
        ],
    ),
    ("Where is my parcel?", NOTHING),
    ("Where is the order of Marie Curie?", customer("Marie Curie")),
    # Refunds
    ("Refund order O-5018 because it arrived broken", refund("O-5018", "it arrived broken")),
    ("Please refund O-5016, the box was empty", refund("O-5016", "the box was empty")),
    ("Refund O-5015", NOTHING),
    ("I want my money back for order O-5011. It was damaged.", refund("O-5011")),
    (
        f"Refund {ADA}'s last order because it arrived damaged",
        [*orders(ADA, "C-1001"), *refund("O-5018", "it arrived damaged")],
    ),
    # The reporting service
    ("How were sales in Q2?", reports("Q2")),
    ("Compare the revenue of Q1 and Q3", reports("Q1", "Q3")),
    ("Show me the Q4 sales report", reports("Q4")),
    # Several things at once
    ("What's the weather in Oslo, and what is 12 * 7?", [*weather("Oslo"), *sum_of(84)]),
    ("Where is O-5018 and what should I wear in Paris?", [*shipping("O-5018"), *weather("Paris")]),
    (f"Find {ADA} and list her orders", orders(ADA, "C-1001")),
    # Typed without looking at the model
    ("I'm in Berlin, do I need a scarf?", weather("Berlin")),
    ("Could you look up the weather for Madrid please", weather("Madrid")),
    ("rome and athens weather", weather("Rome", "Athens")),
    ("How hot will it get in Dubai and in Mumbai?", weather("Dubai", "Mumbai")),
    ("What's it like outside in Vienna?", weather("Vienna")),
    ("Tokyo or Oslo: where is it colder?", weather("Tokyo", "Oslo")),
    ("Should I bring sunglasses to Lisbon?", weather("Lisbon")),
    ("whats 9*9", sum_of(81)),
    ("What is 7 percent of 350?", sum_of(24.5)),
    ("How much is 250 minus 15%?", sum_of(212.5)),
    ("Multiply 14 by 23", sum_of(322)),
    ("What is the sum of 12, 30 and 8?", sum_of(50)),
    ("Compute 1234 * 5678", sum_of(7006652)),
    ("What's half of 97?", sum_of(48.5)),
    ("If I buy 3 tickets at 12.50 each, what do I pay?", sum_of(37.5)),
    ("Find Grace Hopper", customer(GRACE)),
    ("Which customer has the email grace@example.com?", customer("grace@example.com")),
    ("What did Alan Turing buy last?", [*orders(ALAN, "C-1003"), *order("O-5019")]),
    ("Show me the order history of grace hopper", orders(GRACE, "C-1002")),
    (f"Which of {GRACE}'s orders was the most expensive?", orders(GRACE, "C-1002")),
    (f"What's the status of {ADA}'s latest order?", [*orders(ADA, "C-1001"), *shipping("O-5018")]),
    ("What's the tracking number of O-5016?", shipping("O-5016")),
    ("Which carrier delivers order O-5018?", shipping("O-5018")),
    ("Has the order O-5019 been dispatched?", shipping("O-5019")),
    ("I'd like a refund for O-5014, the clock is broken", refund("O-5014", "the clock is broken")),
    (
        "Give Grace Hopper her money back for O-5002 because the keys stick",
        refund("O-5002", "the keys stick"),
    ),
    ("Which quarter had the highest revenue?", reports("Q1", "Q2", "Q3", "Q4")),
    ("Revenue in the third quarter?", reports("Q3")),
    (
        "Refund O-5010 because it wobbles, then tell me the weather in Cairo",
        [*refund("O-5010", "it wobbles"), *weather("Cairo")],
    ),
    ("What is 6*7 and 8*9?", [*sum_of(42), *sum_of(72)]),
    ("Cancel order O-5019", NOTHING),
    ("How many days until Christmas?", NOTHING),
    ("Who are you?", NOTHING),
    ("Send an email to Ada Lovelace", NOTHING),
    ("Summarise the French Revolution in two sentences", NOTHING),
    ("ok great, bye", NOTHING),
    # Units and currencies
    ("Convert 10 miles to km", conversion(10, "miles", "km")),
    ("How many km are 26.2 miles?", conversion(26.2, "miles", "km")),
    ("What is 98.6 F in C?", conversion(98.6, "F", "C")),
    ("how much is 180 lb in kg", conversion(180, "lb", "kg")),
    ("Convert 100 USD to EUR", exchange(100, "USD", "EUR")),
    ("How much is 50 dollars in yen?", exchange(50, "USD", "JPY")),
    ("What is €20 in pounds?", exchange(20, "EUR", "GBP")),
    # The handbook
    ("What does the handbook say about gift cards?", [*search("gift cards"), *reads("gift_cards")]),
    ("Search the handbook for opening hours", [*search("opening hours"), *reads("opening_hours")]),
    (
        "Read the document about returns",
        [*search("returns"), *reads("returns")],
    ),
    (
        "Read me the whole document on repairs",
        [*search("repairs"), *reads("repairs")],
    ),
    (
        "How long is the warranty of a fountain pen?",
        [*search("the warranty of a fountain pen"), *reads("warranty")],
    ),
    # SQL, as somebody types it
    (f"Run this SQL: {BY_STATUS}", query(BY_STATUS)),
    (f"{BY_CITY};", query(BY_CITY)),
    # Payments and emails
    ("Pay invoice INV-302", payments("INV-302")),
    ("Please pay INV-304 and INV-305", payments("INV-304", "INV-305")),
    (
        'Send an email to ada@example.com with the subject "Your parcel" saying it ships tomorrow',
        email("ada@example.com", "Your parcel", "it ships tomorrow"),
    ),
    (
        "Send an email to grace@example.com about her refund: it was paid today",
        email("grace@example.com", "her refund", "it was paid today"),
    ),
    # Shares
    ("What's the stock price of Apple?", shares("AAPL")),
    ("MSFT share price", shares("MSFT")),
    ("Compare the share prices of NVDA and INTC", shares("NVDA", "INTC")),
    # The clock
    ("What time is it in Tokyo?", clock("Asia/Tokyo")),
    ("What's today's date?", [("current_time", {})]),
    (
        "what is the time in New York and Paris",
        clock("America/New_York", "Europe/Paris"),
    ),
    # Nothing fits
    ("Hello", NOTHING),
    ("hi there!", NOTHING),
    ("Thanks a lot!", NOTHING),
    ("Tell me a joke", NOTHING),
    ("Write a poem about rain", NOTHING),
    ("What is the capital of France?", NOTHING),
    ("Who won the world cup in 2014?", NOTHING),
    ("Translate 'good morning' into French", NOTHING),
    ("What can you do?", NOTHING),
    ("Book me a table for two tonight", NOTHING),
    ("What is the meaning of life?", NOTHING),
    ("Play some jazz", NOTHING),
]

_SHARE_TO_GET_RIGHT = 0.9
"""Below this a workshop stumbles more than once in ten prompts."""


@pytest.fixture(autouse=True)
def fresh_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROUNDTRIP_ORDER_DESK", str(tmp_path / "desk.sqlite"))
    monkeypatch.setenv("ROUNDTRIP_OUTBOX", str(tmp_path / "outbox.sqlite"))


def is_expected(made: list[tuple[str, dict[str, Any]]], expected: list[Call]) -> bool:
    return len(made) == len(expected) and all(
        name == wanted and _fits(arguments, value)
        for (name, arguments), (wanted, value) in zip(made, expected, strict=True)
    )


def _fits(arguments: dict[str, Any], expected: Any) -> bool:
    if not isinstance(expected, dict):
        return "expression" in arguments and calculate(**arguments) == pytest.approx(expected)
    return arguments.keys() == expected.keys() and all(
        value is ANY or arguments[name] == value for name, value in expected.items()
    )


def test_most_of_what_people_type_leads_to_the_right_calls(figures: Figures) -> None:
    wrong = [
        f"{prompt}\n    made {made}"
        for prompt, expected in PROMPTS
        if not is_expected(made := take_turn(prompt).calls, expected)
    ]
    right = 1 - len(wrong) / len(PROMPTS)
    figures.count("prompts that lead to the right calls", len(PROMPTS), wrong)
    assert len(PROMPTS) >= 60
    assert right >= _SHARE_TO_GET_RIGHT, "\n".join(wrong)
