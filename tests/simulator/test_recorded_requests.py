"""What the real APIs accepted is accepted here, and what they refused is refused alike."""

from __future__ import annotations

import json
from collections.abc import Iterator

import anyio
import httpx2
import pytest

from roundtrip.simulator.openai import openai_app
from roundtrip.simulator.openai.stored import Stored
from roundtrip.simulator.simulation import Simulation
from tests.recordings import ABSENT, FOLDER, Recorded
from tests.simulator.asking import AT_ONCE
from tests.simulator.recorded_requests import (
    BASES,
    FARES_OTHERWISE,
    refusal_in,
    requests_of,
    sent_again,
)

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=ABSENT)

SAMPLED = 40
"""Of a wire's accepted requests; the refused are few, and all are sent always."""

LEAST = {
    "anthropic": (280, 5),
    "openai-chat": (230, 9),
    "openai-responses": (350, 8),
    "gemini": (290, 6),
}
"""Accepted and refused requests that are sent: fewer would mean that some were passed over."""


@pytest.fixture(scope="module")
def client() -> Iterator[httpx2.Client]:
    with httpx2.Client(timeout=60) as client:
        yield client


def goes_on_from_another(case: Recorded) -> bool:
    return case.request.get("previous_response_id") is not None


@pytest.mark.parametrize("wire", BASES)
def test_what_the_real_api_accepted_is_accepted(simulator, client, wire, figures, full, sample):
    accepted = [
        case
        for case in requests_of(wire)
        if case.exchange["status"] == 200
        and case.name not in FARES_OTHERWISE
        and not goes_on_from_another(case)
    ]
    assert len(accepted) >= LEAST[wire][0]
    chosen = accepted if full else sample.sample(accepted, SAMPLED)

    refused = {}
    for case in chosen:
        answer = sent_again(client, simulator, wire, case)
        if answer.status_code != 200:
            refused[case.name] = f"{answer.status_code} {answer.text[:200]}"

    figures.count(f"{wire}: accepted as the real API did", len(chosen), map(str, refused.items()))
    assert refused == {}


@pytest.mark.parametrize("wire", BASES)
def test_what_the_real_api_refused_is_refused_with_the_same_status_and_type(
    simulator, client, wire, figures
):
    refused = [
        case
        for case in requests_of(wire)
        if case.exchange["status"] >= 400 and case.name not in FARES_OTHERWISE
    ]
    assert len(refused) >= LEAST[wire][1]

    different, other_words = {}, []
    for case in refused:
        answer = sent_again(client, simulator, wire, case)
        ours, theirs = answer.json(), case.response
        if (answer.status_code, refusal_in(wire, ours)) != (
            case.exchange["status"],
            refusal_in(wire, theirs),
        ):
            different[case.name] = answer.text[:200]
        elif ours["error"]["message"] != theirs["error"]["message"]:
            other_words.append(f"{case.name}: {ours['error']['message'][:120]}")

    figures.count(f"{wire}: refused as the real API did", len(refused), map(str, different.items()))
    figures.count(f"{wire}: and to the letter", len(refused), other_words)
    assert different == {}


def test_the_recordings_that_fare_otherwise_are_the_listed_ones(simulator, client, figures):
    """Whichever comes to fare as it did leaves the list."""
    alike = []
    for wire in BASES:
        for case in requests_of(wire):
            if case.name in FARES_OTHERWISE:
                answer = sent_again(client, simulator, wire, case)
                alike += [case.name] if answer.status_code == case.exchange["status"] else []

    figures.tell(*(f"otherwise: {name}: {why}" for name, why in FARES_OTHERWISE.items()))
    assert alike == []


def test_a_recorded_request_goes_on_from_a_response_that_is_stored():
    """What an account had stored then is put in store here."""
    cases = requests_of("openai-responses")
    going_on = [case for case in cases if goes_on_from_another(case)]
    assert len(going_on) >= 2

    for case in going_on:
        stored, asked = Stored(), case.request["previous_response_id"]
        [before] = [one for one in cases if _told_id(one) == asked]
        said = before.request["input"]
        items = [{"role": "user", "content": said}] if isinstance(said, str) else said
        stored.keep(asked, {"input": items, "response": before.response})

        answer = anyio.run(_answered, stored, case)

        assert answer.status_code == 200, answer.text


def _told_id(case: Recorded) -> str | None:
    return case.response.get("id") if isinstance(case.response, dict) else None


async def _answered(stored: Stored, case: Recorded) -> httpx2.Response:
    app = openai_app(Simulation(AT_ONCE), stored)
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://simulator") as client:
        return await client.post(
            "/responses",
            content=json.dumps(case.request),
            headers={"authorization": "Bearer any-key"},
        )
