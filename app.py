"""Roundtrip, served by `streamlit run app.py`.

Loaded twice: as the ASGI application (routes, owner, the engine's life), and as the script that
each page view runs.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Mount
from streamlit.runtime.scriptrunner import get_script_run_ctx

from components.navigation import navigate, only_declared_pages
from components.page_headers import PageHeadersMiddleware
from roundtrip.api import routes
from roundtrip.doors import DoorsMiddleware
from roundtrip.owner import OwnerMiddleware
from roundtrip.promptly import without_delay
from roundtrip.service import bind, the_service
from roundtrip.simulator.request_log import LoggedApp, RequestLog
from roundtrip.simulator.server import simulator_app
from roundtrip.simulator_api import simulator_routes


@asynccontextmanager
async def _lifespan(app: Any) -> AsyncIterator[None]:
    without_delay(asyncio.get_running_loop())
    service = the_service()
    service.start()
    print(service.opening_words(), flush=True)
    try:
        yield
    finally:
        service.close()


def _navigate() -> None:
    st.set_page_config(
        page_title="Roundtrip",
        page_icon=str(Path(__file__).parent / "components" / "icon.svg"),
        layout="wide",
        initial_sidebar_state="auto",
    )
    navigate()


if get_script_run_ctx(suppress_warning=True) is None:
    bind(
        st.get_option("server.address"),
        hosts=st.get_option("server.allowedHosts"),
        origins=st.get_option("server.corsAllowedOrigins"),
    )
    only_declared_pages()
    requests = RequestLog()
    # Streamlit finds this line by reading the file: the call must stand here.
    app = st.App(
        __file__,
        routes=[
            *routes(the_service().runner),
            *simulator_routes(requests, only_this_machine=the_service().loopback),
            Mount("/sim", LoggedApp(simulator_app(decisions=False), requests)),
        ],
        middleware=[
            Middleware(PageHeadersMiddleware),
            Middleware(DoorsMiddleware, doors=the_service().doors),
            Middleware(OwnerMiddleware),
        ],
        lifespan=_lifespan,
    )
else:
    _navigate()
