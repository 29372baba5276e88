"""Parameters with a closed list of values, and yes or no.

Owns finding the allowed values a text names or means.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from roundtrip.simulator.model.descriptions import examples_in, is_closed
from roundtrip.simulator.model.mentions import Mention
from roundtrip.simulator.model.numbered import numbered
from roundtrip.simulator.model.parameters import Parameter
from roundtrip.simulator.model.slots import Filled, TextInUse
from roundtrip.simulator.model.synonyms import related
from roundtrip.simulator.model.wishes import sort_of
from roundtrip.simulator.model.words import content_stems, plain, stem

_MOST_CHOICES = 8
_NEGATION = re.compile(r"\b(?:no|not|without|don't|do not|never|exclud\w+|except)\b[^.,;]{0,20}$")


def find_choice(parameter: Parameter, text: TextInUse) -> Filled | None:
    """The allowed value the text names, means, or asks about with all the others."""
    found = _named(parameter, parameter.choices, text)
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


def find_choices(parameter: Parameter, text: TextInUse) -> Filled | None:
    """Every allowed value the text names, wherever: what a list may hold."""
    found = _named(parameter, parameter.choices, text)
    if not found:
        return find_choice(parameter, text)
    text.taken.extend((one.start, one.end) for one in found)
    values = tuple(dict.fromkeys(one.value for one in found))
    listed = values if len(values) > 1 else ()
    return Filled(values[0], "allowed values, named in the text", found[0], listed)


def _means_all(parameter: Parameter, text: str) -> bool:
    """ "all quarters", "which quarter": every allowed value has to be asked about."""
    named = {stem(word) for word in parameter.name_words}
    after = re.findall(r"\b(?:all|every|each|which|whole)\s+(?:the\s+)?(\w+)", text.lower())
    return len(parameter.choices) <= _MOST_CHOICES and any(stem(word) in named for word in after)


def find_example(parameter: Parameter, text: TextInUse) -> Filled | None:
    """A value its description gives for instance, where the text says that very value."""
    if sort_of(parameter) == "place":
        return None
    examples = [one for one in examples_in(parameter.description) if content_stems(one)]
    if not examples:
        return None
    if found := _named(parameter, examples, text):
        return text.take(found[0], found, "a value its description names")
    if parameter.required and is_closed(parameter.description):
        asked = set(content_stems(text.reading.text))
        for example in examples:
            if set(content_stems(example)) <= asked:
                return Filled(example, "the value of its description the text means", firm=False)
    return None


def _named(parameter: Parameter, choices: Sequence[Any], text: TextInUse) -> list[Mention]:
    """The choices that stand in the text, in reading order."""
    low = plain(text.reading.text)
    found = numbered(parameter, low, text.reading.today) if parameter.choices else []
    for choice in sorted(choices, key=lambda one: -len(str(one))):
        for at in _spelled(str(choice)).finditer(low):
            mention = Mention("choice", *at.span(), choice)
            if not mention.overlaps([*text.taken, *((m.start, m.end) for m in found)]):
                found.append(mention)
    return sorted(found, key=lambda mention: mention.start)


@lru_cache(4096)
def _spelled(choice: str) -> re.Pattern[str]:
    wanted = re.sub(r"(?:\\-|_|\\ )+", "[ _-]?", re.escape(plain(choice)))
    return re.compile(rf"(?<!\w){wanted}s?(?!\w)")


def find_boolean(parameter: Parameter, text: TextInUse) -> Filled | None:
    """Whether the text mentions or denies what the parameter is called."""
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
