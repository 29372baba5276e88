"""Every conversation, tool, option and reply there could be on a wire, for hypothesis to draw.

Owns the strategies and what can differ between wires. Does not own which wire differs how
(`speeches.py`), what must hold of them all (`test_properties.py`), nor what is neither request nor
reply (`nonsense.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from roundtrip.conversation import (
    Conversation,
    Message,
    Options,
    Reply,
    StopSignal,
    Text,
    Thinking,
    ThinkingOption,
    ToolCall,
    ToolChoice,
    ToolDefinition,
    ToolResult,
    Usage,
)
from roundtrip.tools.checks import parse_arguments
from roundtrip.wires.schema import adapt
from roundtrip.wires.wire import Tools
from tests.wires.traffic import Traffic, changed

Strategy = st.SearchStrategy

words = st.text(min_size=1, max_size=30)
names = st.from_regex(r"[a-zA-Z_][a-zA-Z0-9_-]{0,20}", fullmatch=True)
scalars = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
)
values = st.recursive(
    scalars | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
objects = st.dictionaries(st.text(max_size=8), values, max_size=4)
counts = st.none() | st.integers(0, 10**6)
caps = st.integers(1, 10**5)
maybe = st.none() | st.booleans()
said_texts = st.text(max_size=90)
part_kinds = st.lists(st.sampled_from(["text", "thinking", "call"]), max_size=5)
usages = st.builds(
    Usage, input=counts, output=counts, cache_read=counts, cache_write=counts, reasoning=counts
)


@dataclass(frozen=True)
class Speech:
    """What one wire can say. The defaults are what most of them can."""

    traffic: Traffic
    options: Strategy[Options]
    stops: tuple[StopSignal, ...]
    """How a reply can end."""

    ends: Callable[[str], bool]
    """Whether an event (its data) of a stream tells how the reply ended."""

    words: Strategy[str] = words
    names: Strategy[str] = names
    ids: Strategy[str | None] | None = None
    """A call's id; None: each has its own, counted."""

    free_calls: bool = False
    """Whether a tool can take free text, so that text in place of arguments is no mistake."""

    results_apart: bool = False
    """Whether results are messages of their own, and words of the system may follow them."""

    failures: bool = True
    """Whether a result says in a field of its own that it is a failure."""

    results: Strategy[str] = words
    most_of_a_result: int = 3
    """In how many texts a result may come."""

    is_silent: Callable[[str], bool] = lambda text: False
    """Whether a text is one the API refuses, so that it is left out."""

    keeps_roles: bool = False
    """Whether what is kept of a message tells whose it is, and is of no use for another's."""

    thinks_aloud: bool = False
    """Whether reasoning without a signature can be told back."""

    schemas: Strategy[Any] = objects
    foreign_schemas: bool = True
    """Whether a definition of another dialect is drawn too: where it is, what is left out of it
    stands in the list of changes."""

    strictness: Strategy[bool | None] = maybe
    """Whether a definition is strict."""

    strict_together: bool = False
    """Whether strict is said once, for all definitions of a request."""

    as_offered: Callable[[Tools, Options], Tools] = lambda tools, options: tools
    """The definitions as they are read back, beside the dialect."""

    calls_decide: bool = True
    """Whether a reply with calls asks for them, whatever its last word."""

    kinds: Strategy[list[str]] = part_kinds
    """Which parts a reply has, in order."""

    listed: tuple[str, ...] = ()
    """Where this wire alone may have to list a change."""

    texts: Strategy[str] = said_texts
    thoughts: Strategy[str] = said_texts
    usages: Strategy[Usage] = usages


def options_of(
    *,
    choices: tuple[str, ...] = ("auto", "any", "none"),
    choice_said: bool = False,
    models: Strategy[str] = words,
    tool_names: Strategy[str] = names,
    parallel: Strategy[bool | None] = maybe,
    cap_said: bool = False,
    hottest: float,
    budgets_from: int | None = None,
) -> Strategy[Options]:
    """Options, where `choice_said` and `cap_said` are true for what a wire always says."""
    choice = st.sampled_from(choices).map(lambda mode: ToolChoice.model_validate({"mode": mode}))
    choice |= tool_names.map(lambda name: ToolChoice(mode="tool", name=name))
    thinking = st.none() | st.sampled_from(["off", "adaptive"]).map(
        lambda mode: ThinkingOption.model_validate({"mode": mode})
    )
    if budgets_from is not None:
        thinking |= st.integers(budgets_from, 10**5).map(
            lambda tokens: ThinkingOption(mode="budget", budget_tokens=tokens)
        )
    return st.builds(
        Options,
        model=models,
        stream=st.booleans(),
        tool_choice=choice if choice_said else st.none() | choice,
        parallel_tool_calls=parallel,
        max_output_tokens=caps if cap_said else st.none() | caps,
        temperature=st.none() | st.floats(0, hottest),
        thinking=thinking,
    )


@st.composite
def calls(draw: st.DrawFn, speech: Speech, number: int) -> ToolCall:
    """A call with arguments, with such as are none, or with free text where a wire has it."""
    id = f"call_{number}" if speech.ids is None else draw(speech.ids)
    call = ToolCall(id=id, name=draw(speech.names), arguments=draw(objects))
    text = draw(st.none() | st.text(min_size=1, max_size=20))
    if text is None:
        return call
    free = speech.free_calls and draw(st.booleans())
    error = None if free else parse_arguments(text)[1]
    if not free and error is None:
        return call
    return changed(call, arguments=None, arguments_text=text, arguments_error=error)


@st.composite
def results_of(draw: st.DrawFn, speech: Speech, call: ToolCall) -> ToolResult:
    texts = draw(st.lists(speech.results, max_size=speech.most_of_a_result))
    return ToolResult(
        call_id=call.id,
        name=call.name,
        content=tuple(Text(text=text) for text in texts),
        is_error=draw(st.booleans()) if speech.failures else False,
    )


@st.composite
def conversations(draw: st.DrawFn, speech: Speech) -> Conversation:
    """A person's words, then turns: the model's words and calls, all results, more words."""
    text = st.builds(Text, text=speech.words)
    thought = st.builds(Thinking, text=speech.words)
    said: Any = draw(st.lists(text, min_size=1, max_size=2))
    messages = [Message(role="user", parts=tuple(said))]
    for turn in range(draw(st.integers(0, 3))):
        asked = [draw(calls(speech, 10 * turn + n)) for n in range(draw(st.integers(0, 3)))]
        said = draw(st.lists(thought, max_size=1)) if speech.thinks_aloud else []
        said += draw(st.lists(text, min_size=0 if asked else 1, max_size=2))
        messages.append(Message(role="assistant", parts=(*said, *asked)))
        results = [draw(results_of(speech, call)) for call in asked]
        after = draw(st.lists(text, min_size=0 if asked else 1, max_size=1))
        if not speech.results_apart:
            messages.append(Message(role="user", parts=(*results, *after)))
            continue
        if results:
            messages.append(Message(role="user", parts=tuple(results)))
        if after:
            spoken = Message(role="user", parts=tuple(after))
            messages.append(changed(spoken, role=draw(st.sampled_from(["user", "system"]))))
    system = draw(st.lists(text, max_size=2))
    return Conversation(system=tuple(system), messages=tuple(messages))


@st.composite
def offers(draw: st.DrawFn, speech: Speech) -> tuple[Tools, Tools]:
    """Definitions as our app has them, and the same in the wire's dialect."""
    told, taken = [], []
    one_for_all = draw(speech.strictness)
    for _ in range(draw(st.integers(1, 3))):
        tool = ToolDefinition(
            name=draw(speech.names),
            description=draw(st.none() | st.text(max_size=20)),
            input_schema=draw(speech.schemas),
            strict=one_for_all if speech.strict_together else draw(speech.strictness),
        )
        schema, _ = adapt(tool.input_schema, speech.traffic.name, strict=bool(tool.strict))
        taken.append(changed(tool, input_schema=schema))
        foreign = speech.foreign_schemas and draw(st.booleans())
        told.append(tool if foreign else taken[-1])
    return tuple(told), tuple(taken)


@st.composite
def replies(draw: st.DrawFn, speech: Speech) -> Reply:
    kinds = draw(speech.kinds)
    parts: list[Any] = []
    for number, kind in enumerate(kinds):
        if kind == "call":
            parts.append(draw(calls(speech, number)))
        elif kind == "text":
            parts.append(Text(text=draw(speech.texts)))
        else:
            parts.append(Thinking(text=draw(speech.thoughts)))
    stop = draw(st.sampled_from(speech.stops))
    if speech.calls_decide and stop.signal == "end" and "call" in kinds:
        stop = changed(stop, signal="tool_calls")
    return Reply(
        id=draw(st.none() | words),
        model=draw(st.none() | words),
        message=Message(role="assistant", parts=tuple(parts)),
        stop=stop,
        usage=draw(st.none() | speech.usages),
    )
