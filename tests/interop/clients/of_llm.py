"""llm, with its plugins for Anthropic and Gemini: the chain of a conversation runs the tools."""

from __future__ import annotations

from typing import Any

import httpx
import llm_anthropic
import llm_gemini
from llm.default_plugins import openai_models

from tests.interop.asking import ANY_KEY, Api, Desk, Told

_GOOGLE = "https://generativelanguage.googleapis.com/"


def model(api: Api) -> Any:
    if api.wire == "anthropic":
        return llm_anthropic.ClaudeMessages(api.model, base_url=api.base_url)
    if api.wire == "gemini":
        _send_to(api.base_url)
        return llm_gemini.GeminiPro(api.model)
    kind = openai_models.Chat if api.wire == "openai-chat" else openai_models.Responses
    return kind(api.model, api_base=api.base_url, supports_tools=True)


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
