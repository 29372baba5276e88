"""Conversations that the server holds, so that a request sends only what is new in them.

Owns the field `thread` and what is held: in memory, within bounds. The SDK's tool runner sends it
by itself; what it says stands in the SDK's types (no recording has it).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

from roundtrip.conversation import Reply
from roundtrip.simulator.openai.stored import Stored
from roundtrip.simulator.refusals import Refusal, Refused
from roundtrip.wires.wire import wire_named

_HELD = ("system", "tools")
"""What a thread is made with, and no later request may say again."""

_KINDS = ("create", "continue")


class Threads:
    """What is held under the id of each reply."""

    def __init__(self) -> None:
        self._stored = Stored()

    def whole(self, body: Any) -> Any:
        """The request as it would read had it sent everything itself. Raises `Refused`."""
        thread = body.get("thread") if isinstance(body, dict) else None
        if thread is None:
            return body
        kind = thread.get("type") if isinstance(thread, dict) else None
        if kind not in _KINDS:
            raise Refused(Refusal(400, f"thread: Input tag should be one of: {str(_KINDS)[1:-1]}"))
        return body if kind == "create" else self._continued(body, thread)

    def _continued(self, body: dict[str, Any], thread: dict[str, Any]) -> dict[str, Any]:
        previous = thread.get("previous_message_id")
        if not isinstance(previous, str):
            words = "thread.continue.previous_message_id: Input should be a valid string"
            raise Refused(Refusal(400, words))
        for name in _HELD:
            if name in body:
                words = f"{name}: cannot be changed on a thread: it is held since its creation"
                raise Refused(Refusal(400, words))
        kept = self._stored.of(previous)
        if kept is None:
            words = f"No thread was found for message {previous}."
            raise Refused(Refusal(404, words, details=({"error_code": "thread_not_found"},)))
        held, new = kept[0], body.get("messages")
        if not isinstance(new, list):
            return body
        return body | held | {"messages": [*held["messages"], *new]}

    def keep(self, whole: dict[str, Any]) -> Callable[[Reply], None] | None:
        """What is to be called with the reply to this request, where it is of a thread."""
        return None if whole.get("thread") is None else partial(self._keep, whole)

    def _keep(self, whole: dict[str, Any], reply: Reply) -> None:
        if reply.stop.signal == "refusal":
            return
        body = wire_named("anthropic").encode_reply(reply, stream=False)
        assert isinstance(body, bytes)
        said = {"role": "assistant", "content": json.loads(body)["content"]}
        held = {name: whole[name] for name in _HELD if name in whole}
        self._stored.keep(reply.id or "", [held | {"messages": [*whole["messages"], said]}])
