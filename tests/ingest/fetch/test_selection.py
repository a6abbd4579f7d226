"""Tiles that lie over a municipality, not only in its box; packages by their key."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from ingest.fetch.nrw import STATE
from ingest.fetch.selection import over, select
from ingest.fetch.state import Product
from twin.errors import UnknownName

from .made_portal import AREA, INSIDE, SOEST

WESEL = "05170048"


def tile(product: str, east: int, north: int, year: int = 2021) -> str:
    return {
        "lod2": f"LoD2_32_{east}_{north}_1_NW.gml",
        "dgm1": f"dgm1_32_{east}_{north}_1_nw_{year}.tif",
        "dop": f"dop10rgbi_32_{east}_{north}_1_nw_{year}.jp2",
        "laz": f"3dm_32_{east}_{north}_1_nw.laz",
    }[product]


@pytest.mark.parametrize("product", ["lod2", "dgm1", "dop", "laz"])
def test_tiles_of_every_product(product: str) -> None:
    names = {tile(product, east, north): (east, north) for east in range(438, 444) for north in range(5708, 5714)}
    assert select(STATE.product(product), names, {SOEST: shapely.from_wkt(AREA)}) == INSIDE


@given(
    st.tuples(*[st.floats(440_000, 443_000) for _ in range(2)], *[st.floats(5_710_000, 5_713_000) for _ in range(2)]),
)
def test_every_point_of_the_area_is_in_a_tile_that_is_taken(corners: tuple[float, float, float, float]) -> None:
    west, east = sorted(corners[:2])
    south, north = sorted(corners[2:])
    if east - west < 1 or north - south < 1:
        return
    names = [tile("dgm1", e, n) for e in range(439, 445) for n in range(5709, 5715)]
    taken = over(STATE.product("dgm1"), names, {SOEST: shapely.box(west, south, east, north)})
    squares = [shapely.box(e, n, e + 1000, n + 1000) for e, n in map(_corner, taken)]
    assert shapely.union_all(squares).covers(shapely.box(west, south, east, north))
    assert all(square.intersection(shapely.box(west, south, east, north)).area > 0 for square in squares)


def _corner(name: str) -> tuple[int, int]:
    match = re.search(r"_(\d{3})_(\d{4})_", name)
    assert match is not None
    return int(match[1]) * 1000, int(match[2]) * 1000


def test_of_two_years_the_newer_is_taken() -> None:
    names = [tile("dgm1", 440, 5710, year) for year in (2019, 2024, 2021)]
    assert select(STATE.product("dgm1"), {name: name for name in names}, {SOEST: shapely.from_wkt(AREA)}) == names[1:2]


def test_what_is_named_otherwise_is_left_alone() -> None:
    names = [
        "lod2_meta.zip",
        "LoD2_32_440_5710_1_NW.gml.part",
        "xLoD2_32_440_5710_1_NW.gml",
        "LoD2_33_440_5710_1_NW.gml",
    ]
    assert over(STATE.product("lod2"), names, {SOEST: shapely.from_wkt(AREA)}) == []


def test_tiles_of_another_zone_lie_where_they_lie() -> None:
    """Kilometre 440 of zone 32 is about kilometre 23 of zone 33 at this latitude."""
    product = Product(
        name="x", title=STATE.title, layers=(), folders=(), begins=(), crs="EPSG:25833",
        pattern=r"x_(?P<east>\d{3})_(?P<north>\d{4})", licence=STATE.products[0].licence,
    )  # fmt: skip
    names = [f"x_{east:03}_{north}" for east in range(0, 60) for north in range(5705, 5750)]
    area = shapely.from_wkt(AREA)
    found = over(product, names, {SOEST: area})
    assert 4 <= len(found) <= 8
    corners = gpd.GeoSeries([shapely.box(*_square(name)) for name in found], crs="EPSG:25833").to_crs("EPSG:25832")
    assert corners.union_all().buffer(1).covers(area)


def _square(name: str) -> tuple[int, int, int, int]:
    east, north = (int(part) * 1000 for part in name.split("_")[1:])
    return east, north, east + 1000, north + 1000


def test_a_product_that_is_not_there_is_said() -> None:
    with pytest.raises(UnknownName, match="lod2"):
        STATE.product("lod3")


def test_no_tile_with_a_building_of_wesel_is_missed(shared_data: Path) -> None:
    frame = gpd.read_file(shared_data / "boundaries" / "vg5000_gem_nrw_25832.gpkg")
    key = next(column for column in frame.columns if column.upper() == "AGS")
    border = frame[frame[key] == WESEL].geometry.union_all()
    (archive,) = (shared_data / "citygml" / "nrw-wesel").glob("*.zip")
    with zipfile.ZipFile(archive) as packed:
        names = packed.namelist()
        inside = {name for name in names if f">{WESEL}<".encode() in packed.read(name)}
    taken = set(over(STATE.product("lod2"), [Path(name).name for name in names], {WESEL: border}))
    assert inside
    assert {Path(name).name for name in inside} <= taken


def test_where_another_program_looks_for_tiles() -> None:
    """geokachel has asked the portal for a tile of LoD2 and of laser points, in September 2026."""
    sources = pytest.importorskip("geokachel.tile_sources", reason="geokachel is not installed")
    for product, theirs in (("lod2", sources.lod2_tiles_for("NW")), ("laz", sources.laser_tiles_for("NW"))):
        ours = STATE.product(product)
        name = tile(product, 440, 5710)
        assert theirs.url_for(440, 5710) == STATE.base_url + ours.folders[0] + name
        assert over(ours, [name], {SOEST: shapely.from_wkt(AREA)}) == [name]
