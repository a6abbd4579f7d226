"""Why a connection did not work, in words of both languages."""

from __future__ import annotations

import errno
import http.client
import socket
import ssl

from twin.language import Text

_NO_HOST = Text("diesen Rechner kennt das Namensverzeichnis nicht", "the name service does not know this host")
_SILENT = Text("keine Antwort in der gegebenen Zeit", "no answer in the time given")
_REFUSED = Text("die Gegenseite nimmt keine Verbindung an", "the other side accepts no connection")
_BROKEN = Text("die Gegenseite hat die Verbindung abgebrochen", "the other side broke the connection off")
_NO_WAY = Text("kein Weg dorthin im Netz", "no way there in the network")
_UNTRUSTED = Text("das Zertifikat der Gegenseite ist nicht gültig", "the certificate of the other side is not valid")
_UNTRUSTED_AS = Text(
    "das Zertifikat der Gegenseite ist nicht gültig (OpenSSL: {sentence})",
    "the certificate of the other side is not valid (OpenSSL: {sentence})",
)
_NO_TLS = Text("keine verschlüsselte Verbindung möglich", "no encrypted connection is possible")
_NO_ANSWER = Text("die Antwort ist kein gültiges HTTP", "the answer is no valid HTTP")
_NOT_VALID = Text("Adresse oder Angabe, die so nicht gültig ist", "an address or a value that is not valid like this")

_KINDS: tuple[tuple[type[BaseException], Text], ...] = (
    (socket.gaierror, _NO_HOST),
    (ConnectionRefusedError, _REFUSED),
    (ConnectionError, _BROKEN),
    (TimeoutError, _SILENT),
    (ssl.SSLCertVerificationError, _UNTRUSTED),
    (ssl.SSLError, _NO_TLS),
    (http.client.IncompleteRead, _BROKEN),
    (http.client.HTTPException, _NO_ANSWER),
    (ValueError, _NOT_VALID),
)
_NUMBERS = {errno.ENETUNREACH: _NO_WAY, errno.EHOSTUNREACH: _NO_WAY, errno.ENETDOWN: _NO_WAY}


def trouble(problem: BaseException) -> Text | str:
    """What went wrong, for the end of “… cannot be opened: …”.

    Parameters
    ----------
    problem : BaseException
        What the system or the library has raised. Its own sentence, in English, is repeated only where nothing else
        is known, and never that of a `ValueError`: it may quote a secret.
    """
    if isinstance(problem, ssl.SSLCertVerificationError) and hasattr(problem, "verify_message"):
        return _UNTRUSTED_AS.filled(sentence=problem.verify_message)
    known = next((words for kind, words in _KINDS if isinstance(problem, kind)), None)
    if known is None and isinstance(problem, OSError) and problem.errno:
        known = _NUMBERS.get(problem.errno)
    return known or str(problem) or _BROKEN
