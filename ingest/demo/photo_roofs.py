"""Roofs as the aerial photograph shows them: tiles, flat roofs and solar panels, lit by the sun."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import shapely

from ingest.demo.buildings import Building
from ingest.demo.district import District
from ingest.demo.massing import Mass
from ingest.demo.photo_ground import ROOF, Colour, Paint
from ingest.demo.photo_texture import SUN
from ingest.demo.places import SEED
from ingest.demo.roofs import FLAT, solid

TILES: tuple[Colour, ...] = (
    (166, 88, 66), (152, 78, 58), (176, 100, 76), (140, 74, 58), (128, 84, 70), (158, 96, 80), (104, 82, 74),
    (92, 88, 88),
)  # fmt: skip
"""Colours of tiled roofs."""

DARK: tuple[Colour, ...] = ((78, 78, 82), (92, 90, 90), (150, 82, 62), (70, 66, 66))
FLATS: tuple[Colour, ...] = ((176, 172, 166), (160, 156, 150), (146, 144, 142), (186, 184, 178), (126, 134, 100))
HALLS: tuple[Colour, ...] = ((188, 190, 192), (164, 170, 174), (176, 174, 168), (150, 156, 162), (198, 196, 190))
BARNS: tuple[Colour, ...] = ((150, 84, 66), (138, 78, 64), (154, 148, 142), (136, 130, 126), (160, 98, 80))

_PANEL: Colour = (44, 52, 74)
_FARMS = frozenset(("31001_2720", "31001_2721", "31001_2723", "31001_2724"))


def roofs(district: District) -> Iterator[Paint]:
    """Every roof surface, lower parts of a building first."""
    rng = np.random.default_rng([SEED, 98])
    for building in district.buildings:
        base = _colour(building, rng)
        solar = rng.random() < 0.16
        for part in sorted(building.parts, key=lambda part: part.ridge):
            yield from _part(part, base, solar, rng)


def _colour(building: Building, rng: np.random.Generator) -> Colour:
    kind = building.parcel.piece.kind
    flat = building.parts[0].roof == FLAT
    if kind in ("industry", "market"):
        colours = HALLS
    elif flat:
        colours = FLATS
    elif building.function in _FARMS:
        colours = BARNS
    elif kind == "new":
        colours = DARK
    else:
        colours = TILES
    base = colours[int(rng.integers(len(colours)))]
    shift = float(rng.normal(0, 6))
    return base[0] + shift, base[1] + shift, base[2] + shift


def _part(part: Mass, base: Colour, solar: bool, rng: np.random.Generator) -> Iterator[Paint]:
    for face in solid(part.corners, 0.0, part.eaves, part.ridge, part.roof):
        if face.kind != "RoofSurface":
            continue
        ring = face.ring[:-1]
        normal = _normal(ring)
        if normal[2] < 0.05:
            continue
        slope = (-normal[0] / normal[2], -normal[1] / normal[2])
        corner = ring[0]
        plane = (slope[0], slope[1], float(corner[2] - slope[0] * corner[0] - slope[1] * corner[1]))
        shape = shapely.Polygon(ring[:, :2])
        light = 0.6 + 0.36 * max(0.0, float(normal @ np.array(SUN))) / SUN[2]
        yield Paint(shape, (base[0] * light, base[1] * light, base[2] * light), ROOF, plane=plane)
        if solar and float(normal @ np.array(SUN)) > 1.0 and shape.area > 25:
            panels = shapely.affinity.scale(shape.buffer(-0.8, join_style="mitre"), 0.86, 0.8)
            yield Paint(panels, (_PANEL[0] * light, _PANEL[1] * light, _PANEL[2] * light), ROOF, plane=plane)


def _normal(ring: np.ndarray) -> np.ndarray:
    """Unit normal, by Newell's sum in plain numbers: ten thousand small rings are no work for numpy."""
    corners = (ring - ring[0]).tolist()
    east = north = up = 0.0
    for (x1, y1, z1), (x2, y2, z2) in pairwise([*corners, corners[0]]):
        east += (y1 - y2) * (z1 + z2)
        north += (z1 - z2) * (x1 + x2)
        up += (x1 - x2) * (y1 + y2)
    length = math.sqrt(east * east + north * north + up * up)
    return np.array([east, north, up]) / length
