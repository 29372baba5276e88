"""Who answers the next turn: a simulated or a real model, over which API, where, with which key.

Owns the first widgets behind Settings, and what a person chose for each API before, so that going
back and forth between two of them loses nothing. Keys are the service's and are not held here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

import httpx2
import streamlit as st

from components.held import held, hold, key_of
from components.look import as_label
from components.settings import Settings
from roundtrip.events import Failure
from roundtrip.lines import count_of, sentence
from roundtrip.owner import NoKey, is_loopback
from roundtrip.presets import PLACEHOLDER_KEY, Preset, preset_at, presets
from roundtrip.service import Service
from roundtrip.simulator.local import LOCAL_MODEL, LOCAL_TITLE
from roundtrip.simulator.model_names import models_here
from roundtrip.wires.address import address_problem
from roundtrip.wires.models import NotListed
from roundtrip.wires.wire import WIRES, wire_named

_MEMORY = "settings-memory"
_LIST_NOW = "settings-list-models"
"""Says that a server was chosen in this very rerun: its models are asked for unasked."""

Place = tuple[bool, str, str]
"""Simulated or not, the wire, and the base URL (empty: the provider's own)."""


@dataclass
class _Memory:
    """What was chosen and learnt in this session. It holds no keys."""

    addresses: dict[tuple[bool, str], str] = field(default_factory=dict)
    models: dict[Place, str] = field(default_factory=dict)
    listed: dict[Place, tuple[str, ...]] = field(default_factory=dict)


def who_answers(service: Service, owner: str, settings: Settings) -> Settings:
    """Draw the widgets. Returns the settings with what is chosen in them."""
    st.markdown("**Who answers**")
    before, memory = _place(settings), _memory()
    simulated = bool(
        st.segmented_control(
            "Who answers",
            [True, False],
            default=settings.simulated,
            key=held("simulated", settings.simulated),
            format_func=lambda simulated: "Simulated model" if simulated else "A real model",
            label_visibility="collapsed",
            required=True,
        )
    )
    wire = st.selectbox(
        "API",
        list(WIRES),
        index=list(WIRES).index(settings.wire),
        key=held("wire", settings.wire),
        format_func=lambda name: wire_named(name).title,
        help="Whose spelling of function calling is spoken. You can change it at every turn.",
    )
    if (simulated, wire) != before[:2]:
        hold("base_url", memory.addresses.get((simulated, wire), ""))
    settings = replace(settings, simulated=simulated, wire=wire)
    if not simulated:
        settings = replace(settings, base_url=_where(service, settings))
        if _can_be_asked(settings):
            _key(service, owner, settings)
    place = _place(settings)
    if place != before:
        at_first = memory.models.get(place) or _at_first(settings, before, memory)
        settings = replace(settings, model=at_first)
        hold("model", at_first or None)
    model = _model(service, owner, settings, memory)
    memory.addresses[place[:2]], memory.models[place] = place[2], model
    return replace(settings, model=model)


def _can_be_asked(settings: Settings) -> bool:
    """Whether what stands in the field is an address: else no key is for it, and no list."""
    return not settings.base_url or address_problem(settings.base_url) is None


def _memory() -> _Memory:
    memory: _Memory = st.session_state.setdefault(_MEMORY, _Memory())
    return memory


def _place(settings: Settings) -> Place:
    return settings.simulated, settings.wire, "" if settings.simulated else settings.base_url


def _at_first(settings: Settings, before: Place, memory: _Memory) -> str:
    """The model where none was chosen yet: a simulated one speaks every API. Empty where none
    is known."""
    place = _place(settings)
    if settings.simulated:
        return settings.model if before[0] else Settings.model
    return next(iter(_offered(place, memory)), "")


# Where


def _where(service: Service, settings: Settings) -> str:
    """The base URL; empty for the provider's own."""
    if not service.allows_addresses:
        return ""
    address = _address(st.session_state.get(key_of("base_url"), settings.base_url))
    if known := presets(settings.wire):
        _preset(known, address)
    return address


def _address(before: str) -> str:
    """The address of one's own. What cannot be one is said, and kept: where it was meant to go
    nobody knows, and so nothing goes anywhere, least of all to the provider."""
    typed = st.text_input(
        "Address",
        before,
        key=held("base_url", before),
        placeholder="the provider's own",
        help="A base URL, if not the provider's own: of a gateway, or of a server you run.",
    ).strip()
    problem = address_problem(typed) if typed else None
    if problem is not None:
        st.error(
            f"This address is not used: {problem}. Until it is corrected, or empty, no question "
            "is sent anywhere.",
            icon=":material/error:",
        )
        if meant := _with_scheme(typed):
            st.button(f"Use {as_label(meant)}", on_click=_use_address, args=(meant,))
    return typed


def _use_address(address: str) -> None:
    hold("base_url", address)


def _with_scheme(typed: str) -> str | None:
    """The address somebody meant who left its beginning out; None where that is not what lacks.

    Without encryption to this machine only.
    """
    if "://" in typed:
        return None
    with suppress(httpx2.InvalidURL):
        here = is_loopback(httpx2.URL(f"http://{typed}").host)
        meant = f"{'http' if here else 'https'}://{typed}"
        return None if address_problem(meant) else meant
    return None


def _preset(known: Sequence[Preset], address: str) -> None:
    """Servers that speak this API, a click each; the address can be changed after it."""
    at = preset_at(known, address)
    chosen = at.title if at else None
    addresses = {preset.title: preset.base_url for preset in known}
    st.pills(
        "Servers that speak it too",
        list(addresses),
        default=chosen,
        key=hold("preset", chosen),
        on_change=_use_preset,
        args=(addresses,),
        help="Fills in the address as that server has it out of the box, and lists its models.",
    )


def _use_preset(addresses: Mapping[str, str]) -> None:
    chosen = str(st.session_state.get(key_of("preset")))
    hold("base_url", addresses.get(chosen, ""))
    st.session_state[_LIST_NOW] = chosen in addresses


# Key


def _key(service: Service, owner: str, settings: Settings) -> None:
    wire, base_url = settings.wire, settings.base_url or None
    source = service.key_source(owner, wire, base_url)
    # A form for each address: what was typed for one and not used is not there for the next.
    place = f"key-{wire}-{base_url or ''}"
    with st.form(place, border=False, clear_on_submit=True):
        typed = st.text_input(
            "Key",
            key=f"{place}-typed",
            type="password",
            placeholder=f"using {source.words}" if source else "paste a key",
            help="Kept in this server's memory for 12 hours at most; never stored or shown. It is "
            "sent to the address above and to no other.",
            autocomplete="off",
        )
        with st.container(horizontal=True):
            use = st.form_submit_button("Use this key")
            forget = st.form_submit_button("Forget it", disabled=not (source and source.typed))
    if use and typed.strip():
        try:
            service.keep_key(owner, wire, base_url, typed)
        except ValueError as error:
            st.error(f"That is no key: {error}.")
        else:
            st.session_state[_LIST_NOW] = preset_at(presets(wire), settings.base_url) is not None
            st.rerun()
    if forget:
        service.forget_key(owner, wire, base_url)
        st.rerun()
    if source is None and base_url:
        st.caption(
            "Paste this server's key. If it asks for none, type anything. "
            "A key for another address is not sent here."
        )
    elif source is None:
        why = as_label(service.why_withheld(wire) or "There is no key yet.")
        st.caption(f"{why} Until you paste one, a question fails. The simulated model needs none.")
    elif source.placeholder:
        st.caption(f"Servers on this machine ask for no key: `{PLACEHOLDER_KEY}` is sent as one.")


# Model


def _offered(place: Place, memory: _Memory) -> tuple[str, ...]:
    """The models to choose from: what the address told, or what is known of it without asking."""
    simulated, wire, base_url = place
    if simulated:
        return models_here()
    # Where many servers speak the API, one that has not told has models of its own.
    known = () if base_url and presets(wire) else wire_named(wire).models
    listed = memory.listed.get(place, ())
    return listed if listed and base_url else tuple(dict.fromkeys((*known, *listed)))


def _model(service: Service, owner: str, settings: Settings, memory: _Memory) -> str:
    """The model's name: chosen, listed by the address, or typed."""
    drawn = st.container()  # above the button, and drawn after what the button finds
    place = _place(settings)
    if not settings.simulated and _can_be_asked(settings):
        _list_models(service, owner, settings, memory)
    models = _offered(place, memory)
    chosen = st.session_state.get(key_of("model")) or settings.model
    if chosen and chosen not in models:
        models = (*models, chosen)
    model = drawn.selectbox(
        "Model",
        models,
        index=models.index(chosen) if chosen else None,
        key=hold("model", chosen or None),
        format_func=lambda name: LOCAL_TITLE if name == LOCAL_MODEL else name,
        accept_new_options=True,
        placeholder="none yet",
        help="Choose one, or type any name.",
    )
    if not model and not chosen:
        drawn.caption("Type the model's name, or start the server and list again.")
    return model or chosen


def _list_models(service: Service, owner: str, settings: Settings, memory: _Memory) -> None:
    place, base_url = _place(settings), settings.base_url or None
    chosen_now = st.session_state.pop(_LIST_NOW, False)
    unasked = chosen_now and service.key_source(owner, settings.wire, base_url) is not None
    asked = st.button("List the models of this address", icon=":material/list:", width="stretch")
    if not asked and not unasked:
        if listed := memory.listed.get(place):
            st.caption(f"{count_of(len(listed), 'model')} from this address, to choose from above.")
        return
    try:
        with st.spinner("Asking this address for its models…"):
            found = service.models(owner, settings.wire, base_url)
    except NoKey as error:
        st.error(as_label(str(error)), icon=":material/error:")
        return
    except NotListed as error:
        st.error(as_label(_why_not(settings, error.failure)), icon=":material/error:")
        return
    if not found:
        st.warning("This address has no models. Load one there first.", icon=":material/info:")
        return
    memory.listed[place] = found
    st.caption(f"{count_of(len(found), 'model')} from this address, to choose from above.")
    # The provider's models are not at another address; a name that was typed stays.
    chosen = st.session_state.get(key_of("model"))
    if base_url and (not chosen or chosen in wire_named(settings.wire).models):
        hold("model", found[0])


def _why_not(settings: Settings, failure: Failure) -> str:
    if failure.kind not in ("network", "timeout"):
        return f"{sentence(failure.message)} {failure.advice}"
    preset = preset_at(presets(settings.wire), settings.base_url)
    running = f"Is {preset.title} running? " if preset and preset.local else ""
    return f"{running}{sentence(failure.message)} What you chose is kept: change it or try again."
