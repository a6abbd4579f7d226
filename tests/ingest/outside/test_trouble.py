import errno
import http.client
import socket
import ssl

import pytest

from ingest.outside.trouble import trouble


@pytest.mark.parametrize(
    ("problem", "english"),
    [
        (socket.gaierror(-2, "Name or service not known"), "the name service does not know this host"),
        (ConnectionRefusedError(111, "Connection refused"), "the other side accepts no connection"),
        (ConnectionResetError(104, "Connection reset by peer"), "the other side broke the connection off"),
        (http.client.RemoteDisconnected("closed"), "the other side broke the connection off"),
        (http.client.IncompleteRead(b"half"), "the other side broke the connection off"),
        (http.client.BadStatusLine("secret"), "the answer is no valid HTTP"),
        (TimeoutError("timed out"), "no answer in the time given"),
        (ssl.SSLCertVerificationError(1, "self-signed"), "the certificate of the other side is not valid"),
        (ssl.SSLError(1, "wrong version"), "no encrypted connection is possible"),
        (OSError(errno.ENETUNREACH, "Network is unreachable"), "no way there in the network"),
        (ValueError("Invalid header value b'secret'"), "an address or a value that is not valid like this"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_trouble_is_said_in_words_of_both_languages(problem, english):
    said = trouble(problem)
    assert said.en == english
    assert said.de not in {"", english}
    assert "secret" not in said.de + said.en


def test_what_nobody_foresaw_is_quoted():
    assert trouble(OSError(errno.EMFILE, "Too many open files")) == "[Errno 24] Too many open files"
    assert trouble(OSError()).en == "the other side broke the connection off"


def test_what_is_wrong_with_a_certificate_is_quoted():
    problem = ssl.SSLCertVerificationError(1, "[SSL: CERTIFICATE_VERIFY_FAILED]")
    problem.verify_message = "certificate has expired"
    said = trouble(problem)
    assert said.de == "das Zertifikat der Gegenseite ist nicht gültig (OpenSSL: certificate has expired)"
    assert said.en == "the certificate of the other side is not valid (OpenSSL: certificate has expired)"
