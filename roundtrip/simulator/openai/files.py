"""What the Responses API refuses about a file that stands in a request.

Owns the kinds of files it reads, as far as a request tells them. Nothing is fetched: what an
address holds is judged by its ending.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from roundtrip.simulator.openai.refusals import wrong_type
from roundtrip.simulator.refusals import Refusal

_MIME = re.compile(r"data:(?P<type>[\w.+-]+/[\w.+-]+)?(?:;[^,;]*)*;base64,")
_UNREAD = ("audio/", "video/")
_UNREAD_ENDINGS = (".mp3", ".wav", ".ogg", ".flac", ".m4a", ".mp4", ".mov", ".webm", ".avi")
_WANTED = (
    "Expected a base64-encoded data URL with a valid file MIME type (e.g. "
    "'data:text/plain;base64,SGVsbG8sIFdvcmxkIQ=='), but got"
)
_SUPPORTED = (
    "Please see https://platform.openai.com/docs/assistants/tools/file-search#supported-files for "
    "supported file types."
)


def file_rules(where: str, part: dict[str, Any]) -> Iterator[Refusal]:
    """What is wrong with one `input_file` part."""
    for name in ("file_data", "file_url", "file_id", "filename"):
        if not isinstance(part.get(name) or "", str):
            yield wrong_type(f"{where}.{name}", "a string", part[name])
    data = part.get("file_data")
    if data:
        yield from _data(f"{where}.file_data", data)
    address = part.get("file_url")
    if address and re.split(r"[?#]", address.lower())[0].endswith(_UNREAD_ENDINGS):
        words = "The file type you uploaded is not supported. Please try again with a pdf"
        yield Refusal(400, words, "unsupported_file", "input")


def _data(where: str, data: str) -> Iterator[Refusal]:
    head = f"Invalid file data: '{where}'. {_WANTED}"
    told = _MIME.match(data)
    if not data.startswith("data:"):
        words = f"{head} a value without the 'data:' prefix."
        yield Refusal(400, words, "invalid_value", where)
    elif told and (told["type"] or "").startswith(_UNREAD):
        words = f"{head} unsupported MIME type '{told['type']}'. {_SUPPORTED}"
        yield Refusal(400, words, "invalid_value", where)
