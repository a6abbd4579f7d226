"""``twin serve``: the dashboard in the browser."""

from __future__ import annotations

import os
import socket
import sys
import webbrowser
from collections.abc import Callable
from typing import Any

import click

from twin.command import Session, command, option
from twin.consent import Principal
from twin.discovery import discover
from twin.errors import MissingComponent
from twin.language import Text

PORT = 5006

READY = Text(
    "Der Zwilling ist bereit: {address}  (Beenden mit Strg+C)", "The twin is ready: {address}  (stop with Ctrl+C)"
)
TAKEN = Text(
    "Port {port} ist belegt. Mit --port eine andere Nummer wählen.",
    "Port {port} is in use. Choose another with --port.",
)
UPDATING = Text(
    "Kacheln werden auf den Stand der Tabellen gebracht …", "Bringing the tiles up to date with the tables …"
)

_WHO = Text(
    "erwartet public, county, operator oder ein Gemeindeschlüssel mit 8 Ziffern",
    "expected public, county, operator or a municipality's key of 8 digits",
)


def principal_of(who: str, option: str = "--as") -> Principal:
    """The principal that an option names.

    Parameters
    ----------
    who : str
        ``public``, ``county``, ``operator``, or the key of a municipality for its staff.
    option : str
        The option, for the error's text.

    Raises
    ------
    click.BadParameter
        If it is none of these.
    """
    if who in {"public", "county", "operator"}:
        return getattr(Principal, who)()  # type: ignore[no-any-return]
    if who.isdigit() and len(who) == 8:
        return Principal.staff(who)
    raise click.BadParameter(f"{_WHO} ({who})", param_hint=option)


@command(
    "serve",
    text=Text(
        "Die Karte im Browser zeigen. Ohne --as sieht jeder Besucher nur, was offen ist.",
        "Show the map in the browser. Without --as every visitor sees only what is open.",
    ),
    examples=("twin serve", "twin serve --as county --port 5010"),
)
@option("--port", type=click.IntRange(1, 65535), default=PORT, show_default=True, text=Text("Port.", "Port."))
@option(
    "--address",
    default="127.0.0.1",
    show_default=True,
    text=Text("Adresse, an der gelauscht wird.", "Address to listen on."),
)
@option(
    "--as", "who", default="public", show_default=True,
    text=Text(
        "Für wen: public, county, operator oder ein Gemeindeschlüssel.",
        "For whom: public, county, operator or the key of a municipality.",
    ),
)  # fmt: skip
@option(
    "--steward", metavar="AGS|county|operator",
    text=Text(
        "Wessen Daten Besucher auf der Seite „Daten“ einbringen dürfen; sonst die von --as, außer bei public.",
        "Whose data visitors may bring in on the data page; else that of --as, but for public.",
    ),
)  # fmt: skip
@option(
    "--origin", multiple=True, metavar="HOST:PORT",
    text=Text("Name, unter dem der Browser den Server sieht.", "Name under which the browser sees the server."),
)  # fmt: skip
@option("--open/--no-open", "show", default=True, text=Text("Den Browser öffnen.", "Open the browser."))
@click.pass_obj
def serve(
    session: Session, port: int, address: str, who: str, steward: str | None, origin: tuple[str, ...], show: bool
) -> None:
    """Serve the map page."""
    principal = principal_of(who)
    named = principal_of(steward, "--steward") if steward else principal
    keeper = None if named.role == "public" else named
    try:
        from viewer.server.app import start  # noqa: PLC0415 – Panel takes seconds to import
    except ModuleNotFoundError as missing:
        raise MissingComponent(
            component=missing.name, purpose="twin serve", remedy="pip install district-twin"
        ) from missing
    if not _free(address, port):
        raise click.ClickException(TAKEN.format(port=port))
    with session.open() as operator:
        _update(operator, session)
        where = f"http://{'localhost' if address in {'127.0.0.1', '0.0.0.0'} else address}:{port}/"  # noqa: S104

        def ready() -> None:
            session.out.print(READY.format(address=where), markup=False)
            if show and _has_screen():
                webbrowser.open(where)

        start(
            operator.home.path,
            principal,
            address=address,
            port=port,
            origins=list(origin),
            steward=keeper,
            ready=ready,
        )


def _update(operator: Any, session: Session) -> None:
    derivatives: Callable[[], Any] = discover("DERIVATIVE").values
    stale = [derivative for derivative in derivatives() if derivative.stale(operator)]
    if stale:
        session.err.print(str(UPDATING), markup=False)
    for derivative in stale:
        derivative.update(operator, None)


def _has_screen() -> bool:
    """Whether a window can open: on a server `webbrowser` would start a text browser in the terminal."""
    return sys.platform in {"darwin", "win32"} or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _free(address: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError:
            return False
    return True


COMMAND = serve
