"""The app as it is served: foreign pages and names are refused on every route it has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import cast

import httpx2
import pytest
from starlette.routing import BaseRoute, Mount, Route

from roundtrip.api import routes
from roundtrip.doors import HOSTS_VARIABLE, WRONG_HOST, WRONG_ORIGIN
from roundtrip.runner import Runner
from roundtrip.simulator.server import simulator_app
from tests.browser.serving import Served, serve
from tests.live_runs import EVERYWHERE, SOON

NAMED = "app.example"
REWRITTEN = "https://behind-a-proxy.example"
"""Where a page comes from whose proxy says another Host."""

FETCH = {"sec-fetch-mode": "cors", "sec-fetch-dest": "empty"}
LINK = {"sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}


def addresses(table: list[BaseRoute], above: str = "") -> Iterator[tuple[str, str]]:
    """Method and path of each route, with something in every place of its path."""
    for route in table:
        if isinstance(route, Mount):
            yield from addresses(list(route.routes), above + route.path)
        if isinstance(route, Route):
            path = re.sub(r"\{[^}]*\}", "1", above + route.path)
            yield from ((method, path) for method in sorted((route.methods or set()) - {"HEAD"}))


OURS = [
    *addresses(routes(cast(Runner, None))),
    *addresses([Mount("/sim", simulator_app(decisions=False))]),
]
STREAMLITS = [
    *(("GET", path) for path in ("/", "/dictionary", "/favicon.png", "/manifest.json", "/no/page")),
    *(("GET", path) for path in ("/_stcore/health", "/_stcore/host-config", "/_stcore/metrics")),
    *(("GET", path) for path in ("/_stcore/stream", "/_stcore/agent/openapi.json", "/media/1.js")),
    *(("GET", path) for path in ("/component/a/b.js", "/_stcore/bidi-components/a/b.js")),
    *((method, "/_stcore/upload_file/1/1") for method in ("PUT", "DELETE", "OPTIONS")),
    *(("POST", path) for path in ("/_stcore/agent/interact", "/_stcore/agent/mcp")),
    ("GET", "/app/static/a.txt"),
    ("GET", "/static/js/none.js"),
    ("GET", "/auth/login"),
]
every_route = pytest.mark.parametrize(
    ("method", "path"), OURS + STREAMLITS, ids=lambda one: one.replace("/", "_")
)


@pytest.fixture(scope="module", params=[False, True], ids=["for this machine", "for others"])
def for_others(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture(scope="module")
def served(for_others: bool, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    told = {"OPENAI_API_KEY": "the-operators-key"}
    if for_others:
        told |= {
            "STREAMLIT_SERVER_ADDRESS": EVERYWHERE,
            "STREAMLIT_SERVER_CORS_ALLOWED_ORIGINS": REWRITTEN,
            HOSTS_VARIABLE: NAMED,
        }
    served = serve(tmp_path_factory.mktemp("doors"), told)
    yield served
    served.stop()


@pytest.fixture(scope="module")
def http(served: Served) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=served.url, timeout=SOON) as http:
        yield http


def refused(answer: httpx2.Response) -> int | None:
    """The status where the doors did not open; other refusals are the routes' own."""
    return answer.status_code if answer.text in (WRONG_HOST, WRONG_ORIGIN) else None


@every_route
def test_foreign_names_and_pages_are_refused_on_every_route_and_ones_own_are_not(
    http: httpx2.Client, served: Served, method: str, path: str
) -> None:
    def ask(**headers: str) -> int | None:
        with http.stream(
            method, path, headers={name.replace("_", "-"): said for name, said in headers.items()}
        ) as answer:
            answer.read()
            return refused(answer)

    own = served.url.rstrip("/")
    assert ask() is None
    assert ask(origin=own) is None
    assert ask(host="evil.example", origin="http://evil.example") == 421
    for origin in ("https://evil.example", "null"):
        assert ask(origin=origin) == 403
    assert ask(**FETCH, sec_fetch_site="cross-site") == 403
    follows = ask(**LINK, sec_fetch_site="cross-site")
    assert follows == (None if method == "GET" else 403)


UPGRADE = {
    "connection": "Upgrade",
    "upgrade": "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA==",
    "sec-websocket-protocol": "streamlit",
}


def test_the_websocket_opens_for_ones_own_page_and_for_no_other(
    http: httpx2.Client, served: Served, for_others: bool
) -> None:
    def opens(**headers: str) -> int:
        with http.stream("GET", "/_stcore/stream", headers=UPGRADE | headers) as answer:
            return answer.status_code

    own = served.url.rstrip("/")
    assert opens() == 101
    assert opens(origin=own) == 101
    assert opens(origin=REWRITTEN) == (101 if for_others else 403)
    assert opens(host="evil.example") == 421
    assert opens(host="evil.example", origin="http://evil.example") == 421
    for origin in ("https://evil.example", "null", "http://localhost:1", "http://127.0.0.1:1"):
        assert opens(origin=origin) == 403
    assert opens(**{"sec-fetch-site": "cross-site", "sec-fetch-mode": "websocket"}) == 403


def test_a_name_that_the_operator_lists_is_answered_to(
    http: httpx2.Client, for_others: bool
) -> None:
    for headers in ({"host": NAMED}, {"host": NAMED, "origin": f"https://{NAMED}"}):
        answer = http.get("/health", headers=headers)
        assert refused(answer) == (None if for_others else 421)


def test_the_terminal_says_who_can_come_in_and_whose_keys_they_spend(
    served: Served, for_others: bool
) -> None:
    said = served.log.read_text()
    assert "the-operators-key" not in said
    if for_others:
        assert f"others can open it (bound to {EVERYWHERE}, answers to {NAMED})" in said
        assert "(OPENAI_API_KEY) are not used: ROUNDTRIP_SHARE_KEYS=1 is not set" in said
    else:
        assert "only this machine can open it." in said
        assert "Keys of the environment are used: OPENAI_API_KEY." in said


def test_every_answer_says_what_its_page_may_load_also_a_refusal(http: httpx2.Client) -> None:
    for answer in (
        http.get("/"),
        http.get("/api/runs/1/steps"),
        http.get("/", headers={"origin": "null"}),
    ):
        policy = answer.headers["content-security-policy"]
        assert "'unsafe-eval'" not in policy
        assert not re.search(r"script-src[^;]*'unsafe-inline'|https?:|\*", policy)
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
