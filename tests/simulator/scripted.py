"""Any script a person might write, for the tests of what becomes of it."""

from __future__ import annotations

from hypothesis import strategies as some

MINE = """\
name: mine
title: Mine
shows: That it is read.
replies:
  - text: Hello from a file.
"""
"""A file of a person's own."""

words = some.text(max_size=40).filter(lambda text: "{{" not in text)
"""Without anything that stands for a value of a result."""

said = words.filter(bool)
json_values = some.recursive(
    some.none() | some.booleans() | some.integers(-(2**53), 2**53) | some.floats(-1e9, 1e9) | words,
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)
calls = some.fixed_dictionaries(
    {"name": some.from_regex(r"[A-Za-z_][A-Za-z0-9_-]{0,15}", fullmatch=True)},
    optional={"arguments": some.dictionaries(said, json_values, max_size=4)},
)
speech = some.one_of(
    some.fixed_dictionaries({"text": said}, optional={"thinking": said}),
    some.fixed_dictionaries(
        {"calls": some.lists(calls, min_size=1, max_size=3)},
        optional={"text": words, "thinking": said},
    ),
)
"""What a reply says, whenever it is given."""

conditions = some.fixed_dictionaries(
    {},
    optional={
        "turn": some.integers(1, 9),
        "after": some.sampled_from(["question", "results"]),
        "asked": said | some.lists(said, min_size=1, max_size=2),
        "results_of": said,
        "results_say": said,
    },
)
replies = some.builds(
    lambda speech, more: speech | more,
    speech,
    some.fixed_dictionaries({}, optional={"when": conditions, "repeat": some.booleans()}),
)
"""As they stand in a file."""
