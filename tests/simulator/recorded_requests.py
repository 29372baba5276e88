"""Recorded requests, to be sent to the simulator as they once went to the real APIs.

Owns the way from a recording to a request: its address here, a key that fares as the recorded one
did, and what a recorder left out. And which recordings fare otherwise here, each with the reason.
"""

from __future__ import annotations

import json
import re
from typing import Any

import httpx2

from tests.recordings import Recorded, recorded

BASES = {
    "anthropic": "/anthropic",
    "openai-chat": "/openai",
    "openai-responses": "/openai",
    "gemini": "/gemini",
}

LEFT_OUT = "<MASSIVE_TEXT>"
"""Stands in one recording for texts of over three million tokens together."""

MUCH = "word " * 21_000
"""Ten of these are more than the window of 200,000 tokens that the API told."""

_FETCHED = "the API could not fetch an image from the web; nothing is fetched here"
_ANOTHER_CALL = "its result names another call than the one asked for: the recording was edited"
_AZURE = "a deployment of Azure's, named as its owner pleased: no model of OpenAI's own API"

FARES_OTHERWISE = {
    "dd-trace-py__anthropic_completion_tools_call_with_tool_result_stream_helper.json#0": (
        _ANOTHER_CALL
    ),
    "openllmetry__test_azure_test_chat_content_filtering.json#0": _AZURE,
    "openllmetry__test_azure_test_prompt_content_filtering.json#0": (
        f"{_AZURE}; the recording says 200 and holds a refusal by Azure's filter of words"
    ),
    "openllmetry__test_vision_test_vision-3.json#0": _FETCHED,
    "pydantic-ai__test_multimodal_tool_returns_test_model_sees_multiple_images_google_vertex_"
    ".json#1": _FETCHED,
    "pydantic-ai__test_multimodal_tool_returns_test_multimodal_tool_return_matrix_direct-url-image"
    "-google_vertex_.json#2": _FETCHED,
    "pydantic-ai__test_multimodal_tool_returns_test_multimodal_tool_return_matrix_tool_return_content"
    "-url-image-google_vertex_.json#3": _FETCHED,
}
"""Recordings that are not answered here as they were, and why."""


def requests_of(wire: str) -> list[Recorded]:
    """Every recording of a wire that has its request."""
    return [case for case in recorded(wire) if case.request is not None]


def sent_again(client: httpx2.Client, root: str, wire: str, case: Recorded) -> httpx2.Response:
    """The answer of the simulator at `root`."""
    body = json.dumps(case.request).replace(LEFT_OUT, MUCH)
    return client.request(
        case.exchange["method"],
        root + path_of(wire, case),
        content=body,
        headers={"content-type": "application/json"} | _betas(case) | _key(wire, case),
    )


def path_of(wire: str, case: Recorded) -> str:
    """The address below the simulator's root; of Azure's the one that does the same."""
    path: str = case.exchange["path"]
    if "azure" in case.exchange["host"]:
        path = re.sub(r"^/openai(?:/v1|/deployments/[^/]+)", "/v1", path)
    return BASES[wire] + path


def _betas(case: Recorded) -> dict[str, str]:
    told = case.exchange["request_headers"].items()
    return {name: value for name, value in told if name.lower().startswith("anthropic-")}


def _key(wire: str, case: Recorded) -> dict[str, str]:
    """A key that is right, wrong or missing, as the recorded one was."""
    status = case.exchange["status"]
    if status == 403:
        return {}
    wrong = status == 401 or "API_KEY_INVALID" in json.dumps(case.response)
    key = "invalid" if wrong else "any-key"
    return {
        "anthropic": {"x-api-key": key},
        "gemini": {"x-goog-api-key": key},
    }.get(wire, {"authorization": f"Bearer {key}"})


def refusal_in(wire: str, body: Any) -> dict[str, Any]:
    """What of a refusal a program goes by."""
    error = body["error"]
    fields = {"anthropic": ("type",), "gemini": ("code", "status")}
    return {name: error.get(name) for name in fields.get(wire, ("type", "code", "param"))}
