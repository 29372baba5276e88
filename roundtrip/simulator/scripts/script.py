"""What a script is: its name, what it shows, and the replies it gives in order.

Owns the format and what makes a script a wrong one. Files are `files.py`'s; which reply is due is
`playing.py`'s.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    PositiveInt,
    StringConstraints,
    field_validator,
    model_validator,
)

Stop = Literal["end", "tool_calls", "max_tokens", "refusal"]
"""The stop signals that all four APIs have a word for."""


NAME = r"^[a-z0-9]+(-[a-z0-9]+)*$"
"""What a script may be called: it is said in a header."""


class Part(BaseModel):
    """A piece of a script: a field that it does not know is a mistake, not a wish."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _listed(told: Any) -> Any:
    return [told] if isinstance(told, str) else told


def _arguments(told: Any) -> dict[str, Any] | str:
    if isinstance(told, (dict, str)):
        return told
    raise ValueError("an object is expected, or a text that is sent to the letter")


Said = Annotated[str, StringConstraints(min_length=1)]
OneOrMore = Annotated[tuple[Said, ...], BeforeValidator(_listed)]
"""One text, or a list of texts any of which will do."""


class When(Part):
    """What must hold for a reply to be given; what is not said holds always."""

    turn: PositiveInt | None = None
    """The person's question of this number in the conversation, counted from 1."""

    after: Literal["question", "results"] | None = None
    """What the request ends with: a person's words, or the results of calls."""

    asked: OneOrMore = ()
    """Words of the turn's question, in capitals or not."""

    results_of: Said | None = None
    """A tool that is among those whose results the request ends with."""

    results_say: OneOrMore = ()
    """Words of these results, in capitals or not."""


class Call(Part):
    """A call the reply asks for; nobody checks that there is such a tool."""

    name: Said
    arguments: Annotated[dict[str, Any] | str, PlainValidator(_arguments)] = Field(
        default_factory=dict
    )
    """An object, or the text in its place, which need not be JSON."""


class ScriptedReply(Part):
    """One reply. It is given once in a turn, or with `repeat` as often as it fits."""

    when: When = When()
    thinking: Said | None = None
    text: str = ""
    calls: tuple[Call, ...] = ()
    stop: Stop | None = None
    """None: `tool_calls` where there are calls, else `end`."""

    repeat: bool = False

    @model_validator(mode="after")
    def _is_one_that_an_api_can_say(self) -> ScriptedReply:
        if not self.text and not self.calls and self.stop is None:
            raise ValueError("it says nothing: give it text or calls, or a stop")
        if self.stop == "tool_calls" and not self.calls:
            raise ValueError("stop: tool_calls needs calls")
        if self.stop == "end" and self.calls:
            raise ValueError("stop: end has no calls; leave it out")
        return self


class Script(Part):
    """A conversation's replies, and what there is to be learned from them."""

    name: Annotated[str, StringConstraints(pattern=NAME, max_length=60)]
    """As the header says it: lower-case letters, digits and hyphens."""

    title: Said
    shows: Said
    """One sentence on what it shows."""

    ask: Said | None = None
    """A question that it goes with."""

    tools: tuple[Said, ...] = ()
    """The tools that have to be offered for it to be what it says."""

    replies: tuple[ScriptedReply, ...]

    @field_validator("replies")
    @classmethod
    def _are_some(cls, replies: tuple[ScriptedReply, ...]) -> tuple[ScriptedReply, ...]:
        if not replies:
            raise ValueError("there is nothing in it")
        return replies
