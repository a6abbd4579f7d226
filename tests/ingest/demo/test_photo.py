from __future__ import annotations

import numpy as np
import pytest
from rasterio.io import MemoryFile

from ingest.demo import photo, trees
from ingest.demo.district import District
from ingest.demo.massing import HOUSE
from ingest.demo.photo import Easel
from ingest.demo.places import ORIGIN
from ingest.demo.road_network import RoadNetwork
from ingest.demo.roofs import GABLE


@pytest.fixture(scope="module")
def easel(district: District, graph: RoadNetwork) -> Easel:
    return Easel(district, graph, trees.plant(district, graph))


def means(easel: Easel, points: list[tuple[float, float]]) -> np.ndarray:
    """Mean colour of the 5 by 5 m around each point, (n, 3)."""
    found = []
    for east, north in points:
        west, south = np.floor(east) - 30, np.floor(north) - 30
        picture = easel.picture(west, south, 60, 1.0)
        found.append(picture[:, 27:32, 28:33].reshape(3, -1).mean(axis=1))
    return np.array(found)


def test_roofs_are_roof_coloured_where_the_houses_are(easel: Easel, district: District) -> None:
    houses = [
        building.position
        for building in district.buildings
        if building.function == HOUSE and building.parcel.piece.kind == "house" and building.parts[0].roof == GABLE
    ][:20]
    red, green, blue = means(easel, houses).T
    assert np.median(red - green) > 15
    assert np.median(red - blue) > 15


def test_fields_and_river_have_their_colours(easel: Easel, district: District) -> None:
    fields = [
        (point.x, point.y)
        for piece in district.pieces("arable")[:400:40]
        for point in [piece.shape.representative_point()]
    ]
    red, green, blue = means(easel, fields).T
    # Green or golden, never grey or blue.
    assert (np.minimum(red, green) - blue > 12).mean() > 0.85
    water = district.pieces("river")[3].shape.representative_point()
    lake = means(easel, [(water.x, water.y)])[0]
    assert lake.sum() < 330
    assert lake[2] >= lake[0]


def test_a_tile_is_a_georeferenced_jpeg_geotiff(easel: Easel) -> None:
    first, second = easel.tile(0, 7), easel.tile(0, 7)
    assert first == second
    with MemoryFile(first) as memory, memory.open() as tile:
        assert tile.crs.to_epsg() == 25832
        assert tile.res == (photo.COARSE, photo.COARSE)
        assert tuple(tile.bounds) == (ORIGIN[0], ORIGIN[1] + 7000, ORIGIN[0] + 1000, ORIGIN[1] + 8000)
        assert tile.profile["compress"] == "jpeg"
        assert tile.read().std() > 5
