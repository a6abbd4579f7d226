"""Footprints in the twin: on the ground, and never over a building that stands there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
from rasterio.transform import from_origin

import twin
from ingest.format import Options
from ingest.job import Request, ingest

SOEST = "05974040"
WEST, SOUTH = 440_000.0, 5_700_000.0


@pytest.fixture
def t(tmp_path: Path):
    with twin.init(tmp_path / "home", "05974", name="Kreis Soest") as opened:
        opened.join(SOEST, ["building", "terrain"], "open", name="Soest")
        yield opened


def bring(t: twin.Twin, *paths: Path, ags: str = SOEST) -> Any:
    report = ingest(t, [str(path) for path in paths], Request(options=Options(ags=ags), workers=1))
    assert not [delivery.error for delivery in report.deliveries if delivery.error]
    return report


def footprints(path: Path, count: int = 3, north: float = SOUTH + 100) -> Path:
    shapes = [shapely.box(WEST + 30 * n + 10, north, WEST + 30 * n + 20, north + 10) for n in range(count)]
    frame = gpd.GeoDataFrame({"osm_id": range(count), "building": "house"}, geometry=shapes, crs="EPSG:25832")
    frame.to_file(path, layer="buildings")
    return path


def terrain(path: Path, edge: int = 400, base: float = 80.0) -> Path:
    """A plane that rises by 1 m in 100 m to the east; its cells are 1 m."""
    heights = np.tile(base + np.arange(edge, dtype=np.float32) / 100, (edge, 1))
    with rasterio.open(
        path, "w", driver="GTiff", width=edge, height=edge, count=1, dtype="float32", crs="EPSG:25832",
        transform=from_origin(WEST, SOUTH + edge, 1, 1), nodata=-9999,
    ) as file:  # fmt: skip
        file.write(heights, 1)
    return path


def grounds(t: twin.Twin) -> list[tuple[Any, ...]]:
    return t.sql(
        """SELECT ground_source, round(ground_height, 1), round(roof_height - measured_height, 1), round(origin_z, 1)
           FROM building JOIN building_mesh USING (building_id) WHERE lod = 1 ORDER BY building_id"""
    ).fetchall()


ON_THE_PLANE = [("terrain", z, z, z) for z in (80.1, 80.4, 80.7)]


def test_footprints_stand_on_the_terrain(t: twin.Twin, tmp_path: Path) -> None:
    bring(t, terrain(tmp_path / "dgm.tif"))
    bring(t, footprints(tmp_path / "osm.gpkg"))
    assert grounds(t) == ON_THE_PLANE


def test_they_are_set_on_it_when_it_comes_later(t: twin.Twin, tmp_path: Path) -> None:
    first = bring(t, footprints(tmp_path / "osm.gpkg"))
    assert grounds(t) == [("unknown", None, None, 0.0)] * 3
    before = t.sql("SELECT * EXCLUDE (ground_height, roof_height, ground_source) FROM building ORDER BY 1").fetchall()
    bring(t, terrain(tmp_path / "dgm.tif"))
    assert grounds(t) == ON_THE_PLANE
    # Nothing else has changed, and whose rows they are has not either.
    after = t.sql("SELECT * EXCLUDE (ground_height, roof_height, ground_source) FROM building ORDER BY 1").fetchall()
    assert after == before
    assert t.sql("SELECT DISTINCT delivery_id FROM building").fetchall() == [(first.deliveries[0].delivery_id,)]
    assert [entry.action for entry in t.history()][-2:] == ["deliver", "settle"]
    assert t.sql("SELECT count(*) FROM building WHERE ground_height IS NOT NULL", at=first.deliveries[0].delivery_id)
    # The next delivery does not move them again.
    moments = len(t.history())
    bring(t, footprints(tmp_path / "more.gpkg", 1, SOUTH + 200))
    assert len(t.history()) == moments + 1


def test_the_same_footprints_again_are_known_after_they_were_set(t: twin.Twin, tmp_path: Path) -> None:
    path = footprints(tmp_path / "osm.gpkg")
    bring(t, path)
    bring(t, terrain(tmp_path / "dgm.tif"))
    assert bring(t, path).deliveries[0].unchanged


def test_where_there_is_no_terrain_the_buildings_around_tell(tmp_path: Path, shared_data: Path) -> None:
    tile = shared_data / "citygml" / "nrw-gelsenkirchen-dorsten" / "LoD2_32_360_5721_1_NW.gml"
    with twin.init(tmp_path / "home", "05562", name="Kreis Recklinghausen") as t:
        t.join("05562012", ["building"], "open", name="Dorsten")
        bring(t, tile, ags="05562012")
        place = "ST_X(ST_Centroid(geom)), ST_Y(ST_Centroid(geom)), ground_height"
        x, y, z = t.sql(f"SELECT {place} FROM building ORDER BY ground_height").fetchall()[0]
        shape = shapely.box(x + 40, y, x + 44, y + 4)
        frame = gpd.GeoDataFrame({"osm_id": [1], "building": "shed"}, geometry=[shape], crs="EPSG:25832")
        frame.to_file(tmp_path / "osm.gpkg", layer="buildings")
        bring(t, tmp_path / "osm.gpkg", ags="05562012")
        ((source, ground, base, origin),) = grounds(t)
    assert source == "neighbours"
    assert ground == base == origin == pytest.approx(z, abs=5)


@pytest.mark.slow
def test_footprints_over_the_lod2_block_of_wesel(tmp_path: Path, shared_data: Path) -> None:
    (lod2,) = (shared_data / "citygml" / "nrw-wesel").glob("*.zip")
    osm = shared_data / "osm" / "wesel-buildings" / "osm_buildings_wesel.gpkg"
    states = []
    for name, order in (("lod2 first", (lod2, osm)), ("footprints first", (osm, lod2))):
        with twin.init(tmp_path / name, "05170", name="Kreis Wesel") as t:
            t.join("05170048", ["building"], "open", name="Wesel")
            for path in order:
                bring(t, path, ags="05170048")
            bring(t, order[0], ags="05170048")
            states.append(
                [
                    t.sql("SELECT building_id, lod FROM building ORDER BY 1").fetchall(),
                    t.sql(
                        "SELECT building_id, matched_id, round(overlap, 6) FROM building_match ORDER BY ALL"
                    ).fetchall(),
                ]
            )
            doubled = """SELECT count(*) FROM building a JOIN building b ON a.lod = 2 AND b.lod = 1
                AND ST_Intersects(a.geom, b.geom) AND ST_Area(ST_Intersection(a.geom, b.geom))
                    > 0.5 * least(ST_Area(a.geom), ST_Area(b.geom))"""
            assert t.sql(doubled).fetchall() == [(0,)]
            bodiless = "SELECT count(*) FROM building ANTI JOIN building_mesh USING (building_id)"
            assert t.sql(bodiless).fetchall() == [(0,)]
    assert states[0] == states[1], "the order does not matter"
    buildings, matches = states[0]
    assert len({key for key, _, _ in matches} & {key for key, lod in buildings if lod == 2}) > 400
    assert not {key for _, key, _ in matches} & {key for key, _ in buildings}
    footprints_told = {key for _, key, _ in matches} | {key for key, lod in buildings if lod == 1}
    assert len(footprints_told) == 10_144, "every footprint is there, once"
