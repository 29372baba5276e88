"""Closing prices of a dozen shares on one day, fixed, so that everyone sees the same."""

from __future__ import annotations

OPTIONAL = ("get_stock_price",)
"""Functions that are offered once a person adds them in Settings."""

_CLOSED_ON = "2026-11-20"

_SHARES: dict[str, tuple[str, float, float]] = {
    "AAPL": ("Apple", 268.4, -0.6),
    "AMZN": ("Amazon", 241.15, 1.2),
    "BRK.B": ("Berkshire Hathaway", 512.8, 0.1),
    "DIS": ("Disney", 118.32, -1.1),
    "GOOGL": ("Alphabet", 289.7, 0.9),
    "IBM": ("IBM", 305.25, 0.4),
    "INTC": ("Intel", 39.84, -2.3),
    "KO": ("Coca-Cola", 71.06, 0.2),
    "MSFT": ("Microsoft", 521.6, 0.7),
    "NFLX": ("Netflix", 112.45, -0.8),
    "NVDA": ("Nvidia", 198.3, 2.6),
    "TSLA": ("Tesla", 412.9, -3.4),
}
"""Company, price in US dollars and change in percent. Sample data: of no use for trading."""


def get_stock_price(symbol: str) -> dict[str, str | float]:
    """Get the share price of one listed company in US dollars, by its ticker symbol.

    Use it for questions about stocks, shares or what a company trades at. Call it once for each
    company. It gives the closing price, the change in percent against the day
    before, and the date: prices are fixed, not live. It knows a dozen large companies.

    Args:
        symbol: The ticker symbol in capitals, not the company's name, e.g. "MSFT".
    """
    found = symbol.strip().upper().replace("-", ".")
    if found not in _SHARES:
        known = ", ".join(f"{ticker} ({share[0]})" for ticker, share in _SHARES.items())
        raise ValueError(f'no price for "{symbol}"; known symbols are: {known}')
    company, price, change = _SHARES[found]
    return {
        "symbol": found,
        "company": company,
        "price_usd": price,
        "change_percent": change,
        "closed_on": _CLOSED_ON,
    }
