"""A CityJSON or CityJSONSeq file as a stream of batches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, NoReturn

import numpy as np

from ingest.cityjson.gathering import Gathering
from ingest.cityjson.model import LARGEST, LONGEST_LINE, Header, Model, parsed, sequence, whole
from ingest.cityjson.rows import Rows, rows
from ingest.cityjson.structure import Malformed
from ingest.damage import in_words
from ingest.format import Batch, Facts, Item, Options, Reject
from ingest.line import spoken
from ingest.point_rows import turned, within
from ingest.source_file import UNREADABLE, SourceFile
from ingest.turned_shells import turned_shells
from twin.errors import InvalidDelivery, UnsafeDelivery
from twin.geometry.crs import Reference, reference, require
from twin.language import Text

TITLE = "CityJSON"

_MOST_POLYGONS = 60_000
"""Polygons after which rows are handed on: some 100 MB while they are computed."""

_MOST_LAND_USES = 10_000
_BOM = b"\xef\xbb\xbf"
_FIRST_LINE = 1 << 24
"""Longest line that may be the header of a CityJSONSeq. [B]"""

_NO_FEATURE = Text(
    "{where}: erwartet ein CityJSONFeature, gefunden anderes.", "{where}: expected a CityJSONFeature, found other."
)
_TURNED = Text(
    "{count} Hüllen waren ganz oder in Teilen nach innen gekehrt und wurden gewendet.",
    "{count} shells faced inward, wholly or in part, and were turned.",
)
_SWAPPED = Text(
    "{name} verspricht den Hochwert zuerst; die Lage zeigt, dass der Rechtswert zuerst steht.",
    "{name} promises the northing first; the position shows that the easting comes first.",
)
_NOT_YET = Text(
    "Gezählt, aber nicht eingelesen: {kinds}.",
    "Counted, but not read: {kinds}.",
)


def read(source: SourceFile, options: Options) -> Iterator[Item]:
    """Batches, rejects and, at the end, the facts of a CityJSON file.

    Raises
    ------
    InvalidDelivery
        If the file is no JSON, ends too early, nests too deep, or is no CityJSON of a known version.
    UnsafeDelivery
        If it is larger than `ingest.cityjson.model.LARGEST` and no CityJSONSeq.
    MissingCRS
        If neither the file nor the user names a CRS that is known.

    Notes
    -----
    A CityJSONSeq is read line by line. A CityJSON object stays in memory as bytes; its objects are parsed one by one.
    """
    reading = _Reading(source, options)
    try:
        with source.open() as stream:
            yield from reading.items(stream)
    except Malformed as error:
        reading.invalid(error.found, error.where)
    except UNREADABLE as error:
        reading.invalid(in_words(error))


@dataclass
class _Reading:
    """The state of reading one file."""

    source: SourceFile
    options: Options
    gathered: Gathering = field(default_factory=Gathering)
    dropped: Counter[str] = field(default_factory=Counter)
    reference: Reference | None = None
    turned: int = 0
    swapped: bool = False
    settled: bool = False

    def items(self, stream: IO[bytes]) -> Iterator[Item]:
        first = stream.readline(_FIRST_LINE)
        second = stream.readline(LONGEST_LINE + 1)
        header = _sequence_header(first, second)
        if header is not None:
            yield from self._models(header, sequence(header, second, stream))
            yield self._facts(header, "CityJSONSeq")
            return
        del first, second
        header, model = whole(self._all())
        yield from self._models(header, iter([model]))
        yield self._facts(header, TITLE)

    def _all(self) -> bytes:
        # Opened anew: joining what has been read already to the rest would hold it twice.
        with self.source.open() as stream:
            data = stream.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise UnsafeDelivery(
                file=self.source.name, found=f"CityJSON > {LARGEST >> 30} GB", expected="CityJSONSeq (.city.jsonl)"
            )
        return data.removeprefix(_BOM)

    def _models(self, header: Header, models: Iterator[Model]) -> Iterator[Item]:
        if header.crs or self.options.crs:
            known = reference(header.crs) if header.crs else None
            self.reference = known or require(self.options.crs or header.crs, self.source.name)
        for model in models:
            if model.where and not model.ids:
                yield Reject(model.where, _NO_FEATURE.format(where=spoken(model.where)))
            for _ in self.gathered.add(model):
                if len(self.gathered.ids) >= _MOST_POLYGONS or len(self.gathered.land_uses.rows) >= _MOST_LAND_USES:
                    yield from self._flush()
        yield from self._flush()

    def _flush(self) -> Iterator[Item]:
        gathered = self.gathered.taken()
        self.dropped += gathered.dropped
        yield from gathered.rejects
        if gathered.buildings:
            yield from self._buildings(gathered)
        if gathered.land_uses.rows:
            table, rejects = gathered.land_uses.table(self._known())
            yield from rejects
            if table.num_rows:
                yield Batch("land_use", table)

    def _buildings(self, gathered: Gathering) -> Iterator[Item]:
        known = self._known()
        found = rows(gathered, known)
        if known.northing_first and not self.settled and _mirrored(found):
            # Many names in URI form promise the northing first before coordinates that have it second.
            otherwise = rows(gathered, turned(known))
            if otherwise.tables is not None and not _mirrored(otherwise):
                self.reference, self.swapped, found = turned(known), True, otherwise
        self.settled = True
        if found.tables is not None:
            self.turned += int(found.tables.shells.turned.sum())
            yield from turned_shells(found.tables)
            for layer, table in found.tables.by_layer().items():
                if table.num_rows:
                    yield Batch(layer, table)
        yield from found.rejects

    def _known(self) -> Reference:
        if self.reference is None:
            self.reference = require("", self.source.name)
        return self.reference

    def _facts(self, header: Header, title: str) -> Facts:
        notes = [_TURNED.format(count=self.turned)] if self.turned else []
        if self.swapped:
            notes.append(_SWAPPED.format(name=header.crs))
        if self.dropped:
            kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(self.dropped.items())[:20])
            notes.append(_NOT_YET.format(kinds=kinds))
        return Facts(
            version=f"{title} {header.version}",
            crs=self.reference.name if self.reference else "",
            date=header.date,
            dropped=dict(self.dropped),
            notes=tuple(notes),
        )

    def invalid(self, found: Text | str, where: str = "") -> NoReturn:
        raise InvalidDelivery(
            file=self.source.name,
            format=TITLE,
            where=spoken(where or "–"),
            expected="JSON, CityJSON 1.0–2.0",
            found=found,
        ) from None


def _sequence_header(first: bytes, second: bytes) -> Header | None:
    """Header of a CityJSONSeq; None if the file is one CityJSON object."""
    text = first.removeprefix(_BOM).strip(b" \t\r\n\x1e")
    if not (text.startswith(b"{") and text.endswith(b"}")) or not second.lstrip(b" \t\r\n\x1e").startswith(b"{"):
        return None
    said = parsed(text)
    return Header.of(said if isinstance(said, dict) else {})


def _mirrored(found: Rows) -> bool:
    """Whether the axes seem taken for each other: all lies far abroad, or nearly all closed shells are inside out."""
    if found.tables is None:
        return True
    shells = found.tables.shells
    if not within(np.median(shells.solids.surfaces.points[:, :2], axis=0)[None])[0]:
        return True
    return bool(shells.closed.any() and shells.turned[shells.closed].mean() > 0.9)
