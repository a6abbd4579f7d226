"""OpenStreetMap: an extract read to rows, against osmium alone on the same bytes.

The peer goes over the whole file once with osmium: locations of the nodes, lines of the streets and areas of all closed
ways and multipolygons, in its own library, without their tags becoming rows. Monaco is small for what a reader costs
once, so a larger extract is made of it: copies side by side, with ids of their own, in a temporary folder.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import osmium

from bench.measuring import Timed, take_turns
from bench.row import Row, rate
from ingest.format import Options
from ingest.formats.osm import FORMAT
from ingest.source_file import SourceFile

COPIES = 20
"""How many times the larger extract holds Monaco."""

_PEER = "osmium alone: locations, lines, areas"


def rows(shared: Path | None, scale: float = 1.0) -> list[Row]:
    """Rates in MB of the file a second, each run in a fresh process on files that the system has cached."""
    if shared is None:
        return []
    monaco = shared / "osm" / "monaco.osm.pbf"
    with tempfile.TemporaryDirectory(prefix="twin-bench-") as folder:
        packed, text = Path(folder) / "more.osm.pbf", Path(folder) / "more.osm"
        copies = max(2, round(COPIES * scale))
        repeat(monaco, packed, copies)
        repeat(monaco, text, max(1, copies // 4))
        found = []
        for path, kind in ((packed, "PBF"), (text, "XML")):
            both = take_turns([(read, (path,)), (alone, (path,))], runs=2)
            size = path.stat().st_size / 1e6
            found.append(rate(f"OSM {kind} to rows, {size:.0f} MB, 1 process", size, "MB", both, _PEER))
        return found


def read(path: Path) -> Timed:
    """Seconds to read an extract to record batches, imports not counted."""
    start = time.perf_counter()
    for _ in FORMAT.read(SourceFile(path), Options()):
        pass
    return Timed(time.perf_counter() - start)


def alone(path: Path) -> Timed:
    """Seconds that osmium takes to go over an extract, and to make lines and areas as WKB."""
    factory = osmium.geom.WKBFactory()
    start = time.perf_counter()
    wanted = osmium.filter.KeyFilter("highway", "natural", "landuse", "leisure", "amenity", "shop")
    for thing in osmium.FileProcessor(path).with_locations().with_areas().with_filter(wanted):
        try:
            if isinstance(thing, osmium.osm.Way):
                factory.create_linestring(thing, osmium.geom.ALL)
            elif isinstance(thing, osmium.osm.Area):
                factory.create_multipolygon(thing)
        except RuntimeError:
            continue
    return Timed(time.perf_counter() - start)


def repeat(source: Path, target: Path, copies: int) -> None:
    """Write an extract several times into one, each 0.1 degrees further north with ids of its own, sorted."""
    kinds = {"n": osmium.osm.NODE, "w": osmium.osm.WAY, "r": osmium.osm.RELATION}
    largest = {sign: max(thing.id for thing in osmium.FileProcessor(source, kind)) for sign, kind in kinds.items()}
    with osmium.SimpleWriter(str(target)) as writer:
        for kind in kinds.values():
            for copy in range(copies):
                step = {sign: copy * (last + 1) for sign, last in largest.items()}
                for thing in osmium.FileProcessor(source, kind):
                    _write(writer, thing, step, 0.1 * copy)


def _write(writer: osmium.SimpleWriter, thing: osmium.osm.types.OSMEntity, step: dict[str, int], north: float) -> None:
    if isinstance(thing, osmium.osm.Node):
        place = (thing.lon, thing.lat + north)
        writer.add_node(thing.replace(id=thing.id + step["n"], location=place))
    elif isinstance(thing, osmium.osm.Way):
        writer.add_way(thing.replace(id=thing.id + step["w"], nodes=[node.ref + step["n"] for node in thing.nodes]))
    elif isinstance(thing, osmium.osm.Relation):
        members = [(member.type, member.ref + step[member.type], member.role) for member in thing.members]
        writer.add_relation(thing.replace(id=thing.id + step["r"], members=members))
