"""Messages by e-mail, through the server that the operator names."""

from __future__ import annotations

import os
import re
import smtplib
import socket
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

from ingest.alert.letter import Letter
from ingest.alert.moment import Now
from ingest.outside.address import address
from ingest.outside.secret import secret
from ingest.outside.trouble import trouble
from twin.errors import AlertError, Unreachable
from twin.language import Text

_PATIENCE = 15.0  # [s] for each answer of the server
_PORTS = {"smtp": 587, "smtps": 465}
_ADDRESS = re.compile(r"[^\s@<>,;:\"\\()\[\]\x00-\x1f]+@[A-Za-z0-9.-]+")
_NO_SERVER = Text(
    "kein Postausgang: TWIN_SMTP_URL nennt ihn (smtp://name@host:587 oder smtps://name@host:465).",
    "no mail server: TWIN_SMTP_URL names it (smtp://user@host:587 or smtps://user@host:465).",
)
_NO_SENDER = Text(
    "kein Absender: TWIN_SMTP_FROM nennt ihn (name@example.org).",
    "no sender: TWIN_SMTP_FROM names it (name@example.org).",
)
_NO_TLS = Text(
    "der Postausgang bietet keine Verschlüsselung (STARTTLS) an; ein Passwort geht nicht unverschlüsselt hinaus",
    "the mail server offers no encryption (STARTTLS); a password is not sent in clear",
)
_UNSAID = Text("der Postausgang hält sich nicht an SMTP", "the mail server does not keep to SMTP")
_REFUSED = Text("der Postausgang lehnt ab ({code})", "the mail server refuses ({code})")


@dataclass(frozen=True, slots=True)
class Server:
    """The mail server.

    Attributes
    ----------
    host, port : str, int
        Where it is.
    user : str
        Name to log in by; empty for none.
    wrapped : bool
        Whether the connection is encrypted from its first byte (``smtps``); else it is by STARTTLS.
    sender : str
        Address that messages come from.
    """

    host: str
    port: int
    user: str
    wrapped: bool
    sender: str

    @classmethod
    def configured(cls, rule: str) -> Server:
        """The server that ``TWIN_SMTP_URL`` names, and the sender that ``TWIN_SMTP_FROM`` does.

        Raises
        ------
        AlertError
            If none is named, for whose `rule` cannot be followed.
        """
        try:
            parts = urlsplit(os.environ.get("TWIN_SMTP_URL", ""))
            host, port = parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0)
        except ValueError:
            host, port = "", 0
        if not host or not port or parts.scheme not in _PORTS:
            raise AlertError(rule=rule, problem=_NO_SERVER)
        user = unquote(parts.username or "")
        sender = os.environ.get("TWIN_SMTP_FROM") or user
        if not _ADDRESS.fullmatch(sender):
            raise AlertError(rule=rule, problem=_NO_SENDER)
        return cls(host, port, user, parts.scheme == "smtps", sender)


def send(letter: Letter, now: Now) -> None:
    """Send a letter to its rule's address.

    The server has to be at a public address or an allowed host, its certificate has to be its own, and the password
    (``TWIN_SMTP_SECRET`` names where it is) is sent over an encrypted connection only.

    Raises
    ------
    AlertError
        If no server is configured.
    SecretError
        If the password is not there.
    UnsafeDelivery
        If its address is not public.
    Unreachable
        If it does not take the message.
    """
    server = Server.configured(letter.rule.name)
    password = secret(os.environ.get("TWIN_SMTP_SECRET", "")) if server.user else ""
    shown = f"smtp://{server.host}:{server.port}"
    try:
        pinned = address(server.host, server.port, shown)
        with _connected(server, pinned) as connection:
            if not server.wrapped:
                connection.ehlo()
                if connection.has_extn("starttls"):
                    connection.starttls(context=ssl.create_default_context())
                elif password:
                    raise Unreachable(file=shown, found=_NO_TLS)
            if password:
                connection.login(server.user, password)
            connection.send_message(message(letter, server.sender, now))
    except smtplib.SMTPResponseException as problem:
        # What a server says may repeat what it was told.
        raise Unreachable(file=shown, found=_REFUSED.filled(code=problem.smtp_code)) from None
    except smtplib.SMTPRecipientsRefused as problem:
        codes = sorted({code for code, _ in problem.recipients.values()})
        raise Unreachable(file=shown, found=_REFUSED.filled(code=", ".join(map(str, codes)))) from None
    except (OSError, smtplib.SMTPException, ValueError) as problem:
        found = _UNSAID if isinstance(problem, smtplib.SMTPException) else trouble(problem)
        raise Unreachable(file=shown, found=found) from None


def message(letter: Letter, sender: str, now: Now) -> EmailMessage:
    """A letter as an e-mail: plain text; its id is the same however often it is sent."""
    found = EmailMessage()
    found["Subject"] = letter.subject()
    found["From"] = sender
    found["To"] = letter.rule.email
    found["Date"] = format_datetime(datetime.fromtimestamp(now.micros / 1e6, UTC))
    domain = sender.rpartition("@")[2]
    found["Message-ID"] = f"<{letter.letter_id or f'test-{now.micros}'}@{domain}>"
    found["Auto-Submitted"] = "auto-generated"
    found["X-Auto-Response-Suppress"] = "All"
    if letter.rule.severity == "alarm" and any(one.occasion == "opened" for one in letter.events):
        found["Importance"] = "high"
    found.set_content(letter.text(), charset="utf-8", cte="quoted-printable")
    return found


def _connected(server: Server, pinned: str) -> smtplib.SMTP:
    """A connection to just the address that was looked at; the name stays in the certificate check."""
    connection = _Wrapped(server, pinned) if server.wrapped else _Plain(server, pinned)
    code, _ = connection.connect(server.host, server.port)
    if code != 220:
        connection.close()
        raise Unreachable(file=f"smtp://{server.host}:{server.port}", found=_REFUSED.filled(code=code))
    return connection


class _Plain(smtplib.SMTP):
    def __init__(self, server: Server, pinned: str) -> None:
        super().__init__(local_hostname=server.sender.rpartition("@")[2], timeout=_PATIENCE)
        self._pinned = pinned
        self._host = server.host  # what the certificate is checked for after STARTTLS

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return socket.create_connection((self._pinned, port), timeout)


class _Wrapped(smtplib.SMTP_SSL):
    def __init__(self, server: Server, pinned: str) -> None:
        local = server.sender.rpartition("@")[2]
        # Unless it is given one, the library's own context checks no certificate.
        super().__init__(local_hostname=local, timeout=_PATIENCE, context=ssl.create_default_context())
        self._pinned = pinned

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        plain = socket.create_connection((self._pinned, port), timeout)
        return self.context.wrap_socket(plain, server_hostname=host)
