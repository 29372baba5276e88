"""A server for others: a listener at every address the environment names never sees its keys."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from roundtrip.owner import KeyWithheld
from roundtrip.service import Service
from roundtrip.wires.address import BASE_URL_VARIABLES
from roundtrip.wires.wire import WIRES
from tests.live_runs import EVERYWHERE, QUESTION, SOON, an_owner, real

CANARY = "sk-canary-of-the-operator-Zq7vN3xW9pLr2TfK"
SECRETS = (
    *("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "OPENAI_API_KEY", "OPENAI_ADMIN_KEY"),
    *("OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "GEMINI_API_KEY", "GOOGLE_API_KEY"),
)
REFUSES = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


@contextmanager
def listening() -> Iterator[tuple[str, bytearray]]:
    """An address, and every byte that reaches it."""
    seen = bytearray()

    class Writes(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            seen.extend(self.request.recv(1 << 20))
            self.request.sendall(REFUSES)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Writes) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", seen
        server.shutdown()


@pytest.mark.parametrize("missing", ["ROUNDTRIP_SHARE_KEYS=1", "ROUNDTRIP_SHARE_CAP_USD"])
def test_no_byte_of_the_environments_keys_leaves_and_the_step_says_why(
    environment: pytest.MonkeyPatch, missing: str
) -> None:
    for name in SECRETS:
        environment.setenv(name, CANARY)
    if missing == "ROUNDTRIP_SHARE_CAP_USD":
        environment.setenv("ROUNDTRIP_SHARE_KEYS", "1")
    with listening() as (address, seen):
        for name in BASE_URL_VARIABLES.values():
            environment.setenv(name, address)
        service = Service(address=EVERYWHERE)
        service.start()
        for wire in WIRES:
            failed = asked(service, wire, an_owner())
            assert "open to others" in failed.message
            assert missing in failed.message
            assert "Nothing was sent." in failed.message
            assert "a key of your own" in failed.advice
            with pytest.raises(KeyWithheld):
                service.models("ada", wire)
            assert CANARY not in f"{failed} {service.why_withheld(wire)} {service.opening_words()}"
        assert seen == b""

        for wire in WIRES:  # the listener is where the requests go: one's own key reaches it
            owner = an_owner()
            service.keep_key(owner, wire, None, f"adas-key-for-{wire}")
            asked(service, wire, owner)
            assert f"adas-key-for-{wire}".encode() in seen
        assert CANARY.encode() not in seen
        service.close()


def asked(service: Service, wire: str, owner: str):
    """The failure that a turn over this wire ends with."""
    run = service.runner.ask(owner, None, QUESTION, real(wire=wire))
    service.runner.to_the_end(owner, run)
    service.runner.wait(owner, run, SOON)
    return service.runner.journal(owner, run).state.failed.failure
