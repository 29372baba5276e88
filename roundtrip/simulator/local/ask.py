"""Asking the local model: one question at a time, within a time, in a process that can be ended.

Owns the process, what of a conversation the model is told, and what its answer becomes. The model
chooses calls and writes no prose; the words around its calls are ours and say so.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from roundtrip.conversation import Conversation, Options, ToolCall, ToolDefinition
from roundtrip.simulator.local.names import LOCAL_MODEL, NOT_INSTALLED, is_installed
from roundtrip.simulator.model import Decision, Response
from roundtrip.simulator.model.answer import answer
from roundtrip.simulator.model.history import Turn, situation_of

MOST_TOOLS = 8
"""More, and a question takes tens of seconds on two cores."""

ANSWERS_WITHIN_S = 60.0
"""A question with eight tools takes some seconds; the first one also loads the model."""

_WORKER = (sys.executable, "-P", str(Path(__file__).with_name("worker.py")))
"""By its file: as a module it would load this package first, which it has no use for."""

_NO_PROSE = f"{LOCAL_MODEL} chooses calls and writes no prose."


class NoAnswer(Exception):
    """The local model cannot answer this; its words are for a person."""


@dataclass
class LocalModel:
    """The model, loaded with the first question. May be asked from any thread."""

    worker: Sequence[str] = _WORKER
    within_s: float = ANSWERS_WITHIN_S
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _process: subprocess.Popen[str] | None = None
    _lines: queue.Queue[str] = field(default_factory=queue.Queue)

    def respond(
        self,
        conversation: Conversation,
        tools: Sequence[ToolDefinition],
        options: Options,
        *,
        today: date,
    ) -> Response:
        """Its response to the conversation so far. Blocks. Raises `NoAnswer`."""
        choice = options.tool_choice
        offered = [] if choice and choice.mode == "none" else list(tools)
        if choice and choice.mode == "tool":
            offered = [tool for tool in offered if tool.name == choice.name]
        if len(offered) > MOST_TOOLS:
            words = f"{LOCAL_MODEL} takes {MOST_TOOLS} tools at most, and {len(offered)} came."
            raise NoAnswer(f"{words} Leave some out under Settings, Tools offered.")
        now = situation_of(conversation).now
        if not offered:
            return _response(now, None, (), "No tools were offered.")
        said = self._ask(_asked(now, conversation, offered, today))
        if "error" in said and said.get("error"):
            raise NoAnswer(f"{LOCAL_MODEL} failed: {said['error']}")
        calls = _new_calls(said, now)
        if options.parallel_tool_calls is False:
            calls = calls[:1]
        thinks = options.thinking is not None and options.thinking.mode != "off"
        reasoning = said.get("reasoning") if thinks else None
        return _response(now, reasoning, calls, _why(said, calls))

    def close(self) -> None:
        """End its process."""
        with self._lock:
            self._end()

    def _ask(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        with self._lock:
            process = self._running()
            assert process.stdin is not None
            try:
                process.stdin.write(json.dumps(asked) + "\n")
                process.stdin.flush()
                line = self._lines.get(timeout=self.within_s)
            except (OSError, queue.Empty):
                line = ""
                self._end()
                words = f"{LOCAL_MODEL} gave no answer within {self.within_s:g} seconds."
                raise NoAnswer(f"{words} Offer fewer tools, or ask something shorter.") from None
            if not line:
                self._end()
                raise NoAnswer(f"{LOCAL_MODEL} ended while it was asked. Ask again.")
        said = json.loads(line)
        return said if isinstance(said, dict) else {}

    def _running(self) -> subprocess.Popen[str]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        if self.worker is _WORKER and not is_installed():
            raise NoAnswer(NOT_INSTALLED)
        self._lines = queue.Queue()
        self._process = subprocess.Popen(
            self.worker,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=_without_keys(os.environ),
        )
        reading = threading.Thread(
            target=_read, args=(self._process, self._lines), name="local-model", daemon=True
        )
        reading.start()
        return self._process

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            for stream in (self._process.stdin, self._process.stdout):
                if stream is not None:
                    stream.close()
        self._process = None


def _read(process: subprocess.Popen[str], lines: queue.Queue[str]) -> None:
    """Pass its lines on; an empty one says that it has ended."""
    assert process.stdout is not None
    try:
        for line in process.stdout:
            lines.put(line)
    except ValueError:  # closed under our hands
        pass
    lines.put("")


def _without_keys(environ: Mapping[str, str]) -> dict[str, str]:
    """A stranger's code gets no key of the person who runs this."""
    secret = ("_KEY", "_TOKEN", "_SECRET", "_PASSWORD")
    return {name: value for name, value in environ.items() if not name.upper().endswith(secret)}


def _asked(
    now: Turn, conversation: Conversation, tools: Sequence[ToolDefinition], today: date
) -> dict[str, Any]:
    """The turn as the model is told it: the question, then what each round of calls gave."""
    system = " ".join(text.text for text in conversation.system)
    rounds = [json.dumps([outcome.data for outcome in now.outcomes])] if now.outcomes else []
    return {
        "system": f"date: {today:%Y-%m-%d %a}; {system}".rstrip("; "),
        "tools": [
            {
                "name": tool.name,
                "description": tool.description or "",
                "parameters": tool.input_schema,
            }
            for tool in tools
        ],
        "texts": [now.question, *rounds],
    }


def _new_calls(said: Mapping[str, Any], now: Turn) -> tuple[ToolCall, ...]:
    """The calls that were not made for this question already."""
    made = [(outcome.call.name, outcome.call.arguments) for outcome in now.outcomes]
    calls = []
    for call in said.get("function_calls") or ():
        name, arguments = str(call.get("name")), call.get("arguments") or {}
        if (name, arguments) not in made:
            calls.append(ToolCall(id=None, name=name, arguments=arguments))
    return tuple(calls)


def _why(said: Mapping[str, Any], calls: Sequence[ToolCall]) -> str:
    confidence = said.get("confidence")
    sure = f" Its own confidence: {confidence:.0%}." if isinstance(confidence, float) else ""
    if reasoning := said.get("reasoning"):
        sure += f" Its own words: “{reasoning}”"
    kept = said.get("suppressed_calls") or ()
    if not calls and kept:
        names = ", ".join(str(call.get("name")) for call in kept)
        return f"It was not sure enough of {names} to ask for it.{sure}"
    return f"{_NO_PROSE}{sure}"


def _response(now: Turn, reasoning: str | None, calls: tuple[ToolCall, ...], why: str) -> Response:
    text = "" if calls else _words(now)
    decision = Decision(
        outcome="calls" if calls else "answer", question=now.question, threshold=0.0, why=why
    )
    return Response(text=text, calls=calls, thinking=reasoning, decision=decision)


def _words(now: Turn) -> str:
    if now.outcomes:
        return f"{_NO_PROSE} The results, put together by the playground:\n\n" + answer(
            now.question, now.outcomes
        )
    return f"{_NO_PROSE} It finds nothing here to call a tool for."
