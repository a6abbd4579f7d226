"""Reads one OpenStreetMap file: a look at what meets where, then nodes, then ways, then multipolygons."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import osmium

from ingest.damage import WELL_FORMED, in_words
from ingest.format import Batch, Box, Facts, Item, Options, Reject
from ingest.line import at_line
from ingest.osm.areas import of_members
from ingest.osm.edges import Edges
from ingest.osm.lines import WGS84, Line, Locations
from ingest.osm.plain_file import TITLE, Plain, plain
from ingest.osm.road import is_street
from ingest.osm.rows import ABROAD, FACILITY, LAND_COVER, NOT_AN_AREA, Areas, Points
from ingest.osm.survey import Relation, Survey, area_keys, survey
from ingest.osm.tag_table import kinds
from ingest.source_file import SourceFile
from twin.errors import InvalidDelivery, UnsafeDelivery
from twin.language import Text
from twin.provenance import ODBL

_AT_ONCE = 200_000
"""Vertices that are turned into rows at once."""

_POINTS_AT_ONCE = 20_000

_SHARED, _VERTICES = 20, 1_000_000
"""How many multipolygons a way may bound on average, and how many vertices are free."""

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")

_OF_EXPAT = re.compile(r"XML parsing error at line (\d{1,12}), column (\d{1,12}): (.*)")
_EXPAT = Text("etwas anderes (expat: {sentence})", "something else (expat: {sentence})")
_WHOLE = Text("eine unversehrte OSM-Datei", "an undamaged OSM file")
_REPEATED = Text("Wege in zu vielen Multipolygonen", "ways in too many multipolygons")
_CURRENT = Text("den heutigen Stand", "the present state")
_HISTORY = Text("einen Auszug mit Geschichte", "an extract with history")
_STREET, _INCOMPLETE_WAYS = "street", "incomplete_way"
_OPEN, _INCOMPLETE_RELATIONS = "open_way", "incomplete_relation"
_DROPPED = {
    "incomplete_street": Text(
        "Straßen, denen Knoten fehlen (Rand des Auszugs): {count}; was da ist, ist eingelesen.",
        "Streets that lack nodes (border of the extract): {count}; what is there has been read.",
    ),
    _INCOMPLETE_WAYS: Text(
        "Flächen, denen Knoten fehlen (Rand des Auszugs), weggelassen: {count}.",
        "Areas that lack nodes (border of the extract), left out: {count}.",
    ),
    _INCOMPLETE_RELATIONS: Text(
        "Multipolygone, denen Wege fehlen (Rand des Auszugs), weggelassen: {count}.",
        "Multipolygons that lack ways (border of the extract), left out: {count}.",
    ),
    _OPEN: Text(
        "Flächen und Einrichtungen, deren Linie offen ist, weggelassen: {count}.",
        "Areas and facilities whose line is open, left out: {count}.",
    ),
}
_FILTERED = Text(
    "Ohne {layers}: gilt als Auswahl und ersetzt nur, was eine frühere Datei dieses Namens brachte.",
    "Without {layers}: taken for a selection, which replaces only what an earlier file of this name brought.",
)
_WHOLE_EXTRACT = {_STREET, FACILITY, LAND_COVER}
_ATTRIBUTION = "© OpenStreetMap contributors"


def read(source: SourceFile, options: Options) -> Iterator[Item]:
    """Rows of layers ``street``, ``facility`` and ``land_cover``, rejects, and the facts.

    Raises
    ------
    InvalidDelivery
        If the file is damaged, or holds the history of its objects.
    UnsafeDelivery
        If it unpacks to more than is honest, or declares a document type.
    """
    del options  # positions are in WGS 84, always
    with plain(source) as file, _in_words(source):
        yield from _Reading(source, file).items()


@contextmanager
def _in_words(source: SourceFile) -> Iterator[None]:
    """What osmium raises, as an error of a delivery; its sentences hold no more of the data than a number or a key."""
    try:
        yield
    except (RuntimeError, ValueError, osmium.InvalidLocationError, MemoryError, OverflowError) as damage:
        said = re.sub(r"\s+", " ", str(damage))[:200]
        if place := _OF_EXPAT.fullmatch(said):
            raise InvalidDelivery(
                file=source.name,
                format=TITLE,
                where=at_line(int(place[1]), int(place[2])),
                expected=WELL_FORMED,
                found=_EXPAT.filled(sentence=place[3]),
            ) from damage
        found = said or in_words(damage)
        raise InvalidDelivery(file=source.name, format=TITLE, where="–", expected=_WHOLE, found=found) from damage


class _Reading:
    """The state of reading one file."""

    def __init__(self, source: SourceFile, plain_: Plain) -> None:
        self.source, self.plain, self.file = source, plain_, plain_.file
        # How many blocks osmium unpacks ahead can be said no other way; 20 large ones would be a gigabyte.
        os.environ.setdefault("OSMIUM_MAX_OSMDATA_QUEUE_SIZE", "4")
        self.pool = osmium.io.ThreadPool(1, 4)
        self.locations = Locations(self.file)
        self.points, self.areas = Points(), Areas()
        self.dropped: Counter[str] = Counter()
        self.layers: set[str] = set()

    def items(self) -> Iterator[Item]:
        with osmium.io.Reader(self.file, osmium.osm.NOTHING, thread_pool=self.pool) as reader:
            header = reader.header()
        if header.has_multiple_object_versions:
            raise InvalidDelivery(file=self.source.name, format=TITLE, where="–", expected=_CURRENT, found=_HISTORY)
        for item in self._rows():
            if isinstance(item, Batch):
                self.layers.add(item.layer)
            yield item
        yield self._facts(header)

    def _rows(self) -> Iterator[Item]:
        found = survey(self.file, self.pool)
        yield from self._nodes()
        members: dict[int, Line] = {}
        yield from self._ways(found, members)
        yield from self._relations(found, members)

    def _nodes(self) -> Iterator[Item]:
        interesting = osmium.filter.KeyFilter(*kinds("facility").keys)
        with osmium.io.Reader(self.file, osmium.osm.NODE, thread_pool=self.pool) as reader:
            for node in osmium.OsmFileIterator(reader, self.locations.handler, interesting):
                if not isinstance(node, osmium.osm.Node) or not node.location.valid():
                    continue
                tags = {tag.k: tag.v for tag in node.tags}
                self.points.add(node.id, tags, node.location.lon, node.location.lat)
                if len(self.points) >= _POINTS_AT_ONCE:
                    yield from self.points.flush()
        yield from self.points.flush()

    def _ways(self, found: Survey, members: dict[int, Line]) -> Iterator[Item]:
        edges = Edges(found.junctions)
        for way, tags in self._interesting_ways(found.wanted):
            if way.id in found.wanted:
                lines = self.locations.lines(way)
                if len(lines) == 1 and len(lines[0].refs) == len(way.nodes):
                    members[way.id] = lines[0]
            if is_street(tags.get("highway")):
                self._street(edges, way, tags)
            elif kinds("land_cover").of(tags) or kinds("facility").of(tags):
                self._ring(way, tags)
            if edges.vertices >= _AT_ONCE:
                yield from _edges(edges)
            if self.areas.vertices >= _AT_ONCE:
                yield from self.areas.flush()
        yield from _edges(edges)
        yield from self.areas.flush()

    def _interesting_ways(self, wanted: frozenset[int]) -> Iterator[tuple[osmium.osm.Way, dict[str, str]]]:
        """Ways with a key that says something, and those without one that bound a multipolygon."""
        keys = ("highway", *area_keys())
        interesting = osmium.filter.KeyFilter(*keys)
        # Not osmium's IdFilter for the latter: its bitmap takes 4 MB for each id that is far from all others.
        for filters in ((interesting,), ()) if wanted else ((interesting,),):
            with osmium.io.Reader(self.file, osmium.osm.WAY, thread_pool=self.pool) as reader:
                for way in osmium.OsmFileIterator(reader, self.locations.handler, *filters):
                    if not isinstance(way, osmium.osm.Way) or not (filters or way.id in wanted):
                        continue
                    tags = {tag.k: tag.v for tag in way.tags}
                    if filters or tags.keys().isdisjoint(keys):
                        yield way, tags

    def _street(self, edges: Edges, way: osmium.osm.Way, tags: dict[str, str]) -> None:
        lines = self.locations.lines(way)
        if len(lines) != 1 or len(lines[0].refs) != len(way.nodes):
            self.dropped["incomplete_street"] += 1
        edges.add(way.id, tags, lines)

    def _ring(self, way: osmium.osm.Way, tags: dict[str, str]) -> None:
        if tags.get("area") == "no" or len(way.nodes) < 4 or not way.is_closed():
            self.dropped[_OPEN] += 1
            return
        lines = self.locations.lines(way)
        if len(lines) != 1 or len(lines[0].refs) != len(way.nodes):
            self.dropped[_INCOMPLETE_WAYS] += 1
            return
        self.areas.add_ring(way.id, tags, lines[0])

    def _relations(self, found: Survey, members: dict[int, Line]) -> Iterator[Item]:
        # A way bounds one area or two. Naming a large one a million times would cost hours.
        left = _VERTICES + _SHARED * sum(len(line.refs) for line in members.values())
        for relation in found.relations:
            if not relation.members or not all(number in members for number in relation.members):
                self.dropped[_INCOMPLETE_RELATIONS] += 1
                continue
            left -= sum(len(members[number].refs) for number in relation.members)
            if left < 0:
                raise UnsafeDelivery(file=self.source.name, found=_REPEATED, expected=_SHARED)
            yield from self._multipolygon(relation, members)
            if self.areas.vertices >= _AT_ONCE:
                yield from self.areas.flush()
        yield from self.areas.flush()

    def _multipolygon(self, relation: Relation, members: dict[int, Line]) -> Iterator[Item]:
        area = of_members([members[number] for number in dict.fromkeys(relation.members)])
        if area is None:
            name = f"relation/{relation.number}"
            yield Reject(name, NOT_AN_AREA.format(feature=name), LAND_COVER)
        else:
            self.areas.add_area(relation.number, relation.tags, area)

    def _facts(self, header: osmium.io.Header) -> Facts:
        stamp = header.get("osmosis_replication_timestamp") or header.get("timestamp") or self.plain.moment
        day = _DAY.match(stamp)
        notes = [text.format(count=self.dropped[name]) for name, text in _DROPPED.items() if self.dropped[name]]
        extent = _extent(header.box())
        if extent is not None and not self.layers >= _WHOLE_EXTRACT:
            # Filters for tags keep the bounds: a file of streets alone would retire all schools within them.
            extent = None
            notes.append(_FILTERED.format(layers=", ".join(sorted(_WHOLE_EXTRACT - self.layers))))
        return Facts(
            version=self.plain.version,
            crs=WGS84.name,
            extent=extent,
            licence=ODBL.key,
            date=day[0] if day else "",
            dropped=dict(self.dropped),
            notes=(_ATTRIBUTION, *notes),
        )


def _edges(edges: Edges) -> Iterator[Item]:
    table, outside = edges.table()
    for way in outside:
        yield Reject(f"way/{way}", ABROAD.format(feature=f"way/{way}"), _STREET)
    if table.num_rows:
        yield Batch(_STREET, table)


def _extent(box: osmium.osm.Box) -> Box | None:
    """The largest upright box of the store's CRS within the one that the file says it fills."""
    if not box.valid():
        return None
    share = np.linspace(0, 1, 21)
    west, south, east, north = box.bottom_left.lon, box.bottom_left.lat, box.top_right.lon, box.top_right.lat
    lon, lat = west + share * (east - west), south + share * (north - south)
    left, right = (WGS84.to_store(np.full(21, side), lat)[:, 0] for side in (west, east))
    low, high = (WGS84.to_store(lon, np.full(21, side))[:, 1] for side in (south, north))
    found = float(left.max()), float(low.max()), float(right.min()), float(high.min())
    sound = np.isfinite(found).all() and found[0] < found[2] and found[1] < found[3]
    return found if sound else None
