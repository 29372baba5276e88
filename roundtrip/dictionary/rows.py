"""The concepts of function calling, one a row: what stands in it, and in what words.

Owns the rows and their order. A row names things (`things.py`); where a wire says them is found,
not written here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from roundtrip.conversation import ToolChoice
from roundtrip.dictionary.focus import focus_tool
from roundtrip.dictionary.places import Path, element_around, message_around
from roundtrip.dictionary.spelled import Face
from roundtrip.dictionary.subject import Subject

Prepare = Callable[[Subject], Subject]
Around = Callable[[Any, Path], Path]


def as_it_is(subject: Subject) -> Subject:
    return subject


def just_there(value: Any, path: Path) -> Path:
    return path


@dataclass(frozen=True)
class Sample:
    """One piece of JSON in a row."""

    face: Face
    anchors: tuple[str, ...] = ()
    """The things it is about: it is cut so that all of them are in it. None: all of it."""

    label: str = ""
    """Which of the row's pieces this is, where there are several."""

    around: Around = just_there
    """What around the things is shown: the list element (a block, a call), the message."""

    prepare: Prepare = as_it_is
    """What is switched on for this piece, e.g. a choice the conversation does not make."""

    of_tools: bool = False
    """Whether it makes sense only where tools are declared."""


@dataclass(frozen=True)
class Row:
    """One concept."""

    id: str
    title: str
    sentence: str
    samples: tuple[Sample, ...]


def _options(**options: Any) -> Prepare:
    def prepare(subject: Subject) -> Subject:
        return replace(subject, options=subject.options.model_copy(update=options))

    return prepare


def _forced(subject: Subject) -> Subject:
    tool = focus_tool(subject)
    if tool is None:
        return subject
    return _options(tool_choice=ToolChoice(mode="tool", name=tool[1].name))(subject)


def _strict(subject: Subject) -> Subject:
    tool = focus_tool(subject)
    if tool is None:
        return subject
    at, mine = tool
    strict = mine.model_copy(update={"strict": True})
    tools = tuple(strict if n == at else one for n, one in enumerate(subject.tools))
    return replace(subject, tools=tools)


ROWS = (
    Row(
        "declare",
        "Declare",
        "You describe a function: a name, what it is for, a schema of its arguments."
        " It travels with every request.",
        (Sample("request", ("description", "schema"), around=element_around),),
    ),
    Row(
        "ask",
        "Ask",
        "A question goes out, with your instructions. Everything said before goes with it.",
        (
            Sample("request", ("question",), "the question", around=element_around),
            Sample("request", ("system",), "the system prompt", around=element_around),
            Sample("request", ("model",), "the model"),
            Sample("request", ("cap",), "the output cap"),
        ),
    ),
    Row(
        "stop",
        "Stop",
        "The model stops and asks. It has run nothing, and waits for you.",
        (Sample("asks", ("stop",)),),
    ),
    Row(
        "call",
        "Call",
        "A note from the model: which tool, with which arguments. Only your code can run it.",
        (Sample("asks", ("call_id", "arguments"), around=element_around),),
    ),
    Row(
        "result",
        "Result",
        "Your code ran the tool. What came of it goes back, tied to its call.",
        (Sample("request", ("result",), around=element_around),),
    ),
    Row(
        "error",
        "Error",
        "The tool failed. That is a result too: the model reads it, and can try otherwise.",
        (Sample("request", ("failed_text", "failed"), around=element_around),),
    ),
    Row(
        "answer",
        "Answer",
        "The model has what it needs, and nothing more to ask.",
        (
            Sample("answers", ("answer",), "the words", around=message_around),
            Sample("answers", ("end",), "the end"),
        ),
    ),
    Row(
        "choice",
        "Forced choice",
        "You may leave the choice to the model, demand a call, name the tool, or forbid calls.",
        (
            Sample("request", ("choice",), "this tool, now", prepare=_forced, of_tools=True),
            Sample(
                "request",
                ("choice",),
                "some tool",
                prepare=_options(tool_choice=ToolChoice(mode="any")),
                of_tools=True,
            ),
            Sample(
                "request",
                ("choice",),
                "no tool",
                prepare=_options(tool_choice=ToolChoice(mode="none")),
                of_tools=True,
            ),
            Sample(
                "request",
                ("choice",),
                "as the model likes",
                prepare=_options(tool_choice=ToolChoice(mode="auto")),
                of_tools=True,
            ),
        ),
    ),
    Row(
        "parallel",
        "Parallel",
        "One reply may ask for several calls. Answer them all, in one request.",
        (
            Sample("asks", ("arguments", "second_call"), "two calls in one reply"),
            Sample(
                "request",
                ("parallel",),
                "one call at most",
                prepare=_options(parallel_tool_calls=False, tool_choice=None),
                of_tools=True,
            ),
        ),
    ),
    Row(
        "strict",
        "Strict",
        "Arguments usually fit the schema. With strict the provider sees to it that they do.",
        (Sample("request", ("strict",), prepare=_strict, of_tools=True),),
    ),
    Row(
        "streaming",
        "Streaming",
        "The reply comes in pieces while it is written."
        " Arguments too: half of them is no JSON yet.",
        (
            Sample("request", ("stream",), "asked for", prepare=_options(stream=True)),
            Sample("stream", ("call_id", "arguments", "stop"), "what comes"),
        ),
    ),
    Row(
        "usage",
        "Usage",
        "What it cost, in tokens. The definitions are counted again with every request.",
        (Sample("asks", ("input_tokens", "output_tokens")),),
    ),
)

WHOLE = (
    Row(
        "request",
        "The whole request",
        "Everything said so far, and the tools: a model remembers nothing between requests.",
        (Sample("request"),),
    ),
    Row("asks", "The reply that asks", "As one body.", (Sample("asks"),)),
    Row("stream", "The same reply, streamed", "As events, one a line.", (Sample("stream"),)),
    Row("answers", "The answer", "As one body.", (Sample("answers"),)),
)
"""The same things in whole bodies."""
