"""Who may knock: the names this server answers to, and the pages that may speak to it.

Owns the check of `Host`, `Origin` and `Sec-Fetch-Site` before anything else sees a request, on
every route and on the websocket. Does not know who a visitor is (`owner.py`).

A page of another site can make a browser send requests here, and by a name that it points at this
machine (DNS rebinding) it can read the answers too. `X-Forwarded-Host` is not looked at: whoever
reaches the server can write it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from roundtrip.owner import is_loopback

HOSTS_VARIABLE = "ROUNDTRIP_ALLOWED_HOSTS"

WRONG_HOST = (
    "This server does not answer to that name: whoever runs it lists the names it has, besides "
    f"localhost, in {HOSTS_VARIABLE}.\n"
)
WRONG_ORIGIN = (
    "This server takes no requests from pages of another site: whoever runs it lets the proxy "
    "before it pass on the Host header, or lists the site in Streamlit's "
    "server.corsAllowedOrigins.\n"
)

_HOST = re.compile(r"(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::([0-9]{1,5}))?", re.IGNORECASE)
_USUAL_PORTS = {"http": 80, "https": 443}

_Place = tuple[str, int | None]
"""A host's name in lower case, and its port where one is said."""


@dataclass(frozen=True)
class Doors:
    """What a server answers to."""

    address: str | None
    """What it is bound to."""

    hosts: tuple[str, ...] = ()
    """Names it has besides this machine's own: `app.example.com`, `*.example.com`, `*` for any.
    Ports do not matter: a tunnel may change them."""

    origins: tuple[str, ...] = ()
    """Origins (`https://app.example.com`) whose pages may speak to it, besides its own."""

    @property
    def only_this_machine(self) -> bool:
        """Whether nobody else is meant to come: not directly, nor through a proxy."""
        named = [*self.hosts, *(origin.partition("://")[2] for origin in self.origins)]
        places = [_place(name) for name in named]
        return is_loopback(self.address) and all(one and _is_here(one[0]) for one in places)

    def refusal(self, scope: Scope) -> tuple[int, str] | None:
        """Status and words for a request that is not let in; None for one that is."""
        headers = Headers(scope=scope)
        host = _only(headers.getlist("host"))
        place = _place(host) if host else None
        if not self._answers_to(host, place):
            return 421, WRONG_HOST
        origins = headers.getlist("origin")
        if origins:
            return None if self._lets_in(_only(origins), place) else (403, WRONG_ORIGIN)
        return (403, WRONG_ORIGIN) if _is_from_elsewhere(scope, headers) else None

    def _answers_to(self, host: str | None, place: _Place | None) -> bool:
        if host is not None and place is None:
            return False
        if place is not None and (_is_here(place[0]) or _named(place[0], self.hosts)):
            return True
        return not self.hosts and not is_loopback(self.address)

    def _lets_in(self, text: str | None, host: _Place | None) -> bool:
        origin = _origin(text or "")
        if origin is None:  # `null` too: a sandbox, a file, or another site's redirect
            return False
        scheme, name, port = origin
        usual = _USUAL_PORTS[scheme]
        if host is not None and (name, port) == (host[0], host[1] or usual):
            return True
        return origin in map(_origin, self.origins)


def doors_of(
    address: str | None,
    environ: Mapping[str, str],
    hosts: Sequence[str] = (),
    origins: Sequence[str] = (),
) -> Doors:
    """The doors of a server bound to `address`; `hosts` beside those of the environment."""
    named = (*environ.get(HOSTS_VARIABLE, "").split(","), *hosts)
    return Doors(address, tuple(filter(None, map(str.strip, named))), tuple(origins))


class DoorsMiddleware:
    """Answers what is not let in itself: 421 for the name, 403 for the origin."""

    def __init__(self, app: ASGIApp, doors: Doors) -> None:
        self._app, self._doors = app, doors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        refusal = self._doors.refusal(scope)
        if refusal is None:
            await self._app(scope, receive, send)
            return
        status, words = refusal
        if scope["type"] == "http" or "websocket.http.response" in scope.get("extensions", {}):
            await PlainTextResponse(words, status)(scope, receive, send)
        else:  # a server then answers 403 by itself
            await send({"type": "websocket.close", "code": 1008})


def _only(values: list[str]) -> str | None:
    """The value of a header that may come once: None where it does not, empty where twice."""
    return (values[0] if len(values) == 1 else "") if values else None


def _place(text: str) -> _Place | None:
    """`name`, `name:port` or `[IPv6]:port`; None for what is neither."""
    found = _HOST.fullmatch(text)
    if found is None:
        return None
    name = (found[1] or found[2]).casefold().rstrip(".")
    return name, int(found[3]) if found[3] else None


def _origin(text: str) -> tuple[str, str, int] | None:
    scheme, _, rest = text.partition("://")
    place = _place(rest)
    if scheme not in _USUAL_PORTS or place is None:
        return None
    return scheme, place[0], place[1] or _USUAL_PORTS[scheme]


def _is_here(name: str) -> bool:
    return is_loopback(name) or name.endswith(".localhost")


def _named(name: str, hosts: tuple[str, ...]) -> bool:
    for host in hosts:
        place = _place(host.removeprefix("*."))
        if host == "*" or (place and place[0] == name and not host.startswith("*.")):
            return True
        if host.startswith("*.") and place and name.endswith(f".{place[0]}"):
            return True
    return False


def _is_from_elsewhere(scope: Scope, headers: Headers) -> bool:
    """Whether a browser says that another site's page fetches this; a link to a page is none.

    Another port of this machine is the same site: its pages get the owner's cookie sent along.
    """
    if headers.get("sec-fetch-site", "none") in ("same-origin", "none"):
        return False
    follows_a_link = (
        scope["type"] == "http"
        and scope["method"] in ("GET", "HEAD")
        and headers.get("sec-fetch-mode") == "navigate"
        and headers.get("sec-fetch-dest") == "document"
    )
    return not follows_a_link
