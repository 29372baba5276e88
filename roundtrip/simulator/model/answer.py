"""The final answer, told from results and from nothing else.

Owns the sentences over any JSON. Every value in them stands in a result or in the call that
asked for it; what a result does not say, the answer does not say.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

from roundtrip.simulator.model.comparison import comparison
from roundtrip.simulator.model.found import Found, choose
from roundtrip.simulator.model.history import Outcome
from roundtrip.simulator.model.recovery import corrected
from roundtrip.simulator.model.synonyms import related
from roundtrip.simulator.model.wording import Field, fields, joined, label, said
from roundtrip.simulator.model.words import content_stems, plain, tokens

_TITLES = ("city", "name", "title", "label", "subject", "symbol", "order_id", "id", "date", "day")
_PLACES = frozenset({"city", "town", "place", "location", "country", "region", "state"})
_MOST_FIELDS = 8
_MOST_ROWS = 10
_YES_OR_NO = re.compile(r"^\W*(?:has|have|is|are|was|were|did|does|do|can|will)\b", re.I)
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def answer(question: str, outcomes: Sequence[Outcome]) -> str:
    """The answer to a question out of its results, in the order of the calls."""
    kept = _without_repaired(outcomes)
    if not kept:
        return "Nothing came back, so I cannot answer."
    sentences = [_sentence(question, outcome) for outcome in kept]
    good = [outcome for outcome in kept if outcome.error is None]
    extra = comparison(question, [(_subject(o.data, o), o.data) for o in good])
    parts = [*sentences, *([extra] if extra else [])]
    short = all("\n" not in part for part in parts)
    return (" " if short and len(parts) <= 6 else "\n\n").join(parts)


def _without_repaired(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Failures that a later call put right are left out; equal calls are told once."""
    kept: list[Outcome] = []
    for place, outcome in enumerate(outcomes):
        later = [o for o in outcomes[place + 1 :] if o.call.name == outcome.call.name]
        if outcome.error is not None and any(_is_repair(outcome, one) for one in later):
            continue
        if any(outcome.arguments == one.arguments for one in later):
            continue
        kept.append(outcome)
    return kept


def _is_repair(failed: Outcome, later: Outcome) -> bool:
    if corrected(failed.arguments, failed.error or "") == later.arguments:
        return True
    if failed.arguments.keys() != later.arguments.keys():
        return False
    pairs = [(str(failed.arguments[key]), str(later.arguments[key])) for key in failed.arguments]
    close = [SequenceMatcher(None, plain(a), plain(b)).ratio() >= 0.6 for a, b in pairs]
    named = [b in (failed.error or "") for _, b in pairs]
    return all(
        a == b or (near and told) for (a, b), near, told in zip(pairs, close, named, strict=True)
    )


def _sentence(question: str, outcome: Outcome) -> str:
    if (error := outcome.error) is not None:
        of = _asked_for(outcome)
        return f"`{outcome.call.name}` failed{of}. It said: {error.rstrip('.')}."
    data = outcome.data
    if isinstance(data, Mapping):
        return _record(question, data, outcome)
    if isinstance(data, list):
        return _rows(question, data, _heading(outcome), outcome)
    return _scalar(data, outcome)


def _asked_for(outcome: Outcome) -> str:
    first = next(iter(outcome.arguments.values()), None)
    return f" for {said(first)}" if first is not None else ""


def _heading(outcome: Outcome) -> str:
    values = [said(v) for v in outcome.arguments.values() if not isinstance(v, list | dict)]
    return joined(values) or label(outcome.call.name)


def _scalar(value: Any, outcome: Outcome) -> str:
    words = said(value)
    if not words:
        return f"`{outcome.call.name}` ran{_asked_for(outcome)} and gave nothing back."
    if isinstance(value, str) and len(words) > 60:
        return words
    if any(key in ("expression", "formula", "equation") for key in outcome.arguments):
        return f"{_heading(outcome)} = {words}."
    return f"{_heading(outcome)}: {words}{'' if words.endswith(('.', '!', '?')) else '.'}"


def _record(question: str, record: Mapping[str, Any], outcome: Outcome) -> str:
    lists = [key for key, value in record.items() if _is_rows(value)]
    if len(lists) == 1 and _is_asked_or_alone(lists[0], record, outcome):
        rows = record[lists[0]]
        heading = f"{label(lists[0])} of {_subject(record, outcome)}"
        return _rows(question, rows, heading[:1].upper() + heading[1:], outcome)
    values = [value for value in record.values() if value is not None]
    if len(values) == 1 and not isinstance(values[0], list | dict):
        return _scalar(values[0], outcome)
    return _sentence_of(question, record, outcome)


def _is_asked_or_alone(key: str, record: Mapping[str, Any], outcome: Outcome) -> bool:
    others = [k for k in record if k != key]
    return set(content_stems(key)) <= set(content_stems(outcome.call.name)) or not others


def _is_rows(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(row, Mapping) for row in value)


def _sentence_of(question: str, record: Mapping[str, Any], outcome: Outcome) -> str:
    subject_key = _subject_key(record, outcome)
    subject = _subject(record, outcome)
    all_fields = [one for one in fields(record) if one.key != subject_key]
    focus = _without_repeats([one for one in all_fields if _is_asked(one, question)])[:3]
    rest = [one for one in all_fields if one not in focus][:_MOST_FIELDS]
    place = subject_key is not None and bool(set(tokens(subject_key)) & _PLACES)
    head = f"In {subject}" if place else f"{subject}:"
    yes = _yes_or_no(question, all_fields)
    if not focus:
        told = joined([one.phrase for one in rest], last=", ")
        return f"{yes}{head}{':' if place else ''} {told}."
    aside = f" ({', '.join(one.phrase for one in rest)})" if rest else ""
    return f"{yes}{head} {_told(focus, place)}{aside}."


def _without_repeats(focus: Sequence[Field]) -> list[Field]:
    """ "shipped on 2026-11-18" says "shipped" as well."""
    labels = " ".join(one.label for one in focus)
    return [one for one in focus if one.phrase != one.said or one.said not in labels]


def _told(focus: Sequence[Field], place: bool) -> str:
    words = []
    for one in focus:
        if one.is_advice:
            words.append(one.phrase)
        elif place:
            words.append(
                f"the {one.label} is {one.said}" if one.phrase != one.said else f"it is {one.said}"
            )
        else:
            words.append(one.phrase)
    return joined(words)


def _is_asked(one: Field, question: str) -> bool:
    asked = set(content_stems(question))
    low = question.lower()
    if one.stems & asked:
        return True
    if re.search(r"\bwhen\b", low) and isinstance(one.value, str) and _ISO_DATE.match(one.value):
        return bool({word for stem in one.stems for word in related(stem)} & asked)
    if re.search(r"\bwhere\b|\bstatus\b", low) and one.key in ("status", "location", "state"):
        return True
    if re.search(r"\bhow much\b|\bcosts?\b|\bprice\b", low):
        return bool(one.stems & {"total", "price", "cost", "amount", "expected"})
    return one.key in ("status", "state") and set(content_stems(one.said)) <= asked


def _yes_or_no(question: str, all_fields: Sequence[Field]) -> str:
    """Only where a field says it: a boolean asked about, or the very word of the question."""
    if not _YES_OR_NO.match(question):
        return ""
    asked = set(content_stems(question))
    for one in all_fields:
        if isinstance(one.value, bool) and one.stems & asked:
            return "Yes. " if one.value else "No. "
        if one.key in ("status", "state") and set(content_stems(one.said)) <= asked:
            return "Yes. "
    return ""


def _rows(question: str, rows: Sequence[Any], heading: str, outcome: Outcome) -> str:
    if not rows:
        return f"{heading}: nothing was found."
    if not _is_rows(rows):
        return f"{heading}: {said(list(rows))}."
    found = [Found(place, row) for place, row in enumerate(rows)]
    chosen = choose(found, (), question, careful=True)
    picked = range(len(rows)) if chosen.ambiguous else [int(place) for place in chosen.values]
    if len(picked) == 1 and len(rows) > 1:
        return f"{heading}: the {chosen.which} is {_row(rows[picked[0]])}."
    lines = [f"- {_row(rows[place])}" for place in list(picked)[:_MOST_ROWS]]
    if len(picked) > _MOST_ROWS:
        lines.append(f"- and {len(picked) - _MOST_ROWS} more")
    return f"{heading} ({len(picked)}):\n" + "\n".join(lines)


def _row(row: Mapping[str, Any]) -> str:
    title = next((key for key in _TITLES if row.get(key)), None) or next(iter(row), None)
    rest = [one.phrase for one in fields(row) if one.key != title][:_MOST_FIELDS]
    name = said(row[title], title) if title is not None else "(empty)"
    return f"**{name}**{': ' if rest else ''}{', '.join(rest)}"


def _subject_key(record: Mapping[str, Any], outcome: Outcome) -> str | None:
    values = {plain(said(value)) for value in outcome.arguments.values()}
    for key, value in record.items():
        if isinstance(value, str | int) and plain(said(value)) in values:
            return key
    return next((key for key in _TITLES if isinstance(record.get(key), str)), None)


def _subject(data: Any, outcome: Outcome) -> str:
    if isinstance(data, Mapping):
        name = data.get("name") or data.get("title")
        key = _subject_key(data, outcome)
        if isinstance(name, str) and (key is None or "id" in tokens(key)):
            return name
        if key is not None:
            return said(data[key], key)
    return _heading(outcome)
