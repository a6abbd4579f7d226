"""Sensors and readings as SensorThings JSON: what a service answers to Things expanded by all that belongs to them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from datetime import datetime
from itertools import groupby
from typing import IO, TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from twin.engine import text
from twin.export.declaration import Export, Parts, Selection
from twin.export.things import SensorRow
from twin.language import Text

if TYPE_CHECKING:
    from twin.reading import Reading
    from twin.twin import Twin

_AT_ONCE = 10
"""Sensors whose readings one query gives: their months are looked at together, and sorted together."""

_BATCH = 20_000
_TRUTH = "OM_TruthObservation"
_SENSORS = """
    SELECT ags, sensor_id, thing, name, observed_property, unit, unit_source, provider, station, source_url,
           "interval", height, attributes,
           ST_X(ST_Transform(geom, 'EPSG:25832', 'EPSG:4326', always_xy := true)) AS longitude,
           ST_Y(ST_Transform(geom, 'EPSG:25832', 'EPSG:4326', always_xy := true)) AS latitude
    FROM sensor WHERE {condition} ORDER BY ags, sensor_id"""
_SPANS = """
    SELECT sensor_id, min(phenomenon_time), max(coalesce(phenomenon_end, phenomenon_time)), min(result_time),
           max(result_time)
    FROM observation WHERE {condition} GROUP BY sensor_id"""
_READINGS = """
    SELECT sensor_id, phenomenon_time, phenomenon_end, result, result_text, quality, result_time
    FROM observation WHERE {condition} ORDER BY list_position([{ids}], sensor_id), phenomenon_time"""


def write(twin: Twin, selection: Selection, parts: Parts) -> Counter[str]:
    """Write what is selected; gives how many sensors and observations that was.

    Raises
    ------
    QueryError
        If the tables cannot be read.
    """
    reading = twin.reading()
    with _Document(parts, selection.largest) as document:
        for _, owned in groupby(_sensors(reading, selection), lambda sensor: sensor.group[0]):
            sensors = list(owned)
            for start in range(0, len(sensors), _AT_ONCE):
                _write_sensors(reading, selection, sensors[start : start + _AT_ONCE], document)
    return document.counts


def _sensors(reading: Reading, selection: Selection) -> list[SensorRow]:
    conditions = ["true"]
    if selection.ags:
        conditions.append(f"ags = {text(selection.ags)}")
    if selection.sensors:
        conditions.append(f"sensor_id IN ({_listed(selection.sensors)})")
    found = reading.query(_SENSORS.format(condition=" AND ".join(conditions))).to_arrow_table()
    return sorted((SensorRow.of(row) for row in found.to_pylist()), key=lambda sensor: sensor.group)


def _write_sensors(reading: Reading, selection: Selection, sensors: list[SensorRow], document: _Document) -> None:
    ids = [str(sensor.columns["sensor_id"]) for sensor in sensors]
    condition = _condition(sensors[0].group[0], ids, selection)
    spans = {row[0]: row[1:] for row in reading.query(_SPANS.format(condition=condition)).fetchall()}
    rows = reading.query(_READINGS.format(condition=condition, ids=_listed(ids))).to_arrow_reader(_BATCH)
    batches = _by_sensor(rows)
    ahead = next(batches, None)
    for sensor, own in zip(sensors, ids, strict=True):
        begin, end, *stated = spans.get(own, (None, None, None, None))
        document.begin_thing(sensor)
        document.begin_stream(sensor.datastream(begin, end, (stated[0], stated[1])))
        truth = _TRUTH in str(sensor.said.get("observationType", ""))
        while ahead is not None and ahead[0] == own:
            document.add(_observations(ahead[1], truth=truth))
            ahead = next(batches, None)


def _condition(ags: str, ids: list[str], selection: Selection) -> str:
    conditions = [f"ags = {text(ags)}", f"sensor_id IN ({_listed(ids)})"]
    for sign, at in ((">=", selection.since), ("<", selection.until)):
        conditions += [f"phenomenon_time {sign} TIMESTAMP {text(_stamp(at))}"] if at is not None else []
    return " AND ".join(conditions)


def _stamp(at: datetime) -> str:
    return at.replace(tzinfo=None).isoformat(sep=" ")


def _listed(ids: Iterable[str]) -> str:
    return ", ".join(text(one) for one in ids)


def _by_sensor(batches: Iterable[pa.RecordBatch]) -> Iterator[tuple[str, pa.Table]]:
    """Rows of one sensor after the other."""
    for batch in batches:
        ends = pc.run_end_encode(batch.column("sensor_id"))
        start = 0
        for own, end in zip(ends.values.to_pylist(), ends.run_ends.to_pylist(), strict=True):
            yield own, batch.slice(start, end - start)
            start = end


def _observations(rows: pa.RecordBatch, *, truth: bool) -> Iterator[str]:
    """Rows as JSON."""
    begins, ends, stated = (
        _instants(rows.column(name)) for name in ("phenomenon_time", "phenomenon_end", "result_time")
    )
    numbers, texts, grades = (rows.column(name).to_pylist() for name in ("result", "result_text", "quality"))
    for begin, end, number, words, grade, at in zip(begins, ends, numbers, texts, grades, stated, strict=True):
        value = _text_value(words) if number is None else _number(number, truth=truth)
        when = f"{begin}/{end}" if end else begin
        more = f', "resultTime": "{at}"' if at else ""
        more += f', "resultQuality": {json.dumps(grade)}' if grade else ""
        yield f'{{"phenomenonTime": "{when}", "result": {value}{more}}}'


def _instants(column: pa.Array) -> list[str | None]:
    """Moments as texts in UTC, with no more digits than they need."""
    texts = pc.strftime(column, format="%Y-%m-%dT%H:%M:%S")
    found: list[str | None] = pc.binary_join_element_wise(
        pc.replace_substring_regex(texts, r"\.(?:0+|(\d*?[1-9])0*)$", r"~\1"), "Z", ""
    ).to_pylist()
    return [None if one is None else one.replace("~Z", "Z").replace("~", ".") for one in found]


def _number(value: float, *, truth: bool) -> str:
    if truth and value in (0.0, 1.0):
        return "true" if value else "false"
    return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)


def _text_value(words: str | None) -> str:
    """A text as JSON; what was an object or a list is one again."""
    if words and words[0] in "{[":
        try:
            return json.dumps(json.loads(words), ensure_ascii=False)
        except (ValueError, RecursionError):
            pass
    return json.dumps(words, ensure_ascii=False)


class _Document:
    """A reply, or several where one would be too large; what a Thing is stands in each that has readings of it."""

    def __init__(self, parts: Parts, largest: int) -> None:
        self.counts: Counter[str] = Counter()
        self._parts, self._largest = parts, largest
        self._group: tuple[str, ...] = ()
        self._thing: dict[str, Any] = {}
        self._stream: dict[str, Any] = {}
        self._file: IO[bytes] | None = None
        self._open = ExitStack()
        self._number = self._rows = 0
        # What is open in this file: a Thing, a Datastream, and whether anything stands before what comes next.
        self._in_thing = self._in_stream = self._after_thing = self._after_stream = self._after_row = False

    def __enter__(self) -> _Document:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            if self._file is None:
                self._begin()
            self._end()
        self._open.close()

    def begin_thing(self, sensor: SensorRow) -> None:
        """All Datastreams until the next are of this sensor's Thing; it may be the one that is open."""
        if sensor.group != self._group:
            self._close_thing()
            self._group, self._thing = sensor.group, sensor.thing()

    def begin_stream(self, entity: dict[str, Any]) -> None:
        """All readings until the next are this Datastream's."""
        self._close_stream()
        self._stream = entity
        self.counts["sensor"] += 1
        self._open_stream()

    def add(self, observations: Iterable[str]) -> None:
        """Write readings."""
        for row in observations:
            if self._largest and self._rows >= self._largest:
                self._end()
                self._open_stream()
            self._put((",\n" if self._after_row else "\n") + row)
            self._after_row = True
            self._rows += 1
            self.counts["observation"] += 1

    def _open_stream(self) -> None:
        if self._file is None:
            self._begin()
        if not self._in_thing:
            self._put((",\n" if self._after_thing else "\n") + _head(self._thing) + '"Datastreams": [')
            self._in_thing, self._after_stream = True, False
        self._put((",\n" if self._after_stream else "\n") + _head(self._stream) + '"Observations": [')
        self._in_stream, self._after_row = True, False

    def _close_stream(self) -> None:
        if self._in_stream:
            self._put("]}")
            self._in_stream, self._after_stream = False, True

    def _close_thing(self) -> None:
        self._close_stream()
        if self._in_thing:
            self._put("\n]}")
            self._in_thing, self._after_thing = False, True

    def _begin(self) -> None:
        self._number += 1
        self._file = self._open.enter_context(self._parts(self._number))
        self._rows, self._after_thing = 0, False
        self._put('{"value": [')

    def _end(self) -> None:
        self._close_thing()
        self._put("\n]}\n")
        self._open.close()
        self._file = None

    def _put(self, words: str) -> None:
        assert self._file is not None
        self._file.write(words.encode("utf-8"))


def _head(entity: dict[str, Any]) -> str:
    """An object that goes on: its closing brace comes later."""
    return json.dumps(entity, ensure_ascii=False)[:-1] + (", " if entity else "")


EXPORT = Export(
    name="sensorthings",
    title=Text("SensorThings (JSON)", "SensorThings (JSON)"),
    description=Text(
        "Sensoren und Messwerte, wie ein SensorThings-Dienst auf Things?$expand=Locations,Datastreams("
        "$expand=Sensor,ObservedProperty,Observations) antwortet. Nicht zurück kommen @iot.id, parameters, validTime "
        "und FeatureOfInterest der Messwerte; von resultQuality bleibt die Güte, von Zeiten die Mikrosekunde.",
        "Sensors and readings as a SensorThings service answers Things?$expand=Locations,Datastreams("
        "$expand=Sensor,ObservedProperty,Observations). What does not come back are @iot.id, parameters, validTime and "
        "FeatureOfInterest of readings; of resultQuality the grade stays, of times the microsecond.",
    ),
    layers=("sensor", "observation"),
    suffix=".json",
    write=write,
    reference="OGC SensorThings API 1.1 (18-088)",
)
