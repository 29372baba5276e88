"""The things a conversation is made of, each as a way to change just it.

Owns what the things are, in plain words, and the changed twin that finds each of them in any
wire's JSON. Knows no wire: where a thing stands is found by spelling both (`spelled.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from roundtrip.conversation import (
    Message,
    Reply,
    StopSignal,
    Text,
    ToolCall,
    ToolChoice,
    ToolDefinition,
    ToolResult,
)
from roundtrip.dictionary.subject import Subject

MOST_ARGUMENTS = 6
"""Arguments of a call that are things of their own; the others light up with the call's."""


@dataclass(frozen=True)
class Thing:
    """One canonical thing of a subject."""

    id: str
    words: str
    """What it is, to be read after its name: a phrase without a full stop."""

    changed: tuple[Subject, ...]
    """The subject with just this changed, in one or more ways."""

    unsaid: str
    """What it means that a wire has no place for it, where the wire does not say so itself."""

    where: tuple[str, ...] = ()
    """Its paths in the canonical request, as `Change.where` writes them."""

    inside: tuple[Subject, ...] = ()
    """The subject with what stands inside this changed, for where `changed` finds no place: a
    stream that becomes longer cannot be compared."""

    is_object: bool = False
    """Whether it is a JSON object by nature: a wire that says it as a string is pointed out."""

    alike: tuple[Subject, str] | None = None
    """Another subject, and what it means that a wire says both the same."""

    without: tuple[Subject, str] | None = None
    """The subject that does not have it, and what it means that a wire then says none."""


def other(text: str) -> str:
    """Another text of the same shape: as long, with its spaces and marks in the same places."""
    turned = text.translate(_NEXT)
    return turned if turned != text else text + "x"


def _turned(letters: str) -> str:
    return letters[1:] + letters[:1]


_SHAPES = ("abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789")
_NEXT = str.maketrans("".join(_SHAPES), "".join(_turned(letters) for letters in _SHAPES))


def things_of(subject: Subject) -> dict[str, Thing]:
    """Every thing this subject has, by its id, the wider one before what stands inside it."""
    found = [*_of_options(subject), *_of_words(subject), *_of_tool(subject), *_of_calls(subject)]
    return {thing.id: thing for thing in [*found, *_of_replies(subject)]}


def focus_call(subject: Subject) -> tuple[ToolCall, ToolResult | None] | None:
    """The call that stands for all: the last message's first that went well, else its first."""
    pairs = _pairs(subject)
    if not pairs:
        return None
    return next((pair for pair in pairs if pair[1] and not pair[1].is_error), pairs[0])


def focus_failure(subject: Subject) -> tuple[ToolCall, ToolResult] | None:
    """The failed result that stands for all: the last conversation's latest."""
    calls = [call for message in subject.conversation.messages for call in message.calls]
    failed = [
        result
        for message in subject.conversation.messages
        for result in message.results
        if result.is_error
    ]
    for result in reversed(failed):
        for call in reversed(calls):
            if call.id == result.call_id:
                return call, result
    return None


def focus_tool(subject: Subject) -> tuple[int, ToolDefinition] | None:
    """The definition of the focus call's tool, else the first one."""
    call = focus_call(subject)
    ours = [(n, tool) for n, tool in enumerate(subject.tools) if isinstance(tool, ToolDefinition)]
    named = [one for one in ours if call and one[1].name == call[0].name]
    return next(iter([*named, *ours]), None)


def _pairs(subject: Subject) -> list[tuple[ToolCall, ToolResult | None]]:
    """The last message that calls, and what came of its calls: by id, else by order."""
    messages = subject.conversation.messages
    calling = [n for n, message in enumerate(messages) if message.calls]
    if not calling:
        return [(call, None) for call in subject.asks.message.calls] if subject.asks else []
    at = calling[-1]
    results = messages[at + 1].results if at + 1 < len(messages) else ()
    by_id = {result.call_id: result for result in results if result.call_id}
    by_order = dict(enumerate(results))
    return [
        (call, by_id.get(call.id) if call.id else by_order.get(n))
        for n, call in enumerate(messages[at].calls)
    ]


# What can be changed, each everywhere it is said


def _with_parts(subject: Subject, change: Callable[[Any], Any]) -> Subject:
    """Every part changed by the same rule, in the conversation and in both replies."""

    def message(of: Message) -> Message:
        parts = tuple(change(part) for part in of.parts)
        return of.model_copy(update={"parts": parts})

    def reply(of: Reply | None) -> Reply | None:
        return of.model_copy(update={"message": message(of.message)}) if of else None

    messages = tuple(message(one) for one in subject.conversation.messages)
    return replace(
        subject,
        conversation=subject.conversation.model_copy(update={"messages": messages}),
        asks=reply(subject.asks),
        answers=reply(subject.answers),
    )


def _with_options(subject: Subject, **options: Any) -> Subject:
    return replace(subject, options=subject.options.model_copy(update=options))


def _with_tool(subject: Subject, at: int, **fields: Any) -> Subject:
    tools = tuple(
        tool.model_copy(update=fields) if n == at else tool for n, tool in enumerate(subject.tools)
    )
    return replace(subject, tools=tools)


def _renamed(subject: Subject, name: str) -> Subject:
    """The tool under another name: in its definition, its calls, their results and the choice."""
    new = other(name)

    def part(of: Any) -> Any:
        mine = isinstance(of, ToolCall | ToolResult) and of.name == name
        return of.model_copy(update={"name": new}) if mine else of

    renamed = _with_parts(subject, part)
    tools = tuple(
        tool.model_copy(update={"name": new})
        if isinstance(tool, ToolDefinition) and tool.name == name
        else tool
        for tool in subject.tools
    )
    choice = subject.options.tool_choice
    if choice is not None and choice.name == name:
        choice = choice.model_copy(update={"name": new})
    return _with_options(replace(renamed, tools=tools), tool_choice=choice)


def _with_call_id(subject: Subject, call_id: str) -> Subject:
    new = other(call_id)

    def part(of: Any) -> Any:
        if isinstance(of, ToolCall) and of.id == call_id:
            return of.model_copy(update={"id": new})
        if isinstance(of, ToolResult) and of.call_id == call_id:
            return of.model_copy(update={"call_id": new})
        return of

    return _with_parts(subject, part)


def _without_ids(subject: Subject) -> Subject:
    def part(of: Any) -> Any:
        if isinstance(of, ToolCall):
            return of.model_copy(update={"id": None})
        return of.model_copy(update={"call_id": None}) if isinstance(of, ToolResult) else of

    return _with_parts(subject, part)


def _with_arguments(subject: Subject, call: ToolCall, arguments: dict[str, Any]) -> Subject:
    def part(of: Any) -> Any:
        return of.model_copy(update={"arguments": arguments}) if of == call else of

    return _with_parts(subject, part)


def _with_result(subject: Subject, result: ToolResult, **fields: Any) -> Subject:
    def part(of: Any) -> Any:
        return of.model_copy(update=fields) if of == result else of

    return _with_parts(subject, part)


def _other_value(value: Any) -> Any:
    """Another value of the same kind."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    return other(value) if isinstance(value, str) else other(str(value))


# The things


def _of_options(subject: Subject) -> list[Thing]:
    options = subject.options
    found = [
        Thing(
            "model",
            "the model that is asked",
            (_with_options(subject, model=other(options.model)),),
            "The request names no model.",
            ("options.model",),
        ),
        Thing(
            "stream",
            "whether the reply comes in pieces, while it is being written",
            (_with_options(subject, stream=not options.stream),),
            "Nothing in the request says it.",
            ("options.stream",),
        ),
    ]
    if options.max_output_tokens is not None:
        more = _with_options(subject, max_output_tokens=options.max_output_tokens + 1)
        words = "the cap: the most tokens one reply may have"
        found.append(
            Thing("cap", words, (more,), "There is no cap.", ("options.max_output_tokens",))
        )
    if options.tool_choice is not None:
        found.append(_choice(subject, options.tool_choice))
    if options.parallel_tool_calls is not None:
        words = "whether the model may ask for several calls at once"
        changed = (_with_options(subject, parallel_tool_calls=not options.parallel_tool_calls),)
        unsaid = "There is no such switch: be ready for several calls at once."
        where = ("options.parallel_tool_calls",)
        found.append(Thing("parallel", words, changed, unsaid, where))
    return found


def _choice(subject: Subject, choice: ToolChoice) -> Thing:
    others = [ToolChoice(mode="any"), ToolChoice(mode="none"), ToolChoice(mode="auto"), None]
    return Thing(
        "choice",
        "what the model may, must or must not call",
        tuple(_with_options(subject, tool_choice=one) for one in others if one != choice),
        "Not said: this is what happens anyway.",
        ("options.tool_choice",),
    )


def _of_words(subject: Subject) -> list[Thing]:
    found = []
    conversation = subject.conversation
    if conversation.system:
        first = conversation.system[0]
        system = (first.model_copy(update={"text": other(first.text)}), *conversation.system[1:])
        changed = replace(subject, conversation=conversation.model_copy(update={"system": system}))
        words = "the system prompt: your standing instructions"
        found.append(Thing("system", words, (changed,), "It cannot be said.", ("system",)))
    for n, message in enumerate(conversation.messages):
        for k, part in enumerate(message.parts):
            if message.role == "user" and isinstance(part, Text):
                changed = _with_text(subject, n, k)
                where = (f"messages[{n}].parts[{k}]",)
                words = "what the person asked"
                found.append(Thing("question", words, (changed,), "It cannot be said.", where))
                return found
    return found


def _with_text(subject: Subject, n: int, k: int) -> Subject:
    messages = list(subject.conversation.messages)
    parts = list(messages[n].parts)
    told = parts[k]
    assert isinstance(told, Text)
    parts[k] = told.model_copy(update={"text": other(told.text)})
    messages[n] = messages[n].model_copy(update={"parts": tuple(parts)})
    conversation = subject.conversation.model_copy(update={"messages": tuple(messages)})
    return replace(subject, conversation=conversation)


def _of_tool(subject: Subject) -> list[Thing]:
    found = focus_tool(subject)
    if found is None:
        return []
    at, tool = found
    grown = tool.input_schema | {"title": "Another"}
    if "title" in tool.input_schema:
        grown = tool.input_schema | {"title": other(str(tool.input_schema["title"]))}
    things = [
        Thing(
            "tool",
            "the tool's name: how the model asks for it, and how your code knows which to run",
            (_renamed(subject, tool.name),),
            "Not repeated here: something else says which tool it is.",
            (f"tools[{at}].name",),
        ),
        Thing(
            "schema",
            "the JSON Schema of the arguments: what a call must look like",
            (_with_tool(subject, at, input_schema=grown),),
            "It cannot be said.",
            (f"tools[{at}].input_schema",),
        ),
    ]
    if tool.description:
        words = "what the tool is for, in words: this and the schema are all the model has to go by"
        changed = (_with_tool(subject, at, description=other(tool.description)),)
        where = (f"tools[{at}].description",)
        things.append(Thing("description", words, changed, "It cannot be said.", where))
    if tool.strict is not None:
        words = "strict: the provider holds the model to the schema, so that arguments always fit"
        changed = (_with_tool(subject, at, strict=None),)
        unsaid = "There is no such switch: check the arguments yourself (do it anyway)."
        things.append(Thing("strict", words, changed, unsaid, (f"tools[{at}].strict",)))
    return things


def _of_calls(subject: Subject) -> list[Thing]:
    found: list[Thing] = []
    pair = focus_call(subject)
    if pair is not None:
        call, result = pair
        if call.id:
            found.append(_call_id(subject, "call_id", call, result))
        if call.arguments is not None:
            found += _arguments(subject, call, call.arguments)
        found += _second_call(subject, call)
        if result is not None and _first_text(result):
            words = "the result: what your code hands back, and the model reads"
            found.append(_result_text(subject, "result", words, result))
    if failure := focus_failure(subject):
        call, result = failure
        if call.id and not (pair is not None and pair[0] == call):
            found.append(_call_id(subject, "failed_id", call, result))
        words = "the mark of a failure: the tool ran into an error, the model may try otherwise"
        changed = _with_result(subject, result, is_error=False)
        unsaid = "There is no mark: only the words of the result tell the model that it failed."
        where = _where(subject, result, "is_error")
        found.append(Thing("failed", words, (changed,), unsaid, where))
        if _first_text(result):
            words = "the error's words: the model reads them, and can recover"
            found.append(_result_text(subject, "failed_text", words, result))
    return found


def _call_id(subject: Subject, name: str, call: ToolCall, result: ToolResult | None) -> Thing:
    of = " that failed" if name == "failed_id" else ""
    where = _where(subject, call, "id") + (_where(subject, result, "call_id") if result else ())
    return Thing(
        name,
        f"the id that ties the result to the call{of}",
        (_with_call_id(subject, call.id or ""),),
        "There is no id: order and name tie a result to its call.",
        where,
        without=(
            _without_ids(subject),
            "The id may be missing: then order and name tie a result to its call.",
        ),
    )


def _arguments(subject: Subject, call: ToolCall, arguments: dict[str, Any]) -> list[Thing]:
    where = _where(subject, call, "arguments")
    changed = (_with_arguments(subject, call, _grown(arguments)),)
    words = "the arguments, as the model wrote them"
    others = {name: _other_value(value) for name, value in arguments.items()}
    inside = (_with_arguments(subject, call, others),)
    found = [Thing("arguments", words, changed, "It cannot be said.", where, inside, True)]
    for n, (name, value) in enumerate(list(arguments.items())[:MOST_ARGUMENTS]):
        changed = (_with_arguments(subject, call, arguments | {name: _other_value(value)}),)
        words = f"the argument {name}"
        found.append(Thing(f"argument_{n}", words, changed, "It cannot be said.", where))
    return found


def _second_call(subject: Subject, first: ToolCall) -> list[Thing]:
    others = [call for call, _ in _pairs(subject) if call != first and call.arguments is not None]
    if not others:
        return []
    changed = (_with_arguments(subject, others[0], _grown(others[0].arguments or {})),)
    words = "the second call's arguments"
    return [Thing("second_call", words, changed, "It cannot be said.", is_object=True)]


def _grown(arguments: dict[str, Any]) -> dict[str, Any]:
    return arguments | {"another" if "another" not in arguments else "another_one": 1}


def _result_text(subject: Subject, name: str, words: str, result: ToolResult) -> Thing:
    first = next(n for n, part in enumerate(result.content) if isinstance(part, Text))
    content = tuple(
        part.model_copy(update={"text": other(part.text)})
        if n == first and isinstance(part, Text)
        else part
        for n, part in enumerate(result.content)
    )
    where = _where(subject, result, f"content[{first}]")
    changed = (_with_result(subject, result, content=content),)
    return Thing(name, words, changed, "It cannot be said.", where)


def _first_text(result: ToolResult) -> bool:
    return any(isinstance(part, Text) and part.text for part in result.content)


def _where(subject: Subject, part: ToolCall | ToolResult, field: str) -> tuple[str, ...]:
    return tuple(
        f"messages[{n}].parts[{k}].{field}"
        for n, message in enumerate(subject.conversation.messages)
        for k, one in enumerate(message.parts)
        if one == part
    )


def _of_replies(subject: Subject) -> list[Thing]:
    found = []
    if subject.asks is not None:
        found += [_stop(subject, subject.asks), *_usage(subject, subject.asks)]
    if subject.answers is not None:
        found += _of_answer(subject, subject.answers)
    return found


def _stop(subject: Subject, asks: Reply) -> Thing:
    capped = replace(subject, asks=_stopping(asks, "max_tokens"))
    ended = replace(subject, asks=_stopping(asks, "end"))
    return Thing(
        "stop",
        "the stop signal: why the model stopped writing",
        (capped, ended),
        "No word says it: a reply that holds calls is one that waits for their results.",
        alike=(ended, "An answer ends with the same word: only the calls tell that it waits."),
    )


def _of_answer(subject: Subject, answers: Reply) -> list[Thing]:
    changed = (replace(subject, answers=_stopping(answers, "max_tokens")),)
    words = "the end signal: the model has nothing more to ask"
    found = [Thing("end", words, changed, "No word says it: there is nothing to run.")]
    texts = [part for part in answers.message.parts if isinstance(part, Text)]
    if texts and texts[0].text:
        changed = (replace(subject, answers=_reworded(answers, texts[0])),)
        found.append(Thing("answer", "the answer's words", changed, "It cannot be said."))
    return found


def _stopping(reply: Reply, signal: str) -> Reply:
    stop = StopSignal.model_validate({"signal": signal, "provider": None})
    return reply.model_copy(update={"stop": stop})


def _usage(subject: Subject, reply: Reply) -> list[Thing]:
    found = []
    for name, words in (
        ("input", "the tokens of the request, as the provider counted them"),
        ("output", "the tokens the model wrote, as the provider counted them"),
    ):
        count = getattr(reply.usage, name) if reply.usage else None
        if reply.usage is not None and count is not None:
            usage = reply.usage.model_copy(update={name: count + 1})
            changed = (replace(subject, asks=reply.model_copy(update={"usage": usage})),)
            found.append(Thing(f"{name}_tokens", words, changed, "It is not told."))
    return found


def _reworded(reply: Reply, text: Text) -> Reply:
    parts = tuple(
        part.model_copy(update={"text": other(text.text)}) if part is text else part
        for part in reply.message.parts
    )
    return reply.model_copy(update={"message": reply.message.model_copy(update={"parts": parts})})
