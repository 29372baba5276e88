"""Fills one tool's parameters from one text.

Owns which mention goes to which parameter and why. Does not look at earlier results
(`chains.py`), and leaves a required value out rather than inventing one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from roundtrip.simulator.model.arithmetic import find_expressions
from roundtrip.simulator.model.evidence import Profile
from roundtrip.simulator.model.free_text import free_text, is_free_text
from roundtrip.simulator.model.mentions import Kind, Mention, Reading, coordinated
from roundtrip.simulator.model.parameters import Parameter, shape
from roundtrip.simulator.model.quantities import assign_numbers
from roundtrip.simulator.model.synonyms import related
from roundtrip.simulator.model.words import content_stems, plain, stem, tokens, words_in

_PLACE = words_in(
    """
    city town place location country state region destination origin area address venue
    departure arrival county capital airport district
    """
)
_FROM = words_in("origin from source departure start starting")
_TO = words_in("destination to target arrival end")
_PEOPLE = frozenset({"name", "person", "customer", "user", "player"})
_EXPRESSION = words_in("expression formula equation calculation")
_DATE = words_in("date day deadline birthday when checkin checkout")
_CITY_AND_REGION = re.compile(r"\b[A-Z][a-z]+, ?[A-Z]")
ARITHMETIC = "the arithmetic in the text"
_MOST_CHOICES = 8
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth")
_BRACKETS = re.compile(r"\[[^\[\]]*\]")
_NEGATION = re.compile(r"\b(?:no|not|without|don't|do not|never|exclud\w+|except)\b[^.,;]{0,20}$")
_PLACE_PREPOSITION = re.compile(
    r"\b(?:in|at|for|near|around|of|to|from|within|about)\s+(?:the\s+)?$"
)


@dataclass(frozen=True, slots=True)
class Filled:
    """A value for one parameter."""

    value: Any
    reason: str
    mention: Mention | None = None
    alternatives: tuple[Any, ...] = ()
    """Values listed beside it in the text, itself among them; empty when it stands alone."""

    firm: bool = True
    """Whether the text says so, or it is only the best there is."""


@dataclass(frozen=True, slots=True)
class Filling:
    """What a text gives to one tool."""

    values: Mapping[str, Filled]
    missing: tuple[Parameter, ...]
    """Required parameters the text does not give."""

    @property
    def arguments(self) -> dict[str, Any]:
        return {name: filled.value for name, filled in self.values.items()}


@dataclass
class _Text:
    """One reading, and the spans of it that are already somebody's value."""

    reading: Reading
    other_entities: frozenset[str]
    taken: list[tuple[int, int]] = field(default_factory=list)

    def free(self, *kinds: Kind) -> list[Mention]:
        return [m for m in self.reading.of(*kinds) if not m.overlaps(self.taken)]

    def take(self, mention: Mention, among: Sequence[Mention], reason: str) -> Filled:
        listed = coordinated(self.reading.text, among, mention)
        self.taken.extend((one.start, one.end) for one in listed)
        values = tuple(dict.fromkeys(one.value for one in listed))
        return Filled(listed[0].value, reason, listed[0], values if len(values) > 1 else ())


Finder = Callable[[Parameter, _Text], Filled | None]


def fill(profile: Profile, reading: Reading, entities: frozenset[str] = frozenset()) -> Filling:
    """The tool's arguments as far as the text gives them.

    `entities`: stems of what the offered tools' identifiers identify, so that "order 5018" is
    not taken for a customer's number.
    """
    context = _Text(reading, entities)
    order = sorted(profile.parameters, key=lambda one: (_turn(one), not one.required))
    values: dict[str, Filled] = {}
    for name, number in assign_numbers(
        profile.parameters, _loose_numbers(profile, reading)
    ).items():
        span = Mention("number", number.start, number.end, number.value)
        values[name] = Filled(number.value, number.reason, span, number.alternatives)
        context.taken.append((number.start, number.end))
    for parameter in order:
        if parameter.name not in values and (filled := _fill_one(parameter, context)):
            values[parameter.name] = filled
    in_order = {p.name: values[p.name] for p in profile.parameters if p.name in values}
    missing = tuple(p for p in profile.parameters if p.required and p.name not in values)
    return Filling(in_order, missing)


def takes_arithmetic(profile: Profile) -> bool:
    """Whether the tool wants an expression: the one thing a text can hold without words."""
    return any(set(parameter.name_words) & _EXPRESSION for parameter in profile.parameters)


def _loose_numbers(profile: Profile, reading: Reading) -> Reading:
    """Without the numbers of a list: `[1, 2, 3]`, or listed side by side, if one is wanted."""
    if not any(_holds_numbers(parameter) for parameter in profile.parameters):
        return reading
    listed = _number_list(reading.of("number"), reading.text)
    spans = [(number.start, number.end) for number in listed]
    loose = [n for n in reading.numbers if not any(a <= n.start < b for a, b in spans)]
    return replace(reading, numbers=tuple(loose))


def _number_list(numbers: Sequence[Mention], text: str) -> tuple[Mention, ...]:
    """The longest run of numbers in brackets or side by side."""
    runs = []
    for bracket in _BRACKETS.finditer(text):
        runs.append(tuple(n for n in numbers if bracket.start() < n.start < bracket.end()))
    if not any(runs):
        runs = [coordinated(text, numbers, number) for number in numbers]
    return max(runs, key=len, default=())


def _turn(parameter: Parameter) -> int:
    """What is recognised by its form goes first, what takes any words goes last."""
    if parameter.choices or parameter.is_identifier or parameter.type == "boolean":
        return 0
    if parameter.type != "string" and parameter.type != "any":
        return 1
    if is_free_text(parameter):
        return 3
    return 2


def _fill_one(parameter: Parameter, text: _Text) -> Filled | None:
    filled = _finder(parameter)(parameter, text)
    if filled and (filled.firm or parameter.required):
        return filled
    if parameter.required and parameter.default is not None:
        return Filled(parameter.default, "the default of its schema", firm=False)
    return None


def _finder(parameter: Parameter) -> Finder:
    if parameter.choices:
        return _choice
    if parameter.is_identifier:
        return _identifier
    match parameter.type:
        case "boolean":
            return _boolean
        case "integer" | "number":
            return _no_number_left
        case "array":
            return _list
        case "object":
            return _object
    words = set(parameter.name_words)
    if words & _EXPRESSION:
        return _expression
    if "email" in words or "mail" in words or parameter.format == "email":
        return _email_or_name if words & {"name", "or"} else _email
    if words & {"url", "uri", "link"} or parameter.format in ("uri", "url"):
        return _url
    if parameter.format.startswith("date") or words & _DATE:
        return _date
    if parameter.format == "time" or "time" in words:
        return _time
    if is_free_text(parameter):
        return _free_text
    return _place if _is_place(parameter) else _name


def _is_place(parameter: Parameter) -> bool:
    described = set(tokens(parameter.description)[:8])
    return bool(set(parameter.name_words) & _PLACE or described & {"city", "location", "country"})


def _choice(parameter: Parameter, text: _Text) -> Filled | None:
    found = _choices_named(parameter, text)
    if found:
        return text.take(found[0], found, "one of its allowed values, named in the text")
    if _means_all(parameter, text.reading.text):
        return Filled(parameter.choices[0], "each of its allowed values", None, parameter.choices)
    asked = set(content_stems(text.reading.text))
    for choice in parameter.choices:
        meaning = set(content_stems(str(choice)))
        if meaning and all(word in asked or related(word) & asked for word in meaning):
            return Filled(choice, "the allowed value the text means", firm=bool(meaning & asked))
    return None


def _by_ordinal(parameter: Parameter, low: str) -> list[Mention]:
    """ "the third quarter" is the allowed value that ends with 3."""
    named = "|".join(re.escape(word) for word in parameter.name_words)
    found = []
    for at in re.finditer(rf"\b({'|'.join(_ORDINALS)})\s+(?:{named})\b", low):
        digit = str(_ORDINALS.index(at[1]) + 1)
        choice = next((one for one in parameter.choices if str(one).endswith(digit)), None)
        if choice is not None:
            found.append(Mention("choice", *at.span(), choice))
    return found


def _means_all(parameter: Parameter, text: str) -> bool:
    """ "all quarters", "which quarter": every allowed value has to be asked about."""
    named = {stem(word) for word in parameter.name_words}
    after = re.findall(r"\b(?:all|every|each|which|whole)\s+(?:the\s+)?(\w+)", text.lower())
    return len(parameter.choices) <= _MOST_CHOICES and any(stem(word) in named for word in after)


def _choices_named(parameter: Parameter, text: _Text) -> list[Mention]:
    low = plain(text.reading.text)
    found: list[Mention] = _by_ordinal(parameter, low)
    for choice in sorted(parameter.choices, key=lambda one: -len(str(one))):
        wanted = re.escape(plain(str(choice))).replace("_", "[ _-]")
        for at in re.finditer(rf"(?<!\w){wanted}s?(?!\w)", low):
            mention = Mention("choice", *at.span(), choice)
            if not mention.overlaps([*text.taken, *((m.start, m.end) for m in found)]):
                found.append(mention)
    return sorted(found, key=lambda mention: mention.start)


def _identifier(parameter: Parameter, text: _Text) -> Filled | None:
    scored = [
        (score, mention)
        for mention in text.free("identifier", "number", "quote")
        if (score := _identifier_score(parameter, mention, text)) > 0
    ]
    if not scored:
        return None
    best = max(scored, key=lambda pair: (pair[0], -pair[1].start))[1]
    filled = text.take(best, [mention for _, mention in scored], "an identifier in the text")
    if parameter.type in ("string", "any"):
        listed = tuple(str(value) for value in filled.alternatives)
        return Filled(str(filled.value), filled.reason, filled.mention, listed)
    return filled if isinstance(filled.value, int) else None


def _identifier_score(parameter: Parameter, mention: Mention, text: _Text) -> float:
    if mention.kind == "quote" and not re.fullmatch(r"[\w-]*\d[\w-]*", str(mention.value)):
        return 0.0
    score = 1.0 if mention.kind != "number" else -0.5
    if (example := parameter.example_shape) is not None:
        score += 2 if shape(str(mention.value)) == example else -1.5
    said = [stem(word) for word in tokens(text.reading.before(mention.start))][-4:]
    for word in reversed(said):
        if word in parameter.entity or word in ("id", "number", "no"):
            return score + 2
        if word in text.other_entities:
            return score - 2
    return score


def _boolean(parameter: Parameter, text: _Text) -> Filled | None:
    named = [w for w in parameter.name_words if w not in ("is", "has", "include", "with", "enable")]
    low = text.reading.text.lower()
    for word in named:
        at = re.search(rf"\b{re.escape(word[:5])}\w*", low)
        if at:
            denied = bool(_NEGATION.search(low[: at.start()]))
            return Filled(not denied, f'"{at.group()}" is {"denied" if denied else "mentioned"}')
    if parameter.required and parameter.default is None:
        return Filled(False, "not mentioned", firm=False)
    return None


def _no_number_left(parameter: Parameter, text: _Text) -> Filled | None:
    return None


def _holds_numbers(parameter: Parameter) -> bool:
    return bool(parameter.item and parameter.item.type in ("integer", "number"))


def _list(parameter: Parameter, text: _Text) -> Filled | None:
    if _holds_numbers(parameter):
        numbers = _number_list(text.free("number"), text.reading.text)
        if not numbers or (len(numbers) < 2 and not parameter.required):
            return None
        text.taken.extend((number.start, number.end) for number in numbers)
        return Filled([number.value for number in numbers], "the numbers in the text")
    if parameter.item is None or parameter.item.type == "array":
        return None
    one = _fill_one(parameter.item, text)
    if one is None:
        return None
    firm = one.firm and (parameter.required or len(one.alternatives) > 1)
    return Filled(list(one.alternatives) or [one.value], one.reason, one.mention, firm=firm)


def _object(parameter: Parameter, text: _Text) -> Filled | None:
    members = {m.name: filled for m in parameter.members if (filled := _fill_one(m, text))}
    if not members or any(m.required and m.name not in members for m in parameter.members):
        return None
    value = {name: filled.value for name, filled in members.items()}
    return Filled(value, "; ".join(filled.reason for filled in members.values()))


def _expression(parameter: Parameter, text: _Text) -> Filled | None:
    without = text.reading.text
    for mention in text.reading.of("identifier", "date", "email", "url"):
        without = (
            without[: mention.start] + "?" * (mention.end - mention.start) + without[mention.end :]
        )
    found = find_expressions(without)
    listed = found if len(found) > 1 else ()
    return Filled(found[0], ARITHMETIC, None, listed) if found else None


def _email(parameter: Parameter, text: _Text) -> Filled | None:
    return _first(text, ("email",), "an e-mail address")


def _email_or_name(parameter: Parameter, text: _Text) -> Filled | None:
    return _email(parameter, text) or _name(parameter, text)


def _url(parameter: Parameter, text: _Text) -> Filled | None:
    return _first(text, ("url",), "a web address")


def _date(parameter: Parameter, text: _Text) -> Filled | None:
    free = text.free("date")
    late = set(parameter.name_words) & (_TO | {"until", "return", "checkout", "out", "due"})
    if not free:
        return None
    chosen = free[-1] if late and len(free) > 1 else free[0]
    text.taken.append((chosen.start, chosen.end))
    return Filled(
        chosen.value, f'the date "{text.reading.text[chosen.start : chosen.end]}"', chosen
    )


def _time(parameter: Parameter, text: _Text) -> Filled | None:
    return _first(text, ("time",), "a time of day")


def _first(text: _Text, kinds: tuple[Kind, ...], reason: str) -> Filled | None:
    free = text.free(*kinds)
    return text.take(free[0], free, reason) if free else None


def _free_text(parameter: Parameter, text: _Text) -> Filled | None:
    found = free_text(parameter, text.reading, text.taken)
    return Filled(found.value, found.reason, firm=found.firm) if found else None


def _place(parameter: Parameter, text: _Text) -> Filled | None:
    free = text.free("name", "phrase", "quote")
    words = set(parameter.name_words)
    direction = (
        r"from|leaving|between" if words & _FROM else r"to|towards|into|and" if words & _TO else ""
    )
    if direction:
        directed = [
            m
            for m in free
            if re.search(rf"\b(?:{direction})\s+(?:the\s+)?$", text.reading.before(m.start))
        ]
        if directed:
            text.taken.append((directed[0].start, directed[0].end))
            return Filled(_as_name(directed[0].value), "the place after a direction", directed[0])
    free = [_as_place(parameter, mention) for mention in free]
    placed = [m for m in free if _PLACE_PREPOSITION.search(text.reading.before(m.start))]
    names = [m for m in free if m.kind != "phrase"]
    chosen = (
        [m for m in placed if m.kind != "phrase"] or names or placed or free
        if parameter.required
        else placed
    )
    if not chosen:
        return None
    filled = text.take(chosen[0], free, "a place the text names")
    return replace(filled, firm=chosen[0].kind != "phrase" or chosen[0] in placed)


def _as_place(parameter: Parameter, mention: Mention) -> Mention:
    value = str(mention.value)
    if (
        "," in value
        and "city" in parameter.name_words
        and not _CITY_AND_REGION.search(parameter.description)
    ):
        value = value.split(",")[0]
    return replace(mention, value=_as_name(value))


def _as_name(value: str) -> str:
    """A place or person typed in lower case is written as names are."""
    return value if value != value.lower() else value.title()


def _name(parameter: Parameter, text: _Text) -> Filled | None:
    free = text.free("quote", "name", "phrase", "identifier")
    free.sort(key=lambda m: not _PLACE_PREPOSITION.search(text.reading.before(m.start)))
    named = [m for m in free if _is_called(parameter, m, text.reading)]
    proper = [m for m in free if m.kind in ("quote", "name")]
    if named:
        return text.take(named[0], free, "what the text calls by that name")
    if not parameter.required:
        return None
    if proper:
        return text.take(proper[0], proper, "a name in the text")
    if free:
        spelled = [_spelled(parameter, mention) for mention in free]
        firm = bool(_PLACE_PREPOSITION.search(text.reading.before(spelled[0].start)))
        filled = text.take(spelled[0], spelled, "what is left of the text")
        return replace(filled, firm=firm)
    return None


def _spelled(parameter: Parameter, mention: Mention) -> Mention:
    if not set(parameter.name_words) & _PEOPLE or mention.kind != "phrase":
        return mention
    return replace(mention, value=_as_name(str(mention.value)))


def _is_called(parameter: Parameter, mention: Mention, reading: Reading) -> bool:
    """`title "Dune"`, `the Dune title`: the parameter's own word stands beside the value."""
    own = [
        word for word in parameter.name_words if word not in ("name", "or", "of") and len(word) > 2
    ]
    before, after = reading.before(mention.start, 24), reading.after(mention.end, 14)
    return any(
        re.search(rf"\b{re.escape(word)}s?\s*(?:is|of|to|as|named|called|[:=])?\s*[\"'“]?$", before)
        or re.match(rf"[\"'”]?\s+{re.escape(word)}\b", after)
        for word in own
    )
