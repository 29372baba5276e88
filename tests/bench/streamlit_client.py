"""One browser tab as Streamlit's server sees it: its page, its cookie and its websocket.

Owns the protocol (`BackMsg` and `ForwardMsg` over `/_stcore/stream`) and what of the page it
needs: the widgets by key, and what went wrong. Draws nothing, so that one process can be a hundred
tabs. Does not know the page (`people.py`).
"""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import parse_qs

import httpx2
from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

RERUN_WITHIN_S = 60.0
"""A script that takes longer counts as one that never ended."""

KEPT_OPEN_S = 3.0
"""An idle connection: the server closes it after five, and what is being sent then is lost. A
browser sends it again by itself."""

_WIDGETS = ("button", "chat_input", "bidi_component")
_AGAIN = ForwardMsg.FINISHED_EARLY_FOR_RERUN


class Widget(NamedTuple):
    """What can be acted on."""

    id: str
    fragment: str
    """What is run anew when it is acted on; empty for the whole page."""

    label: str
    data: str
    """What a component was given, as JSON; empty for what is none."""

    disabled: bool


@dataclass
class Tab:
    """Open it with `open_tab`. One rerun at a time; another waits for it."""

    url: str
    http: httpx2.AsyncClient
    socket: ClientConnection
    widgets: dict[str, Widget] = field(default_factory=dict)
    """On the page now: by key, or by label where it has none."""

    query: dict[str, list[str]] = field(default_factory=dict)
    """What stands behind the `?` of the address."""

    errors: list[str] = field(default_factory=list)
    """Exceptions and error boxes that were drawn, and scripts that could not be compiled."""

    toasts: list[str] = field(default_factory=list)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _kept: dict[str, ForwardMsg] = field(default_factory=dict)
    """Large messages of the last rerun, by hash: the server need not send them again."""

    async def close(self) -> None:
        await self.socket.close()
        await self.http.aclose()

    def widget(self, key: str) -> Widget:
        """Raises LookupError, which says what there is in its place."""
        if key not in self.widgets:
            raise LookupError(f"no {key} on the page, but {[*self.widgets, *self.errors]}")
        return self.widgets[key]

    async def press(self, key: str) -> float:
        """Click this button. Seconds until the page is drawn again, as of the others below."""
        widget = self.widget(key)
        return await self._rerun(WidgetState(id=widget.id, trigger_value=True), widget.fragment)

    async def say(self, key: str, text: str) -> float:
        """Enter a text in this chat input."""
        widget, state = self.widget(key), WidgetState()
        state.id, state.chat_input_value.data = widget.id, text
        return await self._rerun(state, widget.fragment)

    async def report(self, key: str, event: str, value: Any) -> float:
        """What this component's script says with `setTriggerValue`."""
        widget = self.widget(key)
        told = json.dumps([{"event": event, "value": value}])
        state = WidgetState(id=f"$$STREAMLIT_INTERNAL_KEY_{widget.id}__events")
        state.json_trigger_value = told
        return await self._rerun(state, widget.fragment)

    async def draw(self) -> float:
        """Run the whole page, as a tab does that was just opened."""
        return await self._rerun(None, "")

    async def _rerun(self, changed: WidgetState | None, fragment: str) -> float:
        began = time.perf_counter()
        async with self._turn, asyncio.timeout(RERUN_WITHIN_S):
            asked = ClientState(fragment_id=fragment, cached_message_hashes=self._kept)
            asked.query_string = "&".join(f"{name}={one[0]}" for name, one in self.query.items())
            if changed is not None:
                asked.widget_states.widgets.append(changed)
            await self.socket.send(BackMsg(rerun_script=asked).SerializeToString())
            await self._drawn()
        return time.perf_counter() - began

    async def _drawn(self) -> None:
        """Take in messages until a script has run to its end."""
        drawn: dict[str, Widget] = {}
        kept: dict[str, ForwardMsg] = {}
        while True:
            message = ForwardMsg.FromString(await self.socket.recv(decode=False))
            match message.WhichOneof("type"):
                case "new_session":
                    drawn = {}
                case "ref_hash":
                    known = kept[message.ref_hash] = self._kept[message.ref_hash]
                    self._take(known.delta, drawn)
                case "delta":
                    if message.metadata.cacheable:
                        kept[message.hash] = message
                    self._take(message.delta, drawn)
                case "page_info_changed":
                    self.query = parse_qs(message.page_info_changed.query_string)
                case "script_finished" if message.script_finished != _AGAIN:
                    self._keep(drawn, message.script_finished)
                    self._kept = kept
                    return

    def _take(self, delta: Delta, drawn: dict[str, Widget]) -> None:
        kind = delta.new_element.WhichOneof("type")
        if kind in _WIDGETS:
            one = getattr(delta.new_element, kind)
            key = one.id.split("-", 2)[2]  # $$ID-<hash of what it is>-<key>
            widget = Widget(
                one.id,
                delta.fragment_id,
                label=getattr(one, "label", ""),
                data=getattr(one, "json", ""),
                disabled=getattr(one, "disabled", False),
            )
            drawn[widget.label if key == "None" else key] = widget
        elif kind == "exception":
            self.errors.append(delta.new_element.exception.message)
        elif kind == "alert" and delta.new_element.alert.format == Alert.ERROR:
            self.errors.append(delta.new_element.alert.body)
        elif kind == "toast":
            self.toasts.append(delta.new_element.toast.body)

    def _keep(self, drawn: dict[str, Widget], how: int) -> None:
        if how == ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY:
            fragments = {widget.fragment for widget in drawn.values()}
            others = self.widgets.items()
            drawn = {name: one for name, one in others if one.fragment not in fragments} | drawn
        elif how != ForwardMsg.FINISHED_SUCCESSFULLY:
            self.errors.append(f"the script ended with {how}")
        self.widgets = drawn


async def open_tab(url: str) -> Tab:
    """A tab of a browser of its own at this address, drawn. `url` ends in a slash."""
    limits = httpx2.Limits(keepalive_expiry=KEPT_OPEN_S)
    http = httpx2.AsyncClient(base_url=url, timeout=RERUN_WITHIN_S, limits=limits, verify=False)
    page = await http.get("", headers={"Sec-Fetch-Dest": "document"})
    page.raise_for_status()
    cookies = "; ".join(f"{name}={value}" for name, value in http.cookies.items())
    socket = await connect(
        url.replace("http", "ws", 1) + "_stcore/stream",
        origin=Origin(url.rstrip("/")),
        subprotocols=[Subprotocol("streamlit")],
        additional_headers={"Cookie": cookies},
        compression=None,  # the server takes none
        max_size=None,
    )
    tab = Tab(url, http, socket)
    await tab.draw()
    return tab
