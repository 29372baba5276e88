"""What a person chose: who answers, with which options, under which caps.

Owns the choices and their defaults. The widgets are `settings_popover.py`; what a choice means is
the engine's: this gives a `Setup`, and comes back from one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from roundtrip.conversation import OUTPUT_TOKENS, Options, ThinkingOption, ToolChoice
from roundtrip.events import Caps, OfferedTool, Setup
from roundtrip.simulator.wishes import Wishes
from roundtrip.tools.offer import offered as offer
from roundtrip.tools.tool import Tool
from roundtrip.wires.address import address_problem

ANY_TOOL = {
    "auto": "auto: the model decides",
    "any": "any: it must call a tool",
    "none": "none: it must not call a tool",
}
THINKING_BUDGET = 2048

UNUSABLE_ADDRESS = "(an address that cannot be used)"
"""What a setup says in the place of one: a run keeps its address, and this one may hold a
password. It is none either, so that nothing is sent to anywhere."""


@dataclass(frozen=True)
class Settings:
    """The choices. The defaults are a first visit's."""

    simulated: bool = True
    wire: str = "anthropic"
    model: str = "sim-large"
    base_url: str = ""
    stepwise: bool = True
    stream: bool = True
    system: str = ""
    tool_choice: str = "auto"
    """`auto`, `any`, `none`, or the name of the tool that must be called."""

    parallel: bool = True
    strict: bool = False
    max_output_tokens: int = OUTPUT_TOKENS
    """Thinking not counted: a thinking budget comes on top."""

    temperature: float | None = None
    thinking: str = "off"
    """`off`, `adaptive` or `budget`."""

    budget_tokens: int = THINKING_BUDGET
    caps: Caps = field(default_factory=Caps)
    left_out: tuple[str, ...] = ()
    """Tools that are not offered; the others are, a new one included."""

    by_hand: tuple[str, ...] = ()
    """Tools whose calls wait for a person's result, whatever code stands behind them."""

    wishes: Wishes = field(default_factory=Wishes)
    """What the simulated model is to do; a real one is never told."""

    @classmethod
    def first(cls, tools: Sequence[Tool]) -> Settings:
        """A first visit's, with these tools."""
        return cls(left_out=tuple(tool.name for tool in tools if tool.optional))

    def setup(self, tools: Sequence[Tool]) -> Setup:
        """What the next turn is run with."""
        offered = [tool for tool in tools if tool.name not in self.left_out]
        return Setup(
            wire=self.wire,
            options=self._options({tool.name for tool in offered}),
            system=self.system.strip() or None,
            tools=tuple(self._offer(tool) for tool in offered),
            base_url=None if self.simulated else self._address(),
            simulated=self.simulated,
            stepwise=self.stepwise,
            left_out=self.left_out,
            caps=self.caps,
            headers=self.wishes.headers if self.simulated else (),
        )

    def _offer(self, tool: Tool) -> OfferedTool:
        one = offer(tool, strict=self.strict)
        return one.model_copy(update={"has_code": False}) if tool.name in self.by_hand else one

    def _address(self) -> str | None:
        typed = self.base_url.strip()
        return UNUSABLE_ADDRESS if typed and address_problem(typed) else typed or None

    def _options(self, offered: set[str]) -> Options:
        thinking = None if self.thinking == "off" else ThinkingOption(mode="adaptive")
        cap = self.max_output_tokens
        if self.thinking == "budget":
            thinking = ThinkingOption(mode="budget", budget_tokens=self.budget_tokens)
            cap += self.budget_tokens
        return Options(
            model=self.model.strip(),
            stream=self.stream,
            tool_choice=_tool_choice(self.tool_choice, offered),
            parallel_tool_calls=None if self.parallel or not offered else False,
            max_output_tokens=cap,
            temperature=self.temperature,
            thinking=thinking,
        )


def settings_of(setup: Setup) -> Settings:
    """The settings that would make this setup again: a reload of a run finds them as they were."""
    options, choice = setup.options, setup.options.tool_choice
    thinking = options.thinking
    budget = (thinking and thinking.budget_tokens) or None
    return Settings(
        simulated=setup.simulated,
        wire=setup.wire,
        model=options.model,
        base_url=setup.base_url or "",
        stepwise=setup.stepwise,
        stream=options.stream,
        system=setup.system or "",
        tool_choice="auto" if choice is None else choice.name or choice.mode,
        parallel=options.parallel_tool_calls is not False,
        strict=any(tool.definition.strict for tool in setup.tools),
        max_output_tokens=(options.max_output_tokens or OUTPUT_TOKENS) - (budget or 0),
        temperature=options.temperature,
        thinking=thinking.mode if thinking else "off",
        budget_tokens=budget or THINKING_BUDGET,
        caps=setup.caps,
        left_out=setup.left_out,
        by_hand=tuple(tool.definition.name for tool in setup.tools if not tool.has_code),
        wishes=Wishes.of(setup.headers),
    )


def _tool_choice(choice: str, offered: set[str]) -> ToolChoice | None:
    if choice in offered:
        return ToolChoice(mode="tool", name=choice)
    if choice == "any" and offered:
        return ToolChoice(mode="any")
    return ToolChoice(mode="none") if choice == "none" and offered else None
