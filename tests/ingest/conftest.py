"""A format of which tests say line by line what it yields; worker processes find it by its entry point."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from twin.discovery import discover

_MODULE = """
import json, os, signal, time
import pyarrow as pa
import shapely
from ingest.format import Batch, Facts, Format, Reject, Retire
from twin.discovery import find
from twin.errors import InvalidDelivery
from twin.language import Text

MAGIC = b'{"sample":'

def recognise(source):
    return source.head.startswith(MAGIC)

def read(source, options):
    with source.open() as stream:
        for line in stream:
            yield from items(json.loads(line), source, options)

def items(line, source, options):
    if "layer" in line:
        schema = find("LAYER", line["layer"]).read_schema
        rows = [{name: row.get(name) for name in schema.names} for row in line["rows"]]
        for row in rows:
            if row.get("geom"):
                row["geom"] = shapely.to_wkb(shapely.from_wkt(row["geom"]))
        yield Batch(line["layer"], pa.Table.from_pylist(rows, schema))
    if "reject" in line:
        yield Reject(line["reject"], "why")
    if "retire" in line:
        yield Retire(line["retire"], tuple(line["keys"]))
    if "facts" in line:
        facts = dict(line["facts"])
        if facts.get("extent"):
            facts["extent"] = tuple(facts["extent"])
        yield Facts(**facts)
    if "pause" in line:
        time.sleep(line["pause"])
    while "await" in line and not os.path.exists(line["await"]):
        time.sleep(0.01)
    if "sleep" in line:
        with open(f"{line['sleep']}/{os.getpid()}", "w"):
            time.sleep(60)
    if line.get("die"):
        os.kill(os.getpid(), signal.SIGKILL)
    if line.get("invalid"):
        raise InvalidDelivery(file=source.name, format="Sample", where="line 1", expected="this", found="that")
    if line.get("bug"):
        raise KeyError("Erika Mustermann")

FORMAT = Format(
    name="sample", title=Text("Muster", "Sample"), versions=("1",), layers=("building",), suffixes=(".sample",),
    recognise=recognise, read=read, ignored=Text("nichts", "nothing"), example="twin ingest a",
)
"""


@pytest.fixture(scope="session")
def sample_package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    (folder / "sample_format_for_tests.py").write_text(_MODULE)
    info = folder / "sample_format_for_tests-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: sample-format-for-tests\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[twin.format]\nsample = sample_format_for_tests:FORMAT\n")
    return folder


@pytest.fixture
def sample(sample_package: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Callable[..., Path]]:
    """Writes a file of the sample format: ``sample(name, line, line, …)``."""
    monkeypatch.syspath_prepend(str(sample_package))
    discover.cache_clear()

    def write(name: str, *lines: dict[str, Any]) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(json.dumps(line) for line in ({"sample": 1}, *lines)), "utf-8")
        return path

    yield write
    monkeypatch.undo()
    discover.cache_clear()
