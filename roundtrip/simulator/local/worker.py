"""The process that holds the local model: a question in, what the model makes of it out.

Owns loading it, with everything off that would reach the network. One JSON object a line each way,
as `ask.py` writes and reads them. Whatever the model's library prints goes to the errors' stream.
"""

from __future__ import annotations

import os

# Before anything of it is imported: it reads these once.
os.environ |= {
    "NEEDLE_TELEMETRY": "0",
    "DO_NOT_TRACK": "1",
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
}

import json
import sys
from typing import Any

MOST_TOKENS = 512


def main() -> int:
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    import needle

    for line in sys.stdin:
        try:
            said = _said(needle, json.loads(line))
        except Exception as error:
            said = {"error": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps(said) + "\n")
        answers.flush()
    return 0


def _said(needle: Any, asked: dict[str, Any]) -> dict[str, Any]:
    """What the model says last, after each of the turn's texts in order."""
    agent = needle.Needle(tools=asked["tools"], system=asked["system"], stateless=False)
    agent.reset()
    said: dict[str, Any] = {}
    for text in asked["texts"]:
        # Not `complete`: that counts the question for its makers, were it not switched off.
        said = agent._complete(text, MOST_TOKENS)
    return said


if __name__ == "__main__":
    sys.exit(main())
