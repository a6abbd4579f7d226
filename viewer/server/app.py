"""The dashboard's server: Panel's pages and the engine's URLs, for one principal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import panel as pn
from tornado.ioloop import IOLoop

import twin
from twin import Principal, Twin
from viewer.pages.data_page import data_page
from viewer.pages.map_page import map_page
from viewer.pages.operations_page import operations_page
from viewer.server.handlers import handlers
from viewer.server.headers import SecurityHeaders
from viewer.uploads.handlers import upload_handlers
from viewer.uploads.inbox import Inbox


def start(
    home: Path,
    principal: Principal,
    *,
    address: str = "127.0.0.1",
    port: int = 5006,
    origins: list[str] | None = None,
    steward: Principal | None = None,
    ready: Callable[[], None] = lambda: None,
) -> None:
    """Serve the map and the operations page, and the data page where there is a steward, until the process is stopped.

    Parameters
    ----------
    home : Path
        Folder of the twin.
    principal : Principal
        Whose eyes every visitor looks through.
    address, port : str, int
        Where to listen.
    origins : list of str
        ``host:port`` under which browsers see the server, where that is not `address`.
    steward : Principal, optional
        Whose data every visitor may bring in on the data page; without one there is none.
    ready : callable
        Called once the server listens.
    """
    # One for the pages and one for the tiles: they are asked from two threads.
    for_pages, for_tiles = (twin.open(home, principal=principal) for _ in range(2))

    def for_request(_request: Any) -> Twin:
        return for_tiles

    for_stewards = for_pages if steward is None else twin.open(home, principal=steward)
    pages: dict[str, Any] = {
        "/": map_page(lambda: for_pages, steward, lambda: for_stewards),
        "/operations": operations_page(lambda: for_stewards, steward),
    }
    patterns = handlers(for_request)
    open_twins = [for_pages, for_tiles]
    inbox = Inbox(for_pages.home.temp)
    if steward is not None:
        open_twins.append(for_stewards)
        pages["/data"] = data_page(for_pages.home, steward, inbox, lambda: for_stewards)
        patterns += upload_handlers(inbox)
    pn.extension(notifications=True)
    hosts = origins or [f"localhost:{port}", f"127.0.0.1:{port}", f"{address}:{port}"]
    server = pn.serve(
        pages,
        port=port,
        address=address,
        websocket_origin=hosts,
        extra_patterns=patterns,
        title="Digitaler Zwilling",
        show=False,
        start=False,
        verbose=False,
        session_history=0,
        keep_alive_milliseconds=30_000,
        unused_session_lifetime_milliseconds=60_000,
    )
    server._tornado.add_transform(SecurityHeaders)
    server.start()
    loop = IOLoop.current()
    loop.add_callback(ready)
    try:
        loop.start()
    except KeyboardInterrupt:
        server.stop()
    finally:
        inbox.close()
        for opened in open_twins:
            opened.close()
