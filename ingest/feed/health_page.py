"""The runner's health over HTTP: a page for people, JSON for whoever watches machines."""

from __future__ import annotations

import json
import socket
import threading
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from ingest.feed.health import FeedHealth, Health
from twin.language import Language, Text
from twin.number import written

DEFAULT = "127.0.0.1:8095"
"""Where it listens unless another place is named: on this machine only."""

_AT_ONCE = 8
_IDLE = 10.0
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
_STYLE = """body{font:16px/1.5 system-ui,sans-serif;margin:2rem;color:#1d2733;background:#fff}
table{border-collapse:collapse}th,td{text-align:left;padding:.35rem .8rem;border-bottom:1px solid #d5dce3;
vertical-align:top}
td.n{text-align:right}.ok{color:#1b6e3c}.failing,.stuck{color:#a3161e}.late{color:#8a4b00}"""
_TITLE = Text("Datenströme", "Feeds")
_RUNS = Text("Läuft seit {since}.", "Running since {since}.")
_STUCK = Text("Seit {silence:.0f} s steht der Lauf still.", "The runner has been stuck for {silence:.0f} s.")
_NONE = Text("Keine Datenströme angelegt.", "No feeds are declared.")
_HEADS = (
    Text("Gemeinde", "Municipality"),
    Text("Name", "Name"),
    Text("Quelle", "Source"),
    Text("Zustand", "State"),
    Text("Zuletzt geantwortet", "Last answer"),
    Text("Zuletzt Neues", "Last news"),
    Text("Nächster Versuch", "Next try"),
    Text("Messwerte", "Readings"),
    Text("Problem", "Problem"),
)
STATES = {
    "ok": Text("in Ordnung", "ok"),
    "new": Text("noch nicht gefragt", "not asked yet"),
    "late": Text("überfällig", "late"),
    "failing": Text("gestört", "failing"),
    "paused": Text("angehalten", "paused"),
    "no consent": Text("ohne Zustimmung", "no consent"),
    "stuck": Text("steht still", "stuck"),
}
"""States in words."""


class HealthPage:
    """Serves the health of a runner from a thread of its own. Close it.

    Parameters
    ----------
    health : Health
        Of the runner.
    place : str
        ``HOST:PORT``.

    Raises
    ------
    OSError, ValueError
        If nobody can listen there, or it is no such place.
    """

    def __init__(self, health: Health, place: str = DEFAULT) -> None:
        host, _, port = place.rpartition(":")
        self._server = _Server((host.strip("[]") or "127.0.0.1", int(port)), health)
        self._thread = threading.Thread(target=self._server.serve_forever, name="health page", daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Where it is."""
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}/"

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()


def page(health: Health, language: Language) -> str:
    """The page for people."""
    state = health.as_dict()
    head = _RUNS.filled(since=_moment(health.started_at))
    if health.is_stuck:
        head = _STUCK.filled(silence=health.silence)
    rows = "".join(_row(feed, language) for feed in health.feeds)
    titles = "".join(f"<th scope=col>{escape(title.within(language))}</th>" for title in _HEADS)
    table = f"<table><thead><tr>{titles}</tr></thead><tbody>{rows}</tbody></table>"
    body = table if health.feeds else f"<p>{escape(_NONE.within(language))}</p>"
    title = escape(_TITLE.within(language))
    return (
        f"<!doctype html><html lang={language}><meta charset=utf-8><meta http-equiv=refresh content=30>"
        f"<title>{title}</title><style>{_STYLE}</style><main><h1>{title}</h1>"
        f"<p class={state['status']}>{escape(STATES[state['status']].within(language))}. "
        f"{escape(head.within(language))}</p>{body}</main></html>"
    )


def _row(feed: FeedHealth, language: Language) -> str:
    words = (feed.ags, feed.name, feed.source)
    cells = "".join(f"<td>{escape(word)}</td>" for word in words)
    cells += f'<td class="{escape(feed.status)}">{escape(STATES[feed.status].within(language))}</td>'
    cells += "".join(f"<td>{_moment(at)}</td>" for at in (feed.succeeded_at, feed.landed_at, feed.next_at))
    cells += f"<td class=n>{written(feed.readings, language)}</td><td>{escape(feed.problem.within(language))}</td>"
    return f"<tr>{cells}</tr>"


def _moment(at: str) -> str:
    return escape(at[:19].replace("T", " ") + " UTC" if at else "–")


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, place: tuple[str, int], health: Health) -> None:
        self.health = health
        self._room = threading.BoundedSemaphore(_AT_ONCE)
        if ":" in place[0]:
            self.address_family = socket.AF_INET6
        super().__init__(place, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Take a request if there is room: whoever opens many connections only keeps out himself."""
        if self._room.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Answer, and make room."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._room.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nobody is told: the other side broke off."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = _IDLE
    server_version, sys_version = "district-twin", ""

    def do_GET(self) -> None:
        """Answer the two addresses that there are."""
        self._answer(whole=True)

    def do_HEAD(self) -> None:
        """As GET, without the content."""
        self._answer(whole=False)

    def _answer(self, *, whole: bool) -> None:
        path = self.path.partition("?")[0]
        health = self.server.health
        if path == "/health.json":
            content, kind = json.dumps(health.as_dict(), ensure_ascii=False), "application/json"
        elif path == "/":
            content, kind = page(health, preferred(self.headers.get("Accept-Language", ""))), "text/html"
        else:
            self.send_error(404)
            return
        body = content.encode()
        self.send_response(503 if health.is_stuck else 200)
        for name, value in (
            ("Content-Type", f"{kind}; charset=utf-8"),
            ("Content-Length", str(len(body))),
            ("Cache-Control", "no-store"),
            ("Vary", "Accept-Language"),
            ("Content-Security-Policy", _POLICY),
            ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "no-referrer"),
        ):
            self.send_header(name, value)
        self.end_headers()
        if whole:
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Requests are not logged."""


def preferred(header: str) -> Language:
    """The language that an ``Accept-Language`` header likes best; German if it names neither."""
    best: tuple[float, Language] = (0.0, "de")
    for part in header[:1000].split(","):
        word, _, rest = part.strip().partition(";")
        try:
            weight = float(rest.partition("=")[2]) if "q=" in rest else 1.0
        except ValueError:
            continue
        language: Language | None = {"de": "de", "en": "en"}.get(word.strip()[:2].lower())  # type: ignore[assignment]
        if language is not None and weight > best[0]:
            best = weight, language
    return best[1]
