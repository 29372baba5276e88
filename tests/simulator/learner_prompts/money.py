"""Prompts about money in other currencies, and about what shares cost."""

from __future__ import annotations

from tests.simulator.learner_case import SAMPLE, also, case, course
from tests.simulator.learner_wanted import calculate, convert_currency, get_stock_price

CURRENCY, STOCKS = also("convert_currency"), also("get_stock_price")

CURRENCIES = (
    case(
        "currency-01",
        "plain",
        "Convert 100 USD to EUR.",
        [convert_currency(100, "USD", "EUR")],
        [],
        offered=CURRENCY,
    ),
    case(
        "currency-02",
        "plain",
        "How much is 50 euros in Japanese yen?",
        [convert_currency(50, "EUR", "JPY")],
        [],
        offered=SAMPLE,
    ),
    case(
        "currency-03",
        "plain",
        "250 GBP in CHF",
        [convert_currency(250, "GBP", "CHF")],
        offered=CURRENCY,
    ),
    case(
        "currency-04",
        "paraphrase",
        "the headphones cost 249 US dollars, what's that in euros",
        [convert_currency(249, "USD", "EUR")],
        offered=SAMPLE,
    ),
    case(
        "currency-05",
        "paraphrase",
        "I have 20 pounds left from my London trip. How many euros do I get for it?",
        [convert_currency(20, "GBP", "EUR")],
        offered=CURRENCY,
    ),
    case(
        "currency-06",
        "paraphrase",
        "What would 1500 Swedish kronor be in Danish kroner?",
        [convert_currency(1500, "SEK", "DKK")],
        offered=CURRENCY,
    ),
    case(
        "currency-07",
        "spelling",
        "€75 to dollars please",
        [convert_currency(75, "EUR", "USD")],
        offered=CURRENCY,
    ),
    case(
        "currency-08",
        "spelling",
        "how much is £12.50 in $",
        [convert_currency(12.5, "GBP", "USD")],
        offered=SAMPLE,
    ),
    case(
        "currency-09",
        "spelling",
        "two thousand yen in euro?",
        [convert_currency(2000, "JPY", "EUR")],
        offered=CURRENCY,
    ),
    case(
        "currency-10",
        "typo",
        "convret 80 eruo to swiss fracs",
        [convert_currency(80, "EUR", "CHF")],
        offered=CURRENCY,
    ),
    case(
        "currency-11",
        "paraphrase",
        "What's the exchange rate from euro to Polish zloty?",
        [convert_currency(1, "EUR", "PLN")],
        or_else=(course([convert_currency(100, "EUR", "PLN")]),),
        offered=CURRENCY,
    ),
    case(
        "currency-12",
        "several-at-once",
        "What are 100 euros in dollars, in pounds and in yen?",
        [
            convert_currency(100, "EUR", "USD"),
            convert_currency(100, "EUR", "GBP"),
            convert_currency(100, "EUR", "JPY"),
        ],
        [],
        offered=CURRENCY,
    ),
    case(
        "currency-13",
        "missing-information",
        "Convert 40 dollars.",
        reply="asks back",
        offered=CURRENCY,
    ),
    case(
        "currency-14",
        "missing-information",
        "how many euros is that?",
        reply="asks back",
        offered=SAMPLE,
    ),
    case(
        "currency-15",
        "near-miss",
        "When was the euro introduced?",
        reply="answers",
        offered=CURRENCY,
    ),
    case(
        "currency-16",
        "near-miss",
        "Convert 100 USD to EUR.",
        reply="declines",  # no tool of a first visit knows a rate
    ),
)

SHARES = (
    case(
        "stock-01",
        "plain",
        "What is the share price of MSFT?",
        [get_stock_price("MSFT")],
        [],
        offered=STOCKS,
    ),
    case("stock-02", "plain", "NVDA stock price", [get_stock_price("NVDA")], offered=SAMPLE),
    case("stock-03", "plain", "How is IBM trading?", [get_stock_price("IBM")], offered=STOCKS),
    case(
        "stock-04",
        "paraphrase",
        "What does one Apple share cost?",
        [get_stock_price("AAPL")],
        [],
        offered=STOCKS,
    ),
    case(
        "stock-05",
        "paraphrase",
        "how's tesla stock doing",
        [get_stock_price("TSLA")],
        offered=SAMPLE,
    ),
    case(
        "stock-06",
        "paraphrase",
        "I own a few shares of Coca-Cola. What are they worth apiece?",
        [get_stock_price("KO")],
        offered=STOCKS,
    ),
    case(
        "stock-07",
        "paraphrase",
        "did Netflix shares go up or down?",
        [get_stock_price("NFLX")],
        offered=STOCKS,
    ),
    case("stock-08", "spelling", "price of msft", [get_stock_price("MSFT")], offered=STOCKS),
    case(
        "stock-09",
        "typo",
        "waht is the shrae price of INTC",
        [get_stock_price("INTC")],
        offered=STOCKS,
    ),
    case(
        "stock-10",
        "several-at-once",
        "Compare the stocks AAPL and AMZN",
        [get_stock_price("AAPL"), get_stock_price("AMZN")],
        [],
        offered=STOCKS,
    ),
    case(
        "stock-11",
        "several-at-once",
        "Share prices of Microsoft, Disney and Intel please",
        [get_stock_price("MSFT"), get_stock_price("DIS"), get_stock_price("INTC")],
        offered=SAMPLE,
    ),
    case(
        "stock-12",
        "chain",
        "What are 12 shares of DIS worth?",
        [get_stock_price("DIS")],
        [calculate(12 * 118.32)],
        [],
        or_else=(course([get_stock_price("DIS")], []),),
        offered=STOCKS,
    ),
    case(
        "stock-13",
        "error-recovery",
        "stock price of SAP?",
        [get_stock_price("SAP")],
        [],
        offered=STOCKS,
    ),
    case(
        "stock-14",
        "missing-information",
        "What's the stock price?",
        reply="asks back",
        offered=STOCKS,
    ),
    case(
        "stock-15",
        "near-miss",
        "What is a stock exchange?",
        reply="answers",
        offered=STOCKS,
    ),
    case(
        "stock-16",
        "near-miss",
        "Do you have a recipe for chicken stock?",
        reply="answers",
        offered=SAMPLE,
    ),
    case(
        "stock-17",
        "off-topic",
        "I had an apple for breakfast.",
        reply="small talk",
        offered=STOCKS,
    ),
)

PROMPTS = (*CURRENCIES, *SHARES)
