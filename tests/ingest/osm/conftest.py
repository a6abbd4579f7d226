"""OpenStreetMap files as tests need them, written as XML text or by osmium as PBF."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import quoteattr

import osmium
import pytest

from ingest.finding import Finding
from ingest.format import Batch, Facts, Item, Options, Reject
from ingest.formats.osm import FORMAT
from ingest.source_file import SourceFile

Tags = Mapping[str, str]


LON, LAT = 8.1, 51.57


@dataclass
class Extract:
    """Nodes are (lon, lat, tags), ways (refs, tags), relations (way ids, tags)."""

    nodes: dict[int, tuple[float, float, Tags]] = field(default_factory=dict)
    ways: dict[int, tuple[list[int], Tags]] = field(default_factory=dict)
    relations: dict[int, tuple[list[int], Tags]] = field(default_factory=dict)
    bounds: tuple[float, float, float, float] | None = None

    def node(self, number: int, lon: float, lat: float, **tags: str) -> None:
        self.nodes[number] = (lon, lat, _colons(tags))

    def way(self, number: int, refs: Iterable[int], **tags: str) -> None:
        self.ways[number] = (list(refs), _colons(tags))

    def relation(self, number: int, ways: Iterable[int], **tags: str) -> None:
        self.relations[number] = (list(ways), {"type": "multipolygon", **_colons(tags)})

    def xml(self, *, ways_first: bool = False) -> str:
        parts = ["<?xml version='1.0' encoding='UTF-8'?>\n<osm version='0.6' generator='test'>"]
        if self.bounds:
            west, south, east, north = self.bounds
            parts.append(f"<bounds minlat='{south}' minlon='{west}' maxlat='{north}' maxlon='{east}'/>")
        nodes = [
            f"<node id='{number}' version='1' lat='{lat:.7f}' lon='{lon:.7f}'>{_xml_tags(tags)}</node>"
            for number, (lon, lat, tags) in self.nodes.items()
        ]
        ways = [
            f"<way id='{number}' version='1'>{''.join(f'<nd ref={chr(39)}{ref}{chr(39)}/>' for ref in refs)}"
            f"{_xml_tags(tags)}</way>"
            for number, (refs, tags) in self.ways.items()
        ]
        parts += [*ways, *nodes] if ways_first else [*nodes, *ways]
        for number, (members, tags) in self.relations.items():
            listed = "".join(f"<member type='way' ref='{way}' role=''/>" for way in members)
            parts.append(f"<relation id='{number}' version='1'>{listed}{_xml_tags(tags)}</relation>")
        return "\n".join([*parts, "</osm>"])

    def write(self, path: Path) -> Path:
        """As XML, or as PBF where the name ends in ``.pbf``."""
        if path.suffix != ".pbf":
            path.write_text(self.xml(), "utf-8")
            return path
        with osmium.SimpleWriter(str(path)) as writer:
            for number, (lon, lat, tags) in sorted(self.nodes.items()):
                writer.add_node(osmium.osm.mutable.Node(id=number, version=1, location=(lon, lat), tags=tags))
            for number, (refs, tags) in sorted(self.ways.items()):
                writer.add_way(osmium.osm.mutable.Way(id=number, version=1, nodes=refs, tags=tags))
            for number, (members, tags) in sorted(self.relations.items()):
                listed = [("w", way, "") for way in members]
                writer.add_relation(osmium.osm.mutable.Relation(id=number, version=1, members=listed, tags=tags))
        return path


@dataclass
class Found:
    """What reading gave: rows by layer and key, rejects, facts."""

    rows: dict[str, dict[str, dict]] = field(default_factory=dict)
    rejects: list[Reject] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    facts: Facts = field(default_factory=Facts)

    @property
    def street(self) -> dict[str, dict]:
        return self.rows.get("street", {})

    @property
    def facility(self) -> dict[str, dict]:
        return self.rows.get("facility", {})

    @property
    def land_cover(self) -> dict[str, dict]:
        return self.rows.get("land_cover", {})


def read(path: Path) -> Found:
    found = Found()
    for item in FORMAT.read(SourceFile(path), Options()):
        if isinstance(item, Batch):
            for row in item.table.to_pylist():
                layer = found.rows.setdefault(item.layer, {})
                assert row[f"{item.layer}_id"] not in layer
                layer[row[f"{item.layer}_id"]] = row
        elif isinstance(item, Reject):
            found.rejects.append(item)
        elif isinstance(item, Finding):
            found.findings.append(item)
        elif isinstance(item, Facts):
            found.facts = item
    return found


def _colons(tags: Mapping[str, str]) -> dict[str, str]:
    """``addr__street`` is ``addr:street``: a keyword has no colon."""
    return {key.replace("__", ":"): value for key, value in tags.items()}


def _xml_tags(tags: Tags) -> str:
    return "".join(f"<tag k={quoteattr(key)} v={quoteattr(value)}/>" for key, value in tags.items())


@pytest.fixture(scope="session")
def new_extract() -> type[Extract]:
    return Extract


@pytest.fixture(scope="session")
def read_osm() -> Callable[[Path], Found]:
    return read


@pytest.fixture
def village(new_extract: type[Extract]) -> Extract:
    """A street, a school, a pond and a stop."""
    extract = new_extract()
    for number, (x, y) in enumerate([(0, 0), (1, 0), (1, 1), (0, 1)], 1):
        extract.node(number, LON + 0.001 * x, LAT + 0.001 * y)
    extract.node(9, LON + 0.0005, LAT, highway="bus_stop", name="Kirche")
    extract.way(1, [1, 2, 3], highway="residential", name="Dorfstraße")
    extract.way(2, [1, 2, 3, 4, 1], natural="water")
    extract.way(3, [1, 2, 3, 1], amenity="school")
    extract.bounds = (LON - 0.001, LAT - 0.001, LON + 0.002, LAT + 0.002)
    return extract


@pytest.fixture(scope="session")
def items_of() -> Callable[[Path], list[Item]]:
    return lambda path: list(FORMAT.read(SourceFile(path), Options()))


@pytest.fixture(scope="session")
def counts() -> Callable[[list[Item]], Counter[str]]:
    def counted(items: list[Item]) -> Counter[str]:
        found: Counter[str] = Counter()
        for item in items:
            if isinstance(item, Batch):
                found[item.layer] += item.table.num_rows
        return found

    return counted
