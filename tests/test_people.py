"""Several people walk through a run at once, by Streamlit's own protocol: nobody's step is lost."""

from __future__ import annotations

import asyncio
from pathlib import Path

from components.first_visit import STARTERS
from tests.bench.person import Person
from tests.browser.serving import serve

PEOPLE = 5
STEPS = 12
"""More clicks than a turn has."""


async def _a_whole_run(url: str) -> Person:
    person = await Person.arrives(url)
    await person.ask(STARTERS[0].question)
    for _ in range(STEPS):
        if person.next is None:
            break
        await person.step()
    await person.leave()
    return person


async def _together(url: str) -> list[Person]:
    return await asyncio.gather(*(_a_whole_run(url) for _ in range(PEOPLE)))


def test_five_people_walk_through_the_first_card_at_once_and_all_reach_the_answer(
    tmp_path: Path,
) -> None:
    served = serve(tmp_path)
    try:
        people = asyncio.run(_together(served.url))
    finally:
        served.stop()
    assert len({person.run for person in people}) == PEOPLE
    for person in people:
        assert person.troubles == []
        expected = ["define", "ask", "stop", "run", "run", "return", "answer"]
        assert person.phases == expected
        assert person.chat[-1]["title"] == "Model answers"
        assert "Tokyo" in person.chat[-1]["text"] and "Oslo" in person.chat[-1]["text"]
