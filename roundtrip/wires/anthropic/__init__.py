"""The `anthropic` wire: Anthropic's Messages API.

Owns the four faces of the codec and nothing else here: requests are `request.py`'s (with
`options.py`, `links.py`), replies `reply.py`'s and `speech.py`'s, single blocks `blocks.py`'s.
Imports no SDK and touches no network.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from roundtrip.conversation import Change, Conversation, Options, Reply
from roundtrip.wires.anthropic.errors import error_words
from roundtrip.wires.anthropic.reply import AnthropicReplyDecoder
from roundtrip.wires.anthropic.request import decode_request, encode_request
from roundtrip.wires.anthropic.speech import encode_body, encode_stream
from roundtrip.wires.anthropic.told import NAME
from roundtrip.wires.sse import ServerSentEvent
from roundtrip.wires.wire import Spelling, Tools, Wire, WireRequest


class Anthropic:
    """The Messages API, as `roundtrip.wires.wire.Wire` describes a wire."""

    name = NAME
    title = "Anthropic Messages"
    models: tuple[str, ...] = (
        "claude-opus-4-8",
        "claude-opus-5-5",
        "claude-sonnet-5-5",
        "claude-haiku-5-5",
    )
    hottest = 1.0
    spelling = Spelling(stop_field="stop_reason", result="tool_result block")
    mute = frozenset({"type"})
    references: Mapping[str, str] = {}

    def encode_request(
        self, conversation: Conversation, tools: Tools, options: Options
    ) -> tuple[WireRequest, tuple[Change, ...]]:
        return encode_request(conversation, tools, options)

    def reply_decoder(self) -> AnthropicReplyDecoder:
        return AnthropicReplyDecoder()

    def decode_request(self, request: WireRequest) -> tuple[Conversation, Tools, Options]:
        return decode_request(request)

    def encode_reply(self, reply: Reply, *, stream: bool) -> bytes | Sequence[ServerSentEvent]:
        return encode_stream(reply) if stream else encode_body(reply)

    def error_words(self, body: str) -> tuple[str | None, str]:
        return error_words(body)


WIRE: Wire = Anthropic()
