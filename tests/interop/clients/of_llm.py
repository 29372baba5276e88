"""llm, with its plugins for Anthropic and Gemini: the chain of a conversation runs the tools."""

from __future__ import annotations

from typing import Any

import httpx
import llm
import llm_anthropic
import llm_gemini
from llm.default_plugins import openai_models
from pydantic import BaseModel

from tests.interop.asking import ANY_KEY, REFUSED, Api, Desk, Told

_GOOGLE = "https://generativelanguage.googleapis.com/"


def model(api: Api) -> Any:
    if api.wire == "anthropic":
        # As the plugin registers the newer models.
        return llm_anthropic.ClaudeMessages(
            api.model, base_url=api.base_url, use_structured_outputs=True
        )
    if api.wire == "gemini":
        _send_to(api.base_url)
        return llm_gemini.GeminiPro(api.model, can_schema=True)
    kind = openai_models.Chat if api.wire == "openai-chat" else openai_models.Responses
    # Told so, it asks for the sealed thoughts that the API wants back.
    thinks = {"reasoning": True} if kind is openai_models.Responses else {}
    return kind(
        api.model, api_base=api.base_url, supports_tools=True, supports_schema=True, **thinks
    )


def _send_to(base_url: str) -> None:
    """The plugin's address is fixed in its code; only the address is another here."""

    def stream(method: str, url: str, **given: Any) -> Any:
        return httpx.stream(method, url.replace(_GOOGLE, f"{base_url}/"), **given)

    llm_gemini.httpx = _Redirected(stream)


class _Redirected:
    """`httpx` as the plugin uses it."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(httpx, name)


WAYS = {
    "anthropic": ("schema",),
    "openai-chat": ("schema",),
    "openai-responses": ("schema",),
    "gemini": ("schema",),
}


async def fill(api: Api, way: str, words: str, kind: type[BaseModel]) -> Any:
    response = model(api).prompt(words, schema=kind, key=ANY_KEY, stream=False)
    return kind.model_validate_json(response.text())


async def refuse(api: Api, desk: Desk, question: str) -> str:
    def refused(*_: Any) -> None:
        raise llm.CancelToolCall(REFUSED)

    chain = model(api).chain(question, tools=list(desk.tools), key=ANY_KEY, before_call=refused)
    return str(list(chain.responses())[-1].text())


async def converse(api: Api, desk: Desk, question: str, *, streamed: bool) -> Told:
    chain = model(api).chain(question, tools=list(desk.tools), stream=streamed, key=ANY_KEY)
    pieces, replies = 0, []
    for reply in chain.responses():
        pieces += sum(1 for _ in reply)
        replies.append(reply)
    usages = [reply.usage() for reply in replies]
    return Told(
        replies[-1].text(),
        sum(usage.input for usage in usages),
        sum(usage.output for usage in usages),
        pieces if streamed else 1,
    )
