"""CityGML: real tiles read to rows and brought to the store by two workers, against peers on the same bytes.

Peers, each in one process: ``bimfabrikhh_core_rs``, a reader in Rust that stops at dictionaries; and plain lxml
iteration over all elements, the limit of what one Python process can read. The 35 tiles of Wesel are small for what a
delivery costs once, so a larger delivery is made of them: shifted, with new ids, in a temporary folder.
"""

from __future__ import annotations

import re
import tempfile
import time
import zipfile
from pathlib import Path

from lxml import etree

import twin
from bench.measuring import Measured, Timed, measure, take_turns
from bench.row import Row, duration, rate
from ingest.format import Options
from ingest.formats.citygml import FORMAT
from ingest.job import Request, ingest
from ingest.source_file import SourceFile
from ingest.watch import DERIVING, Nobody
from twin.language import Text

COPIES = 4
"""How many times the larger delivery holds each tile."""

_WORKERS = 2
_RUST = "bimfabrikhh_core_rs parsing"
_LXML = "lxml iteration, 1 process"


def rows(shared: Path | None, scale: float = 1.0) -> list[Row]:
    """Rates in MB of XML a second, each run in a fresh process on files that the system has cached."""
    if shared is None:
        return []
    archive = next((shared / "citygml" / "nrw-wesel").glob("*.zip"))
    with tempfile.TemporaryDirectory(prefix="twin-bench-") as folder:
        small, large = Path(folder) / "small", Path(folder) / "large"
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(small)
        tiles = sorted(small.glob("*.gml"))
        size = sum(tile.stat().st_size for tile in tiles) / 1e6
        ags = municipalities(tiles)
        ours, lxml, rust = take_turns([(read, (tiles,)), (iterate, (tiles,)), (parse_in_rust, (tiles,))], runs=2)
        task = f"CityGML to rows, {size:.0f} MB in {len(tiles)} tiles, 1 process"
        found = [rate(task, size, "MB", (ours, rust), _RUST), rate(task, size, "MB", (ours, lxml), _LXML)]
        stored = measure(store, archive, ags, runs=2)
        found += _against(f"twin ingest, {size:.0f} MB, {len(tiles)} tiles", size, stored, rust, lxml)
        found.append(
            duration("… and its 3D Tiles, after the rows are there", (Measured(stored.result), stored), "to the store")
        )
        if (copies := max(2, round(COPIES * scale))) > 1:
            more = repeated(tiles, large, copies)
            big = size * copies
            stored, rust, lxml = take_turns(
                [(store, (large / "all.zip", ags)), (parse_in_rust, (more,)), (iterate, (more,))],
                runs=2 if scale >= 1 else 1,
            )
            found += _against(f"twin ingest, {big:.0f} MB, {len(more)} tiles", big, stored, rust, lxml)
        joined = one_file(tiles, Path(folder) / "one.gml", copies)
        whole = measure(read, [joined])
        mega = joined.stat().st_size / 1e6
        found.append(Row(f"CityGML, one file of {mega:.0f} MB: memory", whole.peak, mega, "MB", "its size"))
        return found


def _against(task: str, size: float, ours: Measured, rust: Measured, lxml: Measured) -> list[Row]:
    task = f"{task}, {_WORKERS} workers"
    return [rate(task, size, "MB", (ours, rust), _RUST, 1.0), rate(task, size, "MB", (ours, lxml), _LXML)]


def read(tiles: list[Path]) -> Timed:
    """Seconds to read tiles to record batches, imports not counted."""
    for _ in FORMAT.read(SourceFile(min(tiles, key=lambda tile: tile.stat().st_size)), Options()):
        pass
    start = time.perf_counter()
    for tile in tiles:
        for _ in FORMAT.read(SourceFile(tile), Options()):
            pass
    return Timed(time.perf_counter() - start)


def iterate(tiles: list[Path]) -> Timed:
    """Seconds to go through all elements with lxml."""
    start = time.perf_counter()
    for tile in tiles:
        for _, element in etree.iterparse(str(tile), events=("end",), resolve_entities=False, no_network=True):
            element.clear(keep_tail=True)
    return Timed(time.perf_counter() - start)


def parse_in_rust(tiles: list[Path]) -> Timed:
    """Seconds that bimfabrikhh_core_rs takes to make dictionaries, one tile after another."""
    import bimfabrikhh_core_rs  # type: ignore[import-untyped] # noqa: PLC0415 – a peer that only this function needs

    start = time.perf_counter()
    for tile in tiles:
        bimfabrikhh_core_rs.parse_gml(str(tile))
    return Timed(time.perf_counter() - start)


class _Stopwatch(Nobody):
    """Notes when the rows are in the store and what is made of them begins."""

    stored = 0.0

    def step(self, title: Text) -> None:
        if title is DERIVING:
            self.stored = time.perf_counter()


def store(archive: Path, ags: list[str]) -> tuple[Timed, float]:
    """Seconds until an archive can be queried, by the job behind ``twin ingest``; and until its tiles are made too.

    The making of the home and the consents do not count; starting the workers does.
    """
    with tempfile.TemporaryDirectory(prefix="twin-bench-") as home, twin.init(Path(home) / "twin", "05170") as t:
        for key in ags:
            t.join(key, ["all"], "internal", name=key)
        watch = _Stopwatch()
        start = time.perf_counter()
        report = ingest(t, [str(archive)], Request(workers=_WORKERS), watch)
        whole = time.perf_counter() - start
        stored = watch.stored - start
        begun = time.perf_counter()
        (count,) = t.sql("SELECT count(*) FROM building").fetchall()[0]
        if not count or count != sum(report.deliveries[0].loaded["building"].values()):
            raise RuntimeError(f"{count} buildings in the store: {report.deliveries[0].error}")
        return Timed(stored + time.perf_counter() - begun), whole - stored


def municipalities(tiles: list[Path]) -> list[str]:
    """Keys of the municipalities that the tiles name."""
    found: set[bytes] = set()
    for tile in tiles:
        found.update(re.findall(rb'"Gemeindeschluessel">\s*<gen:value>(\d{8})<', tile.read_bytes()))
    return sorted(ags.decode() for ags in found)


def repeated(tiles: list[Path], folder: Path, copies: int) -> list[Path]:
    """Tiles written `copies` times, each 100 km further north with ids of its own, and all in one 'all.zip'."""
    folder.mkdir()
    written = []
    for tile in tiles:
        text = tile.read_bytes()
        # Two bytes that XML cannot hold mark what differs, so that a copy costs two replacements.
        text = re.sub(rb" 57(?=\d{5}[. <])", b" \0", text)
        text = text.replace(b'gml:id="', b'gml:id="\1').replace(b'href="#', b'href="#\1')
        for copy in range(copies):
            path = folder / f"{tile.stem}_{copy}.gml"
            path.write_bytes(text.replace(b"\0", str(57 + copy).encode()).replace(b"\1", f"C{copy}".encode()))
            written.append(path)
    with zipfile.ZipFile(folder / "all.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for path in written:
            archive.write(path, path.name)
    return written


def one_file(tiles: list[Path], path: Path, copies: int) -> Path:
    """One model that holds the members of all tiles, `copies` times."""
    texts = [tile.read_bytes() for tile in tiles]
    texts = [text for text in texts if b"<core:cityObjectMember>" in text]
    with path.open("wb") as out:
        out.write(texts[0][: texts[0].index(b"<core:cityObjectMember>")])
        for _ in range(copies):
            for text in texts:
                out.write(text[text.index(b"<core:cityObjectMember>") : text.rindex(b"</core:CityModel>")])
        out.write(b"</core:CityModel>\n")
    return path
