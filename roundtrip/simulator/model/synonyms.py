"""Words that mean alike to a person who asks for something.

Owns the groups, and the few turns of phrase that stand for a word ("where is my parcel").
"""

from __future__ import annotations

import re
from functools import lru_cache

from roundtrip.simulator.model.words import stem

_GROUPS = """
weather forecast temperature climate cold warm hot humidity degree
weather rain rainy raining sunny snow snowing wind windy cloudy umbrella jacket coat
weather wear clothes clothing dress outfit pack umbrella jacket coat
weather picnic pour outdoors outside storm thunder fog hail heat freeze
weather scarf gloves boots shorts sunglasses raincoat sweater clothes
whereabouts track tracking shipping shipment parcel package arrive
shipping ship shipped dispatch deliver delivery parcel package carrier arrive transit
order purchase bought buy
customer client buyer shopper account person contact user
refund reimburse moneyback repay
pay payment settle transfer remit
sales sale sell sold revenue turnover income figure
cancel revoke abort
invoice bill receipt
price cost fee fare charge
total amount sum
calculate arithmetic math maths compute evaluate expression formula
calculate plus minus times percent divided multiplied squared
sum add addition plus
multiply multiplication product times
divide division quotient
subtract subtraction difference minus
percent percentage
root sqrt
flight fly plane airline airport airfare
hotel room accommodation lodging stay
book reserve reservation booking
car vehicle automobile drive rental
set turn switch dim adjust
horoscope zodiac star astrology sign
song music track playlist album listen
movie film cinema showtime
restaurant dining eat dinner lunch food cuisine
email mail message inbox
calendar meeting appointment event agenda
remind reminder alarm notify
convert conversion exchange
currency dollar euro pound yen money
stock share equity ticker
translate translation
distance far kilometer mile
route direction path navigate way
news headline article press
lawsuit case court legal
law statute legislation act
photo image picture
employee staff worker colleague
delete remove erase drop
update modify edit change
area surface
loan mortgage interest
salary wage pay income
team club squad
player athlete
game match fixture
win winner won victory champion
population inhabitant people resident
color colour
recipe cook dish ingredient meal
calorie nutrition diet
museum exhibition gallery
paint painting artwork
company business firm corporation
disease illness symptom diagnosis
doctor physician clinic
probability odds chance likelihood
average mean
trial toss flip roll throw experiment
velocity speed fast
gene dna genetic genome
time clock timezone
city town location
country nation
university college school campus
novel book author
tall height high
heavy weight mass
house home apartment property estate
tax duty vat
file document folder
near nearby close closest around
ticket issue bug
report summary overview statement quarter
service outage availability
""".strip()

GROUPED_WORDS = frozenset(_GROUPS.split())
"""Every word of a group, as it is written."""

_TURNS_OF_PHRASE = (
    (re.compile(r"\bwhat(?:'s| is| was) in\b.*\border\b", re.I), "items"),
    (re.compile(r"\bwh?ere(?:'s| is| are)\b", re.I), "whereabouts"),
    (re.compile(r"\b(?:get|be|come|is|are|isn't|not) (?:still )?here\b", re.I), "arrive"),
    (re.compile(r"\bwhat(?:'s| is| was) in (?:it\b|there\b|[A-Z]+-?\d)", re.I), "items"),
    (re.compile(r"\blook(?:ing)?(?: \w+)? up\b", re.I), "find"),
    (
        re.compile(
            r"\bhow late is it\b|\bis it (?:still |already )?(?:night|day|morning|evening|late"
            r"|early)(?:time)?\b|\bstill (?:at work|awake|asleep|up|in the office)\b",
            re.I,
        ),
        "clock",
    ),
    (re.compile(r"\bhow many days\b.*\b(?:until|till|left|to go)\b", re.I), "days"),
    (re.compile(r"\bhow (?:cold|warm|hot)\b|\bdegrees\b", re.I), "temperature"),
    (re.compile(r"\bhistory\b", re.I), "list"),
    (re.compile(r"\bit like (?:outside|out there|in)\b", re.I), "weather"),
    (re.compile(r"\bmoney back\b|\bpay\b.{0,30}\bback\b", re.I), "refund"),
    (re.compile(r"\b(?:how many|every|all(?: the| of the)?) [a-z]+s?\b", re.I), "list"),
    (re.compile(r"\bwho(?:'s| is| are)\b", re.I), "person"),
    (re.compile(r"\bhow far\b", re.I), "distance"),
    (re.compile(r"\bwhat(?:'s| is)?(?: the)? (?:current )?time\b", re.I), "clock"),
    (re.compile(r"\btoday's date\b|\b(?:what|which) (?:day|date) is (?:it|today)", re.I), "clock"),
    (re.compile(r"\bhow (?:much|expensive)\b.*\bcosts?\b", re.I), "price"),
    (
        re.compile(
            r"(?:^|\band |\bthen |[.,;!]\s*)(?:please )?e?-?mail\s+(?!address|of\b)\S"
            r"|\bby e?-?mail\b|\bwrite to \S+@",
            re.I,
        ),
        "send",
    ),
    (re.compile(r"\bby e?-?mail\b|\bwrite to \S+@|\bsend (?:an? )?mail\b", re.I), "email"),
    (re.compile(r"\d\s*\+\s*\d"), "plus"),
    (re.compile(r"\d\s*[*×x]\s*\d"), "times"),
    (re.compile(r"\d\s*[/÷]\s*\d"), "divided"),
    (re.compile(r"\d\s*%"), "percent"),
)


def _relations() -> dict[str, frozenset[str]]:
    related: dict[str, set[str]] = {}
    for line in _GROUPS.splitlines():
        group = {stem(word) for word in line.split()}
        for member in group:
            related.setdefault(member, set()).update(group - {member})
    return {member: frozenset(others) for member, others in related.items()}


_RELATED = _relations()
_NONE: frozenset[str] = frozenset()


def related(stemmed: str) -> frozenset[str]:
    """Stems that mean about the same; none for a word of no group."""
    return _RELATED.get(stemmed, _NONE)


@lru_cache(512)
def implied_stems(text: str) -> tuple[str, ...]:
    """Stems a turn of phrase stands for: "where is it" asks for its whereabouts."""
    return tuple(stem(word) for phrase, word in _TURNS_OF_PHRASE if phrase.search(text))
