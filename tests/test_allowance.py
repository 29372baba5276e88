"""What visitors may spend of the operator's money: booked on leaving, settled when measured."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import pytest

from roundtrip.allowance import Allowance, Overspent, allowance, most
from roundtrip.conversation import Message, ProviderTool, Text
from roundtrip.events import Failure, RequestFailed
from roundtrip.state import RunState, Spent
from tests.live_runs import REAL_MODEL, SOON, real


def sending(model: str = REAL_MODEL, **changes: Any) -> RunState:
    """A run that is about to send its first request."""
    question = Message(role="user", parts=(Text(text="What is the weather in Tokyo?"),))
    return RunState(turn=1, setup=real(model, **changes), messages=(question,))


def test_a_request_is_booked_at_the_most_it_may_cost_and_settled_at_what_it_did() -> None:
    account, state = Allowance(1.0, 1.0), sending()
    account.book("ada", "run", state)
    assert account.spent("ada") == most(state) > 0
    account.moved("ada", "run", replace(state, sent=1))
    assert account.spent() == most(state)
    account.moved("ada", "run", replace(state, spent=Spent(cost_usd=0.002)))  # the reply
    assert account.spent("ada") == account.spent() == 0.002
    later = replace(state, spent=Spent(cost_usd=0.002))
    account.book("ada", "run", later)
    account.moved("ada", "run", replace(later, sent=2))
    account.moved("ada", "run", replace(later, spent=Spent(cost_usd=0.005)))
    assert account.spent() == pytest.approx(0.005)


def failed(status: int | None, exchange: int | None) -> RequestFailed:
    failure = Failure(kind="server", message="no", advice="wait", status=status)
    return RequestFailed(seq=9, at=1.0, exchange=exchange, failure=failure, elapsed_s=0.1)


@pytest.mark.parametrize(
    ("outcome", "stands"),
    [
        ({"failed": failed(429, 1)}, False),
        ({"failed": failed(None, None)}, False),
        ({"failed": failed(200, 1)}, True),
        ({"failed": failed(None, 1)}, True),
        ({"interrupted": True}, True),
        ({}, True),
    ],
    ids=["refused", "nothing left", "cut off", "lost", "interrupted", "no price told"],
)
def test_a_request_whose_cost_nobody_told_counts_as_booked(
    outcome: dict[str, Any], stands: bool
) -> None:
    account, state = Allowance(1.0, 1.0), sending()
    account.book("ada", "run", state)
    account.moved("ada", "run", replace(state, sent=1))
    account.moved("ada", "run", replace(state, **outcome))
    assert account.spent() == (most(state) if stands else 0)


def test_what_happens_before_a_request_leaves_is_not_its_outcome() -> None:
    """A tool of the last round trip may come back late, just then."""
    account, state = Allowance(1.0, 1.0), sending()
    account.book("ada", "run", state)
    account.moved("ada", "run", replace(state, failed=failed(429, 1)))  # of the try before
    assert account.spent() == most(state)


def test_a_request_that_could_not_leave_is_not_charged() -> None:
    account = Allowance(1.0, 1.0)
    with pytest.raises(OSError), account.booked("ada", "run", sending()):
        assert account.spent() > 0
        raise OSError("disk full")
    assert account.spent() == 0


def test_one_owner_cannot_spend_the_share_of_the_others() -> None:
    each = most(sending()) * 2.5
    account = Allowance(each * 2, each)
    for run in ("one", "two"):
        account.book("ada", run, sending())
    with pytest.raises(Overspent, match="Your share"):
        account.book("ada", "three", sending())
    for run in ("one", "two"):
        account.book("grace", run, sending())
    account.book("alan", "one", sending())
    with pytest.raises(Overspent, match="this server"):
        account.book("alan", "two", sending())
    assert account.spent() <= account.cap_usd


def test_a_hundred_requests_at_once_stay_under_the_cap() -> None:
    account = Allowance(most(sending()) * 10.5, 1000.0)
    refused = []

    def book(number: int) -> None:
        try:
            account.book(f"owner {number}", "run", sending())
        except Overspent:
            refused.append(number)

    threads = [threading.Thread(target=book, args=(number,)) for number in range(100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SOON)
    assert len(refused) == 90
    assert account.spent() <= account.cap_usd


def test_a_shared_key_is_not_spent_on_what_has_no_known_price() -> None:
    account = Allowance(1000.0, 1000.0)
    with pytest.raises(Overspent, match="price of some-model"):
        account.book("ada", "run", sending("some-model"))
    search = ProviderTool(name="web_search", native={"wire": "anthropic", "value": {}})
    with pytest.raises(Overspent, match="provider runs"):
        account.book("ada", "run", sending(provider_tools=(search,)))
    assert account.spent() == 0


@pytest.mark.parametrize(
    ("cap", "each", "expected"),
    [
        ("10", None, (10.0, 1.0)),
        ("10", "3", (10.0, 3.0)),
        ("10", "nan", (10.0, 1.0)),
        ("10", "-1", (10.0, 1.0)),
        ("inf", "3", None),
        ("0", "3", None),
        ("", None, None),
    ],
)
def test_the_caps_come_from_the_environment(
    cap: str, each: str | None, expected: tuple[float, float] | None
) -> None:
    environ = {"ROUNDTRIP_SHARE_CAP_USD": cap}
    if each is not None:
        environ["ROUNDTRIP_SHARE_OWNER_CAP_USD"] = each
    found = allowance(environ)
    assert (found and (found.cap_usd, found.owner_cap_usd)) == expected
