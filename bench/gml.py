"""NAS and XPlanGML: real deliveries read to rows, against plain lxml iteration over the same bytes.

The peer visits every element and forgets it: what one Python process can read at most. Ours resolves references, joins
curves and arcs to areas, compares them with the register, and makes the rows of all layers.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from lxml import etree

from bench.measuring import Timed, take_turns
from bench.row import Row, rate
from ingest.archive import is_archive, members
from ingest.format import Format, Options
from ingest.formats.nas import FORMAT as NAS
from ingest.formats.xplan import FORMAT as XPLAN
from ingest.source_file import SourceFile

COPIES = {"NAS": 1, "XPlanGML": 8}
"""How often the files are read in a row: the plans are small for what a reader costs once."""


def rows(shared: Path | None, scale: float = 1.0) -> list[Row]:
    """Rates in MB of XML a second, each run in a fresh process on files that the system has cached."""
    if shared is None:
        return []
    found = []
    for title, format_, folder in (("NAS", NAS, "alkis-nas/hamburg-gid6"), ("XPlanGML", XPLAN, "xplan")):
        paths = sorted((shared / folder).iterdir())
        copies = max(1, round(COPIES[title] * scale))
        size = copies * _size(paths, format_)
        both = take_turns([(read, (paths, format_, copies)), (iterate, (paths, format_, copies))], runs=2)
        found.append(rate(f"{title} to rows, {size:.0f} MB, 1 process", size, "MB", both, "lxml iteration"))
    return found


def read(paths: list[Path], format_: Format, copies: int) -> Timed:
    """Seconds to read files to record batches, imports and code lists not counted."""
    with tempfile.TemporaryDirectory(prefix="twin-bench-") as folder:
        sources = _sources(paths, format_, Path(folder))
        for _ in format_.read(sources[0], Options()):
            pass
        start = time.perf_counter()
        for source in sources * copies:
            for _ in format_.read(source, Options()):
                pass
        return Timed(time.perf_counter() - start)


def iterate(paths: list[Path], format_: Format, copies: int) -> Timed:
    """Seconds that lxml takes to visit every element."""
    with tempfile.TemporaryDirectory(prefix="twin-bench-") as folder:
        sources = _sources(paths, format_, Path(folder))
        start = time.perf_counter()
        for source in sources * copies:
            with source.open() as stream:
                for _, element in etree.iterparse(stream, resolve_entities=False, huge_tree=True):
                    element.clear(keep_tail=True)
        return Timed(time.perf_counter() - start)


def _size(paths: list[Path], format_: Format) -> float:
    """Size of the XML, unpacked. [MB]"""
    with tempfile.TemporaryDirectory(prefix="twin-bench-") as folder:
        total = 0
        for source in _sources(paths, format_, Path(folder)):
            with source.open() as stream:
                while piece := stream.read(1 << 20):
                    total += len(piece)
        return total / 1e6


def _sources(paths: list[Path], format_: Format, folder: Path) -> list[SourceFile]:
    found: list[SourceFile] = []
    for path in paths:
        found += members(path, folder) if is_archive(path) else [SourceFile(path)]
    # The smallest first: it warms the reader up.
    return sorted((source for source in found if format_.recognise(source)), key=lambda one: len(one.head))
