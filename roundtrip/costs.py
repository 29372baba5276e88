"""Usage into money, and the weight of what is sent before anybody has measured it.

Owns prices: real ones from a maintained library, offline; notional ones for the simulator. What
cannot be priced is unknown, never 0 and never a failed run.
"""

from __future__ import annotations

from decimal import Decimal

from roundtrip.conversation import Conversation, Message, Usage
from roundtrip.events import Cost, Setup
from roundtrip.tokens import count
from roundtrip.wires.wire import wire_named

NOTIONAL_USD_PER_MILLION = {
    "input": 3.0,
    "output": 15.0,
    "cache_read": 0.3,
    "cache_write": 3.75,
}
"""About what a middling model costs, so that comparing simulated runs teaches true proportions."""

_PROVIDER_IDS = {
    "anthropic": "anthropic",
    "openai-chat": "openai",
    "openai-responses": "openai",
    "gemini": "google",
}
"""What the price library calls the provider behind each wire."""


def notional(usage: Usage | None) -> Cost:
    """What a simulated reply would cost at the notional price."""
    if usage is None or usage.input is None or usage.output is None:
        return Cost(usd=None, notional=True)
    counts = usage.model_dump()
    millionths = sum(
        price * (counts[name] or 0) for name, price in NOTIONAL_USD_PER_MILLION.items()
    )
    return Cost(usd=millionths / 1e6, notional=True)


def price(usage: Usage | None, *, wire: str, model: str, base_url: str | None) -> Cost:
    """What a reply costs at the provider's list price, in US dollars.

    Unknown for a model without a price, and behind an address of one's own: whoever answers
    there has a price list of their own.
    """
    provider = _PROVIDER_IDS.get(wire)
    known = usage is not None and usage.input is not None and usage.output is not None
    if usage is None or not known or provider is None or base_url is not None:
        return Cost(usd=None)
    from genai_prices import Usage as Priced
    from genai_prices import calc_price

    read, written = usage.cache_read or 0, usage.cache_write or 0
    try:
        priced = Priced(
            input_tokens=(usage.input or 0) + read + written,
            cache_read_tokens=read,
            cache_write_tokens=written,
            output_tokens=usage.output,
        )
        total: Decimal = calc_price(priced, model_ref=model, provider_id=provider).total_price
    except Exception:  # whatever it does not know, a reply is not lost over its price
        return Cost(usd=None)
    return Cost(usd=float(total))


def definition_tokens(setup: Setup) -> int:
    """About how many input tokens the definitions take in every request. An estimate.

    Counted on what the wire sends: a request with the definitions less the same without.
    """
    wire, asked = wire_named(setup.wire), Conversation(messages=(Message(role="user", parts=()),))
    definitions = tuple(offered.definition for offered in setup.tools)
    options = setup.options.model_copy(update={"tool_choice": None, "parallel_tool_calls": None})
    sizes = [
        count(wire.encode_request(asked, tools, options)[0].body.decode())
        for tools in ((), definitions)
    ]
    return sizes[1] - sizes[0]
