"""E-mail: taken by a real server, passwords inside encryption only, certificates checked, private servers refused."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from receiving import mailbox

from ingest.alert.letter import Event, Letter
from ingest.alert.mail import send
from ingest.alert.moment import Now, utc
from ingest.alert.place import Place
from twin.alerts.alert import Alert
from twin.alerts.rule import AlertRule
from twin.errors import AlertError, SecretError, TwinError, Unreachable, UnsafeDelivery

RULE = AlertRule("05974040", "Größte Hitze", "above", "r1", observed_property="air_temperature", threshold=35.0,
                 severity="alarm", email="wache@example.org")  # fmt: skip
ALERT = Alert("a1", "r1", "05974040", "05974040", "s", "Größte Hitze", "above", "alarm", 35.0, None,
              "2026-07-01T10:00:30.000000+00:00", result=36.0, extreme=36.0)  # fmt: skip
LETTER = Letter(RULE, (Event("opened", ALERT, Place("Rathaus", "Soest", unit="Cel")),))
PASSWORD = "hochgeheim-4711"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    """A certificate for localhost that signs itself."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl makes the certificate, and is not here")
    folder = tmp_path_factory.mktemp("certificate")
    command = ("openssl", "req", "-x509", "-newkey", "ec",
               "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
               "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", "key", "-out",
               "cert")  # fmt: skip
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert", folder / "key")
    return folder / "cert", context


@pytest.fixture(autouse=True)
def _server(near, monkeypatch) -> None:
    for name in ("TWIN_SMTP_URL", "TWIN_SMTP_SECRET", "TWIN_SMTP_FROM", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MAIL_PASSWORD", PASSWORD)
    monkeypatch.setenv("TWIN_SMTP_FROM", "zwilling@example.org")


def _send() -> None:
    send(LETTER, Now.by(utc))


def test_a_letter_arrives_as_it_was_meant(monkeypatch) -> None:
    with mailbox() as post:
        monkeypatch.setenv("TWIN_SMTP_URL", f"smtp://127.0.0.1:{post.port}")
        _send()
        _send()
    one, other = (message_from_bytes(letter, policy=policy.default) for letter in post.letters)
    assert one["Subject"] == "[Alarm] Größte Hitze: Rathaus, über 35 °C"
    assert (one["From"], one["To"]) == ("zwilling@example.org", "wache@example.org")
    assert one["Message-ID"] == other["Message-ID"] == "<a1-opened@example.org>"
    assert one["Auto-Submitted"] == "auto-generated"
    assert one.get_content_type() == "text/plain"
    assert "36 °C" in one.get_content()
    assert any(word.startswith("mail FROM:<zwilling@example.org>") for word in post.said)


@pytest.mark.parametrize("wrapped", [False, True], ids=["starttls", "smtps"])
def test_a_password_goes_inside_encryption(monkeypatch, certificate, wrapped) -> None:
    file, context = certificate
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    monkeypatch.setenv("TWIN_SMTP_SECRET", "env:MAIL_PASSWORD")
    monkeypatch.delenv("TWIN_SMTP_FROM")
    with mailbox(context, wrapped=wrapped) as post:
        monkeypatch.setenv("TWIN_SMTP_URL", f"smtp{'s' * wrapped}://zwilling%40example.org@localhost:{post.port}")
        _send()
    assert len(post.letters) == 1
    assert any(word.startswith("*AUTH PLAIN") for word in post.said)
    assert not any(word.startswith("AUTH") for word in post.said)
    assert any(word.startswith("*mail FROM:<zwilling@example.org>") for word in post.said)


@pytest.mark.parametrize("wrapped", [False, True], ids=["starttls", "smtps"])
def test_a_server_that_is_not_who_it_says_hears_nothing(monkeypatch, certificate, wrapped) -> None:
    monkeypatch.setenv("TWIN_SMTP_SECRET", "env:MAIL_PASSWORD")
    with mailbox(certificate[1], wrapped=wrapped) as post:
        monkeypatch.setenv("TWIN_SMTP_URL", f"smtp{'s' * wrapped}://zwilling@localhost:{post.port}")
        with pytest.raises(Unreachable):
            _send()
    assert post.letters == []
    assert not any("AUTH" in word for word in post.said)


def test_without_encryption_no_password_goes_out(monkeypatch) -> None:
    monkeypatch.setenv("TWIN_SMTP_SECRET", "env:MAIL_PASSWORD")
    with mailbox() as post:
        monkeypatch.setenv("TWIN_SMTP_URL", f"smtp://zwilling@127.0.0.1:{post.port}")
        with pytest.raises(Unreachable, match="STARTTLS"):
            _send()
    assert not any("AUTH" in word for word in post.said)


def test_what_a_server_says_is_not_repeated(monkeypatch) -> None:
    with mailbox() as post:
        post.refuses = [f"550 no such user, and your password is {PASSWORD}"]
        monkeypatch.setenv("TWIN_SMTP_URL", f"smtp://127.0.0.1:{post.port}")
        with pytest.raises(Unreachable) as refused:
            _send()
    assert "550" in str(refused.value)
    assert PASSWORD not in str(refused.value)


def test_a_private_server_is_refused_unless_it_is_allowed(monkeypatch) -> None:
    monkeypatch.delenv("TWIN_ALLOW_HOSTS")
    with mailbox() as post:
        monkeypatch.setenv("TWIN_SMTP_URL", f"smtp://127.0.0.1:{post.port}")
        with pytest.raises(UnsafeDelivery):
            _send()
    assert post.said == []


@pytest.mark.parametrize("url", ["", "http://x", "smtp://", "smtp://x:99999999", "mail.example.org"])
def test_without_a_server_it_is_said_what_to_set(monkeypatch, url) -> None:
    monkeypatch.setenv("TWIN_SMTP_URL", url)
    with pytest.raises(AlertError, match="TWIN_SMTP_URL"):
        _send()


@pytest.mark.parametrize("sender", ["", "Zwilling", "a@b\r\nBcc: c@d"])
def test_without_a_sender_it_is_said_what_to_set(monkeypatch, sender) -> None:
    monkeypatch.setenv("TWIN_SMTP_URL", "smtp://127.0.0.1:9")
    monkeypatch.setenv("TWIN_SMTP_FROM", sender)
    with pytest.raises(AlertError, match="TWIN_SMTP_FROM"):
        _send()


def test_a_password_that_is_not_there_is_said(monkeypatch) -> None:
    monkeypatch.setenv("TWIN_SMTP_URL", "smtp://zwilling@127.0.0.1:9")
    monkeypatch.setenv("TWIN_SMTP_SECRET", "env:NOT_SET_ANYWHERE")
    with pytest.raises(SecretError):
        _send()


def test_a_server_that_is_not_there_is_said(monkeypatch) -> None:
    monkeypatch.setenv("TWIN_SMTP_URL", "smtp://127.0.0.1:9")
    with pytest.raises(TwinError):
        _send()
