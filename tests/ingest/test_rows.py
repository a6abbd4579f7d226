from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import shapely

from ingest.placement import Borders
from ingest.rows import RowSorter
from ingest.workers import Part
from twin.discovery import find
from twin.geometry.raster import decode, encode

DISTRICT, WEST, EAST = "05974", "05974004", "05974008"
BORDERS = Borders({WEST: shapely.box(0, 0, 15, 10), EAST: shapely.box(15, 0, 30, 10)})


class Staging:
    """Keeps what it is given, for those who consent."""

    def __init__(self, *accepted: str) -> None:
        self.accepted = accepted
        self.rows: dict[str, list[pa.Table]] = {}
        self.refused: dict[str, int] = {}

    def accepts(self, ags: str, layer: str) -> bool:
        return ags in self.accepted

    def foreign(self, ags: str) -> bool:
        return False

    def add(self, ags: str, layer: str, table: pa.Table, part: int = 0) -> int:
        self.rows.setdefault(ags, []).append(table)
        return table.num_rows

    def refuse(self, ags: str, layer: str, count: int = 1) -> None:
        self.refused[ags] = self.refused.get(ags, 0) + count


@pytest.fixture
def terrain(tmp_path: Path) -> Part:
    """Four tiles of 10 m: one in the west, one across the border, one in the east, one far away."""
    rows = []
    for name, west in (("w", 0.0), ("border", 10.0), ("e", 20.0), ("far", 500.0)):
        row = dict.fromkeys(find("LAYER", "terrain").read_schema.names)
        box = shapely.box(west, 0, west + 10, 10)
        row |= {"tile_id": name, "cell_size": 1.0, "west": west, "south": 0.0, "east": west + 10, "north": 10.0}
        row |= {"columns": 10, "rows": 10, "lowest": 5.0, "highest": 5.0, "missing": 0, "geom": shapely.to_wkb(box)}
        rows.append({**row, "pixels": encode(np.full((10, 10), 5.0))})
    path = tmp_path / "terrain.arrow"
    schema = find("LAYER", "terrain").read_schema
    with pa.ipc.new_file(str(path), schema) as writer:
        writer.write_table(pa.Table.from_pylist(rows, schema))
    return Part(0, "terrain", files={"terrain": path}, rows={"terrain": 4})


def _sorted(staging: Staging, part: Part, ags: str = "") -> RowSorter:
    sorter = RowSorter(staging, BORDERS, DISTRICT, {WEST, EAST}, ags)
    sorter.sort([part])
    return sorter


def test_terrain_is_cut_along_the_borders(terrain: Part) -> None:
    staging = Staging(WEST, EAST)
    sorter = _sorted(staging, terrain)
    assert sorter.loaded == {"terrain": {WEST: 2, EAST: 2}}
    assert sorter.refused == {"unplaced:terrain": 1}
    west = {row["tile_id"]: row for table in staging.rows[WEST] for row in table.to_pylist()}
    assert west["w"]["missing"] == 0
    heights = decode(west["border"]["pixels"])
    # The cells along the border belong to both sides.
    assert np.isfinite(heights[:, :5]).all()
    assert np.isnan(heights[:, 6:]).all()


def test_terrain_without_consent_is_not_kept_beyond_the_border(terrain: Part) -> None:
    staging = Staging(EAST)
    sorter = _sorted(staging, terrain)
    assert sorter.loaded == {"terrain": {EAST: 2}}
    assert sorter.refused == {f"no_consent:terrain:{WEST}": 2, "unplaced:terrain": 1}
    assert staging.refused == {WEST: 2}


def test_the_district_may_consent_to_the_whole_terrain(terrain: Part) -> None:
    sorter = _sorted(Staging(DISTRICT, WEST), terrain)
    assert sorter.loaded == {"terrain": {DISTRICT: 4}}
    assert not sorter.refused.total()


def test_terrain_goes_to_the_municipality_that_the_user_names(terrain: Part) -> None:
    assert _sorted(Staging(WEST), terrain, WEST).loaded == {"terrain": {WEST: 4}}
    assert _sorted(Staging(), terrain, WEST).refused == {f"no_consent:terrain:{WEST}": 4}
