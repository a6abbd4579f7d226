from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ingest.demo import deliveries, readings_files, terrain
from ingest.demo.landscape import height
from ingest.demo.places import MUNICIPALITIES, ORIGIN
from ingest.demo.roofs import volume
from ingest.format import Batch, Options, Reject
from ingest.source_file import SourceFile
from twin.discovery import find


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


@pytest.mark.slow
def test_two_runs_write_the_same_bytes(delivered: Path, tmp_path: Path) -> None:
    present = json.loads((delivered / deliveries.LISTING).read_text("utf-8"))["present"]
    program = (
        "import sys; from pathlib import Path; import numpy; from ingest.demo.deliveries import renew;"
        "renew(Path(sys.argv[1]), present=numpy.datetime64(sys.argv[2], 'h'))"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "4711", "TZ": "Asia/Tokyo", "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", program, str(tmp_path), present], check=True, env=environment)
    assert digests(tmp_path) == digests(delivered)


def test_what_is_there_already_is_not_written_again(delivered: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliveries, "write", lambda *_: pytest.fail("written again"))
    assert deliveries.renew(delivered)[0].name == deliveries.BOUNDARIES


def test_a_damaged_delivery_is_written_again(delivered: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in delivered.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / deliveries.NAS).write_bytes(b"torn")
    asked: list[Path] = []
    monkeypatch.setattr(deliveries, "write", lambda folder, _: asked.append(folder) or [folder / deliveries.NAS])
    deliveries.renew(tmp_path)
    assert asked == [tmp_path]


def test_only_the_readings_are_written_again_when_their_year_is_over(
    delivered: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in delivered.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(deliveries, "write", lambda *_: pytest.fail("written again"))
    present = np.datetime64(json.loads((delivered / deliveries.LISTING).read_text("utf-8"))["present"], "h")
    asked: list[np.datetime64] = []

    def note(folder: Path, until: np.datetime64) -> list[Path]:
        asked.append(until)
        return [folder / readings_files.STATIONS]

    monkeypatch.setattr(readings_files, "write", note)
    deliveries.renew(tmp_path, present=present + 24)
    assert not asked
    paths = deliveries.renew(tmp_path, present=present + 25)
    assert asked == [present + 25]
    assert paths[0].name == deliveries.BOUNDARIES
    assert paths[-1].name == readings_files.STATIONS


def read(path: Path, format_name: str) -> tuple[dict[str, list[Any]], list[Reject]]:
    """Tables by layer and rejects of all files of a delivery."""
    members = zipfile.ZipFile(path).namelist() if path.suffix == ".zip" else [""]
    tables: dict[str, list[Any]] = {}
    rejects: list[Reject] = []
    for member in members:
        source = SourceFile(path, member)
        assert find("FORMAT", format_name).recognise(source), member
        for item in find("FORMAT", format_name).read(source, Options(crs="EPSG:25832")):
            if isinstance(item, Batch):
                tables.setdefault(item.layer, []).append(item.table)
            elif isinstance(item, Reject):
                rejects.append(item)
    return tables, rejects


def column(tables: dict[str, list[Any]], layer: str, name: str) -> list[Any]:
    return [value for table in tables[layer] for value in table[name].to_pylist()]


def test_the_citygml_reader_finds_what_was_written(delivered: Path, district: Any) -> None:
    tables, rejects = read(delivered / deliveries.CITYGML, "citygml")
    assert not rejects
    written = {building.identifier: building for building in district.buildings}
    found = dict(zip(column(tables, "building", "building_id"), column(tables, "building", "volume"), strict=True))
    assert found.keys() == written.keys()
    assert all(column(tables, "building", "closed"))
    for identifier, building in written.items():
        own = sum(volume(building.faces(part, ORIGIN)) for part in building.parts)
        assert found[identifier] == pytest.approx(own, rel=1e-4)
    assert sum(column(tables, "building", "footprint_area")) == pytest.approx(
        sum(building.footprint.area for building in district.buildings), rel=1e-4
    )
    parts = sum(len(building.parts) for building in district.buildings if len(building.parts) > 1)
    assert len(column(tables, "building_part", "part_id")) == parts
    assert dict(zip(column(tables, "building", "building_id"), column(tables, "building", "ags"), strict=True)) == {
        identifier: building.parcel.place.ags for identifier, building in written.items()
    }
    addressed = sum(bool(address) for address in column(tables, "building", "address"))
    assert 0.75 < addressed / sum(bool(building.number) for building in district.buildings) < 0.85


def test_the_nas_reader_finds_what_was_written(delivered: Path, district: Any) -> None:
    tables, rejects = read(delivered / deliveries.NAS, "nas")
    assert not rejects
    written = {parcel.key: parcel for parcel in district.parcels}
    areas = dict(zip(column(tables, "parcel", "flurstueckskennzeichen"), column(tables, "parcel", "area"), strict=True))
    assert areas.keys() == written.keys()
    for key, parcel in written.items():
        assert areas[key] == pytest.approx(parcel.piece.shape.area, abs=1e-3)
    total = sum(areas.values())
    assert sum(column(tables, "land_use", "area")) == pytest.approx(total)
    assert not any(not name for name in column(tables, "parcel", "gemarkung"))
    assert set(column(tables, "building", "building_id")) == {building.identifier for building in district.buildings}
    assert len(column(tables, "address", "address_id")) == sum(bool(building.number) for building in district.buildings)
    assert set(column(tables, "parcel", "ags")) == {own.ags for own in MUNICIPALITIES}


def test_tiles_are_named_and_claimed_as_the_state_does(delivered: Path) -> None:
    with zipfile.ZipFile(delivered / deliveries.CITYGML) as archive:
        names = archive.namelist()
        assert all(re.fullmatch(r"LoD2_32_44\d_57\d\d_1_MK\.gml", name) for name in names)
        counts = Counter(archive.read(name).count(b"<bldg:Building ") == 0 for name in names)
    assert counts[True] > 0, "a district has tiles without a building"


def test_terrain_tiles_hold_the_landscape(delivered: Path) -> None:
    from rasterio.io import MemoryFile

    with zipfile.ZipFile(delivered / deliveries.TERRAIN) as archive:
        names = archive.namelist()
        content = archive.read(f"{names[0]}")
    assert len(names) == 79
    with MemoryFile(content) as memory, memory.open() as tile:
        assert tile.crs.to_epsg() == 25832
        assert tile.res == (terrain.CELL, terrain.CELL)
        rows, columns = np.array([0, 57, 199]), np.array([3, 120, 199])
        east, north = tile.xy(rows, columns)
        expected = height(np.array(east) - ORIGIN[0], np.array(north) - ORIGIN[1])
        assert tile.read(1)[rows, columns] == pytest.approx(expected, abs=0.006)
    tables, rejects = read(delivered / terrain.xyz()[0], "xyz")
    assert not rejects
    assert column(tables, "terrain", "cell_size") == [terrain.CELL]
