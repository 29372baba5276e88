"""Failures on request: each fault is seen by the SDK as the real failure would be."""

from __future__ import annotations

import threading

import anthropic
import httpx2
import pytest
import uvicorn

from roundtrip.simulator.faults import NAMES, FaultMemory, fault_asked_for
from roundtrip.simulator.server import simulator_app
from roundtrip.simulator.thread import address_of, listening_socket
from tests.simulator.asking import AT_ONCE, ask

QUESTION = "What is the weather in Tokyo and Oslo?"


def with_fault(name: str) -> dict:
    return ask(QUESTION, extra_headers={"x-fault": name})


def test_rate_limited_says_when_to_come_back(client):
    with pytest.raises(anthropic.RateLimitError) as caught:
        client.messages.create(**with_fault("429"))

    headers = caught.value.response.headers
    assert headers["retry-after"] == "1"
    assert headers["anthropic-ratelimit-requests-remaining"] == "0"


def test_a_fault_for_the_first_attempt_lets_the_retry_through(simulator):
    with anthropic.Anthropic(
        base_url=f"{simulator}/anthropic", api_key="any-key", max_retries=2
    ) as patient:
        message = patient.messages.create(**with_fault("529*1"))

    assert message.stop_reason == "tool_use"


def test_a_counted_fault_counts_each_request_apart():
    memory = FaultMemory()
    twice = fault_asked_for("500*2")

    assert [memory.strikes(twice, b"one") for _ in range(4)] == [True, True, False, False]
    assert memory.strikes(twice, b"other")


@pytest.mark.parametrize(
    "wrong", ["bogus", "500*0", "429;once", "*3", "-", "refuse-", "sim-large+500"]
)
def test_an_unknown_fault_is_refused_with_the_names_there_are(client, wrong):
    with pytest.raises(anthropic.BadRequestError, match=f"there are {', '.join(NAMES)}, each"):
        client.messages.create(**with_fault(wrong))


def test_a_cut_stream_breaks_off_after_it_has_begun(client):
    seen = []
    with (
        pytest.raises(httpx2.RemoteProtocolError),
        client.messages.create(**with_fault("cut"), stream=True) as stream,
    ):
        seen.extend(event.type for event in stream)

    assert seen[0] == "message_start"
    assert len(seen) > 1
    assert "message_stop" not in seen


def test_faults_do_not_hold_up_others(client):
    with client.messages.create(**with_fault("stall"), stream=True):
        answer = client.messages.create(**ask(QUESTION))

    assert answer.stop_reason == "tool_use"


@pytest.mark.parametrize("fault", ["reset", "reset-midway", "refused"])
def test_mounted_in_a_server_of_another_kind_a_reset_is_a_connection_that_closes(fault):
    listening = listening_socket("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(simulator_app(AT_ONCE), log_config=None, lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        with (
            anthropic.Anthropic(
                base_url=f"{address_of(listening)}/anthropic", api_key="any-key", max_retries=0
            ) as client,
            pytest.raises(anthropic.APIConnectionError),
        ):
            client.messages.create(**with_fault(fault))
    finally:
        server.should_exit = True
        thread.join()
