"""What a turn on the command line is run with, and where it is sent.

Owns the rule for when the simulator answers, and the checks that need the tools' names. Pure but
for `target_of`, which reads the key.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping, Sequence

from roundtrip.conversation import Options, ToolChoice
from roundtrip.events import Caps, OfferedTool, Setup
from roundtrip.owner import KEY_VARIABLES, NoKey, environment_key
from roundtrip.presets import PLACEHOLDER_KEY, needs_no_key
from roundtrip.tools.offer import offered
from roundtrip.tools.tool import Tool
from roundtrip.wires.address import BASE_URL_VARIABLES, address_problem, environment_address
from roundtrip.wires.send import Target
from roundtrip.wires.wire import wire_named

SIMULATED_MODEL = "sim-large"
SIMULATED_PREFIX = "sim-"


def base_url_of(arguments: Namespace, environ: Mapping[str, str]) -> str | None:
    """The address named on the command line or in the environment; None for the provider's."""
    return arguments.base_url or environment_address(arguments.wire, environ)


def uses_our_simulator(arguments: Namespace, environ: Mapping[str, str]) -> bool:
    """Whether the turn goes to a simulator of our own rather than out.

    It does when asked to, when a simulated model is named without an address, and when nothing
    says otherwise: no model, no address, no key.
    """
    if arguments.simulator:
        return True
    if base_url_of(arguments, environ) is not None:
        return False
    if arguments.model is not None:
        return arguments.model.startswith(SIMULATED_PREFIX)
    return environment_key(arguments.wire, environ, bound_to_loopback=True) is None


def turn_setup(arguments: Namespace, tools: Sequence[Tool], environ: Mapping[str, str]) -> Setup:
    """The setup of the turn.

    Raises SystemExit(2) for a name that is no tool's, and for an address that cannot be kept.
    """
    _check_names(arguments, [tool.name for tool in tools])
    ours = uses_our_simulator(arguments, environ)
    if not ours:
        _check_address(arguments, environ)
    model = arguments.model
    if model is None:
        model = SIMULATED_MODEL if ours else wire_named(arguments.wire).models[0]
    prepared = {name for name, _ in arguments.result}
    caps = Caps()
    if arguments.max_round_trips is not None:
        caps = caps.model_copy(update={"round_trips": arguments.max_round_trips})
    return Setup(
        wire=arguments.wire,
        options=Options(
            model=model,
            stream=arguments.stream,
            tool_choice=_tool_choice(arguments.tool_choice),
            max_output_tokens=arguments.max_output_tokens,
            temperature=arguments.temperature,
        ),
        system=arguments.system,
        tools=tuple(
            _unless_prepared(offered(tool, strict=arguments.strict), prepared) for tool in tools
        ),
        base_url=None if ours else base_url_of(arguments, environ),
        simulated=ours or model.startswith(SIMULATED_PREFIX),
        caps=caps,
    )


def _unless_prepared(tool: OfferedTool, prepared: set[str]) -> OfferedTool:
    """Without its code, where its results are given on the command line."""
    given = tool.definition.name in prepared
    return tool.model_copy(update={"has_code": False}) if given else tool


def target_of(setup: Setup, environ: Mapping[str, str]) -> Target:
    """Where a turn that leaves this program goes, and with which key. Raises `NoKey`.

    A server on this machine that asks for no key gets a placeholder, as from the page.
    """
    found = environment_key(setup.wire, environ, bound_to_loopback=True)
    if found is None and setup.base_url and needs_no_key(setup.wire, setup.base_url):
        return Target(setup.wire, setup.base_url, PLACEHOLDER_KEY, environment_headers=True)
    if found is None:
        variables = " or ".join(KEY_VARIABLES[setup.wire])
        raise NoKey(
            f"There is no key: set {variables} (to anything, for a server that asks for none), "
            "or let the simulator answer with --simulator. Nothing was sent."
        )
    # Whoever types an address here is whoever set the environment.
    return Target(setup.wire, setup.base_url, found[1], environment_headers=True)


def _check_names(arguments: Namespace, names: list[str]) -> None:
    if arguments.simulator and arguments.base_url:
        arguments.usage_error("--simulator and --base-url name two different places")
    asked = [
        *(("--approve", name) for name in arguments.approve if name != "all"),
        *(("--result", name) for name, _ in arguments.result),
    ]
    if arguments.tool_choice not in (None, "auto", "any", "none"):
        asked.append(("--tool-choice", arguments.tool_choice))
    for option, name in asked:
        if name not in names:
            listed = ", ".join(names)
            arguments.usage_error(f"{option}: no tool is called {name!r}; there are: {listed}")


def _check_address(arguments: Namespace, environ: Mapping[str, str]) -> None:
    """Before there is a run: a run keeps its address."""
    address = base_url_of(arguments, environ)
    if address is not None and (problem := address_problem(address)):
        named = "--base-url" if arguments.base_url else BASE_URL_VARIABLES[arguments.wire]
        arguments.usage_error(f"{named}: {problem}")


def _tool_choice(choice: str | None) -> ToolChoice | None:
    match choice:
        case None:
            return None
        case "auto" | "any" | "none":
            return ToolChoice(mode=choice)
    return ToolChoice(mode="tool", name=choice)
