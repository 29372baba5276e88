"""The tools everyone starts with."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roundtrip.tools import tools_in
from roundtrip.tools.checks import problems, schema_problem
from roundtrip.tools.python import PORTABLE_NAME
from roundtrip.tools.tool import Tool
from sample_tools import calculator, weather

FOLDER = Path(__file__).parents[1] / "sample_tools"
TOOLS = {tool.name: tool for tool in tools_in(FOLDER).tools}


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "desk.sqlite3"
    monkeypatch.setenv("ROUNDTRIP_ORDER_DESK", str(path))
    monkeypatch.delenv("ROUNDTRIP_ORDER_DESK_PAUSE_S", raising=False)
    return path


def called(name: str, **arguments: Any) -> Any:
    tool = TOOLS[name]
    assert problems(arguments, tool.definition.input_schema) == ()
    assert tool.run is not None
    return tool.run(**arguments)


def rows(path: Path, query: str) -> list[tuple[Any, ...]]:
    desk = sqlite3.connect(path)
    try:
        return desk.execute(query).fetchall()
    finally:
        desk.close()


def test_every_sample_file_loads_and_what_cannot_be_undone_asks_first() -> None:
    assert tools_in(FOLDER).problems == ()
    assert {name for name, tool in TOOLS.items() if not tool.optional} == {
        "calculate", "find_customer", "flaky_service", "get_order", "get_weather", "list_orders",
        "refund_order", "shipping_status",
    }  # fmt: skip
    asking = {name for name, tool in TOOLS.items() if tool.policy != "auto"}
    assert asking == {"refund_order", "pay_invoice", "send_email"}


@pytest.mark.parametrize("tool", TOOLS.values(), ids=lambda tool: tool.name)
def test_a_sample_tool_is_defined_as_one_should_be(tool: Tool) -> None:
    schema = tool.definition.input_schema
    assert PORTABLE_NAME.fullmatch(tool.name)
    assert "Use it" in (tool.definition.description or "")
    assert schema_problem(schema) is None
    assert schema["additionalProperties"] is False
    for argument in schema["properties"].values():
        assert "e.g." in argument["description"]


@pytest.mark.parametrize("city", ["Tokyo", "tokyo", " TOKYO "])
def test_the_weather_in_tokyo_asks_for_a_jacket_and_an_umbrella(city: str) -> None:
    assert called("get_weather", city=city) == {
        "city": "Tokyo",
        "temp_c": 18,
        "sky": "light rain",
        "wear": "a jacket and an umbrella",
    }


def test_the_weather_knows_thirty_cities_with_or_without_accents() -> None:
    assert len(weather._FORECASTS) == 30
    assert called("get_weather", city="Oslo")["wear"] == "a winter coat and boots"
    assert called("get_weather", city="sao paulo")["city"] == "São Paulo"
    for city in weather._FORECASTS:
        assert called("get_weather", city=city)["city"] == city


def test_an_unknown_city_is_an_error_that_helps() -> None:
    with pytest.raises(ValueError, match="did you mean Tokyo"):
        called("get_weather", city="Tokio")
    with pytest.raises(ValueError, match="cities are for example Amsterdam"):
        called("get_weather", city="Atlantis")


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("(3 + 4) * 12", 84),
        ("2340 * 17 / 100", 397.8),
        ("2**10", 1024),
        ("-7 // 2", -4),
        ("7 % 4", 3),
        ("sqrt(16) + abs(-1)", 5),
        ("round(2.567, 2)", 2.57),
        ("max(1, 2, 3) - min(4, 5)", -1),
        ("6 / 2", 3),
        (" 1e3 ", 1000),
    ],
)
def test_the_calculator_calculates(expression: str, value: float) -> None:
    assert called("calculate", expression=expression) == value


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("1 / 0", "division by zero"),
        ("0 ** -1", "division by zero"),
        ("9 ** 9 ** 9", "too large"),
        ("10.0 ** 400", "too large"),
        ("1e308 * 10", "too large"),
        ("(-8) ** 0.5", "not a real number"),
        ("sqrt(-1)", "has no value"),
        ("min()", "has no value"),
        ("price * 2", '"price" is not a number'),
        ("__import__('os').system('true')", "not arithmetic"),
        ("().__class__", "not arithmetic"),
        ("'a' * 9", "not arithmetic"),
        ("True + 1", "not arithmetic"),
        ("17 % of 2340", "not an arithmetic expression"),
        ("", "not an arithmetic expression"),
        ("(" * 400, "not an arithmetic expression"),
        ("1+" * 400 + "1", "longer than"),
    ],
)
def test_the_calculator_refuses_in_words(expression: str, words: str) -> None:
    with pytest.raises(ValueError) as refused:
        called("calculate", expression=expression)
    assert words in str(refused.value)


@given(st.text(alphabet="0123456789.+-*/%() ,eE", max_size=60) | st.text(max_size=20))
def test_no_expression_makes_the_calculator_raise_anything_else(expression: str) -> None:
    started = time.thread_time()
    with suppress(ValueError):
        assert abs(calculator.calculate(expression)) <= 1e100
    assert time.thread_time() - started < 1


def test_the_flaky_service_fails_first_and_then_works() -> None:
    for _ in range(2):
        with pytest.raises(ConnectionError, match="temporarily unavailable, try again"):
            called("flaky_service", quarter="Q3")
        assert called("flaky_service", quarter="Q3")["quarter"] == "Q3"
    with pytest.raises(ConnectionError):
        called("flaky_service", quarter="Q4")
    assert problems({"quarter": "Q5"}, TOOLS["flaky_service"].definition.input_schema)
    called("flaky_service", quarter="Q4")


def test_the_order_desk_answers_where_the_last_order_of_somebody_is(desk: Path) -> None:
    customer = called("find_customer", name_or_email="Ada Lovelace")
    assert customer["customer_id"] == "C-1001"
    orders = called("list_orders", customer_id=customer["customer_id"])["orders"]
    assert [order["ordered_on"] for order in orders] == ["2026-11-16", "2026-05-14", "2026-03-02"]
    last = orders[0]["order_id"]
    assert called("shipping_status", order_id=last) == {
        "order_id": "O-5018",
        "status": "shipped",
        "carrier": "DHL",
        "tracking": "DH4412297",
        "shipped_on": "2026-11-18",
        "expected_on": "2026-11-25",
    }
    order = called("get_order", order_id=last)
    assert order["total_usd"] == 478.0
    assert order["total_usd"] == sum(i["quantity"] * i["price_usd"] for i in order["items"])


def test_every_order_of_the_desk_can_be_looked_up(desk: Path) -> None:
    called("find_customer", name_or_email="ada@example.com")
    listed = []
    for (customer_id,) in rows(desk, "select customer_id from customers"):
        listed += called("list_orders", customer_id=customer_id)["orders"]
    assert len(listed) == 20
    for shown in listed:
        order = called("get_order", order_id=shown["order_id"])
        assert {key: order[key] for key in shown} == shown
        assert order["items"]
        parcel = called("shipping_status", order_id=shown["order_id"])
        assert parcel["status"] == order["status"]
        assert ("tracking" in parcel) == (order["status"] in ("shipped", "delivered"))


@pytest.mark.parametrize("words", ["grace hopper", "GRACE", "grace@example.com", " Hopper "])
def test_a_customer_is_found_by_name_part_of_it_or_email(words: str, desk: Path) -> None:
    assert called("find_customer", name_or_email=words)["customer_id"] == "C-1002"


@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        ("find_customer", {"name_or_email": "Nobody"}, 'no customer is called "Nobody"'),
        ("find_customer", {"name_or_email": ""}, "no customer is called"),
        ("find_customer", {"name_or_email": "Johnson"}, "give the email address"),
        ("list_orders", {"customer_id": "C-9"}, "an id looks like C-1001"),
        ("get_order", {"order_id": "17"}, "an id looks like O-5018"),
        ("refund_order", {"order_id": "17", "reason": "x"}, "an id looks like O-5018"),
    ],
)
def test_the_desk_refuses_in_words(
    name: str, arguments: dict[str, str], words: str, desk: Path
) -> None:
    with pytest.raises(ValueError, match=words):
        called(name, **arguments)


def test_an_order_is_refunded_once(desk: Path) -> None:
    refund = called("refund_order", order_id="o-5005", reason="arrived damaged")
    assert (refund["order_id"], refund["refunded_usd"]) == ("O-5005", 249.0)
    with pytest.raises(ValueError, match=f"already refunded on {refund['refunded_on']}"):
        called("refund_order", order_id="O-5005", reason="again")
    kept = rows(desk, "select order_id, reason, amount_cents from refunds")
    assert kept == [("O-5005", "arrived damaged", 24900)]
    order = called("get_order", order_id="O-5005")
    assert order["refunded_on"] == refund["refunded_on"]


@pytest.fixture
def other_programs(desk: Path) -> Iterator[list[subprocess.Popen[str]]]:
    programs: list[subprocess.Popen[str]] = []
    yield programs
    for program in programs:
        program.kill()
        program.communicate()


def refunding(**environment: str) -> subprocess.Popen[str]:
    script = "from sample_tools.orders import refund_order as r; print(r('O-5008', 'late'))"
    return subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=FOLDER.parent,
        env=os.environ | environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_of_many_refunds_at_once_on_a_new_desk_one_is_paid(
    desk: Path, other_programs: list[subprocess.Popen[str]]
) -> None:
    def attempt(_: int) -> bool:
        try:
            return bool(called("refund_order", order_id="O-5008", reason="late"))
        except ValueError as error:
            assert "already refunded" in str(error)
            return False

    other_programs += [refunding() for _ in range(3)]
    with ThreadPoolExecutor(8) as threads:
        paid = sum(threads.map(attempt, range(24)))
    for program in other_programs:
        said, error = program.communicate(timeout=30)
        assert said or "already refunded" in error
        paid += bool(said)
    assert paid == 1
    assert rows(desk, "select count(*) from refunds") == [(1,)]
    assert rows(desk, "select count(*) from orders") == [(20,)]


def test_a_refund_is_kept_when_the_program_dies_before_it_answers(
    desk: Path, other_programs: list[subprocess.Popen[str]]
) -> None:
    called("get_order", order_id="O-5008")
    program = refunding(ROUNDTRIP_ORDER_DESK_PAUSE_S="60")
    other_programs.append(program)
    deadline = time.monotonic() + 30
    while not rows(desk, "select * from refunds"):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert program.poll() is None
    program.kill()
    said, _ = program.communicate()
    assert said == ""
    assert rows(desk, "select order_id from refunds") == [("O-5008",)]
    with pytest.raises(ValueError, match="already refunded"):
        called("refund_order", order_id="O-5008", reason="again")
