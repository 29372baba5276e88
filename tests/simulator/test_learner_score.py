"""The judgement of a model's calls: what is right, what is wrong, and the reason it gives."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.learner_case import NO_CALL, case, course, made
from tests.simulator.learner_score import (
    Exactly,
    GivenCall,
    Holds,
    Name,
    Wanted,
    judged,
)
from tests.simulator.learner_wanted import (
    Finds,
    Selects,
    Unit,
    Worth,
    calculate,
    current_time,
    get_stock_price,
    get_weather,
    refund_order,
    search_documents,
    shipping_status,
)

OSLO, TOKYO = get_weather("Oslo"), get_weather("Tokyo")
oslo, tokyo = made("get_weather", city="Oslo"), made("get_weather", city="Tokyo")


def reason(*given: list[GivenCall], wants: Any) -> str:
    verdict = judged(wants, given)
    assert not verdict.right
    return verdict.reason


def test_calls_may_come_in_any_order() -> None:
    assert judged([course([OSLO, TOKYO])], [[tokyo, oslo]]).right


def test_where_one_call_fits_two_that_are_wanted_the_others_decide() -> None:
    loose = get_weather("Oslo", "Tokyo")
    assert judged([course([loose, OSLO])], [[oslo, tokyo]]).right
    assert not judged([course([loose, OSLO])], [[tokyo, tokyo]]).right


def test_a_call_too_many_is_wrong_even_if_it_is_the_same_again() -> None:
    said = reason([oslo, oslo], wants=[course([OSLO])])
    assert said == (
        "round 1: get_weather(city='Oslo'), get_weather(city='Oslo'), "
        "wanted get_weather(city='Oslo')"
    )


def test_a_call_too_few_is_wrong() -> None:
    assert "wanted get_weather(city='Oslo'), get_weather(city='Tokyo')" in reason(
        [oslo], wants=[course([OSLO, TOKYO])]
    )


def test_no_call_is_right_only_where_it_is_wanted() -> None:
    assert judged([NO_CALL], [[]]).right
    assert reason([oslo], wants=[NO_CALL]) == ("round 1: get_weather(city='Oslo'), wanted no call")
    assert reason([], wants=[course([OSLO])]) == "round 1: no call, wanted get_weather(city='Oslo')"


def test_a_wrong_argument_is_named() -> None:
    assert reason([tokyo], wants=[course([OSLO])]) == (
        "round 1: get_weather: city is 'Tokyo', wanted 'Oslo'"
    )
    assert reason([oslo, made("get_weather", city="Rome")], wants=[course([OSLO, TOKYO])]) == (
        "round 1: get_weather: city is 'Rome', wanted 'Tokyo'"
    )


def test_an_argument_left_out_or_made_up_is_named() -> None:
    assert reason([made("get_weather")], wants=[course([OSLO])]) == (
        "round 1: get_weather: city is left out, wanted 'Oslo'"
    )
    invented = made("get_weather", city="Oslo", day="tomorrow")
    assert reason([invented], wants=[course([OSLO])]) == (
        "round 1: get_weather was given day, which was not wanted"
    )


def test_arguments_that_are_no_object_are_wrong() -> None:
    assert reason([GivenCall("get_weather", None)], wants=[course([OSLO])]) == (
        "round 1: get_weather has arguments that are no JSON object"
    )


def test_an_optional_argument_may_be_left_out_or_said() -> None:
    wants = [course([current_time()])]
    assert judged(wants, [[made("current_time")]]).right
    assert judged(wants, [[made("current_time", timezone="UTC")]]).right
    assert not judged(wants, [[made("current_time", timezone="Asia/Tokyo")]]).right
    searched = [course([search_documents("returns")])]
    assert judged(searched, [[made("search_documents", query="returns")]]).right
    assert judged(searched, [[made("search_documents", query="returns", limit=5)]]).right
    assert not judged(searched, [[made("search_documents", query="returns", limit=0)]]).right


def test_every_round_is_judged_and_the_wrong_one_is_numbered() -> None:
    wants = [course([OSLO], [TOKYO], [])]
    assert judged(wants, [[oslo], [tokyo], []]).right
    assert reason([oslo], [], wants=wants) == "round 2: no call, wanted get_weather(city='Tokyo')"
    assert reason([oslo], wants=wants) == "round 2: there was none"
    assert reason([oslo], [tokyo], [oslo], wants=wants).startswith("round 3: ")


def test_what_comes_after_the_last_round_named_is_not_judged() -> None:
    assert judged([course([OSLO])], [[oslo], [tokyo]]).right


def test_any_course_will_do_and_the_nearest_one_gives_the_reason() -> None:
    wants = [NO_CALL, course([OSLO], [TOKYO])]
    assert judged(wants, [[]]).right
    assert judged(wants, [[oslo], [tokyo]]).right
    assert reason([oslo], [oslo], wants=wants) == (
        "round 2: get_weather: city is 'Oslo', wanted 'Tokyo'"
    )


def test_without_a_course_nothing_can_be_judged() -> None:
    with pytest.raises(ValueError, match="no course"):
        judged([], [[]])


@pytest.mark.parametrize(
    ("wanted", "right", "wrong"),
    [
        (Exactly(5), [5, 5.0], ["5", 6, True, None]),
        (Exactly(True), [True], [1, "true"]),
        (Exactly("Q3"), ["Q3"], ["q3", "3"]),
        (Name("São Paulo"), ["Sao Paulo", " são paulo "], ["Sao", "São Paulo, Brazil", 1, None]),
        (Holds(("damaged",)), ["Arrived DAMAGED"], ["late", "", 1]),
        (Holds(("desk", ("late", "delay"))), ["The desk is delayed"], ["The desk", "late"]),
        (Holds(()), ["anything"], ["", "  ", None]),
        (Worth((397.8,)), ["2340 * 17 / 100", "0.17*2340"], ["397.8", "17 % 2340", "2,340", 397.8]),
        (Worth((28.5,)), ["round(28.499, 2) + 0.001", "57/2"], ["57", "57/0", "half of 57"]),
        (Unit("mi"), ["mi", "miles", "Mile"], ["km", "furlong", "", 1]),
        (Unit("F"), ["F", "°F", "fahrenheit"], ["C"]),
        (Finds(("returns",)), ["return period", "send back"], ["zebra", "", 3]),
        (
            Selects((8,), rows=1),
            ["select count(*) from customers", "SELECT COUNT(customer_id) AS n FROM customers;"],
            ["select 9", "select * from nothing", "customers", "delete from orders", 8],
        ),
        (
            Selects(("Ada Lovelace",)),
            ["select name from customers", "select * from customers where city = 'London'"],
            ["select city from customers"],
        ),
    ],
)
def test_what_an_argument_may_be(wanted: Wanted, right: list[Any], wrong: list[Any]) -> None:
    assert [one for one in right if not wanted.accepts(one)] == []
    assert [one for one in wrong if wanted.accepts(one)] == []


def test_a_ticker_symbol_must_be_in_capitals_and_an_id_need_not() -> None:
    small = made("get_stock_price", symbol="msft")
    assert not judged([course([get_stock_price("MSFT")])], [[small]]).right
    order = made("shipping_status", order_id="o-5018")
    assert judged([course([shipping_status("O-5018")])], [[order]]).right


def test_a_reason_is_judged_by_its_words() -> None:
    wants = [course([refund_order("O-5016", "damaged")])]
    given = made("refund_order", order_id="O-5016", reason="Arrived damaged")
    assert judged(wants, [[given]]).right
    given = made("refund_order", order_id="O-5016", reason="customer request")
    assert reason([given], wants=wants) == (
        "round 1: refund_order: reason is 'customer request', wanted a text with damaged"
    )


def test_a_case_says_how_many_replies_are_needed_to_judge_it() -> None:
    assert case("a", "plain", "?").rounds_wanted == 1
    chain = case("b", "chain", "?", [calculate(1)], [calculate(2)], [], or_else=(NO_CALL,))
    assert chain.rounds_wanted == 3
