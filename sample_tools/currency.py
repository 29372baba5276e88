"""Money in other currencies, at the rates of one day, so that everyone sees the same."""

from __future__ import annotations

import math
from typing import Literal

OPTIONAL = ("convert_currency",)
"""Functions that are offered once a person adds them in Settings."""

_RATES_OF = "2026-11-20"

_PER_EUR = {
    "EUR": 1.0,
    "USD": 1.16,
    "GBP": 0.87,
    "JPY": 179.5,
    "CHF": 0.93,
    "SEK": 11.0,
    "NOK": 11.7,
    "DKK": 7.46,
    "PLN": 4.24,
    "CZK": 24.2,
    "CAD": 1.63,
    "AUD": 1.79,
    "CNY": 8.25,
    "INR": 103.0,
    "BRL": 6.2,
    "KRW": 1_700.0,
}
"""Units of each currency for one euro. Sample rates: near the market's, of no use for trading."""

Currency = Literal[
    "EUR", "USD", "GBP", "JPY", "CHF", "SEK", "NOK", "DKK",
    "PLN", "CZK", "CAD", "AUD", "CNY", "INR", "BRL", "KRW",
]  # fmt: skip


def convert_currency(
    amount: float, from_currency: Currency, to_currency: Currency
) -> dict[str, float | str]:
    """Convert an amount of money from one currency to another.

    Use it for questions about exchange rates, or what a price is in euros, dollars, pounds or
    yen. The rates are fixed, not live: say the date that comes with the result. It gives the
    converted amount, the rate and the date of the rate.

    Args:
        amount: The amount of money to convert, e.g. 49.9.
        from_currency: The currency of the amount, as its ISO code, e.g. "USD".
        to_currency: The currency wanted, as its ISO code, e.g. "EUR".
    """
    rate = _PER_EUR[to_currency] / _PER_EUR[from_currency]
    if not math.isfinite(amount * rate):
        raise ValueError(f"{amount} {from_currency} is too large to convert")
    decimals = 0 if to_currency in ("JPY", "KRW") else 2
    return {
        "amount": amount,
        "from_currency": from_currency,
        "converted": round(amount * rate, decimals),
        "to_currency": to_currency,
        "rate": float(f"{rate:.6g}"),
        "rate_date": _RATES_OF,
    }
