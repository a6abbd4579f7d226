"""MQTT: readings from a publisher into the tables, against a subscriber of the same broker that does nothing with them.

Both subscribe by QoS 1 to mosquitto on this machine, and a process of its own publishes as fast as the broker takes it.
Ours ends when the last reading has been committed and its message acknowledged; the peer, paho as it comes, when it has
been called for the last message. *Live* counts from the first message published, *waiting* from connecting to a broker
that holds them all. The broker's and the publisher's work counts for both.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from multiprocessing.synchronize import Event
from pathlib import Path

import paho.mqtt.client as paho

import twin
import twin.twin  # now, for twin.open would import it while the clock runs
from bench.free_port import free_port
from bench.measuring import Timed, take_turns
from bench.row import Row, rate
from ingest.job import Request, ingest
from ingest.run import Options
from ingest.source import Setting
from ingest.sources.mqtt import SOURCE
from twin.feeds.feed import Feed
from twin.municipalities import Municipality

MESSAGES = 20_000
"""How many are published."""

SENSORS = 100
"""Of how many datastreams."""

_AGS = "05974040"
_TOPIC = "v1.1/+/Observations"
_PEER = "paho subscriber that does nothing"
_WAIT = 300.0


def rows(shared: Path | None, scale: float = 1.0) -> list[Row]:
    """Messages a second; nothing where mosquitto is not installed."""
    del shared  # the messages are made up
    if _program() is None:
        return []
    count = max(1000, round(MESSAGES * scale))
    found = []
    for waiting, title in ((False, "live, published to committed and acknowledged"), (True, "waiting at the broker")):
        both = take_turns([(committed, (count, waiting)), (heard, (count, waiting))], runs=1)
        found.append(rate(f"MQTT, QoS 1, {count:,} readings, {title}", count, "messages", both, _PEER))
    return found


def committed(count: int, waiting: bool) -> Timed:
    """Seconds until all readings are committed and acknowledged."""
    os.environ["TWIN_ALLOW_HOSTS"] = "127.0.0.1"
    with _broker() as port, tempfile.TemporaryDirectory(prefix="twin-bench-") as folder:
        home, spool = Path(folder) / "home", Path(folder) / "spool"
        spool.mkdir()
        options = {one.name: one.default for one in SOURCE.options if one.default}
        options |= {
            "host": "127.0.0.1",
            "port": str(port),
            "topic": _TOPIC,
            "service": "https://bench.example.org/v1.1",
        }
        setting = Setting(Feed(_AGS, "bench", "mqtt", options, saved_at="now"), {}, spool)
        request = Request(Options(ags=_AGS), format="sensor_things", workers=1)
        with twin.init(home, "05974") as made:
            made.register([Municipality(_AGS, "Soest")])
            made.join(_AGS, ["sensor"], "open")
            listener = SOURCE.open(setting)
            list(listener.gather())
            if waiting:
                listener.close()
                listener = SOURCE.open(setting)
            with _published(port, count, wait=waiting) as begin:
                landed = 0
                while landed < count and time.monotonic() - begin < _WAIT:
                    for catch in listener.gather():
                        report = ingest(made, [str(catch.path)], request).deliveries[0]
                        landed += sum(report.loaded["observation"].values())
                        catch.landed()
                listener.close()
                seconds = time.monotonic() - begin
    if landed != count:
        raise RuntimeError(f"{landed:,} of {count:,} readings landed")
    return Timed(seconds)


def heard(count: int, waiting: bool) -> Timed:
    """Seconds until a subscriber has been called for every message."""
    with _broker() as port:
        done, number = threading.Event(), [0]

        def count_one(*_: object) -> None:
            number[0] += 1
            if number[0] == count:
                done.set()

        def subscriber() -> paho.Client:
            client = paho.Client(paho.CallbackAPIVersion.VERSION2, "peer", clean_session=False)
            client.on_message = count_one
            client.on_connect = lambda *_: client.subscribe(_TOPIC, 1)
            client.connect("127.0.0.1", port)
            client.loop_start()
            return client

        client = subscriber()
        time.sleep(1)
        if waiting:
            client.disconnect()
            client.loop_stop()
        with _published(port, count, wait=waiting) as begin:
            if waiting:
                client = subscriber()
            done.wait(_WAIT)
            seconds = time.monotonic() - begin
        client.disconnect()
        client.loop_stop()
    if number[0] < count:
        raise RuntimeError(f"{number[0]:,} of {count:,} messages came")
    return Timed(seconds)


def publish(port: int, count: int, ready: Event) -> None:
    """Publish readings by QoS 1, as fast as the broker takes them; says when it begins."""
    client = paho.Client(paho.CallbackAPIVersion.VERSION2, "publisher")
    client.max_inflight_messages = 2000
    begin, taken = datetime(2026, 1, 1, tzinfo=UTC), set[int]()
    client.on_publish = lambda _, __, number, *___: taken.add(number)
    client.connect("127.0.0.1", port)
    client.loop_start()
    ready.set()
    for number in range(count):
        moment = (begin + timedelta(seconds=number // SENSORS)).isoformat()
        payload = json.dumps({"phenomenonTime": moment, "result": number / 10})
        client.publish(f"v1.1/Datastreams({number % SENSORS})/Observations", payload, qos=1)
    while len(taken) < min(count, 65_535):
        time.sleep(0.01)
    client.disconnect()
    client.loop_stop()


@contextmanager
def _published(port: int, count: int, wait: bool) -> Iterator[float]:
    """A publisher at work; gives when the clock began: with it, or when it has ended."""
    context = get_context("spawn")
    ready = context.Event()
    process = context.Process(target=publish, args=(port, count, ready))
    process.start()
    ready.wait(_WAIT)
    if wait:
        process.join()
    begin = time.monotonic()
    try:
        yield begin
    finally:
        process.join()


@contextmanager
def _broker() -> Iterator[int]:
    """Mosquitto on a free port, that keeps whatever comes."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="twin-bench-") as folder:
        config = Path(folder) / "mosquitto.conf"
        lines = ["user root", "allow_anonymous true", "max_queued_messages 0", f"listener {port} 127.0.0.1"]
        config.write_text("\n".join(lines) + "\n")
        with subprocess.Popen(
            [_program() or "", "-c", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as process:
            try:
                for _ in range(200):
                    with socket.socket() as probe:
                        if probe.connect_ex(("127.0.0.1", port)) == 0:
                            break
                    time.sleep(0.05)
                yield port
            finally:
                process.terminate()


def _program() -> str | None:
    return shutil.which("mosquitto") or shutil.which("/usr/sbin/mosquitto")
