"""What learners ask: every prompt, with the calls that a good model would make for it.

Owns the prompts and what is wanted of each. They were written before the simulated model was
tuned on anything, by somebody who had not read it; a prompt is changed when its expectation is
wrong about the tools, never because a model misses it. The second language is Spanish.
"""

from __future__ import annotations

from tests.simulator.learner_case import Case
from tests.simulator.learner_prompts import (
    calculator,
    follow_ups,
    handbook,
    languages,
    measures,
    money,
    orders,
    own_tools,
    refunds,
    reports,
    several,
    talk,
    weather,
)

_TOPICS = (
    weather,
    calculator,
    orders,
    refunds,
    reports,
    handbook,
    money,
    measures,
    several,
    follow_ups,
    languages,
    own_tools,
    talk,
)

LEARNER_PROMPTS: tuple[Case, ...] = tuple(one for topic in _TOPICS for one in topic.PROMPTS)
