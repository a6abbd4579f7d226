"""A CityGML file as a stream of batches, in bounded memory."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import IO, Any, NoReturn

import numpy as np
from lxml import etree

from ingest.citygml.coordinates import numbers
from ingest.citygml.gathering import Gathering
from ingest.citygml.names import KNOWN, Names, names
from ingest.citygml.rows import Rows, rows
from ingest.format import Batch, Box, Facts, Item, Options
from ingest.source_file import UNREADABLE, SourceFile
from twin.errors import InvalidDelivery, UnsafeDelivery
from twin.geometry.crs import Reference, reference, require
from twin.language import Text

_MOST_POLYGONS = 60_000
"""Polygons after which rows are handed on: some 100 MB while they are computed."""

_SMALL = 32 << 20
"""Size up to which a file is parsed at once; its tree takes some five times as much. [B]"""

_SAFE: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
    "remove_blank_text": True,
    "remove_comments": True,
    "remove_pis": True,
    "collect_ids": False,
}

_TILE = 100.0
"""A tile's edges lie on multiples of this. [m]"""

_ABROAD: Box = (-1_000_000, 4_000_000, 2_000_000, 8_000_000)
"""Nothing of Central Europe lies beyond. [m]"""

_TITLE = "CityGML"
_TURNED = Text(
    "{count} Hüllen waren ganz oder in Teilen nach innen gekehrt und wurden gewendet.",
    "{count} shells faced inward, wholly or in part, and were turned.",
)
_SWAPPED = Text(
    "{name} verspricht den Hochwert zuerst; die Hüllen zeigen, dass der Rechtswert zuerst steht.",
    "{name} promises the northing first; the shells show that the easting comes first.",
)
_ROOTS = {f"{{{space}}}CityModel": version for space, version in KNOWN.items()}


def read(source: SourceFile, options: Options) -> Iterator[Item]:
    """Batches, rejects and, at the end, the facts of a CityGML file.

    Raises
    ------
    InvalidDelivery
        If the file is not well-formed, or ends too early.
    UnsafeDelivery
        If it holds a document type declaration, with which entities could be smuggled in.
    MissingCRS
        If neither the file nor the user names a CRS that is known.

    Notes
    -----
    The parser fetches nothing, resolves no entity, and keeps libxml2's limits (text of 10 MB, depth of 256). Comments
    and blanks are dropped while parsing, each member of the model as soon as it has been read.
    """
    reading = _Reading(source, options)
    try:
        with source.open() as stream:
            yield from reading.items(stream)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        reading.invalid(f"Zeile/line {line}, {column}", "wohlgeformtes XML/well-formed XML", str(error.msg))
    except UNREADABLE as error:
        reading.invalid("–", "lesbare Daten/readable data", str(error) or type(error).__name__)


def _mirrored(found: Rows) -> bool:
    """Whether the axes seem taken for each other: all lies far abroad, or nearly all closed shells are inside out."""
    if found.tables is None:
        return True
    shells = found.tables.shells
    east, north = np.median(shells.solids.surfaces.points[:, :2], axis=0)
    if not (_ABROAD[0] < east < _ABROAD[2] and _ABROAD[1] < north < _ABROAD[3]):
        return True
    return bool(shells.closed.any() and shells.turned[shells.closed].mean() > 0.9)


class _Rejoined(io.RawIOBase):
    """What has been read already and what follows, as one stream."""

    def __init__(self, begun: bytes, rest: IO[bytes]) -> None:
        self._begun = io.BytesIO(begun)
        self._rest = rest

    def read(self, size: int = -1) -> bytes:
        return self._begun.read(size) or self._rest.read(size)


class _Reading:
    """The state of reading one file."""

    def __init__(self, source: SourceFile, options: Options) -> None:
        self.source = source
        self.options = options
        self.names: Names | None = None
        self.gathered: Gathering | None = None
        self.reference: Reference | None = None
        self.crs_name = ""
        self.created = ""
        self.turned = 0
        self.swapped = False
        self.dropped: Counter[str] = Counter()

    def items(self, stream: IO[bytes]) -> Iterator[Item]:
        if self.source.size <= _SMALL:
            text = stream.read(_SMALL + 1)
            if len(text) <= _SMALL:
                if b"<!ENTITY" in text:
                    self._refuse()
                yield from self._whole(etree.fromstring(text, etree.XMLParser(**_SAFE)))
                return
            # The archive's directory understated the size.
            yield from self._streamed(_Rejoined(text, stream))  # type: ignore[arg-type]
            return
        yield from self._streamed(stream)

    def _whole(self, root: etree._Element) -> Iterator[Item]:
        """A small file at once: half the time of taking it member by member."""
        names_ = self._begin(root)
        for member in root:
            if member.tag in names_.members:
                yield from self._member(root, member)
        yield from self._flush()
        yield self._facts(root)

    def _streamed(self, stream: IO[bytes]) -> Iterator[Item]:
        tags = [f"{{*}}{name}" for name in ("CityModel", "cityObjectMember", "featureMember", "appearanceMember")]
        root: etree._Element | None = None
        for _, element in etree.iterparse(stream, events=("end",), tag=tags, **_SAFE):
            if root is None:
                root = element.getroottree().getroot()
                self._begin(root)
            if element.getparent() is root:
                yield from self._member(root, element)
                element.clear()
                before = element.getprevious()
                if before is not None and before.tag == element.tag:
                    root.remove(before)
        if root is None:
            self.invalid("–", "core:CityModel", "–")
        yield from self._flush()
        yield self._facts(root)

    def _begin(self, root: etree._Element) -> Names:
        if root.getroottree().docinfo.internalDTD is not None:
            self._refuse()
        version = _ROOTS.get(root.tag)
        if version is None:
            self.invalid(f"Zeile/line {root.sourceline}", "core:CityModel", etree.QName(root).localname)
        self.names = names(version)
        self.gathered = Gathering(self.names)
        return self.names

    def _member(self, root: etree._Element, member: etree._Element) -> Iterator[Item]:
        assert self.names is not None and self.gathered is not None
        for thing in member:
            if thing.tag in self.names.buildings:
                name = self._crs_name(root, thing)
                if name != self.crs_name:
                    yield from self._flush()
                    self.crs_name, self.reference = name, self._known(name)
                self.gathered.add(thing)
                self.created = max(self.created, self.gathered.buildings[-1].created)
            elif isinstance(thing.tag, str):
                self.dropped[etree.QName(thing).localname] += 1
        if len(self.gathered.ids) >= _MOST_POLYGONS:
            yield from self._flush()

    def _flush(self) -> Iterator[Item]:
        assert self.names is not None and self.gathered is not None
        gathered, self.gathered = self.gathered, Gathering(self.names)
        if not gathered.buildings:
            return
        if self.reference is None:
            self.reference = require(self.options.crs, self.source.name)
        found = rows(gathered, self.reference)
        if self.reference.northing_first and _mirrored(found):
            # Many urn names promise the northing first before coordinates that have it second.
            other = replace(self.reference, northing_first=False)
            otherwise = rows(gathered, other)
            if otherwise.tables is not None:
                self.reference, self.swapped, found = other, True, otherwise
        if found.tables is not None:
            self.turned += int(found.tables.shells.turned.sum())
            for layer, table in found.tables.by_layer().items():
                if table.num_rows:
                    yield Batch(layer, table)
        yield from found.rejects

    def _crs_name(self, root: etree._Element, building: etree._Element) -> str:
        """The model's ``srsName``, else the first one within the building, else what went before."""
        assert self.names is not None
        envelope = root.find(f"{self.names.gml}boundedBy/{self.names.gml}Envelope")
        name = "" if envelope is None else envelope.get("srsName", "")
        if not name:
            below = next((node for node in building.iter(etree.Element) if node.get("srsName")), None)
            name = self.crs_name if below is None else below.get("srsName", "")
        return name

    def _known(self, name: str) -> Reference:
        return reference(name) or require(self.options.crs or name, self.source.name)

    def _facts(self, root: etree._Element) -> Facts:
        assert self.names is not None
        envelope = root.find(f"{self.names.gml}boundedBy/{self.names.gml}Envelope")
        if self.reference is None and envelope is not None:
            self.reference = reference(envelope.get("srsName", "") or self.options.crs)
        notes: tuple[str, ...] = (_TURNED.format(count=self.turned),) if self.turned else ()
        if self.swapped:
            notes += (_SWAPPED.format(name=self.crs_name),)
        return Facts(
            version=f"{_TITLE} {self.names.version}",
            crs=self.reference.name if self.reference else "",
            extent=self._extent(envelope),
            date=self.created,
            dropped=dict(self.dropped),
            notes=notes,
        )

    def _extent(self, envelope: etree._Element | None) -> Box | None:
        """The declared envelope if it is a tile; one that only wraps its content claims nothing about the rest.

        Of a tile in another CRS, which lies askew in the store's, the largest upright box within is claimed: never land
        of its neighbours.
        """
        if envelope is None or self.reference is None or self.names is None:
            return None
        corners = [envelope.findtext(f"{self.names.gml}{corner}Corner") or "" for corner in ("lower", "upper")]
        values, counts = numbers(corners)
        if not (counts >= 2).all():
            return None
        low, high = values[:2], values[counts[0] : counts[0] + 2]
        edges = np.concatenate([low, high])
        if not np.isfinite(edges).all() or (edges % _TILE).any() or not (low < high).all():
            return None
        square = self.reference.to_store(
            np.array([low[0], high[0], high[0], low[0]]), np.array([low[1], low[1], high[1], high[1]])
        )
        east, north = np.sort(square[:, 0]), np.sort(square[:, 1])
        box = (float(east[1]), float(north[1]), float(east[2]), float(north[2]))
        return box if np.isfinite(box).all() and box[0] < box[2] and box[1] < box[3] else None

    def _refuse(self) -> NoReturn:
        raise UnsafeDelivery(file=self.source.name, found="DOCTYPE", expected="XML ohne/without DOCTYPE")

    def invalid(self, where: str, expected: str, found: str) -> NoReturn:
        raise InvalidDelivery(
            file=self.source.name, format=_TITLE, where=where, expected=expected, found=found
        ) from None
