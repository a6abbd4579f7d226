"""CityGML: the 35 tiles of Wesel read on one core and brought to the store on two, against peers on the same bytes.

Peers: plain lxml iteration over all elements, the limit of what Python can read; and ``bimfabrikhh_core_rs``, a Rust
reader that stops at dictionaries. Memory: a file of many tiles, one after another in one model.
"""

from __future__ import annotations

import os
import re
import tempfile
import zipfile
from pathlib import Path
from time import perf_counter

from lxml import etree

import twin
from bench.row import Row, measure
from ingest.format import Options
from ingest.formats.citygml import FORMAT
from ingest.job import Request, ingest
from ingest.source_file import SourceFile

_REPEATS = 60
"""How many times the largest tile is repeated in the large file."""


def rows(shared: Path | None) -> list[Row]:
    """Rates in MB of XML a second, each run in a fresh process on files that the system has cached."""
    if shared is None:
        return []
    archive = next((shared / "citygml" / "nrw-wesel").glob("*.zip"))
    with tempfile.TemporaryDirectory(prefix="twin-bench-") as folder:
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(folder)
        tiles = sorted(Path(folder).glob("*.gml"))
        size = sum(tile.stat().st_size for tile in tiles) / 1e6
        ours = measure(read, tiles, runs=3)
        iterated = measure(iterate, tiles, runs=3)
        rust = measure(parse_with_rust, tiles, runs=3)
        stored = measure(store, folder, runs=2)
        large = _large(tiles, Path(folder))
        whole = measure(read, [large])
        task = f"CityGML, {size:.0f} MB in {len(tiles)} tiles"
        return [
            Row(f"{task}: rows, one core", size / ours.result, size / iterated.result, "MB/s", "lxml", peak=ours.peak),
            Row(
                f"{task}: rows, one core", size / ours.result, size / rust.result, "MB/s", "rust parse", peak=ours.peak
            ),
            Row(
                f"{task}: to store, 2 workers",
                size / stored.result,
                size / iterated.result,
                "MB/s",
                "lxml",
                0,
                stored.peak,
            ),
            Row(
                f"{task}: to store, 2 workers",
                size / stored.result,
                size / rust.result,
                "MB/s",
                "rust parse",
                1,
                stored.peak,
            ),
            Row(
                "CityGML, one large file: peak memory",
                whole.peak,
                large.stat().st_size / 1e6,
                "MB",
                "its size",
                peak=whole.peak,
            ),
        ]


def read(tiles: list[Path]) -> float:
    """Seconds to read all tiles to record batches, imports not counted."""

    def once(chosen: list[Path]) -> None:
        for tile in chosen:
            for _ in FORMAT.read(SourceFile(tile), Options()):
                pass

    once(tiles[:1] if len(tiles) > 1 else [])
    start = perf_counter()
    once(tiles)
    return perf_counter() - start


def iterate(tiles: list[Path]) -> float:
    """Seconds to go through all elements with lxml."""
    start = perf_counter()
    for tile in tiles:
        for _, element in etree.iterparse(str(tile), events=("end",), resolve_entities=False, no_network=True):
            element.clear(keep_tail=True)
    return perf_counter() - start


def parse_with_rust(tiles: list[Path]) -> float:
    """Seconds that bimfabrikhh_core_rs takes to make dictionaries."""
    import bimfabrikhh_core_rs  # noqa: PLC0415 – a peer that only this function needs

    start = perf_counter()
    for tile in tiles:
        bimfabrikhh_core_rs.parse_gml(str(tile))
    return perf_counter() - start


def store(folder: str) -> float:
    """Seconds from the files to an answer from the store, its making not counted."""
    with tempfile.TemporaryDirectory(prefix="twin-bench-") as home, twin.init(Path(home) / "twin", "05170") as t:
        for ags in _municipalities(Path(folder)):
            t.join(ags, ["all"], "internal", name=ags)
        start = perf_counter()
        ingest(t, [str(tile) for tile in sorted(Path(folder).glob("LoD2_*.gml"))], Request(workers=2))
        (count,) = t.sql("select count(*) from building").fetchone() or (0,)
        seconds = perf_counter() - start
        if not count:
            raise RuntimeError("nothing was stored")
        return seconds


def _municipalities(folder: Path) -> list[str]:
    found: set[bytes] = set()
    for tile in folder.glob("LoD2_*.gml"):
        found.update(re.findall(rb'"Gemeindeschluessel">\s*<gen:value>(\d{8})<', tile.read_bytes()))
    return sorted(ags.decode() for ags in found)


def _large(tiles: list[Path], folder: Path) -> Path:
    """One model that holds the members of the largest tile many times."""
    text = max(tiles, key=lambda tile: tile.stat().st_size).read_bytes()
    first, last = text.index(b"<core:cityObjectMember>"), text.rindex(b"</core:CityModel>")
    large = folder / "large.gml"
    with large.open("wb") as out:
        out.write(text[:first])
        for _ in range(_REPEATS):
            out.write(text[first:last])
        out.write(text[last:])
    return large


def main() -> None:
    """Print the rows alone."""
    default = Path(__file__).parents[2] / "shared" / "data"
    for row in rows(Path(os.environ.get("TWIN_SHARED_DATA", default))):
        figures = f"{row.ours:8.1f} {row.peer:8.1f} {row.unit:5} {row.against:12} {row.ratio:5.2f}"
        print(f"{row.task:48} {figures} {row.verdict}")


if __name__ == "__main__":
    main()
