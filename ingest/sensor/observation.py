"""Readings as formats find them: what cannot be right becomes a finding, the rest rows of layer ``observation``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ingest.checks.observation import CHECK
from ingest.finding import Finding, said
from ingest.format import Batch, Item
from ingest.sensor.datastream import Datastream
from ingest.sensor.observed_property import ranges
from twin.discovery import find
from twin.language import Text
from twin.reference import codes

LAYER = "observation"

_HUGE = 1e18
_LONGEST = 200
_UNNAMED = Text("Messwert", "reading")


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading, its time as it is written where it could not be read."""

    sensor_id: str
    time: datetime | None
    result: object
    end: datetime | None = None
    quality: str | None = None
    result_time: datetime | None = None
    written: str = ""


def observations(readings: Sequence[Reading], streams: Mapping[str, Datastream]) -> Iterator[Item]:
    """Rows and findings of readings.

    Parameters
    ----------
    readings : sequence of Reading
        In any order.
    streams : mapping of str to Datastream
        The datastreams that the file describes, by id. Readings of others are taken as they are: their unit and
        scale are not known here.
    """
    rows = []
    for reading in readings:
        if reading.time is None:
            yield _finding("time", reading.sensor_id, value=reading.written[:_LONGEST])
            continue
        number, text = _value(reading.result)
        if number is None and text is None:
            shown = "–" if reading.result is None else str(reading.result)[:_LONGEST]
            yield _finding("empty", f"{reading.sensor_id} / {reading.time}", value=shown)
            continue
        rows.append(
            {
                "sensor_id": reading.sensor_id,
                "phenomenon_time": reading.time,
                "phenomenon_end": reading.end,
                "result": number,
                "result_text": text,
                "quality": reading.quality,
                "result_time": reading.result_time,
            }
        )
    if rows:
        yield from measured(pa.Table.from_pylist(rows, find("LAYER", LAYER).read_schema), streams)


def measured(table: pa.Table, streams: Mapping[str, Datastream]) -> Iterator[Item]:
    """Rows of a table of layer ``observation`` that are on scale and in a known unit, and findings about the others."""
    ids = table.column("sensor_id").combine_chunks().dictionary_encode()
    names, numbers = ids.dictionary.to_pylist(), ids.indices.to_numpy(zero_copy_only=False)
    values = table.column("result").to_numpy()
    lowest, highest = np.full(len(names), -np.inf), np.full(len(names), np.inf)
    unknown = np.zeros(len(names), bool)
    for place, name in enumerate(names):
        stream = streams.get(name)
        if stream is None:
            continue
        unknown[place] = stream.unit is None
        bounds = _bounds(stream)
        if bounds is not None:
            lowest[place], highest[place] = bounds
    no_unit = unknown[numbers] & ~np.isnan(values)
    with np.errstate(invalid="ignore"):
        off = ~no_unit & ((values < lowest[numbers]) | (values > highest[numbers]))
    for problem, wrong in (("unit", no_unit), ("off_scale", off)):
        yield from _findings(problem, wrong, table, streams)
    kept = ~(no_unit | off)
    if kept.any():
        yield Batch(LAYER, table if kept.all() else table.filter(pa.array(kept)))


def _findings(
    problem: str, wrong: NDArray[np.bool_], table: pa.Table, streams: Mapping[str, Datastream]
) -> Iterator[Finding]:
    for row in table.take(pa.array(np.flatnonzero(wrong))).to_pylist() if wrong.any() else []:
        stream = streams[row["sensor_id"]]
        bounds = _bounds(stream) or (0.0, 0.0)
        german = codes("observed_property").get(stream.observed_property or "", "")
        title = Text(german, (stream.observed_property or "").replace("_", " ")) if german else _UNNAMED
        content = {name: str(value) for name, value in row.items() if value is not None}
        yield _finding(
            problem,
            f"{stream.sensor_id} / {row['phenomenon_time']}",
            json.dumps(content, ensure_ascii=False),
            property=title,
            lowest=bounds[0],
            highest=bounds[1],
            unit=(stream.unit.code if stream.unit else stream.unit_source[:_LONGEST]) or "–",
            value=row["result"],
        )


def _bounds(stream: Datastream) -> tuple[float, float] | None:
    known = ranges().get(stream.observed_property or "")
    return known.within(stream.unit) if known is not None and stream.unit is not None else None


def _value(result: object) -> tuple[float | None, str | None]:
    """Number and text of a result: a truth value counts 0 or 1, the text of a number is that number."""
    if isinstance(result, bool | int | float):
        number = float(result) if abs(result) < _HUGE else float("nan")
        return (number, None) if np.isfinite(number) else (None, None)
    if isinstance(result, str) and result.strip():
        try:
            number = float(result)
        except ValueError:
            return None, result.strip()[:_LONGEST]
        return (number, None) if np.isfinite(number) and abs(number) < _HUGE and "_" not in result else (None, None)
    if isinstance(result, dict | list) and result:
        text = json.dumps(result, ensure_ascii=False)
        return None, text if len(text) <= 10 * _LONGEST else None
    return None, None


def _finding(problem: str, feature: str, content: str = "", **values: object) -> Finding:
    declared = CHECK.problems[problem]
    sentence = said(declared.sentence, **values)
    return Finding(
        f"{CHECK.name}.{problem}", declared.severity, LAYER, feature[:_LONGEST], sentence, advice=declared.advice,
        content=content,
    )  # fmt: skip


def with_columns(rows: int, **columns: pa.Array) -> pa.Table:
    """A table of so many rows with these columns; the others stay empty."""
    schema = find("LAYER", LAYER).read_schema
    arrays = [
        pc.cast(columns[one.name], one.type) if one.name in columns else pa.nulls(rows, one.type) for one in schema
    ]
    return pa.Table.from_arrays(arrays, schema=schema)
