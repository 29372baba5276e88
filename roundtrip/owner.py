"""Who may see and spend what: the owner behind a browser, and the keys they may use.

Owns the owner's cookie, the keys typed in, and the rule for keys of the environment. Does not
keep runs (`store`), send keys (`wires/send.py`) or redact them (`wires/capture.py`).

There are no accounts. A browser holds a random token in a cookie, and the token's hash is the
owner of everything made with it; what the database holds lets nobody in.
"""

from __future__ import annotations

import hashlib
import ipaddress
import math
import re
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

OWNER_COOKIE = "roundtrip_owner"

_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")

# Browsers keep no cookie for longer than 400 days.
_COOKIE_SECONDS = 400 * 24 * 3600

# Requests below these never open a page, so they never start an owner.
_NOT_PAGES = ("/_stcore", "/static", "/api", "/sim", "/health")

KEY_SECONDS = 12 * 3600.0
"""How long a typed key is remembered: a workshop day, not the night after it."""

KEY_VARIABLES: Mapping[str, tuple[str, ...]] = {
    "anthropic": ("ANTHROPIC_API_KEY",),
    "openai-chat": ("OPENAI_API_KEY",),
    "openai-responses": ("OPENAI_API_KEY",),
    # The SDK's own order where both are set.
    "gemini": ("GOOGLE_API_KEY", "GEMINI_API_KEY"),
}
"""Where each wire's key stands in the environment; the first that is set counts."""


class NoKey(Exception):
    """There is no key that may be used for a request; its words are for a person."""

    advice: str | None = None
    """What can be done, where it is not about the key itself."""


class AddressRefused(NoKey):
    """A server for others does not send to whatever address a visitor enters."""

    advice = "Leave the address under Settings empty, or use the simulated model."


class AddressUnusable(NoKey):
    """What was entered as an address is none: no key is for it, and none goes elsewhere."""

    advice = "Correct the address under Settings, then try again."


class KeyWithheld(NoKey):
    """There is a key in the environment, and it is not a visitor's to spend."""

    advice = "Type a key of your own under Settings, or use the simulated model."


def new_token() -> str:
    """128 random bits as the 22 characters a browser keeps."""
    return secrets.token_urlsafe(16)


def owner_of(token: str) -> str:
    """The owner behind a token: 64 hexadecimal digits from which no token can be told."""
    return hashlib.sha256(token.encode()).hexdigest()


def owner_from(cookies: Mapping[str, str]) -> str | None:
    """The owner among a browser's cookies (`st.context.cookies`); None without a valid token."""
    token = cookies.get(OWNER_COOKIE, "")
    return owner_of(token) if _TOKEN.fullmatch(token) else None


class OwnerMiddleware:
    """Puts the owner of every request in `scope["state"]["owner"]`; None where there is none.

    A browser gets its token with the page, and only with the page: what a page fetches at the
    same time must not race it to another one. Websockets and fetches without a token stay
    without an owner, and whoever needs one refuses them.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        token = next(_tokens(headers), None)
        fresh = token is None and _opens_a_page(scope, headers)
        if token is None and fresh:
            token = new_token()
        owner = None if token is None else owner_of(token)
        scope = {**scope, "state": {**scope.get("state", {}), "owner": owner}}

        async def send_with_token(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                answer.append("set-cookie", _cookie(str(token), scope.get("scheme") == "https"))
                # A cache shared by many browsers would make them all one owner.
                answer["cache-control"] = "private, no-cache"
            await send(message)

        await self._app(scope, receive, send_with_token if fresh else send)


def _tokens(headers: Headers) -> Iterator[str]:
    """Every well-formed token sent; a malformed one counts as none and is replaced."""
    for line in headers.getlist("cookie"):
        for pair in line.split(";"):
            name, _, value = pair.strip().partition("=")
            if name == OWNER_COOKIE and _TOKEN.fullmatch(value):
                yield value


def _opens_a_page(scope: Scope, headers: Headers) -> bool:
    if scope["type"] != "http" or scope["method"] != "GET":
        return False
    if any(f"{scope['path']}/".startswith(f"{below}/") for below in _NOT_PAGES):
        return False
    # Browsers before 2023 do not say what a request is for.
    destination = headers.get("sec-fetch-dest")
    if destination is None:
        return "text/html" in headers.get("accept", "")
    return destination in ("document", "iframe")


def _cookie(token: str, secure: bool) -> str:
    """Lax: another site's forms and frames do not act for the owner, a link still opens."""
    kept = f"{OWNER_COOKIE}={token}; Path=/; Max-Age={_COOKIE_SECONDS}; HttpOnly; SameSite=Lax"
    return f"{kept}; Secure" if secure else kept


@dataclass(frozen=True)
class _Held:
    key: str = field(repr=False)
    until: float


_Place = tuple[str, tuple[str, ...], str]
"""Whose key it is, for which provider's wires, at which address."""


def _place(owner: str, wire: str, address: str | None) -> _Place:
    # Wires that read the same variables are one provider's, with one key.
    provider = KEY_VARIABLES.get(wire, (wire,))
    return owner, provider, (address or "").strip().rstrip("/")


class KeyRing:
    """Keys that were typed in, in this process's memory and nowhere else.

    A key is for the address it was typed for, and for no other: who changes the address has not
    said that the key may go there. `address` is that base URL; None is the provider's own. The
    wires of one provider share its key at one address, where it goes to the same receiver.

    They survive a refresh of the page, and end after `KEY_SECONDS`, when forgotten, or with the
    process. Never shown: not by `repr`, and it cannot be pickled. Thread-safe.
    """

    def __init__(self, on_gone: Callable[[str], None] = lambda key: None) -> None:
        """`on_gone`: told each key that nobody holds any more."""
        self._held: dict[_Place, _Held] = {}
        self._lock = threading.Lock()
        self._on_gone = on_gone

    def put(self, owner: str, wire: str, key: str, now: float, address: str | None = None) -> None:
        """Remember a key. Raises ValueError, which does not repeat it, for what is no key."""
        key = key.strip()
        if not key or not key.isascii() or not key.isprintable():
            raise ValueError("a key is printable ASCII characters")
        self.expire(now)
        self._change({_place(owner, wire, address): _Held(key, now + KEY_SECONDS)})

    def get(self, owner: str, wire: str, now: float, address: str | None = None) -> str | None:
        """The key, while it lasts."""
        self.expire(now)
        with self._lock:
            held = self._held.get(_place(owner, wire, address))
        return None if held is None else held.key

    def forget(self, owner: str, wire: str | None = None, address: str | None = None) -> None:
        """Forget the owner's key for one wire at one address, or, without a wire, all of them."""
        one = None if wire is None else _place(owner, wire, address)
        self._change({}, without=lambda at, held: at == one if one else at[0] == owner)

    def expire(self, now: float) -> None:
        """Forget what has lasted long enough, whoever's it is."""
        self._change({}, without=lambda at, held: held.until <= now)

    def _change(
        self,
        more: Mapping[_Place, _Held],
        without: Callable[[_Place, _Held], bool] = lambda at, held: False,
    ) -> None:
        with self._lock:
            before = {held.key for held in self._held.values()}
            left = {at: held for at, held in self._held.items() if not without(at, held)}
            self._held = {**left, **more}
            gone = before - {held.key for held in self._held.values()}
        for key in gone:
            self._on_gone(key)

    def __repr__(self) -> str:
        return f"<KeyRing of {len(self._held)}>"

    def __reduce__(self) -> Any:
        raise TypeError("keys stay in this process")


def environment_key(
    wire: str,
    environ: Mapping[str, str],
    bound_to_loopback: bool,
    base_url: str | None = None,
) -> tuple[str, str] | None:
    """(variable, key) of the environment's key for a wire, where it may be used; else None.

    On loopback whoever reaches the server is whoever started it. Bound to anything else, the
    key is everybody's money: it is used only where the operator said both
    `ROUNDTRIP_SHARE_KEYS=1` and a cap (`share_cap_usd`), which is checked before each request.

    Wherever it is bound, the key never goes to a `base_url` that was entered in a page: whoever
    answers there could read it, and whoever entered it need not know that there is a key.
    """
    if base_url is not None or not (bound_to_loopback or why_not_shared(environ) is None):
        return None
    return _set_for(wire, environ)


def why_withheld(wire: str, environ: Mapping[str, str], bound_to_loopback: bool) -> str | None:
    """A sentence on the environment's key that may not be used; None where none is held back."""
    missing = None if bound_to_loopback else why_not_shared(environ)
    found = _set_for(wire, environ)
    if missing is None or found is None:
        return None
    return f"This server is open to others: the key in {found[0]} is not spent, for {missing}."


def why_not_shared(environ: Mapping[str, str]) -> str | None:
    """What keeps the environment's keys from visitors; None where they are shared."""
    if environ.get("ROUNDTRIP_SHARE_KEYS") != "1":
        return "ROUNDTRIP_SHARE_KEYS=1 is not set"
    return "ROUNDTRIP_SHARE_CAP_USD sets no cap" if share_cap_usd(environ) is None else None


def _set_for(wire: str, environ: Mapping[str, str]) -> tuple[str, str] | None:
    """(variable, key) of what the environment holds for a wire, whoever may use it."""
    for variable in KEY_VARIABLES.get(wire, ()):
        if key := environ.get(variable, "").strip():
            return variable, key
    return None


def share_cap_usd(environ: Mapping[str, str]) -> float | None:
    """US dollars that shared keys may spend (`ROUNDTRIP_SHARE_CAP_USD`); None unless positive."""
    try:
        cap = float(environ.get("ROUNDTRIP_SHARE_CAP_USD", ""))
    except ValueError:
        return None
    return cap if math.isfinite(cap) and cap > 0 else None


def is_loopback(address: str | None) -> bool:
    """Whether a bind address is reachable from this machine only.

    None and the empty address bind every interface. Names other than `localhost` are not
    resolved: what a name means may change after the question.
    """
    name = (address or "").strip().removeprefix("[").removesuffix("]")
    if name.casefold() == "localhost":
        return True
    try:
        parsed = ipaddress.ip_address(name)
    except ValueError:
        return False
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    return (mapped or parsed).is_loopback
