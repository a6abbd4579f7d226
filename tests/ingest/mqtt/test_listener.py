"""Readings of a real broker, from its topics into the tables."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
from contextlib import suppress
from pathlib import Path
from threading import Thread
from time import sleep

import pytest

from twin.errors import TwinError

SERVICE = "https://frost.example.org/FROST-Server/v1.1"
THINGS = {"topic": "v1.1/+/Observations", "service": SERVICE}
PLAIN = {"dialect": "plain", "topic": "parken/{sensor}/frei", "sensor": "parken", "unit": "1"}


def rows(home) -> list[tuple[object, ...]]:
    return home.sql(
        "SELECT sensor_id, strftime(phenomenon_time, '%H:%M:%S'), result, result_text FROM observation ORDER BY 1, 2"
    ).fetchall()


def test_observations_have_the_ids_of_the_polled_service(mosquitto, listen, publish, home) -> None:
    broker, time = mosquitto(), "2026-06-01T10:00:00Z"
    feed = listen(broker, **THINGS)
    assert feed.ask() == 0
    period = {"phenomenonTime": f"{time}/2026-06-01T10:10:00Z", "result": 7}
    publish(
        broker,
        {
            "v1.1/Datastreams(5)/Observations": json.dumps({"@iot.id": 1, "phenomenonTime": time, "result": 12.5}),
            "v1.1/Datastreams('a-1')/Observations": json.dumps({**period, "Datastream": {"@iot.id": 99}}),
            "other/Datastreams(5)/Observations": json.dumps({"phenomenonTime": time, "result": 1}),
        },
    )
    feed.until(2)
    place = "sensorthings:frost.example.org/FROST-Server"
    assert rows(home) == [(f"{place}:5", "10:00:00", 12.5, None), (f"{place}:a-1", "10:00:00", 7.0, None)]


def test_plain_messages_are_numbers_or_hold_them(mosquitto, listen, publish, home, tmp_path: Path) -> None:
    (tmp_path / "devices.csv").write_text(
        "DevEUI;Feld;Bezeichnung;Messgröße;Einheit;Längengrad;Breitengrad\n"
        "a1;data.t;Marktplatz;air_temperature;°C;8,106;51,571\na1;data.h;Marktplatz;relative_humidity;%;8.106;51.571\n"
        "b2;;Pegel;water_level;cm;8.11;51.58\n"
    )
    broker = mosquitto()
    feed = listen(
        broker, dialect="plain", topic="lora/{sensor}/up", sensor="lora", devices=str(tmp_path / "devices.csv"),
        time_key="at",
    )  # fmt: skip
    assert feed.ask() == 0
    publish(
        broker,
        [
            ("lora/a1/up", json.dumps({"at": "2026-06-01T12:00:00+02:00", "data": {"t": "21,5", "h": 40}})),
            ("lora/b2/up", json.dumps({"at": 1780308000, "value": 133})),
            ("lora/b2/up", json.dumps({"at": 1780308001000, "value": 1e9})),
            ("lora/c3/up", "5"),
        ],
    )
    feed.until(3)
    assert rows(home) == [
        ("sensorthings:lora:a1:data.h", "10:00:00", 40.0, None),
        ("sensorthings:lora:a1:data.t", "10:00:00", 21.5, None),
        ("sensorthings:lora:b2", "10:00:00", 133.0, None),
    ]
    found = home.sql("SELECT name, observed_property, unit, round(ST_X(geom) / 1000) FROM sensor ORDER BY 2").fetchall()
    assert found == [
        ("Marktplatz", "air_temperature", "Cel", 438.0),
        ("Marktplatz", "relative_humidity", "%", 438.0),
        ("Pegel", "water_level", "cm", 438.0),
    ]
    feed.until_said("observation.off_scale")
    assert "lora/c3/up" in str(feed.gatherer.remark)


def test_a_message_without_a_time_is_of_the_moment_it_came_and_no_retained_one(
    mosquitto, listen, publish, home
) -> None:
    broker = mosquitto()
    publish(broker, {"parken/alt/frei": "1"}, retain=True)
    feed = listen(broker, **PLAIN)
    assert feed.ask() == 0
    publish(broker, [("parken/markt/frei", "17"), ("parken/markt/frei", "17"), ("parken/dom/frei", "3.5")])
    feed.until(3)
    assert [(row[0], row[2]) for row in rows(home)] == [
        ("sensorthings:parken:dom", 3.5),
        ("sensorthings:parken:markt", 17.0),
        ("sensorthings:parken:markt", 17.0),
    ]
    assert home.sql("SELECT count(*) FROM sensor").fetchall() == [(2,)]


def test_nonsense_is_counted_kept_out_and_acknowledged(mosquitto, listen, publish, home) -> None:
    broker = mosquitto()
    feed = listen(broker, **PLAIN)
    assert feed.ask() == 0
    bad = [
        b"",
        b"\xff\xfe\x00",
        b"{",
        b"null",
        b"nan",
        b"1e999",
        b'{"value":',
        b"[" * 50_000,
        b"9" * 5000,
        b"x" * 1_000_000,
    ]
    bad += [b'{"value":null}', b'{"value":"\\ud800"}', b'{"value":1,"time":"gestern"}', b'{"value":1,"time":true}']
    publish(broker, [("parken/markt/frei", payload) for payload in [*bad, b"5"]])
    feed.until(1)
    kept = [row[2:] for row in rows(home)]
    assert (5.0, None) in kept
    assert len(kept) <= 2  # half a surrogate pair is a text of a question mark
    assert "parken/markt/frei" in str(feed.gatherer.remark)
    feed.close()
    assert feed.ask() == 0
    assert feed.gatherer.remark is None  # nothing comes again: all was acknowledged


def test_what_comes_while_nobody_listens_waits(mosquitto, listen, publish) -> None:
    broker = mosquitto()
    feed = listen(broker, **PLAIN)
    assert feed.ask() == 0
    feed.close()
    publish(broker, [(f"parken/p{number}/frei", "1") for number in range(3000)])
    assert feed.ask() == 3000


def test_what_has_landed_comes_again_and_is_known(mosquitto, listen, publish) -> None:
    broker = mosquitto()
    feed = listen(broker, **PLAIN)
    assert feed.ask() == 0
    feed.close()
    publish(broker, [("parken/markt/frei", str(number % 3)) for number in range(300)])
    feed.die_after_landing()
    assert feed.count() == 300  # none says when it was measured, and none is taken for a new one
    publish(broker, [("parken/markt/frei", "1")])
    feed.until(301)
    feed.close()
    assert feed.ask() == 0
    assert feed.count() == 301


@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_what_has_not_landed_comes_again(version, mosquitto, listen, publish) -> None:
    broker = mosquitto("max_inflight_messages 0") if version == "3.1.1" else mosquitto()
    feed = listen(broker, version=version, **PLAIN)
    assert feed.ask() == 0
    publish(broker, [(f"parken/p{number}/frei", "1") for number in range(500)])
    taken = 0
    while not taken:
        for catch in feed.gatherer.gather():
            taken = catch.path.stat().st_size
            break  # it is not landed: the runner was interrupted
    feed.until(500)
    feed.close()
    assert feed.ask() == 0
    assert feed.count() == 500


@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_a_flood_stays_with_the_broker(version, mosquitto, listen, publish, monkeypatch) -> None:
    monkeypatch.setattr("ingest.mqtt.spool.MOST", 500)
    broker = mosquitto("max_inflight_messages 0")
    feed = listen(broker, version=version, **PLAIN)
    assert feed.ask() == 0
    publish(broker, [(f"parken/p{number % 7}/frei", str(number)) for number in range(3000)])
    sleep(1)
    assert len(feed.gatherer._spool._entries) <= 501
    feed.until(3000)
    assert feed.count() == 3000
    feed.close()
    assert feed.ask() == 0


def test_a_broker_that_throws_away_is_said(mosquitto, listen, publish) -> None:
    broker = mosquitto(without="max_queued_messages")
    feed = listen(broker, **PLAIN)
    assert feed.ask() == 0
    publish(broker, {"parken/p/frei": "1"})
    feed.until(1)
    feed.close()
    publish(broker, [(f"parken/p{number}/frei", "1") for number in range(1500)])
    assert feed.ask() == 1000
    for _ in range(50):
        if "500" in str(feed.gatherer.remark):
            break
        feed.ask()  # the broker says it once a second here
        sleep(0.1)
    assert "500" in str(feed.gatherer.remark)
    assert "max_queued_messages" in str(feed.gatherer.remark)


def test_a_session_that_the_broker_has_forgotten_is_said(mosquitto, listen, publish) -> None:
    broker = mosquitto("persistence false")
    feed = listen(broker, **PLAIN)
    assert feed.ask() == 0
    publish(broker, {"parken/p/frei": "1"})
    feed.until(1)
    feed.close()
    broker.end()
    broker.start()
    assert feed.ask() == 0
    assert "persistence" in str(feed.gatherer.remark)


def test_a_wrong_password_and_nobody_there_are_said(mosquitto, listen, tmp_path: Path) -> None:
    passwords = tmp_path / "passwords"
    passwords.write_text("twin:right\n")
    subprocess.run([shutil.which("mosquitto_passwd") or "/usr/bin/mosquitto_passwd", "-U", str(passwords)], check=True)
    broker = mosquitto(f"password_file {passwords}", "allow_anonymous false")
    for secret, user in (("wrong", "twin"), ("", "")):
        feed = listen(broker, secret=secret, user=user, **PLAIN)
        with pytest.raises(TwinError) as said:
            feed.ask()
        assert "Passwort" in str(said.value)
        assert "wrong" not in str(said.value)
        feed.close()
    assert listen(broker, secret="right", user="twin", **PLAIN).ask() == 0
    nobody = listen(broker, secret="right", user="twin", **PLAIN)
    broker.end()
    with pytest.raises(TwinError):
        nobody.ask()


def test_private_brokers_are_not_reached(mosquitto, listen, monkeypatch) -> None:
    broker = mosquitto()
    monkeypatch.delenv("TWIN_ALLOW_HOSTS")
    with pytest.raises(TwinError) as said:
        listen(broker, **PLAIN).ask()
    assert "TWIN_ALLOW_HOSTS" in str(said.value)


def test_the_certificate_is_checked_against_the_name_that_was_asked_for(
    mosquitto, listen, publish, tmp_path: Path, monkeypatch
) -> None:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    words = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=x -addext"
    names = ["subjectAltName=DNS:broker.example.org", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run([openssl, *words.split(), *names], check=True, capture_output=True)
    broker = mosquitto(f"cafile {certificate}", f"certfile {certificate}", f"keyfile {key}")
    monkeypatch.setattr("ingest.mqtt.connection.address", lambda *_: "127.0.0.1")
    options = {**PLAIN, "tls": "true", "ca": str(certificate)}
    feed = listen(broker, **options, host="broker.example.org")
    assert feed.ask() == 0
    for wrong in ({"host": "other.example.org"}, {"host": "broker.example.org", "ca": ""}):
        with pytest.raises(TwinError) as said:
            listen(broker, **{**options, **wrong}).ask()
        found = said.value.fields["found"]
        assert found.en.startswith("the certificate of the other side is not valid (OpenSSL: ")
        assert found.de.startswith("das Zertifikat der Gegenseite ist nicht gültig (OpenSSL: ")


def test_a_broker_that_does_not_answer_or_answers_nonsense_is_said(listen, monkeypatch) -> None:
    monkeypatch.setattr("ingest.mqtt.connection._CONNECT", 0.5)
    for answer in (b"", b"HTTP/1.1 400 Bad Request\r\n\r\n", bytes(range(256)) * 64, b"\x20\xff\xff\xff\xff\xff"):
        with socket.create_server(("127.0.0.1", 0)) as server:
            Thread(target=_answer, args=(server, answer), daemon=True).start()
            feed = listen(server.getsockname()[1], **PLAIN)
            with pytest.raises(TwinError) as said:
                feed.ask()
            assert "127.0.0.1" in str(said.value)
            feed.close()


def _answer(server: socket.socket, answer: bytes) -> None:
    with suppress(OSError):
        while True:
            connection = server.accept()[0]
            connection.recv(100)
            connection.sendall(answer)
