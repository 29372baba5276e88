"""The `openai-chat` wire: OpenAI's Chat Completions, and the many servers that imitate it.

Owns the four faces of the codec and nothing else here: requests are `request.py`'s (with
`messages.py`, `writing.py`, `tools.py`, `options.py`), replies `reply.py`'s (with `chunks.py`) and
`speech.py`'s, what stands in messages `content.py`'s, `calls.py`'s and `reasoning.py`'s.
Imports no SDK and touches no network.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from roundtrip.conversation import Change, Conversation, Options, Reply
from roundtrip.wires.openai_chat.reply import ChatReplyDecoder
from roundtrip.wires.openai_chat.request import decode_request, encode_request
from roundtrip.wires.openai_chat.speech import encode_body, encode_stream
from roundtrip.wires.openai_chat.told import NAME
from roundtrip.wires.openai_errors import error_words
from roundtrip.wires.sse import ServerSentEvent
from roundtrip.wires.wire import Spelling, Tools, Wire, WireRequest


class OpenAIChat:
    """Chat Completions, as `roundtrip.wires.wire.Wire` describes a wire."""

    name = NAME
    title = "OpenAI Chat Completions"
    models: tuple[str, ...] = (
        "gpt-6.2-sol",
        "gpt-6.2-astra",
        "gpt-6.1-terra",
        "gpt-6-luna",
        "gpt-5.6-sol",
        "gpt-5.4-mini",
        "gpt-5.4-nano",
    )
    hottest = 2.0
    spelling = Spelling(stop_field="finish_reason", result="tool message")
    mute = frozenset({"type", "stream_options"})
    references: Mapping[str, str] = {}

    def encode_request(
        self, conversation: Conversation, tools: Tools, options: Options
    ) -> tuple[WireRequest, tuple[Change, ...]]:
        return encode_request(conversation, tools, options)

    def reply_decoder(self) -> ChatReplyDecoder:
        return ChatReplyDecoder()

    def decode_request(self, request: WireRequest) -> tuple[Conversation, Tools, Options]:
        return decode_request(request)

    def encode_reply(self, reply: Reply, *, stream: bool) -> bytes | Sequence[ServerSentEvent]:
        return encode_stream(reply) if stream else encode_body(reply)

    def error_words(self, body: str) -> tuple[str | None, str]:
        return error_words(body)


WIRE: Wire = OpenAIChat()
