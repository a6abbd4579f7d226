"""A small SensorThings service on this machine that goes on with the year of the demo's sensor network.

All of it reports by the hour; the sensors that are live do so every `PULSE` seconds since the service began.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

import numpy as np

from ingest.demo.readings import Readings, Times, measured
from ingest.demo.sensor import SERVICE, Sensor
from ingest.demo.sensors import SILENT
from ingest.demo.things import described, network

PULSE = 10
"""Between two readings of a live sensor. [s]"""

HISTORY = np.timedelta64(30, "D")
"""How far back the service remembers."""

PORT = 5098
"""Where it listens, if nobody else does."""

ROOT = urlsplit(SERVICE).path

_LARGEST = 1000
_STREAM = re.compile(re.escape(ROOT) + r"/Datastreams\((\d{1,6})\)/Observations")
_SINCE = re.compile(r"phenomenonTime\s+(g[te])\s+(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?Z?")
_UNTIL = re.compile(r"phenomenonTime\s+l[te]\s+(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?Z?")

Clock = Callable[[], np.datetime64]


def wall() -> np.datetime64:
    """The second that it is, UTC."""
    return np.datetime64(datetime.now(UTC).replace(tzinfo=None), "s")


class LiveService:
    """The service, in a thread of its own from its making to `close`.

    Parameters
    ----------
    port : int
        Where it listens on 127.0.0.1; 0, or one that is taken: anywhere.
    clock : callable
        Whose time it goes by.
    """

    def __init__(self, port: int = PORT, clock: Clock = wall) -> None:
        self._clock = clock
        self._began = clock()
        self._sensors = {one.number: one for one in network()}
        self._server = _listen(port, type("Handler", (_Handler,), {"service": self}))
        self._thread = threading.Thread(target=self._server.serve_forever, name="station", daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Root of the service."""
        return f"http://127.0.0.1:{self._server.server_address[1]}{ROOT}"

    def close(self) -> None:
        """Listen no more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> LiveService:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def answer(self, target: str) -> dict[str, Any] | None:
        """What a question by GET is answered with; None if there is no such thing."""
        parts = urlsplit(target)
        path, query = unquote(parts.path), {name: values[-1] for name, values in parse_qs(parts.query).items()}
        if path == f"{ROOT}/Things":
            return {"value": self._things()}
        found = _STREAM.fullmatch(path)
        sensor = self._sensors.get(int(found[1])) if found else None
        return None if sensor is None else self._observations(sensor, parts.path, query)

    def readings(self, sensor: Sensor) -> Readings:
        """What a sensor has read until now."""
        return measured(sensor, self._times(sensor))

    def _times(self, sensor: Sensor) -> Times:
        if sensor.number == SILENT:
            return np.zeros(0, "datetime64[s]")
        now = self._clock()
        hours = np.arange((now - HISTORY).astype("datetime64[h]"), now.astype("datetime64[h]") + 1)
        if not sensor.live:
            return hours.astype("datetime64[s]")
        first = self._began.astype(np.int64) // PULSE * PULSE + PULSE
        pulse = np.timedelta64(PULSE, "s")
        pulses = np.arange(np.datetime64(int(first), "s"), now + np.timedelta64(1, "s"), pulse)
        return np.unique(np.concatenate([hours.astype("datetime64[s]"), pulses]))

    def _things(self) -> list[dict[str, Any]]:
        return [
            {**one, "Datastreams": [self._with_times(stream) for stream in one["Datastreams"]]} for one in described()
        ]

    def _with_times(self, stream: dict[str, Any]) -> dict[str, Any]:
        """A Datastream that says from when to when it has readings, if it has any."""
        times = self._times(self._sensors[stream["@iot.id"]])
        return {**stream, "phenomenonTime": "/".join(_texts(times[[0, -1]]))} if len(times) else stream

    def _observations(self, sensor: Sensor, path: str, query: dict[str, str]) -> dict[str, Any]:
        found = _chosen(self.readings(sensor), query.get("$filter", ""))
        top = min(max(_whole(query.get("$top"), 100), 1), _LARGEST)
        skip = _whole(query.get("$skip"), 0)
        page = Readings(found.times[skip : skip + top], found.values[skip : skip + top])
        texts = _texts(page.times)
        values = (page.values if sensor.quantity.digits else page.values.astype(np.int64)).tolist()
        entities = [
            {"phenomenonTime": time, "result": value, "resultTime": None}
            for time, value in zip(texts, values, strict=True)
        ]
        answer: dict[str, Any] = {"value": entities}
        if skip + top < len(found):
            onward = urlencode({**query, "$skip": skip + top})
            answer["@iot.nextLink"] = f"{self.url.removesuffix(ROOT)}{path}?{onward}"
        return answer


def _texts(times: Times) -> list[str]:
    found: list[str] = np.datetime_as_string(times, unit="s", timezone="UTC").tolist()
    return found


def _chosen(readings: Readings, condition: str) -> Readings:
    """The readings that a filter of times lets through."""
    kept = np.ones(len(readings), bool)
    since, until = _SINCE.search(condition), _UNTIL.search(condition)
    if since:
        moment = np.datetime64(since[2], "s")
        kept &= readings.times > moment if since[1] == "gt" else readings.times >= moment
    if until:
        kept &= readings.times <= np.datetime64(until[1], "s")
    return readings.where(kept)


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 9 else otherwise


def _listen(port: int, handler: type[BaseHTTPRequestHandler]) -> ThreadingHTTPServer:
    try:
        return _Server(("127.0.0.1", port), handler)
    except OSError:
        return _Server(("127.0.0.1", 0), handler)


class _Server(ThreadingHTTPServer):
    daemon_threads = True


class _Handler(BaseHTTPRequestHandler):
    service: LiveService
    timeout = 30
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        found = self.service.answer(self.path)
        body = json.dumps(found, ensure_ascii=False).encode() if found is not None else b""
        self.send_response(200 if found is not None else 404)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing: it is asked every few seconds."""
