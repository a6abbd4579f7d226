"""A feed that a broker pushes into: hears all the time, and gives what has come when it is asked."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho

from ingest.mqtt.broker import Broker
from ingest.mqtt.connection import STATISTICS, Connection
from ingest.mqtt.message import Dialect, Message, Said, Senseless
from ingest.mqtt.spool import Entry, Spool, remembered
from ingest.mqtt.tally import Tally
from ingest.source import Catch, Setting
from twin.errors import Unreachable
from twin.language import Text

READINGS, LARGEST = 20_000, 24 << 20
"""Readings and bytes of a file. [1], [B]"""

_PATIENCE, _RETURN = 20.0, 5.0
_QUIET, _LONGEST = 0.5, 5.0
_TICK = timedelta(microseconds=1)
_STREAMS = 2_000
_NO_ANSWER = Text("keine Antwort", "no answer")


class Listener:
    """The source at work; see `ingest.source.Gatherer`.

    Parameters
    ----------
    setting : Setting
        What it works with.
    broker : Broker
        Where it listens.
    dialect : Dialect
        What its messages mean.

    Attributes
    ----------
    remark : Text or None
        What somebody should know though readings come: messages kept out, losses at the broker.
    """

    def __init__(self, setting: Setting, broker: Broker, dialect: Dialect) -> None:
        self._setting, self._broker, self._dialect = setting, broker, dialect
        cursor = setting.cursor
        dropped = cursor.get("dropped")
        self._tally = Tally(dropped if isinstance(dropped, int) else None)
        self._spool = Spool()
        self._spool.recall(str(cursor.get("landed", "")))
        self._had_session = cursor.get("client") == broker.client_id
        self._connection: Connection | None = None
        self._settled = False
        self._files = 0
        self._last = datetime(1970, 1, 1)
        # What has been described need not be again, unless it has changed.
        same = cursor.get("version") == dialect.version()
        self._described = set(map(str, cursor.get("described", ()))) if same else set[str]()
        self.remark: Text | None = None

    def gather(self) -> Iterator[Catch]:
        """Files of what has come since; see `ingest.source.Gatherer.gather`.

        Raises
        ------
        Unreachable
            If there is no connection. What came before it broke has landed then.
        """
        connection = self._listening()
        if connection.wait(_PATIENCE) and not self._settled:
            self._spool.settle(_QUIET, _LONGEST, READINGS)
            self._settled = True
        while True:
            entries = self._spool.take(READINGS, LARGEST)
            if not entries:
                break
            yield from self._landed(entries)
            # Whoever has much waiting goes on; what comes just now comes next time.
            if sum(len(entry.lines) for entry in entries) < READINGS // 2:
                break
            self._spool.settle(_QUIET, _LONGEST, READINGS)
        self.remark = self._tally.told()
        # A broker that is restarted is back in no time.
        if not connection.ready and not connection.wait(_RETURN):
            raise Unreachable(file=self._broker.shown, found=connection.problem or _NO_ANSWER)

    def close(self) -> None:
        """Leave the broker, which keeps the session and what was not acknowledged."""
        if self._connection is not None:
            self._connection.close()

    def _listening(self) -> Connection:
        if self._connection is None:
            self._connection = Connection(self._broker, self._heard, self._begun, self._rest)
            self._connection.start()
        return self._connection

    def _landed(self, entries: list[Entry]) -> Iterator[Catch]:
        """A file of messages, acknowledged once it has landed, given back if it has not."""
        if not any(entry.lines for entry in entries):
            self._spool.done(entries)
            return
        done = False
        streams = {stream for entry in entries for stream in entry.streams} - self._described
        described = self._dialect.described(streams.union(*(entry.doubtful for entry in entries)))
        path = self._write(entries, described)

        def landed() -> None:
            nonlocal done
            done = True
            self._described |= set(described)
            self._spool.done(entries)

        try:
            yield Catch(path, "sensor_things", self._cursor(entries, described), landed)
        finally:
            if not done:
                self._spool.give_back(entries)

    def _write(self, entries: list[Entry], described: dict[str, Any]) -> Path:
        self._files += 1
        path = self._setting.folder / f"mqtt-{datetime.now(UTC):%Y%m%dT%H%M%S}-{self._files}.json"
        with path.open("w", encoding="utf-8") as file:
            lines = [json.dumps(entity, ensure_ascii=False) for entity in described.values()]
            lines += [line for entry in entries for line in entry.lines]
            file.write(f'{{"@iot.count":{len(lines)},"value":[\n')
            file.write(",\n".join(lines))
            file.write("\n]}\n")
        return path

    def _cursor(self, entries: list[Entry], described: dict[str, Any]) -> dict[str, Any]:
        return {
            "client": self._broker.client_id,
            "dropped": self._tally.dropped,
            "landed": remembered(entries),
            "version": self._dialect.version(),
            "described": sorted(self._described | set(described))[:_STREAMS],
        }

    # In the connection's thread

    def _begun(self, present: bool) -> None:
        if not present:
            if self._had_session:
                self._tally.end_session()
            self._spool.forget_session()
        self._had_session = True

    def _rest(self, seconds: float) -> bool:
        if self._spool.full:
            self._spool.wait_for_room(seconds)
        return self._spool.full

    def _heard(self, client: paho.Client, message: paho.MQTTMessage) -> None:
        topic, payload = _topic(message), bytes(message.payload)
        if topic in STATISTICS:
            if payload.isdigit() and len(payload) < 19:
                self._tally.count_dropped(int(payload))
            return
        number = message.mid if message.qos else 0
        digest = zlib.crc32(payload, zlib.crc32(topic.encode("utf-8", "replace")))
        if message.dup and number and self._spool.known(client, number, digest):
            return
        try:
            said = self._dialect.read(Message(topic, payload, message.retain, self._moment()))
        except Senseless as problem:
            self._tally.keep_out(problem.reason, topic)
            said = Said((), (), (), timed=True)
        except Exception:  # one bad message never blocks the queue, whatever is wrong with it
            self._tally.keep_out("content", topic)
            said = Said((), (), (), timed=True)
        self._spool.add(Entry(client, number, digest, said.lines, said.streams, said.doubtful, said.timed))

    def _moment(self) -> datetime:
        """Now, and never the same moment twice, nor an earlier one: the clock may be set."""
        self._last = max(datetime.now(UTC).replace(tzinfo=None), self._last + _TICK)
        return self._last


def _topic(message: paho.MQTTMessage) -> str:
    try:
        return message.topic
    except UnicodeDecodeError:
        return "\N{REPLACEMENT CHARACTER}"
