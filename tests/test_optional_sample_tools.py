"""The sample tools that a person adds: what they give, and what their errors teach."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, get_args

import pytest

from sample_tools import currency, documents, orders, stocks, units
from tests.test_sample_tools import FOLDER, TOOLS, called, rows


@pytest.fixture(autouse=True)
def own_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROUNDTRIP_ORDER_DESK", str(tmp_path / "desk.sqlite3"))
    monkeypatch.setenv("ROUNDTRIP_OUTBOX", str(tmp_path / "outbox.sqlite3"))


def refused(name: str, **arguments: Any) -> str:
    with pytest.raises(ValueError) as error:
        called(name, **arguments)
    return str(error.value)


def queried(sql: str) -> list[dict[str, Any]]:
    return called("query_orders", sql=sql)["rows"]


@pytest.mark.parametrize(
    ("value", "source", "target", "converted"),
    [
        (26.2, "mi", "km", 42.1648128),
        (10, "Kilometers", "miles", 6.21371192237),
        (180, "lb", "kg", 81.6466266),
        (98.6, "F", "C", 37),
        (-40, "°C", "fahrenheit", -40),
        (0, "C", "K", 273.15),
        (2, "cups", "ml", 473.176473),
        (100, "km/h", "m/s", 27.7777777778),
        (1, "GiB", "MB", 1073.741824),
        (8, "bit", "B", 1),
        (5, "feet", "cm", 152.4),
    ],
)
def test_a_value_is_converted(value: float, source: str, target: str, converted: float) -> None:
    given = called("convert_units", value=value, from_unit=source, to_unit=target)
    assert given["converted"] == converted


def test_every_unit_converts_to_every_other_of_its_kind_and_back() -> None:
    for kind in units._UNITS.values():
        for one in kind:
            for other in kind:
                there = units.convert_units(300, one, other)["converted"]
                assert isinstance(there, float)
                back = units.convert_units(there, other, one)["converted"]
                assert back == pytest.approx(300, abs=1e-6)


def test_a_unit_of_another_kind_or_of_none_is_an_error_that_helps() -> None:
    assert "units of mass are: mg, g, kg" in refused(
        "convert_units", value=1, from_unit="kg", to_unit="km"
    )
    assert "did you mean km" in refused(
        "convert_units", value=1, from_unit="kilometter", to_unit="m"
    )
    assert "length: mm, cm" in refused("convert_units", value=1, from_unit="parsec", to_unit="m")
    assert "below absolute zero" in refused("convert_units", value=-300, from_unit="C", to_unit="K")
    assert "too large" in refused("convert_units", value=1e308, from_unit="km", to_unit="mm")


def test_money_is_converted_at_the_rate_of_a_day_that_is_told() -> None:
    given = called("convert_currency", amount=100, from_currency="EUR", to_currency="USD")
    assert (given["converted"], given["rate"], given["rate_date"]) == (116.0, 1.16, "2026-11-20")
    there = called("convert_currency", amount=20, from_currency="GBP", to_currency="JPY")
    assert there["converted"] == round(20 / 0.87 * 179.5)
    assert set(get_args(currency.Currency)) == currency._PER_EUR.keys()


def test_a_share_has_a_price_with_its_date_and_an_unknown_one_names_the_known() -> None:
    assert called("get_stock_price", symbol=" msft ") == {
        "symbol": "MSFT",
        "company": "Microsoft",
        "price_usd": 521.6,
        "change_percent": 0.7,
        "closed_on": "2026-11-20",
    }
    error = refused("get_stock_price", symbol="APPL")
    assert all(f"{symbol} ({share[0]})" in error for symbol, share in stocks._SHARES.items())


def test_the_clock_tells_the_time_of_a_zone_and_an_unknown_one_names_its_neighbours() -> None:
    tokyo = called("current_time", timezone="asia/tokyo")
    assert (tokyo["timezone"], tokyo["utc_offset"]) == ("Asia/Tokyo", "+09:00")
    assert called("current_time")["utc_offset"] == "+00:00"
    assert refused("current_time", timezone="New York").endswith("did you mean America/New_York?")
    assert "Europe/Berlin" in refused("current_time", timezone="Europe/Berlim")
    assert "a region and a large city" in refused("current_time", timezone="Atlantis")
    assert refused("current_time", timezone="../../etc/passwd")


def test_the_handbook_is_searched_by_its_words_and_read_whole() -> None:
    found = called("search_documents", query="How long is the warranty of a fountain pen?")
    first = found["documents"][0]
    assert first["document_id"] == "warranty"
    assert "Fountain pens have five years" in first["snippet"]
    assert len(found["documents"]) == 3
    text = called("read_document", document_id="warranty")["text"]
    assert "within the first six months" in text.lower() and first["snippet"] in text
    assert len(documents._handbook()) == 12
    assert all(80 <= len(text.split()) <= 200 for text in documents._handbook().values())


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        # What sending a standing desk back costs: a return, of a bulky item.
        ("send back a bulky item, cost of return", {"returns", "bulky_items"}),
        # Until when a present of November can go back: the usual time, and the season's.
        ("present ordered in November, days to send back", {"returns", "holiday_season"}),
        # A repair of an item whose warranty is over, for a member.
        ("repair without warranty for Paper Club members", {"repairs", "paper_club"}),
        ("delivery of a bulky item before the holidays", {"bulky_items", "holiday_season"}),
    ],
)
def test_both_documents_that_a_question_needs_are_among_the_first(
    question: str, wanted: set[str]
) -> None:
    found = called("search_documents", query=question, limit=4)["documents"]
    assert wanted <= {document["document_id"] for document in found}


def test_what_the_handbook_does_not_have_is_an_error_that_lists_what_it_has() -> None:
    assert "the documents are: Bulky items, " in refused("search_documents", query="zebra")
    assert "the ids are: bulky_items, " in refused("read_document", document_id="../orders")
    assert "from 1 to 10" in refused("search_documents", query="returns", limit=0)


def test_a_query_counts_what_no_other_tool_can() -> None:
    assert queried("select status, count(*) as orders from orders group by status order by 2") == [
        {"status": "cancelled", "orders": 2},
        {"status": "processing", "orders": 2},
        {"status": "shipped", "orders": 2},
        {"status": "delivered", "orders": 14},
    ]


def test_fifty_rows_are_given_and_the_others_counted() -> None:
    given = called("query_orders", sql="select a.order_id from orders a, orders b")
    assert (len(given["rows"]), given["rows_left_out"]) == (50, 350)
    assert called("query_orders", sql="select 1 as one") == {"rows": [{"one": 1}]}


@pytest.mark.parametrize(
    "sql",
    [
        "delete from orders",
        "insert into refunds values ('O-5001', '', 1, '') returning *",
        "with x as (select 1) update orders set status = 'lost'",
        "drop table orders",
        "create temp table mine (x)",
        "select 1; delete from orders",
        "attach database '{folder}/other.sqlite3' as other",
        "vacuum into '{folder}/copy.sqlite3'",
        "pragma user_version = 9",
        "select * from pragma_table_info('orders')",
        "select load_extension('x')",
        "select fts3_tokenizer('simple')",
        "begin immediate",
        "reindex",
    ],
)
def test_a_query_that_does_more_than_read_is_refused(sql: str, tmp_path: Path) -> None:
    queried("select 1")
    assert "only one SELECT is run here" in refused("query_orders", sql=sql.format(folder=tmp_path))
    assert {path.name.partition(".")[0] for path in tmp_path.iterdir()} == {"desk"}
    assert rows(tmp_path / "desk.sqlite3", "select count(*) from orders") == [(20,)]
    assert rows(tmp_path / "desk.sqlite3", "select count(*) from refunds") == [(0,)]


def test_the_file_itself_is_opened_for_reading_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(orders, "_may_read", lambda *_: sqlite3.SQLITE_OK)
    with pytest.raises(ValueError, match="readonly"):
        orders.query_orders("delete from orders")


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("select total from orders", "no such column: total; the tables are: create table"),
        ("select * from clients", "no such table: clients; the tables are"),
        ("selec 1", "syntax error"),
        ("", "no SELECT"),
        ("select a.city, b.city from customers a, customers b", "a name of its own with AS"),
        ("select hex(zeroblob(1000000000))", "too big"),
        ("select ?", "cannot be run"),
    ],
)
def test_a_query_that_cannot_be_run_says_why(sql: str, words: str) -> None:
    assert words in refused("query_orders", sql=sql)


@pytest.mark.parametrize("kept", ["union all", "union"])
def test_a_query_without_end_is_ended(kept: str) -> None:
    endless = f"with recursive c(x) as (select 1 {kept} select x + 1 from c) select sum(x) from c"
    assert "longer than 2 seconds" in refused("query_orders", sql=endless)


def test_a_value_json_does_not_have_is_still_a_result() -> None:
    assert json.dumps(queried("select x'00ff' as raw")) == '[{"raw": "00ff"}]'


def test_an_invoice_is_paid_once_into_the_outbox(tmp_path: Path) -> None:
    paid = called("pay_invoice", invoice_id="inv-302")
    assert (paid["invoice_id"], paid["paid_usd"]) == ("INV-302", 2199.0)
    assert "outbox" in paid["note"] and "no money has moved" in paid["note"]
    again = refused("pay_invoice", invoice_id="INV-302")
    assert f"already paid on {paid['paid_on']}" in again
    kept = rows(tmp_path / "outbox.sqlite3", "select invoice_id, amount_cents from payments")
    assert kept == [("INV-302", 219_900)]
    assert "INV-305 (Parcel Partners)" in refused("pay_invoice", invoice_id="INV-999")


def test_of_many_payments_at_once_one_is_made(tmp_path: Path) -> None:
    def attempt(_: int) -> bool:
        try:
            return bool(called("pay_invoice", invoice_id="INV-301"))
        except ValueError:
            return False

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(attempt, range(24))) == 1


def test_an_email_lies_in_the_outbox_and_is_not_sent(tmp_path: Path) -> None:
    sent = called("send_email", to="ada@example.com", subject="Parcel", body="It is on its way.")
    assert "has not been sent" in sent["note"]
    kept = rows(tmp_path / "outbox.sqlite3", "select email_id, recipient, body from emails")
    assert kept == [(sent["email_id"], "ada@example.com", "It is on its way.")]
    for to in ("Ada Lovelace", "a@b.c, d@e.f", "ada@example"):
        assert "is not one email address" in refused("send_email", to=to, subject="a", body="b")
    assert "one of them is empty" in refused("send_email", to="a@b.c", subject=" ", body="b")


def test_a_tool_writes_where_the_persons_data_lies(tmp_path: Path) -> None:
    script = "from sample_tools.outbox import pay_invoice as p; p('INV-303')"
    home = {"HOME": str(tmp_path), "PATH": "", "ROUNDTRIP_OUTBOX": ""}
    subprocess.run([sys.executable, "-c", script], cwd=FOLDER.parent, env=home, check=True)
    assert len(list(tmp_path.rglob("roundtrip/outbox.sqlite3"))) == 1


def test_what_is_optional_is_what_a_person_adds() -> None:
    assert {name for name, tool in TOOLS.items() if tool.optional} == {
        "convert_currency", "convert_units", "current_time", "get_stock_price", "pay_invoice",
        "query_orders", "read_document", "search_documents", "send_email",
    }  # fmt: skip
