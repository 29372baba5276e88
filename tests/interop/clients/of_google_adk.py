"""google-adk: Google's own agent loop."""

from __future__ import annotations

from typing import Any

from google.adk.agents import LlmAgent, RunConfig
from google.adk.agents.run_config import StreamingMode
from google.adk.models import Gemini
from google.adk.runners import InMemoryRunner
from google.genai import types

from tests.interop.asking import ANY_KEY, Api, Desk, Told


def _error_told(*, tool: Any, args: Any, tool_context: Any, error: Exception) -> dict[str, str]:
    return {"error": str(error)}


async def converse(api: Api, desk: Desk, question: str, *, streamed: bool) -> Told:
    model = Gemini(model=api.model, base_url=api.base_url, client_kwargs={"api_key": ANY_KEY})
    agent = LlmAgent(
        name="asker", model=model, tools=list(desk.tools), on_tool_error_callback=_error_told
    )
    runner = InMemoryRunner(agent=agent, app_name="asker")
    session = await runner.session_service.create_session(app_name="asker", user_id="someone")
    mode = StreamingMode.SSE if streamed else StreamingMode.NONE
    events = [
        event
        async for event in runner.run_async(
            user_id="someone",
            session_id=session.id,
            new_message=types.Content(role="user", parts=[types.Part(text=question)]),
            run_config=RunConfig(streaming_mode=mode),
        )
    ]
    usages = [
        event.usage_metadata for event in events if event.usage_metadata and not event.partial
    ]
    return Told(
        "".join(part.text for part in events[-1].content.parts if part.text and not part.thought),
        sum(usage.prompt_token_count for usage in usages),
        sum(usage.candidates_token_count for usage in usages),
        sum(1 for event in events if event.partial) if streamed else 1,
    )
