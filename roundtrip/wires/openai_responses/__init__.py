"""The `openai-responses` wire: OpenAI's Responses API.

Owns the four faces of the codec and nothing else here: requests are `request.py`'s (with
`options.py`, `tools.py`), replies `reply.py`'s and `speech.py`'s (with `stream.py`, `events.py`),
items and messages, which both are made of, `items.py`'s and `messages.py`'s. Imports no SDK and
touches no network.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from roundtrip.conversation import Change, Conversation, Options, Reply
from roundtrip.wires.openai_errors import error_words
from roundtrip.wires.openai_responses.reply import ResponsesReplyDecoder
from roundtrip.wires.openai_responses.request import decode_request, encode_request
from roundtrip.wires.openai_responses.speech import encode_body, encode_stream
from roundtrip.wires.openai_responses.told import NAME
from roundtrip.wires.sse import ServerSentEvent
from roundtrip.wires.wire import Spelling, Tools, Wire, WireRequest


class OpenAIResponses:
    """The Responses API, as `roundtrip.wires.wire.Wire` describes a wire."""

    name = NAME
    title = "OpenAI Responses"
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
    spelling = Spelling(stop_field="status", result="function_call_output item")
    mute = frozenset({"type", "id", "status", "role", "logprobs"})
    references: Mapping[str, str] = {
        "previous_response_id": "the reply it continues",
        "conversation": "the conversation it continues",
        "prompt": "the prompt it is made of",
        "item_reference": "something said before",
    }

    def encode_request(
        self, conversation: Conversation, tools: Tools, options: Options
    ) -> tuple[WireRequest, tuple[Change, ...]]:
        return encode_request(conversation, tools, options)

    def reply_decoder(self) -> ResponsesReplyDecoder:
        return ResponsesReplyDecoder()

    def decode_request(self, request: WireRequest) -> tuple[Conversation, Tools, Options]:
        return decode_request(request)

    def encode_reply(self, reply: Reply, *, stream: bool) -> bytes | Sequence[ServerSentEvent]:
        return encode_stream(reply) if stream else encode_body(reply)

    def error_words(self, body: str) -> tuple[str | None, str]:
        return error_words(body)


WIRE: Wire = OpenAIResponses()
