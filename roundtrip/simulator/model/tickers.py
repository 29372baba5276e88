"""Parameters that want the ticker symbol of a listed company.

Owns the table of large companies and recognising a symbol by its form. A company that is not in
the table is passed on as it is called: the tool will say what it knows.
"""

from __future__ import annotations

import re

from roundtrip.simulator.model.mentions import Mention, coordinated
from roundtrip.simulator.model.parameters import Parameter
from roundtrip.simulator.model.places import kinds_of
from roundtrip.simulator.model.slots import Filled, TextInUse
from roundtrip.simulator.model.words import plain, tokens

_SYMBOLS = {
    "apple": "AAPL", "microsoft": "MSFT", "amazon": "AMZN", "google": "GOOGL",
    "alphabet": "GOOGL", "meta": "META", "facebook": "META", "tesla": "TSLA", "nvidia": "NVDA",
    "netflix": "NFLX", "intel": "INTC", "ibm": "IBM", "disney": "DIS", "walt disney": "DIS",
    "coca cola": "KO", "pepsi": "PEP", "pepsico": "PEP", "nike": "NKE", "boeing": "BA",
    "ford": "F", "general motors": "GM", "walmart": "WMT", "starbucks": "SBUX", "oracle": "ORCL",
    "adobe": "ADBE", "salesforce": "CRM", "cisco": "CSCO", "qualcomm": "QCOM", "visa": "V",
    "mastercard": "MA", "paypal": "PYPL", "uber": "UBER", "airbnb": "ABNB", "pfizer": "PFE",
    "johnson and johnson": "JNJ", "goldman sachs": "GS", "jpmorgan": "JPM", "exxon": "XOM",
    "chevron": "CVX", "mcdonald": "MCD", "mcdonalds": "MCD", "sony": "SONY", "toyota": "TM",
    "alibaba": "BABA", "spotify": "SPOT", "twitter": "TWTR", "amd": "AMD", "sap": "SAP",
}  # fmt: skip
_SYMBOL = re.compile(r"(?<![\w.])[A-Z]{2,5}(?:\.[A-Z])?(?![\w.]*\w)")
_LEGAL = re.compile(r"[,.]?\s+(?:inc|llc|ltd|corp(?:oration)?|company|co|plc|ag|se)\b\.?$", re.I)
_NO_SYMBOL = frozenset({"I", "A", "US", "USD", "EUR", "GBP", "JPY", "NASDAQ", "NYSE", "OK", "ID"})
_KNOWN = frozenset(_SYMBOLS.values())


def wants_ticker(parameter: Parameter) -> bool:
    """Whether its name or description speaks of a ticker or stock symbol."""
    about = set(tokens(f"{parameter.name} {parameter.description}"))
    return "ticker" in about or ("symbol" in about and bool(about & {"stock", "share", "company"}))


def find_ticker(parameter: Parameter, text: TextInUse) -> Filled | None:
    """The symbols and companies the text names; a lower-case word only where it is known."""
    symbols = _spelled(text)
    spans = [(one.start, one.end) for one in symbols]
    companies = [one for one in _companies(text) if not one.overlaps(spans)]
    found = sorted([*symbols, *companies], key=lambda one: one.start)
    if not found:
        return None
    listed = coordinated(text.reading.text, found, found[0])
    text.taken.extend((one.start, one.end) for one in listed)
    values = tuple(dict.fromkeys(str(one.value) for one in listed))
    spelled = text.reading.text[listed[0].start : listed[0].end]
    same = spelled == values[0]
    reason = "the symbol in the text" if same else f"the symbol of {spelled}"
    return Filled(values[0], reason, listed[0], values if len(values) > 1 else ())


def _spelled(text: TextInUse) -> list[Mention]:
    shouted = text.reading.text == text.reading.text.upper()
    found = [] if shouted else list(_SYMBOL.finditer(text.reading.text))
    mentions = [Mention("identifier", *at.span(), at.group()) for at in found]
    return [m for m in mentions if m.value not in _NO_SYMBOL and not m.overlaps(text.taken)]


def _companies(text: TextInUse) -> list[Mention]:
    found = []
    for mention in text.free("name", "phrase", "quote"):
        name = _LEGAL.sub("", str(mention.value))
        words = " ".join(tokens(name))
        symbol = _SYMBOLS.get(words) or (plain(name).upper() if words.upper() in _KNOWN else None)
        if symbol:
            found.append(Mention("name", mention.start, mention.end, symbol))
        elif mention.kind == "phrase":
            found += _within(mention, text.reading.text)
        elif mention.kind == "name" and not (_SYMBOL.fullmatch(name) or kinds_of(name)):
            found.append(Mention("name", mention.start, mention.end, name))
    return found


def _within(phrase: Mention, text: str) -> list[Mention]:
    """A known company among small letters: "tesla stock doing"."""
    found = []
    for word in re.finditer(r"[\w-]+", text[phrase.start : phrase.end]):
        name = " ".join(tokens(word.group()))
        symbol = _SYMBOLS.get(name) or (name.upper() if name.upper() in _KNOWN else None)
        if symbol and len(name) > 2:
            start = phrase.start + word.start()
            found.append(Mention("name", start, start + len(word.group()), symbol))
    return found
