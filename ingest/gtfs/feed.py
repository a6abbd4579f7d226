"""The files of a GTFS feed: tables of text, read in blocks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property

import pyarrow as pa
import pyarrow.csv

from ingest.damage import in_words
from ingest.delimited import first_lines, split
from ingest.source_file import UNREADABLE, SourceFile
from ingest.utf8_stream import Utf8Stream
from twin.errors import InvalidDelivery
from twin.language import Text

TITLE = "GTFS"

STOPS = "stops.txt"
NEEDED = ("routes.txt", "trips.txt", "stop_times.txt")
CALENDARS = ("calendar.txt", "calendar_dates.txt")
FILES = (*NEEDED, *CALENDARS, "frequencies.txt", "feed_info.txt")
"""Files that lie beside ``stops.txt`` and are read; the last two may be missing."""

OTHERS = (
    *(
        "agency.txt",
        "shapes.txt",
        "transfers.txt",
        "pathways.txt",
        "levels.txt",
        "translations.txt",
        "attributions.txt",
    ),
    *("fare_attributes.txt", "fare_rules.txt", "fare_media.txt", "fare_products.txt", "fare_leg_rules.txt"),
    *("fare_leg_join_rules.txt", "fare_transfer_rules.txt", "rider_categories.txt", "timeframes.txt", "areas.txt"),
    *("stop_areas.txt", "networks.txt", "route_networks.txt", "location_groups.txt", "location_group_stops.txt"),
    *("locations.geojson", "booking_rules.txt", "attributions.txt"),
)
"""Files that may lie there too, by the specification, and are not read."""

_BLOCK = 8 << 20
"""Bytes of a table that are read at once."""

_LARGEST = 256 << 20
"""Largest file that is read whole; only the times of stops are larger. [B]"""

_THERE = Text("die Datei", "the file")
_MISSING = Text("keine", "none")
_COLUMNS = Text("Spalten {names}", "columns {names}")
_UTF8 = Text("Tabelle in UTF-8", "a table in UTF-8")
_SMALL = Text(f"bis {_LARGEST:,} B", f"up to {_LARGEST:,} B")


class Feed:
    """A feed by its ``stops.txt``; the other files lie in the same folder, of the disk or of the archive.

    Parameters
    ----------
    source : SourceFile
        ``stops.txt``.

    Attributes
    ----------
    malformed : Counter of str
        Rows with too few or too many values, by file.
    """

    def __init__(self, source: SourceFile) -> None:
        self.source = source
        self.malformed: Counter[str] = Counter()

    @cached_property
    def files(self) -> dict[str, SourceFile]:
        """Files that are there, by name."""
        found = {name: self.source.beside(name) for name in FILES}
        return {STOPS: self.source, **{name: file for name, file in found.items() if file is not None}}

    @property
    def timetable(self) -> bool:
        """Whether there is more than stops."""
        return any(name in self.files for name in NEEDED)

    def demand(self) -> None:
        """Raise if a file that a timetable needs is missing.

        Raises
        ------
        InvalidDelivery
        """
        for name in NEEDED:
            if name not in self.files:
                raise self.invalid(name, _THERE, _MISSING)
        if not any(name in self.files for name in CALENDARS):
            raise self.invalid(" / ".join(CALENDARS), _THERE, _MISSING)

    def table(self, name: str, columns: Sequence[str], needed: Sequence[str] = ()) -> pa.Table:
        """Columns of a small file, as text; all null where it has none of that name, no rows where it is missing.

        Raises
        ------
        InvalidDelivery
            If it is damaged, too large, or lacks a column that is needed.
        """
        schema = pa.schema([(column, pa.string()) for column in columns])
        if name not in self.files:
            return schema.empty_table()
        if self.files[name].size > _LARGEST:
            raise self.invalid(name, _SMALL, f"{self.files[name].size:,} B")
        batches = list(self.batches(name, columns, needed))
        return pa.Table.from_batches(batches, schema)

    def batches(self, name: str, columns: Sequence[str], needed: Sequence[str] = ()) -> Iterator[pa.RecordBatch]:
        """Columns of a file, as text, block by block.

        Raises
        ------
        InvalidDelivery
            If it is damaged or lacks a column that is needed.
        """
        source = self.files[name]
        lines = first_lines(source.head, 1)
        names = [column.strip().strip('"').strip().lower() for column in (split(lines[0], ",") if lines else [])]
        if missing := [column for column in needed if column not in names]:
            found = ", ".join(names)[:200] or "–"
            raise self.invalid(name, _COLUMNS.format(names=", ".join(missing)), found)
        if not names:
            return
        # The second of two columns of a name gets another one, which nobody asks for.
        places = {column: place for place, column in reversed(list(enumerate(names)))}
        unique = [column if places[column] == place else f"{column} {place}" for place, column in enumerate(names)]
        try:
            with source.open() as stream:
                reader = pyarrow.csv.open_csv(
                    Utf8Stream(stream),
                    read_options=pyarrow.csv.ReadOptions(
                        column_names=unique, skip_rows=1, block_size=_BLOCK, use_threads=False
                    ),
                    parse_options=pyarrow.csv.ParseOptions(
                        newlines_in_values=True, invalid_row_handler=lambda row: self._skip(name)
                    ),
                    convert_options=pyarrow.csv.ConvertOptions(
                        include_columns=list(columns),
                        include_missing_columns=True,
                        column_types={column: pa.string() for column in columns},
                        strings_can_be_null=True,
                        null_values=[""],
                    ),
                )
                yield from reader
        except (pa.ArrowInvalid, UnicodeDecodeError, *UNREADABLE) as damage:
            if "Empty CSV file" in str(damage):
                return
            raise self.invalid(name, _UTF8, in_words(damage)) from damage

    def invalid(self, where: str, expected: Text | str, found: Text | str) -> InvalidDelivery:
        """The error for a feed that is not what it seems."""
        return InvalidDelivery(file=self.source.name, format=TITLE, where=where, expected=expected, found=found)

    def _skip(self, name: str) -> str:
        self.malformed[name] += 1
        return "skip"
