"""A broker as a feed's options name it."""

from __future__ import annotations

import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ingest.mqtt.topic import Topic
from ingest.outside.address import allowed
from twin.errors import FeedError
from twin.language import Text

_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,252})|[0-9a-fA-F:]{2,45}")
_CLIENT = re.compile(r"[\x21-\x7e]{1,64}")
_TRUE, _FALSE = ("true", "1", "yes", "ja"), ("false", "0", "no", "nein", "")
_PORTS = {False: "1883", True: "8883"}
_BAD = Text("Option {name}: „{found}“; erwartet {expected}.", "option {name}: “{found}”; expected {expected}.")
_OPEN = Text(
    "ein Passwort wird nicht unverschlüsselt gesendet: tls=true, oder {host} in TWIN_ALLOW_HOSTS nennen.",
    "a password is not sent unencrypted: tls=true, or name {host} in TWIN_ALLOW_HOSTS.",
)
_EXPECTED = {
    "host": Text("der Name eines Rechners", "the name of a host"),
    "port": Text("1 bis 65535", "1 to 65535"),
    "tls": Text("true oder false", "true or false"),
    "version": Text("5 oder 3.1.1", "5 or 3.1.1"),
    "client_id": Text("bis 64 druckbare Zeichen", "up to 64 printable characters"),
    "ca": Text("eine Datei mit Zertifikaten (PEM)", "a file of certificates (PEM)"),
    "user": Text("ein Name, wo ein Passwort genannt ist", "a name, where a password is named"),
}


@dataclass(frozen=True, slots=True)
class Broker:
    """Where to listen, and as whom.

    Attributes
    ----------
    host, port : str, int
        Where it is.
    client_id : str
        Name of the session that it keeps for us.
    topics : tuple of Topic
        What is asked for.
    modern : bool
        Whether MQTT 5 is spoken; else 3.1.1.
    user, password : str
        Who we are; empty for nobody in particular.
    tls : ssl.SSLContext or None
        What its certificate is checked by; None for a connection that is not encrypted.
    """

    host: str
    port: int
    client_id: str
    topics: tuple[Topic, ...]
    modern: bool = True
    user: str = ""
    password: str = field(default="", repr=False)
    tls: ssl.SSLContext | None = None

    @property
    def shown(self) -> str:
        """As it is named in errors."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'mqtts' if self.tls else 'mqtt'}://{host}:{self.port}"


def broker(options: Mapping[str, str], password: str, topics: tuple[Topic, ...], client_id: str, feed: str) -> Broker:
    """The broker that options name.

    Raises
    ------
    FeedError
        If they make no sense, or would send the password where others can read it.
    """

    def demand(good: object, name: str, found: str) -> None:
        if not good:
            raise FeedError(feed=feed, problem=_BAD.filled(name=name, found=found[:100], expected=_EXPECTED[name]))

    host, stated = options.get("host", "").strip("[]"), options.get("tls", "").lower()
    demand(_HOST.fullmatch(host), "host", host)
    demand(stated in (*_TRUE, *_FALSE), "tls", stated)
    tls = stated in _TRUE
    port = options.get("port") or _PORTS[tls]
    demand(port.isascii() and port.isdecimal() and len(port) < 6 and 0 < int(port) < 65_536, "port", port)
    version = options.get("version", "5")
    demand(version in ("5", "3.1.1"), "version", version)
    own = options.get("client_id") or client_id
    demand(_CLIENT.fullmatch(own), "client_id", own)
    user = options.get("user", "")
    demand(user or not password or version == "5", "user", user)
    if password and not tls and not allowed(host):
        raise FeedError(feed=feed, problem=_OPEN.filled(host=host))
    context = None
    if tls:
        context = _Named(host)
        try:
            context.trust(options.get("ca", ""))
        except (OSError, ValueError):
            demand(good=False, name="ca", found=options.get("ca", ""))
    return Broker(host, int(port), own, topics, version == "5", user, password, context)


class _Named(ssl.SSLContext):
    """Checks a certificate against the name that was asked for, whichever address the connection was made to."""

    _name = ""

    def __new__(cls, name: str) -> _Named:
        made = super().__new__(cls, ssl.PROTOCOL_TLS_CLIENT)
        made._name = name
        made.minimum_version = ssl.TLSVersion.TLSv1_2
        return made

    def trust(self, path: str) -> None:
        """Trust the certificates of a file, or those that the machine trusts."""
        if path:
            self.load_verify_locations(cafile=Path(path))
        else:
            self.load_default_certs()

    def wrap_socket(self, sock: Any, *arguments: Any, **named: Any) -> ssl.SSLSocket:
        """As any context does, but for the name."""
        return super().wrap_socket(sock, *arguments, **{**named, "server_hostname": self._name})
