"""Prompts that mean something only after the turn before them."""

from __future__ import annotations

from tests.simulator.learner_case import SAMPLE, also, case, course, earlier, made
from tests.simulator.learner_wanted import (
    calculate,
    convert_currency,
    convert_units,
    find_customer,
    flaky_service,
    get_order,
    get_stock_price,
    get_weather,
    list_orders,
    refund_order,
    send_email,
    set_light,
    shipping_status,
)

TOKYO = earlier(
    "What's the weather in Tokyo tomorrow?",
    made("get_weather", city="Tokyo"),
    answer="18 °C and light rain in Tokyo tomorrow. Wear a jacket and take an umbrella.",
)
PERCENT = earlier(
    "What is 17% of 2,340?",
    made("calculate", expression="2340 * 17 / 100"),
    answer="17% of 2,340 is 397.8.",
)
ADAS = earlier(
    "Has Ada Lovelace's latest order shipped yet?",
    made("find_customer", name_or_email="Ada Lovelace"),
    made("list_orders", customer_id="C-1001"),
    made("shipping_status", order_id="O-5018"),
    answer="Yes: O-5018 left with DHL on 18 November and is expected on 25 November.",
)
WHICH_CITY = earlier("What should I wear tomorrow?", answer="In which city will you be tomorrow?")
WHICH_ORDER = earlier("Where is my parcel?", answer="What is the number of your order?")
WHICH_REASON = earlier("Refund order O-5010.", answer="Why should O-5010 be refunded?")
CHAIR = earlier(
    "What is in order O-5010?",
    made("get_order", order_id="O-5010"),
    answer="One office chair for 319 US dollars.",
)
FIRST_QUARTER = earlier(
    "Sales of Q1?",
    made("flaky_service", quarter="Q1"),
    made("flaky_service", quarter="Q1"),
    answer="In Q1 the revenue was 182,400 US dollars with 1,204 orders.",
)

PROMPTS = (
    case("follow-01", "follow-up", "And in Oslo?", [get_weather("Oslo")], [], before=(TOKYO,)),
    case("follow-02", "follow-up", "what about paris", [get_weather("Paris")], before=(TOKYO,)),
    case("follow-03", "follow-up", "Thanks!", before=(TOKYO,), reply="small talk"),
    case(
        "follow-04",
        "follow-up",
        "So do I need an umbrella?",
        before=(TOKYO,),
        reply="answers",
    ),
    case(
        "follow-05",
        "follow-up",
        "same for madrid and rome pls",
        [get_weather("Madrid"), get_weather("Rome")],
        before=(TOKYO,),
    ),
    case("follow-06", "follow-up", "Lisbon", [get_weather("Lisbon")], before=(WHICH_CITY,)),
    case(
        "follow-07", "follow-up", "I'll be in Dublin", [get_weather("Dublin")], before=(WHICH_CITY,)
    ),
    case("follow-08", "follow-up", "Now double that.", [calculate(795.6)], [], before=(PERCENT,)),
    case("follow-09", "follow-up", "and 19%?", [calculate(444.6)], before=(PERCENT,)),
    case("follow-10", "follow-up", "minus 50 please", [calculate(347.8)], before=(PERCENT,)),
    case("follow-11", "follow-up", "What was in it?", [get_order("O-5018")], [], before=(ADAS,)),
    case(
        "follow-12",
        "follow-up",
        "And Grace Hopper's?",
        [find_customer("Grace Hopper", "Grace")],
        [list_orders("C-1002")],
        [shipping_status("O-5016")],
        or_else=(course([find_customer("Grace Hopper", "Grace")], [list_orders("C-1002")], []),),
        before=(ADAS,),
    ),
    case(
        "follow-13",
        "follow-up",
        "When does it arrive?",
        before=(ADAS,),
        or_else=(course([shipping_status("O-5018")]),),
        reply="answers",
    ),
    case(
        "follow-14",
        "follow-up",
        "Refund it then, she says it is the wrong colour.",
        [refund_order("O-5018", ("colour", "color"))],
        [],
        before=(ADAS,),
    ),
    case(
        "follow-15",
        "follow-up",
        "it's O-5017",
        [shipping_status("O-5017")],
        [],
        before=(WHICH_ORDER,),
    ),
    case(
        "follow-16",
        "follow-up",
        "The seat arrived broken.",
        [refund_order("O-5010", ("broken", "damage"))],
        [],
        before=(WHICH_REASON,),
    ),
    case("follow-17", "follow-up", "Never mind.", before=(WHICH_REASON,), reply="small talk"),
    case(
        "follow-18",
        "follow-up",
        "How much is that in euros?",
        [convert_currency(319, "USD", "EUR")],
        [],
        before=(CHAIR,),
        offered=SAMPLE,
    ),
    case(
        "follow-19",
        "follow-up",
        "and where is the parcel?",
        [shipping_status("O-5010")],
        before=(CHAIR,),
    ),
    case(
        "follow-20",
        "follow-up",
        "And Q2?",
        [flaky_service("Q2")],
        [flaky_service("Q2")],
        before=(FIRST_QUARTER,),
    ),
    case(
        "follow-21",
        "follow-up",
        "how much is 18 celsius in fahrenheit",
        [convert_units(18, "C", "F")],
        before=(TOKYO,),
        offered=also("convert_units"),
    ),
    case(
        "follow-22",
        "follow-up",
        "Something else: what does TSLA trade at?",
        [get_stock_price("TSLA")],
        [],
        before=(TOKYO, PERCENT),
        offered=SAMPLE,
    ),
    case(
        "follow-23",
        "follow-up",
        "ok and what is 25 * 16",
        [calculate(400)],
        before=(TOKYO, ADAS),
    ),
    case(
        "follow-24",
        "follow-up",
        "Email her that.",
        [send_email("ada@example.com", ("25", "DHL", "O-5018"))],
        before=(ADAS,),
        offered=also("send_email"),
    ),
    case(
        "follow-25",
        "follow-up",
        "and off again",
        [set_light("hall", 0)],
        before=(
            earlier(
                "Switch on the light in the hall.",
                made("set_light", room="hall", brightness=100),
                answer="The light in the hall is on.",
            ),
        ),
        offered=(*also(), "set_light"),
    ),
)
