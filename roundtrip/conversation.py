"""The vocabulary of function calling: what a conversation, a tool, a call and a reply *are*.

Owns the canonical values every wire decodes to and encodes from. Does not own how a provider
spells them (`wires/`), when they happened (`events.py`), or where they are kept (`store.py`).

Every value may carry a `native` twin: the JSON a provider sent or was sent, kept so that the
same wire can say the same thing again to the letter. Two values mean the same when they are
equal without their natives: see `bare`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field


class Frozen(BaseModel):
    """A value: compared by content, never changed. Unknown fields are ignored when read."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Native(Frozen):
    """What one wire sent or was sent for the value that carries it."""

    wire: str
    """The wire whose spelling this is; no other wire may use it."""

    value: Any = None
    """Raw JSON. What of the value's JSON stands here is the codec's own business."""


class Text(Frozen):
    """Words: a person's, the model's, or a result's."""

    kind: Literal["text"] = "text"
    text: str
    native: Native | None = None


class Thinking(Frozen):
    """The model's reasoning, as far as the provider shows it."""

    kind: Literal["thinking"] = "thinking"
    text: str
    """Visible reasoning; empty when the provider hides or encrypts it."""

    signed: bool = False
    """Whether the provider wants this block back unchanged (its signature is in `native`)."""

    native: Native | None = None


class ToolCall(Frozen):
    """A note from the model: "please run this". Nothing has run."""

    kind: Literal["tool_call"] = "tool_call"
    id: str | None
    """The provider's id that a result must name; None where the wire has none."""

    name: str
    arguments: dict[str, Any] | None
    """Parsed arguments; None when the text was not a JSON object."""

    arguments_text: str | None = None
    """The text as the model wrote it, kept when it did not parse (or was free text)."""

    arguments_error: str | None = None
    """Why `arguments_text` is not a JSON object, with the position."""

    native: Native | None = None


class ProviderStep(Frozen):
    """Something the provider ran itself (its web search, its sandbox), or what came of it."""

    kind: Literal["provider_step"] = "provider_step"
    name: str
    """The provider's tool, e.g. `web_search`."""

    is_result: bool
    native: Native


class Opaque(Frozen):
    """A part this vocabulary has no word for: an image, a document, a block of tomorrow."""

    kind: Literal["opaque"] = "opaque"
    label: str
    """The provider's own word for it, e.g. `image`."""

    native: Native


class ToolResult(Frozen):
    """What our code hands back for one call."""

    kind: Literal["tool_result"] = "tool_result"
    call_id: str | None
    """The id of the call it answers; None where the wire has none (then order and name link)."""

    name: str | None = None
    """The tool that was called, where known."""

    content: tuple[Annotated[Text | Opaque, Field(discriminator="kind")], ...] = ()
    is_error: bool = False
    native: Native | None = None

    @property
    def text(self) -> str:
        """The result's words joined; parts that are not text are left out."""
        return "".join(part.text for part in self.content if isinstance(part, Text))


Part = Annotated[
    Text | Thinking | ToolCall | ToolResult | ProviderStep | Opaque, Field(discriminator="kind")
]


class Message(Frozen):
    """One message. Results travel in a `user` message; wires that want them apart split them."""

    role: Literal["user", "assistant", "system"]
    parts: tuple[Part, ...]
    native: Native | None = None

    @property
    def text(self) -> str:
        """Visible words joined, without reasoning."""
        return "".join(part.text for part in self.parts if isinstance(part, Text))

    @property
    def calls(self) -> tuple[ToolCall, ...]:
        return tuple(part for part in self.parts if isinstance(part, ToolCall))

    @property
    def results(self) -> tuple[ToolResult, ...]:
        return tuple(part for part in self.parts if isinstance(part, ToolResult))


class Conversation(Frozen):
    """Everything said so far, in order."""

    system: tuple[Text, ...] = ()
    messages: tuple[Message, ...] = ()
    native: Native | None = None


class ToolDefinition(Frozen):
    """A function the model may ask for. It says nothing about who runs it."""

    name: str
    description: str | None = None
    input_schema: dict[str, Any] = Field(default_factory=lambda: {"type": "object"})
    """JSON Schema of the arguments."""

    strict: bool | None = None
    """Whether the provider must make arguments fit the schema; None: not said."""

    native: Native | None = None


class ProviderTool(Frozen):
    """A tool the provider runs itself; our code never sees its calls."""

    kind: Literal["provider_tool"] = "provider_tool"
    name: str
    native: Native


class ToolChoice(Frozen):
    """What the model may, must or must not call."""

    mode: Literal["auto", "any", "none", "tool"]
    name: str | None = None
    """With mode `tool`: the one it must call."""

    native: Native | None = None


class ThinkingOption(Frozen):
    """How much visible reasoning is asked for."""

    mode: Literal["off", "adaptive", "budget"]
    budget_tokens: int | None = None
    native: Native | None = None


OUTPUT_TOKENS = 1024
"""What one reply may have where nobody says: one wire demands a cap. Enough for a workshop's
answers; a thinking budget comes on top."""


class Options(Frozen):
    """How a request is to be answered. None means: not said, the provider decides."""

    model: str
    stream: bool = True
    tool_choice: ToolChoice | None = None
    parallel_tool_calls: bool | None = None
    max_output_tokens: int | None = None
    temperature: float | None = None
    thinking: ThinkingOption | None = None
    native: Native | None = None
    """What else a decoded request said: top-level fields, headers."""


Signal = Literal["tool_calls", "end", "max_tokens", "refusal", "paused", "incomplete"]


class StopSignal(Frozen):
    """Why the model stopped: our word and the provider's, always both."""

    signal: Signal
    provider: str | None
    """The wire's own spelling, e.g. `tool_use`; None when no finish signal came."""


class Usage(Frozen):
    """Tokens as the provider counted them. None: it did not say (which is not 0)."""

    input: int | None = None
    """Input neither read from nor written to a cache."""

    output: int | None = None
    """Output, reasoning included."""

    cache_read: int | None = None
    cache_write: int | None = None
    reasoning: int | None = None


class Reply(Frozen):
    """One complete answer of a model, equal whether it came as a body or as a stream."""

    id: str | None
    model: str | None
    message: Message
    stop: StopSignal
    usage: Usage | None = None
    more_choices: int = 0
    """Alternatives beside the first, which is the one decoded here."""

    native: Native | None = None
    """What else the reply's body said."""


class Delta(Frozen):
    """A piece of a reply under way, for the eye only."""

    kind: Literal["text", "thinking", "call", "arguments"]
    index: int
    """The part it belongs to, counted from 0."""

    text: str
    """More words; for `call` the tool's name; for `arguments` more of the JSON text."""


class Change(Frozen):
    """Something a wire could not say as it was meant."""

    where: str
    """A path into the canonical request, e.g. `tools[0].input_schema.properties.age.minimum`."""

    what: str
    """In plain words: what was dropped, rewritten or added, and why."""


Value = TypeVar("Value", bound=BaseModel)


def bare(value: Value) -> Value:
    """The same value with every `native` removed, however deep."""
    changed = {name: _bare(getattr(value, name)) for name in type(value).model_fields}
    if "native" in changed and not isinstance(value, (ProviderStep, Opaque, ProviderTool)):
        changed["native"] = None
    return value.model_copy(update=changed)


def _bare(value: Any) -> Any:
    if isinstance(value, Native):
        return value
    if isinstance(value, BaseModel):
        return bare(value)
    if isinstance(value, tuple):
        return tuple(_bare(item) for item in value)
    return value
