"""The aerial photograph: tiles of a kilometre rendered from the layout, with roofs, crops, crowns and shadows."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from rasterio.errors import NotGeoreferencedWarning
from rasterio.features import rasterize
from rasterio.io import MemoryFile
from rasterio.transform import from_origin
from shapely.geometry.base import BaseGeometry

from ingest.demo.cutting import polygons
from ingest.demo.district import District
from ingest.demo.photo_ground import (
    CROP,
    CROPS,
    FOREST,
    GARDEN,
    MEADOW,
    PAVED,
    PLAIN,
    ROOF,
    WATER,
    Paint,
    shapes,
)
from ingest.demo.photo_light import MARGIN, relief, shadow
from ingest.demo.photo_roofs import roofs
from ingest.demo.photo_texture import PERIOD, SUN, Canopy, beyond, canopy, noise
from ingest.demo.places import ORIGIN, SEED, SIZE
from ingest.demo.road_network import RoadNetwork
from ingest.demo.species import SPECIES
from ingest.demo.trees import Trees

Singles = npt.NDArray[np.float32]

FINE, COARSE = 1.0, 2.0
"""Cell size of tiles with and without houses. [m]"""

QUALITY = 84
"""Of the JPEG compression."""

_WOODS = 0.08
"""Share of woods beyond the border."""


def tiles(district: District, graph: RoadNetwork, trees: Trees) -> Iterator[tuple[str, bytes]]:
    """Name and content of each tile, as GeoTIFF with JPEG compression in EPSG:25832."""
    easel = Easel(district, graph, trees)
    squares = [(column, row) for column in range(SIZE[0] // 1000) for row in range(SIZE[1] // 1000)]
    with warnings.catch_warnings(), ThreadPoolExecutor(2) as pool:
        # The array that shapes are burnt into gets its place a moment after it is made.
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        for (column, row), content in zip(squares, pool.map(lambda square: easel.tile(*square), squares), strict=True):
            yield f"{name(column, row)}.tif", content


def name(column: int, row: int) -> str:
    """Name of a tile after the habit of the states."""
    return f"dop_rgb_32_{int(ORIGIN[0]) // 1000 + column}_{int(ORIGIN[1]) // 1000 + row}_1_mk_2025"


@dataclass
class _Look:
    """Columns of the paints, by number; the last is the land beyond the border."""

    colour: Singles
    texture: npt.NDArray[np.int8]
    turn: Singles
    row: Singles
    contrast: Singles
    plane: npt.NDArray[np.float64]


class Easel:
    """Everything to be painted, ready to be asked for tiles.

    Parameters
    ----------
    district : District
    graph : RoadNetwork
    trees : Trees
    """

    def __init__(self, district: District, graph: RoadNetwork, trees: Trees) -> None:
        self.paints = [*shapes(district, graph), *roofs(district)]
        self.tree = shapely.STRtree([paint.shape for paint in self.paints])
        self.houses = shapely.STRtree([building.footprint for building in district.buildings])
        self.trees = trees
        rng = np.random.default_rng([SEED, 99])
        self.tint = rng.normal(0, 7, len(trees.position))
        self.look = _look(self.paints)

    def tile(self, column: int, row: int) -> bytes:
        """Content of the tile."""
        west, south = column * 1000, row * 1000
        box = shapely.box(west, south, west + 1000, south + 1000)
        cell = FINE if self.houses.query(box, predicate="intersects").size > 25 else COARSE
        return _geotiff(self.picture(west, south, 1000, cell), west, south, cell)

    def picture(self, west: float, south: float, size: int, cell: float) -> npt.NDArray[np.uint8]:
        """Red, green and blue of a square, north at the top: (3, rows, columns)."""
        west, south, size = west - MARGIN, south - MARGIN, size + 2 * MARGIN
        index = self._index(west, south, size, cell)
        colour = self.look.colour[index].reshape(index.shape[0] // 2, 2, index.shape[1] // 2, 2, 3).mean(axis=(1, 3))
        index = index[1::2, ::2]
        texture = self.look.texture[index]
        east = (west + (np.arange(index.shape[1]) + 0.5) * cell).astype(np.float32)
        north = (south + size - (np.arange(index.shape[0]) + 0.5) * cell).astype(np.float32)
        x, y = np.floor(east).astype(int) % PERIOD, np.floor(north).astype(int) % PERIOD
        patch = np.ix_(y, x)
        texture = self._beyond(index, colour, texture, east, north)
        above = self._heights(index, texture, east, north)
        light = self._textures(index, texture, colour, above, east, north, patch)
        self._crowns(colour, light, above, west, south + size, cell)
        light *= 1.0 - np.where(texture == FOREST, 0.2, 0.44).astype(np.float32) * shadow(above, cell)
        light *= relief(east, north)
        colour *= light[..., None]
        colour += (2.4 * noise(1)[patch])[..., None]
        # Shade is lit by the sky: bluish.
        colour[..., 2] += 7.0 * np.clip(1.0 - light, 0.0, 0.5) * 2
        cut = round(MARGIN / cell)
        found = np.clip(colour[cut:-cut, cut:-cut], 0, 255).astype(np.uint8)
        return np.ascontiguousarray(found.transpose(2, 0, 1))

    def _index(self, west: float, south: float, size: int, cell: float) -> npt.NDArray[np.int32]:
        """Number of the paint at each quarter of a cell."""
        near = np.sort(self.tree.query(shapely.box(west, south, west + size, south + size)))
        count = 2 * round(size / cell)
        transform = from_origin(west, south + size, cell / 2, cell / 2)
        found = np.full((count, count), len(self.paints), np.int32)
        burnt = [(part, int(number)) for number in near for part in _outlines(self.paints[number].shape)]
        if burnt:
            rasterize(burnt, out=found, transform=transform)
        return found

    def _beyond(
        self,
        index: npt.NDArray[np.int32],
        colour: Singles,
        texture: npt.NDArray[np.int8],
        east: Singles,
        north: Singles,
    ) -> npt.NDArray[np.int8]:
        """Paint the land beyond the border; returns the textures with those of it."""
        rows, columns = np.nonzero(index == len(self.paints))
        if not len(rows):
            return texture
        field, track = beyond(east[columns], north[rows])
        woods = field % 1000 < 1000 * _WOODS
        crops = np.array([crop[0] for crop in CROPS], np.float32)
        colour[rows, columns] = crops[field // 1000 % len(CROPS)] + ((field // 64_000 % 15) - 7)[:, None]
        colour[rows[woods], columns[woods]] = (60, 78, 42)
        colour[rows[track], columns[track]] = (150, 150, 108)
        texture = texture.copy()
        texture[rows, columns] = np.where(track, PLAIN, np.where(woods, FOREST, CROP))
        return texture

    def _heights(
        self, index: npt.NDArray[np.int32], texture: npt.NDArray[np.int8], east: Singles, north: Singles
    ) -> Singles:
        """Height of roofs and woods above the ground. [m]"""
        above = np.zeros(index.shape, np.float32)
        rows, columns = np.nonzero(texture == ROOF)
        plane = self.look.plane[index[rows, columns]]
        above[rows, columns] = plane[:, 0] * east[columns] + plane[:, 1] * north[rows] + plane[:, 2]
        rows, columns = np.nonzero(texture == FOREST)
        x, y = np.floor(east[columns]).astype(int) % PERIOD, np.floor(north[rows]).astype(int) % PERIOD
        above[rows, columns] = _forest().height[y, x]
        return above

    def _textures(
        self, index: npt.NDArray[np.int32], texture: npt.NDArray[np.int8], colour: Singles, above: Singles,
        east: Singles, north: Singles, patch: tuple[npt.NDArray[np.int64], ...],
    ) -> Singles:  # fmt: skip
        """Light and shade of the surfaces, 1 on average; woods and gardens change `colour` and `above` too."""
        fine, middle, wide = noise(1)[patch], noise(8)[patch], noise(64)[patch]
        amount = np.array([0.02, 0.028, 0.045, 0.02, 0.04, 0.02, 0.03, 0.035], np.float32)[texture]
        light = 1.0 + amount * (0.6 * fine + 0.5 * middle)
        grown = (texture == CROP) | (texture == MEADOW)
        light += np.where(grown, 0.028 * wide + 0.022 * middle, 0.0)
        rows, columns = np.nonzero(grown)
        if len(rows):
            light[rows, columns] *= self._rows(index[rows, columns], east[columns], north[rows])
        woods = texture == FOREST
        if woods.any():
            forest = _forest()
            tint = forest.tint[patch][woods]
            light[woods] = forest.light[patch][woods] * np.where(forest.height[patch][woods] > 0, 1.0, 0.7)
            base = np.array([(88, 110, 60), (102, 122, 66), (76, 98, 58), (112, 126, 72)], np.float32)
            conifer = noise(64)[patch][woods] > 0.7
            colour[woods] = np.where(conifer[:, None], (66, 88, 60), base[(tint * 3.999).astype(int)])
        gardens = texture == GARDEN
        if gardens.any():
            shrubs = canopy(8, 2.2, 4.0, 0.3)
            high = shrubs.height[patch] * gardens
            bush = high > 1.2
            colour[bush] = colour[bush] * 0.35 + np.array((98, 116, 64), np.float32) * 0.65
            light[bush] = shrubs.light[patch][bush]
            np.maximum(above, high * bush, out=above)
        water = texture == WATER
        light[water] = 1.0 + 0.03 * middle[water] + 0.012 * fine[water]
        paved = texture == PAVED
        light[paved] += 0.02 * wide[paved]
        return light

    def _rows(self, index: npt.NDArray[np.int32], east: Singles, north: Singles) -> Singles:
        """Light and shade of rows, and the tractor's tramlines every 24 m."""
        turn = self.look.turn[index]
        across = north * np.cos(turn) - east * np.sin(turn)
        wave = np.sin(across * (2 * np.pi / np.maximum(self.look.row[index], 2.6)))
        crop = self.look.texture[index] == CROP
        lane = np.abs((across % 24.0) - 12.0)
        tram = crop & (np.abs(lane - 0.9) < 0.45)
        found: Singles = (1.0 + self.look.contrast[index] * wave - 0.09 * tram).astype(np.float32)
        return found

    def _crowns(self, colour: Singles, light: Singles, above: Singles, west: float, top: float, cell: float) -> None:
        """Paint the crowns of the trees."""
        trees = self.trees
        rows, columns = above.shape
        x, y = (trees.position[:, 0] - west) / cell, (top - trees.position[:, 1]) / cell
        reach = trees.crown / 2 / cell + 1
        near = (x > -reach) & (x < columns + reach) & (y > -reach) & (y < rows + reach)
        rough = noise(2)
        for number in np.flatnonzero(near)[np.argsort(trees.height[near], kind="stable")]:
            radius = max(0.5, float(trees.crown[number]) / 2 / cell)
            low_x, high_x = max(0, int(x[number] - radius)), min(columns, int(x[number] + radius) + 2)
            low_y, high_y = max(0, int(y[number] - radius)), min(rows, int(y[number] + radius) + 2)
            if low_x >= high_x or low_y >= high_y:
                continue
            de = (np.arange(low_x, high_x) + 0.5 - x[number]) / radius
            dn = (y[number] - np.arange(low_y, high_y)[:, None] - 0.5) / radius
            bumps = rough[(number * 37) % 900 : (number * 37) % 900 + len(dn), (number * 91) % 900 :][:, : de.size]
            distance = de * de + dn * dn + 0.16 * bumps
            inside = distance < 1.0
            here = (slice(low_y, high_y), slice(low_x, high_x))
            tall = float(trees.height[number])
            dome = tall * (1.0 - 0.4 * distance)
            inside &= dome > above[here]
            lit = np.clip(0.94 + 0.42 * (SUN[0] * de + SUN[1] * dn) - 0.06 * bumps, 0.45, 1.4)
            green = np.array(SPECIES[trees.species[number]].green, np.float32) + np.float32(self.tint[number])
            colour[here][inside] = green
            light[here][inside] = lit[inside]
            above[here][inside] = dome[inside]


def _outlines(shape: BaseGeometry) -> Iterator[dict[str, Any]]:
    """Polygons of a shape as GeoJSON has them: shapely's own way there takes four times as long."""
    for part in polygons(shape):
        rings = [part.exterior, *part.interiors]
        yield {"type": "Polygon", "coordinates": [shapely.get_coordinates(ring).tolist() for ring in rings]}


def _forest() -> Canopy:
    return canopy(8, 5.2, 19.0, 0.97)


def _look(paints: list[Paint]) -> _Look:
    none = Paint(shapely.Point(), (120, 130, 80), CROP, 0.6, 2.0, 0.02)
    every = [*paints, none]
    return _Look(
        np.array([paint.colour for paint in every], np.float32),
        np.array([paint.texture for paint in every], np.int8),
        np.array([paint.turn for paint in every], np.float32),
        np.array([paint.row for paint in every], np.float32),
        np.array([paint.contrast for paint in every], np.float32),
        np.array([paint.plane for paint in every]),
    )


def _geotiff(picture: npt.NDArray[np.uint8], west: float, south: float, cell: float) -> bytes:
    profile = {
        "driver": "GTiff", "height": picture.shape[1], "width": picture.shape[2], "count": 3, "dtype": "uint8",
        "crs": "EPSG:25832", "compress": "jpeg", "photometric": "YCbCr", "JPEG_QUALITY": QUALITY,
        "tiled": True, "blockxsize": 256, "blockysize": 256,
        "transform": from_origin(ORIGIN[0] + west, ORIGIN[1] + south + 1000, cell, cell),
    }  # fmt: skip
    with MemoryFile() as memory:
        with memory.open(**profile) as target:
            target.write(picture)
        return bytes(memory.read())
