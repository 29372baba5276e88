"""What of a request leaves, what of it is kept, and what it is accounted for."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from roundtrip.events import ReplyReceived, TurnStarted
from roundtrip.store import Store
from roundtrip.wires.redact import REDACTED
from roundtrip.wires.send import CLIENTS_KEPT, Sender, Target
from tests.drive.driving import KEY, Room, a_room, call, says, sends, text, until

pytestmark = pytest.mark.anyio


async def test_what_leaves_is_written_from_the_conversation_and_not_from_what_is_kept(
    store: Store,
) -> None:
    """What is kept has keys starred out, and stars are not what was asked."""
    async with a_room(store) as room:
        room.ask("What is the weather?")
        await room.drive().step()
        lying = room.journal.exchange(1)
        assert lying is not None
        starred = lying.request_body.replace(b"weather", b"*******")
        room.store.save_progress(room.owner, room.journal.run, replace(lying, request_body=starred))
        await room.drive().step()

        assert b"What is the weather?" in room.provider.asked[0].raw


def told(room: Room) -> str:
    """Everything that is kept of the run, but for the bytes of its exchanges."""
    return "".join(event.model_dump_json() for event in room.events())


def with_key(key: str, **more: Any) -> dict[str, Any]:
    """What to drive with so that this key is used."""
    return {"target": lambda setup: Target("anthropic", setup.base_url, key, **more)}


@pytest.mark.parametrize("key", ["weather", "e", '"', KEY])
@pytest.mark.parametrize("stream", [True, False])
async def test_no_key_changes_what_a_reply_asks_for(store: Store, key: str, stream: bool) -> None:
    """Local servers take any word as a key, and people enter any."""
    async with a_room(store, says(call(city="Oslo")), says(text("The weather is fine."))) as room:
        room.offer(run=lambda city: "fine")
        room.ask(stream=stream)
        await room.drive(**with_key(key)).to_the_end()

        assert room.sent_results[0]["content"] == "fine"
        assert room.journal.state.answer is not None
        assert room.journal.state.answer.message.text == "The weather is fine."


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("key", [KEY, "four words of nonsense", 'quoted "and\\barred'])
async def test_a_key_that_a_server_echoes_is_not_kept_with_the_reply(
    store: Store, key: str, stream: bool
) -> None:
    """The pieces of a stream are words: a key of several comes in as many pieces."""
    echo = says(text(f"You sent {key}."), call(city=key))
    async with a_room(store, echo, says(text("Fine."))) as room:
        room.offer(run=lambda city: "fine")
        room.ask(stream=stream)
        await room.drive(**with_key(key)).to_the_end()

        first, _ = room.events(ReplyReceived)
        assert first.reply.message.text == f"You sent {'*' * len(key)}."
        assert first.reply.message.calls[0].arguments == {"city": "*" * len(key)}
        assert key not in told(room)
        assert json.dumps(key)[1:-1] not in told(room)


async def test_a_reply_that_cannot_be_read_does_not_tell_the_key(store: Store) -> None:
    async with a_room(store, sends(200, f'{{"type": "{KEY}"}}'.encode())) as room:
        await room.to_the_end(stream=False)

        assert room.journal.state.failed is not None
        assert KEY not in told(room)


async def test_headers_of_the_environment_go_only_where_the_environment_sends(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = "X-Gateway: a-gateways-password\nAuthorization: Bearer a-gateways-password"
    monkeypatch.setenv("ANTHROPIC_CUSTOM_HEADERS", given)
    async with a_room(store) as room:
        await room.to_the_end()
        [asked] = room.provider.asked
        assert "a-gateways-password" not in str(asked.headers)
        assert KEY in str(asked.headers)

        room.ask()
        await room.drive(**with_key(KEY, environment_headers=True)).to_the_end()
        asked = room.provider.asked[-1]
        assert asked.headers["x-gateway"] == "a-gateways-password"
        kept = room.journal.exchange(2)
        assert kept is not None
        assert {name.lower(): value for name, value in kept.request_headers}[
            "x-gateway"
        ] == REDACTED
        assert "a-gateways-password" not in str(kept)


async def test_a_prepared_request_is_kept_without_its_secrets(store: Store) -> None:
    async with a_room(store) as room:
        headers = (("x-gateway-token", "hunter2"), ("x-fault", "none"))
        setup = room.setup().model_copy(update={"headers": headers})
        room.journal.write(partial(TurnStarted, text=f"My key is {KEY}", setup=setup))
        await room.drive().step()

        kept = room.journal.exchange(1)
        assert kept is not None
        assert ("x-gateway-token", REDACTED) in kept.request_headers
        assert ("x-fault", "none") in kept.request_headers
        assert KEY.encode() not in kept.request_body


async def test_the_address_of_a_prepared_request_is_kept_without_its_secrets(store: Store) -> None:
    address = f"http://me:hunter2@127.0.0.1:1/{KEY}"
    async with a_room(store) as room:
        room.ask("What is the weather?")
        await room.drive(target=lambda _: Target("anthropic", address, KEY)).step()

        kept = room.journal.exchange(1)
        assert kept is not None
        assert kept.url == f"http://{REDACTED}@127.0.0.1:1/{'*' * len(KEY)}/v1/messages"


async def test_an_address_with_a_password_in_it_is_not_sent_to(store: Store) -> None:
    async with a_room(store) as room:
        address = room.provider.url.replace("http://", "http://ada:hunter2hunter@")
        await room.to_the_end(base_url=address)

        assert not room.provider.asked
        failed = room.journal.state.failed
        assert failed is not None
        assert "password" in failed.failure.message
        assert "hunter" not in failed.failure.message


# Clients


def somewhere(number: int) -> Target:
    return Target("anthropic", "http://127.0.0.1:9", f"a-key-{number:04d}")


async def test_many_clients_asked_for_at_once_are_built_and_few_are_kept() -> None:
    sender = Sender()
    await asyncio.gather(*(sender.ready(somewhere(number)) for number in range(3 * CLIENTS_KEPT)))

    assert len(sender._clients) == CLIENTS_KEPT
    await sender.close()
    assert not sender._clients


async def test_a_key_that_is_forgotten_is_held_by_no_client(store: Store) -> None:
    async with a_room(store) as room:
        await room.to_the_end()
        held = list(room.sender._clients)
        assert [target.key for target in held] == [KEY]
        room.sender.forget(KEY)
        assert not room.sender._clients

        await room.to_the_end("And again?")  # a new one is made where it is asked for
        assert room.journal.state.answer is not None


async def test_a_reply_under_way_is_read_to_its_end_though_its_key_is_forgotten(
    store: Store,
) -> None:
    go_on = asyncio.Event()

    async def waits(asked: Any, writer: Any) -> None:
        await go_on.wait()
        await says(text("Sunny."))(asked, writer)

    async with a_room(store, waits) as room:
        room.ask()
        turn = asyncio.create_task(room.drive().to_the_end())
        await until(lambda: bool(room.provider.asked))
        [client] = room.sender._clients.values()
        room.sender.forget(KEY)
        assert not room.sender._clients
        go_on.set()
        await turn
        assert room.journal.state.answer is not None
        await until(client.sdk.is_closed)
