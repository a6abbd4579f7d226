"""A CityGML file as a stream of batches, in bounded memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import IO, Any, NoReturn

import numpy as np
from lxml import etree

from ingest.citygml.coordinates import numbers
from ingest.citygml.gathering import Garbled, Gathering
from ingest.citygml.names import KNOWN, Names, names
from ingest.citygml.rows import Rows, rows
from ingest.damage import NO_DOCTYPE, WELL_FORMED, WHOLE, in_words, quoted
from ingest.format import Batch, Box, Facts, Item, Options
from ingest.gml.document import line_of
from ingest.line import at_line
from ingest.source_file import UNREADABLE, SourceFile
from ingest.turned_shells import turned_shells
from twin.errors import InvalidDelivery, UnsafeDelivery
from twin.geometry.crs import Reference, reference, require
from twin.language import Text

_RUN = 32 << 20
"""How much of a file is handled at once; its tree takes some five times as much. [B]"""

_CHUNK = 1 << 20

_OTHER_LINES = Text("Zeilen anderer Art", "lines of another kind")
_CRS_NAME = etree.XPath("string(descendant-or-self::*/@srsName)", smart_strings=False)

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
        reading.invalid(at_line(line, column), WELL_FORMED, quoted(error))
    except Garbled:
        reading.invalid("gml:id, gml:posList", "xs:ID, xs:double", _OTHER_LINES)
    except UNREADABLE as error:
        reading.invalid("–", WHOLE, in_words(error))


def _mirrored(found: Rows) -> bool:
    """Whether the axes seem taken for each other: all lies far abroad, or nearly all closed shells are inside out."""
    if found.tables is None:
        return True
    shells = found.tables.shells
    east, north = np.median(shells.solids.surfaces.points[:, :2], axis=0)
    if not (_ABROAD[0] < east < _ABROAD[2] and _ABROAD[1] < north < _ABROAD[3]):
        return True
    return bool(shells.closed.any() and shells.turned[shells.closed].mean() > 0.9)


class _Reading:
    """The state of reading one file."""

    def __init__(self, source: SourceFile, options: Options) -> None:
        self.source = source
        self.options = options
        self.names: Names | None = None
        self.reference: Reference | None = None
        self.crs_name = ""
        self.created = ""
        self.turned = 0
        self.swapped = False
        self.dropped: Counter[str] = Counter()

    def items(self, stream: IO[bytes]) -> Iterator[Item]:
        text = stream.read(_RUN)
        if b"<!ENTITY" in text:
            self._refuse()
        if len(text) < _RUN:
            # At once takes half the time of member by member.
            root = etree.fromstring(text, etree.XMLParser(**_SAFE))
            yield from self._run(root, list(root.iterchildren(*self._begin(root).members)))
            yield self._facts(root)
        else:
            yield from self._streamed(text, stream)

    def _streamed(self, begun: bytes, stream: IO[bytes]) -> Iterator[Item]:
        """A large file run by run: members leave its tree as soon as they have been read."""
        tags = [f"{{*}}{name}" for name in ("CityModel", "cityObjectMember", "featureMember", "appearanceMember")]
        parser = etree.XMLPullParser(events=("end",), tag=tags, **_SAFE)
        root: etree._Element | None = None
        run: list[etree._Element] = []
        size = 0
        # Bit by bit: the parser's buffer is bounded.
        pieces = (begun[start : start + _CHUNK] for start in range(0, len(begun), _CHUNK))
        for chunk in chain(pieces, iter(partial(stream.read, _CHUNK), b"")):
            parser.feed(chunk)
            events: Iterator[Any] = parser.read_events()
            for _, element in events:
                if root is None:
                    root = element.getroottree().getroot()
                    self._begin(root)
                if element.getparent() is root:
                    run.append(element)
            size += len(chunk)
            if root is not None and size >= _RUN:
                # The parser still holds on to the last one.
                yield from self._run(root, run[:-1])
                for member in run[:-1]:
                    member.clear()
                    root.remove(member)
                run, size = run[-1:], 0
        parser.close()
        if root is None:
            self.invalid("–", "core:CityModel", "–")
        yield from self._run(root, run)
        yield self._facts(root)

    def _begin(self, root: etree._Element) -> Names:
        if root.getroottree().docinfo.internalDTD is not None:
            self._refuse()
        version = _ROOTS.get(root.tag)
        if version is None:
            self.invalid(at_line(line_of(root)), "core:CityModel", etree.QName(root).localname)
        self.names = names(version)
        return self.names

    def _run(self, root: etree._Element, members: list[etree._Element]) -> Iterator[Item]:
        """Rows of `members`, which are the first that `root` has; another may follow that is not complete yet."""
        assert self.names is not None
        buildings: list[etree._Element] = []
        for thing in (thing for member in members for thing in member.iterchildren(etree.Element)):
            if thing.tag == self.names.building:
                buildings.append(thing)
            else:
                self.dropped[etree.QName(thing).localname] += 1
        runs = self._by_crs(root, buildings)
        for name, run in runs:
            if name != self.crs_name or self.reference is None:
                self.crs_name, self.reference = name, self._known(name)
            gathered = Gathering.of(run, self.names, root if len(runs) == 1 else None, len(members))
            self.created = max(self.created, *(said.created for said in gathered.buildings))
            yield from self._rows(gathered)

    def _by_crs(self, root: etree._Element, buildings: list[etree._Element]) -> list[tuple[str, list[etree._Element]]]:
        """Buildings that follow each other with the same CRS: the model's ``srsName``, else the first one within the
        building, else what went before.
        """
        envelope = self._envelope(root)
        name = "" if envelope is None else envelope.get("srsName", "")
        if name or not buildings:
            return [(name, buildings)] if buildings else []
        found: list[tuple[str, list[etree._Element]]] = []
        name = self.crs_name
        for building in buildings:
            name = str(_CRS_NAME(building)) or name
            if not found or found[-1][0] != name:
                found.append((name, []))
            found[-1][1].append(building)
        return found

    def _rows(self, gathered: Gathering) -> Iterator[Item]:
        assert self.reference is not None
        found = rows(gathered, self.reference)
        if self.reference.northing_first and _mirrored(found):
            # Many urn names promise the northing first before coordinates that have it second.
            other = replace(self.reference, northing_first=False)
            otherwise = rows(gathered, other)
            if otherwise.tables is not None:
                self.reference, self.swapped, found = other, True, otherwise
        if found.tables is not None:
            self.turned += int(found.tables.shells.turned.sum())
            yield from turned_shells(found.tables)
            for layer, table in found.tables.by_layer().items():
                if table.num_rows:
                    yield Batch(layer, table)
        yield from found.rejects

    def _envelope(self, root: etree._Element) -> etree._Element | None:
        assert self.names is not None
        return root.find(f"{self.names.gml}boundedBy/{self.names.gml}Envelope")

    def _known(self, name: str) -> Reference:
        return reference(name) or require(self.options.crs or name, self.source.name)

    def _facts(self, root: etree._Element) -> Facts:
        assert self.names is not None
        envelope = self._envelope(root)
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
        raise UnsafeDelivery(file=self.source.name, found="DOCTYPE", expected=NO_DOCTYPE)

    def invalid(self, where: Text | str, expected: Text | str, found: Text | str) -> NoReturn:
        raise InvalidDelivery(
            file=self.source.name, format=_TITLE, where=where, expected=expected, found=found
        ) from None
