"""Station archives of the DWD: one product of one station, a column a parameter, −999 for nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import PurePosixPath
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
from numpy.typing import NDArray

from ingest.checks.observation import CHECK
from ingest.damage import in_words
from ingest.delimited import first_lines, invalid
from ingest.finding import Finding, said
from ingest.format import Facts, Item, Options
from ingest.line import at_line
from ingest.sensor.datastream import Datastream, sensor_items
from ingest.sensor.dwd_station import Station, station
from ingest.sensor.observation import measured, with_columns
from ingest.sensor.observed_property import observed_property
from ingest.source_file import UNREADABLE, SourceFile
from twin.language import Text
from twin.observations.unit import unit
from twin.reference import reference_path

TITLE = Text("DWD-Stationsarchiv", "DWD station archive")
PROVIDER = "Deutscher Wetterdienst"

_BLOCK = 8 << 20
_MISSING = (-999.0, -9999.0)
_NAME = re.compile(r"produkt_(?:([a-z]\w*?)_)?\d{8}_\d{8}_(\d{1,6})$", re.IGNORECASE)
_QUALITY = re.compile(r"QN(?:_\d+)?|QUALITAETS_NIVEAU")
_STAMP = re.compile(r"\d{8}(?:\d{2}(?:\d{2})?)?")
_UTC_SINCE = np.datetime64("2000-01-01T00:00", "us")
_COLUMNS = Text("STATIONS_ID und MESS_DATUM", "STATIONS_ID and MESS_DATUM")
_TABLE = Text("eine Tabelle mit Strichpunkten", "a table with semicolons")
_BROKEN = Text(
    "Zeilen mit anderer Spaltenzahl, ausgelassen: {count}.", "Rows with another number of columns, left out: {count}."
)
_EMPTY = Text("Fehlwerte (−999), nicht gespeichert: {count}.", "Missing values (−999), not stored: {count}.")
_PLACELESS = Text(
    "Keine Lage: Metadaten_Geographie_{number}.txt liegt nicht daneben.",
    "No position: Metadaten_Geographie_{number}.txt is not beside.",
)


def read(source: SourceFile, options: Options) -> Iterator[Item]:
    """Rows of layers ``sensor`` and ``observation``, findings, and the facts.

    Raises
    ------
    InvalidDelivery
        If it is damaged or lacks the station or the time.
    """
    del options  # positions are in WGS 84, always
    yield from _Product(source).items()


class _Product:
    """A product: what its name and its first line say."""

    def __init__(self, source: SourceFile) -> None:
        self.source = source
        stem = PurePosixPath(source.member or source.path.name).name.removesuffix(".gz").removesuffix(".txt")
        named = _NAME.search(stem)
        # Today's values are the same series as those of the days before.
        self.kind = (named[1] or "").lower().replace("zehn_now", "zehn_min") if named else ""
        self.file_number = named[2] if named else ""
        lines = first_lines(source.head, 1)
        self.names = [name.strip().upper() for name in lines[0].split(";")] if lines else []
        self.broken = self.missing = 0

    def items(self) -> Iterator[Item]:
        if not {"STATIONS_ID", "MESS_DATUM"} <= set(self.names):
            raise invalid(self.source, TITLE, at_line(1), _COLUMNS, ";".join(self.names)[:200] or "–")
        described: dict[str, Station] = {}
        streams: dict[str, Datastream] = {}
        for block in self._blocks():
            yield from self._block(block, described, streams)
        notes = [text.format(count=count) for text, count in ((_BROKEN, self.broken), (_EMPTY, self.missing)) if count]
        notes += [_PLACELESS.format(number=number) for number, known in described.items() if known.position is None]
        yield Facts(version="CDC", crs="EPSG:4326", mode="update", licence="cc-by-4.0", notes=tuple(notes))

    def _block(self, block: pa.Table, described: dict[str, Station], streams: dict[str, Datastream]) -> Iterator[Item]:
        ids = pc.utf8_ltrim(block.column("STATIONS_ID"), "0")
        stamps = block.column("MESS_DATUM")
        times = self._times(stamps)
        for row in np.flatnonzero(np.isnat(times)).tolist():
            declared = CHECK.problems["time"]
            shown = str(stamps[row].as_py() or "–")[:40]
            yield Finding(
                "observation.time", "error", "observation", f"{ids[row].as_py()} / {shown}"[:100],
                said(declared.sentence, value=shown), advice=declared.advice,
            )  # fmt: skip
        grades = self._grades(block)
        for number in pc.unique(ids).drop_null().to_pylist():
            if not number.isdecimal():
                continue
            if number not in described:
                padded = self.file_number if self.file_number.lstrip("0") == number else number.zfill(5)
                described[number] = station(self.source, padded, self.kind)
                own = {name: self._stream(number, name, described[number]) for name in self._parameters()}
                streams |= {stream.sensor_id: stream for stream in own.values()}
                yield from sensor_items(own.values())
            here = pc.equal(ids, number).fill_null(False).to_numpy(zero_copy_only=False) & ~np.isnat(times)
            for name in self._parameters():
                table = self._readings(block, name, self._id(number, name), here, times, grades)
                if table.num_rows:
                    yield from measured(table, streams)

    def _readings(
        self,
        block: pa.Table,
        name: str,
        sensor_id: str,
        here: NDArray[np.bool_],
        times: NDArray[np.datetime64],
        grades: pa.Array,
    ) -> pa.Table:
        values = _numbers(block.column(name))
        there = here & np.isfinite(values) & ~np.isin(values, _MISSING)
        self.missing += int((here & ~there).sum())
        rows = np.flatnonzero(there)
        return with_columns(
            len(rows),
            sensor_id=pa.repeat(pa.scalar(sensor_id), len(rows)),
            phenomenon_time=pa.array(times[rows]),
            result=pa.array(values[rows]),
            quality=grades.take(pa.array(rows)),
        )

    def _parameters(self) -> list[str]:
        other = {"STATIONS_ID", "MESS_DATUM", "MESS_DATUM_WOZ", "MESS_DATUM_ENDE", "EOR", "STRUKTUR_VERSION", ""}
        return [
            name
            for place, name in enumerate(self.names)
            if name not in other and not _QUALITY.fullmatch(name) and self.names.index(name) == place and name.isascii()
        ]

    def _id(self, number: str, name: str) -> str:
        return ":".join(filter(None, ("dwd", number, self.kind, re.sub(r"[^0-9A-Z_]", "_", name)[:40])))

    def _stream(self, number: str, name: str, known: Station) -> Datastream:
        entry = _declared()["parameters"].get(name, {})
        written = known.units.get(name, "")
        own = unit(entry.get("unit", "")) or unit(written)
        title = known.titles.get(name, "")
        return Datastream(
            self._id(number, name),
            name=" ".join(filter(None, (known.name, title or name))),
            thing=known.name,
            observed_property=entry.get("property") or observed_property((title,), own),
            unit=own,
            unit_source=written,
            provider=PROVIDER,
            station=number.zfill(5),
            interval=next((step for word, step in _declared()["steps"].items() if word in self.kind), None),
            height=known.height,
            position=known.position,
            attributes={"parameter": name, "product": self.kind, "description": title},
        )

    def _times(self, stamps: pa.ChunkedArray) -> NDArray[np.datetime64]:
        """Ends of the intervals, in UTC; those of 10-minute values before 2000 stand in CET."""
        texts = np.array([text if text and _STAMP.fullmatch(text) else "" for text in stamps.to_pylist()], "U12")
        padded = np.char.ljust(texts, 12, "0")
        iso = [
            f"{text[:4]}-{text[4:6]}-{text[6:8]}T{text[8:10]}:{text[10:12]}" if ok else "NaT"
            for text, ok in zip(padded.tolist(), texts.astype(bool).tolist(), strict=True)
        ]
        found: NDArray[np.datetime64] = np.full(len(iso), np.datetime64("NaT"), "datetime64[us]")
        try:
            found[:] = np.array(iso, "datetime64[us]")
        except ValueError:  # a thirteenth month somewhere: one by one
            for place, text in enumerate(iso):
                try:
                    found[place] = np.datetime64(text, "us")
                except ValueError:
                    continue
        early = (found < _UTC_SINCE) if "10" in self.kind or "zehn" in self.kind else np.zeros(len(found), bool)
        return np.where(early, found - np.timedelta64(1, "h"), found)

    def _grades(self, block: pa.Table) -> pa.Array:
        """Quality of each row, by the level (QN) that the DWD gives it."""
        level = next((name for name in self.names if _QUALITY.fullmatch(name)), None)
        if level is None:
            return pa.nulls(block.num_rows, pa.string())
        known = _declared()["quality"]
        encoded = block.column(level).combine_chunks().dictionary_encode()
        words = pa.array([known.get(value) for value in encoded.dictionary.to_pylist()], pa.string())
        return words.take(encoded.indices)

    def _blocks(self) -> Iterator[pa.Table]:
        unique = [
            name if self.names.index(name) == place else f"{name} {place}" for place, name in enumerate(self.names)
        ]
        wanted = [name for name in unique if name in self.names and name not in ("", "EOR")]

        def skip(_: Any) -> str:
            self.broken += 1
            return "skip"

        try:
            with self.source.open() as stream:
                reader = pyarrow.csv.open_csv(
                    stream,
                    read_options=pyarrow.csv.ReadOptions(
                        column_names=unique, skip_rows=1, block_size=_BLOCK, use_threads=False, encoding="latin1"
                    ),
                    parse_options=pyarrow.csv.ParseOptions(delimiter=";", quote_char=False, invalid_row_handler=skip),
                    convert_options=pyarrow.csv.ConvertOptions(
                        include_columns=wanted, column_types={name: pa.string() for name in wanted}
                    ),
                )
                for batch in reader:
                    trimmed = [pc.utf8_trim_whitespace(column) for column in batch.columns]
                    yield pa.Table.from_arrays(trimmed, names=batch.schema.names)
        except (pa.ArrowInvalid, *UNREADABLE) as damage:
            if "Empty CSV file" not in str(damage):
                raise invalid(self.source, TITLE, "–", _TABLE, in_words(damage)) from damage


def _numbers(column: pa.ChunkedArray) -> NDArray[np.float64]:
    """Numbers of a column of texts; NaN where there is none."""
    plain = pc.match_substring_regex(column, r"^-?\d{1,12}(?:\.\d{1,9})?$").fill_null(False)
    found: NDArray[np.float64] = pc.if_else(plain, column, pa.scalar(None, pa.string())).cast(pa.float64()).to_numpy()
    return found


@cache
def _declared() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(reference_path("sensor/dwd_parameters.json").read_text("utf-8"))
    return found
