"""What a person says to a run that waits, as events.

Owns the words with which a person's decision stands in the record and reaches the model. Whether
the run may be written to is its driver's business (`runner.py`, `cli/`).
"""

from __future__ import annotations

from functools import partial

from roundtrip.events import Approved, ResultRecorded, Stopped
from roundtrip.journal import Draft
from roundtrip.state import PendingCall, result_for

STOPPED_BY_PERSON = "You stopped it."
REFUSED = "The person refused this call."
NOBODY_TO_ASK = "Not run: a person has to allow this tool, and nobody is there to be asked."


def approval(call: int) -> Draft:
    """A person allows the call to run."""
    return partial(Approved, call=call)


def refusal(pending: PendingCall, reason: str = "") -> Draft:
    """A person does not allow the call; the model reads so, with the reason if one is given."""
    words = f"{REFUSED} {reason.strip()}".strip()
    result = result_for(pending.call, words, is_error=True)
    return partial(
        ResultRecorded,
        call=pending.index,
        result=result,
        source="person",
        error_kind="refused",
    )


def nobody_to_ask(pending: PendingCall) -> Draft:
    """The tool asks a person first, where there is none; the model reads so."""
    result = result_for(pending.call, NOBODY_TO_ASK, is_error=True)
    return partial(
        ResultRecorded,
        call=pending.index,
        result=result,
        source="policy",
        error_kind="not_allowed",
    )


def given_result(pending: PendingCall, text: str, *, is_error: bool = False) -> Draft:
    """A person, or an answer prepared by one, stands in the tool's place."""
    result = result_for(pending.call, text, is_error=is_error)
    return partial(ResultRecorded, call=pending.index, result=result, source="person")


def stop() -> Draft:
    """A person ends the turn."""
    return partial(Stopped, reason="person", message=STOPPED_BY_PERSON)
