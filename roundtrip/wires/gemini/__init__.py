"""The `gemini` wire: Google's generateContent and streamGenerateContent.

Owns the four faces of the codec and nothing else here: requests are `request.py`'s (with `path.py`,
`options.py`, `tools.py`), replies `reply.py`'s (with `chunks.py`) and `speech.py`'s, single parts
`parts.py`'s and `results.py`'s. Imports no SDK and touches no network.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from roundtrip.conversation import Change, Conversation, Options, Reply
from roundtrip.wires.gemini.errors import error_words
from roundtrip.wires.gemini.reply import GeminiReplyDecoder
from roundtrip.wires.gemini.request import decode_request, encode_request
from roundtrip.wires.gemini.speech import encode_body, encode_stream
from roundtrip.wires.gemini.told import NAME
from roundtrip.wires.sse import ServerSentEvent
from roundtrip.wires.wire import Spelling, Tools, Wire, WireRequest


class Gemini:
    """The Gemini API, as `roundtrip.wires.wire.Wire` describes a wire."""

    name = NAME
    title = "Gemini generateContent"
    models: tuple[str, ...] = (
        "gemini-3.8-flash",  # first, as in the SDK's own examples: the next one costs more
        "gemini-4-argon",
        "gemini-3.7-flash",
        "gemini-3.5-flash-lite",
        "gemini-3.1-pro-preview",
        "gemini-2.5-flash",
    )
    hottest = 2.0
    spelling = Spelling(stop_field="finishReason", result="functionResponse part")
    mute = frozenset({"role", "index", "thought"})
    references: Mapping[str, str] = {
        "cachedContent": "the content it begins with",
        "cached_content": "the content it begins with",
    }

    def encode_request(
        self, conversation: Conversation, tools: Tools, options: Options
    ) -> tuple[WireRequest, tuple[Change, ...]]:
        return encode_request(conversation, tools, options)

    def reply_decoder(self) -> GeminiReplyDecoder:
        return GeminiReplyDecoder()

    def decode_request(self, request: WireRequest) -> tuple[Conversation, Tools, Options]:
        return decode_request(request)

    def encode_reply(self, reply: Reply, *, stream: bool) -> bytes | Sequence[ServerSentEvent]:
        return encode_stream(reply) if stream else encode_body(reply)

    def error_words(self, body: str) -> tuple[str | None, str]:
        return error_words(body)


WIRE: Wire = Gemini()
