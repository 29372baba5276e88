"""The things a conversation is made of, each as a way to change just it.

Owns what the things are, in plain words, and the changed twin that finds each of them in any
wire's JSON. Knows no wire: where a thing stands is found by spelling both (`spelled.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from roundtrip.conversation import (
    Reply,
    Text,
    ToolCall,
    ToolChoice,
    ToolResult,
)
from roundtrip.dictionary.edits import (
    described,
    grown,
    other,
    other_value,
    renamed,
    reworded,
    sibling,
    stopping,
    with_arguments,
    with_call_id,
    with_options,
    with_result,
    with_text,
    with_tool,
    without_ids,
)
from roundtrip.dictionary.focus import focus_call, focus_failure, focus_tool, last_calls
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


def things_of(subject: Subject) -> dict[str, Thing]:
    """Every thing this subject has, by its id, the wider one before what stands inside it."""
    found = [*_of_options(subject), *_of_words(subject), *_of_tool(subject), *_of_calls(subject)]
    return {thing.id: thing for thing in [*found, *_of_replies(subject)]}


def _of_options(subject: Subject) -> list[Thing]:
    options = subject.options
    found = [
        Thing(
            "model",
            "the model that is asked",
            (with_options(subject, model=sibling(options.model)),),
            "The request names no model.",
            ("options.model",),
        ),
        Thing(
            "stream",
            "whether the reply comes in pieces, while it is being written",
            (with_options(subject, stream=not options.stream),),
            "Nothing in the request says it.",
            ("options.stream",),
        ),
    ]
    if options.max_output_tokens is not None:
        more = with_options(subject, max_output_tokens=options.max_output_tokens + 1)
        words = "the cap: the most tokens one reply may have"
        found.append(
            Thing("cap", words, (more,), "There is no cap.", ("options.max_output_tokens",))
        )
    if options.tool_choice is not None:
        found.append(_choice(subject, options.tool_choice))
    if options.parallel_tool_calls is not None:
        words = "whether the model may ask for several calls at once"
        changed = (with_options(subject, parallel_tool_calls=not options.parallel_tool_calls),)
        unsaid = "There is no such switch: be ready for several calls at once."
        where = ("options.parallel_tool_calls",)
        found.append(Thing("parallel", words, changed, unsaid, where))
    return found


def _choice(subject: Subject, choice: ToolChoice) -> Thing:
    others = [ToolChoice(mode="any"), ToolChoice(mode="none"), ToolChoice(mode="auto"), None]
    return Thing(
        "choice",
        "what the model may, must or must not call",
        tuple(with_options(subject, tool_choice=one) for one in others if one != choice),
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
    asked = [
        (n, k)
        for n, message in enumerate(conversation.messages)
        for k, part in enumerate(message.parts)
        if message.role == "user" and isinstance(part, Text) and part.text
    ]
    if asked:
        n, k = asked[-1]
        where = (f"messages[{n}].parts[{k}]",)
        changed = with_text(subject, n, k)
        found.append(
            Thing("question", "what the person asked", (changed,), "It cannot be said.", where)
        )
    return found


def _of_tool(subject: Subject) -> list[Thing]:
    found = focus_tool(subject)
    if found is None:
        return []
    at, tool = found
    things = [
        Thing(
            "tool",
            "the tool's name: how the model asks for it, and how your code knows which to run",
            (renamed(subject, tool.name),),
            "Not repeated here: something else says which tool it is.",
            (f"tools[{at}].name",),
        ),
        Thing(
            "schema",
            "the JSON Schema of the arguments: what a call must look like",
            (with_tool(subject, at, input_schema=described(tool.input_schema)),),
            "It cannot be said.",
            (f"tools[{at}].input_schema",),
        ),
    ]
    if tool.description:
        words = "what the tool is for, in words: this and the schema are all the model has to go by"
        changed = (with_tool(subject, at, description=other(tool.description)),)
        where = (f"tools[{at}].description",)
        things.append(Thing("description", words, changed, "It cannot be said.", where))
    if tool.strict is not None:
        words = "strict: the provider holds the model to the schema, so that arguments always fit"
        changed = (with_tool(subject, at, strict=None),)
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
        if result is not None and not result.is_error and _first_text(result):
            words = "the result: what your code hands back, and the model reads"
            found.append(_result_text(subject, "result", words, result))
    if failure := focus_failure(subject):
        call, result = failure
        if call.id and not (pair is not None and pair[0] == call):
            found.append(_call_id(subject, "failed_id", call, result))
        words = "the mark of a failure: the tool ran into an error, the model may try otherwise"
        changed = with_result(subject, result, is_error=False)
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
        (with_call_id(subject, call.id or ""),),
        "There is no id: order and name tie a result to its call.",
        where,
        without=(
            without_ids(subject),
            "The id may be missing: then order and name tie a result to its call.",
        ),
    )


def _arguments(subject: Subject, call: ToolCall, arguments: dict[str, Any]) -> list[Thing]:
    where = _where(subject, call, "arguments")
    changed = (with_arguments(subject, call, grown(arguments)),)
    words = "the arguments, as the model wrote them"
    others = {name: other_value(value) for name, value in arguments.items()}
    inside = (with_arguments(subject, call, others),)
    found = [Thing("arguments", words, changed, "It cannot be said.", where, inside, True)]
    for n, (name, value) in enumerate(list(arguments.items())[:MOST_ARGUMENTS]):
        changed = (with_arguments(subject, call, arguments | {name: other_value(value)}),)
        words = f"the argument {name}"
        found.append(Thing(f"argument_{n}", words, changed, "It cannot be said.", where))
    return found


def _second_call(subject: Subject, first: ToolCall) -> list[Thing]:
    others = [
        call for call, _ in last_calls(subject) if call != first and call.arguments is not None
    ]
    if not others:
        return []
    changed = (with_arguments(subject, others[0], grown(others[0].arguments or {})),)
    words = "the second call's arguments"
    return [Thing("second_call", words, changed, "It cannot be said.", is_object=True)]


def _result_text(subject: Subject, name: str, words: str, result: ToolResult) -> Thing:
    first = next(n for n, part in enumerate(result.content) if isinstance(part, Text))
    content = tuple(
        part.model_copy(update={"text": other(part.text)})
        if n == first and isinstance(part, Text)
        else part
        for n, part in enumerate(result.content)
    )
    where = _where(subject, result, f"content[{first}]")
    changed = (with_result(subject, result, content=content),)
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
    capped = replace(subject, asks=stopping(asks, "max_tokens"))
    ended = replace(subject, asks=stopping(asks, "end"))
    return Thing(
        "stop",
        "the stop signal: why the model stopped writing",
        (capped, ended),
        "No word says it: a reply that holds calls is one that waits for their results.",
        alike=(ended, "An answer ends with the same word: only the calls tell that it waits."),
    )


def _of_answer(subject: Subject, answers: Reply) -> list[Thing]:
    changed = (replace(subject, answers=stopping(answers, "max_tokens")),)
    words = "the end signal: the model has nothing more to ask"
    found = [Thing("end", words, changed, "No word says it: there is nothing to run.")]
    texts = [part for part in answers.message.parts if isinstance(part, Text)]
    if texts and texts[0].text:
        changed = (replace(subject, answers=reworded(answers, texts[0])),)
        found.append(Thing("answer", "the answer's words", changed, "It cannot be said."))
    return found


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
