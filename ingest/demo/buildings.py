"""Buildings: masses on parcels get their ground, ids, streets and house numbers."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from ingest.demo.frontage import Plot, plots
from ingest.demo.land import Land
from ingest.demo.landscape import height
from ingest.demo.massing import Mass
from ingest.demo.massing_open import HABITS
from ingest.demo.parcels import Parcel, identifier
from ingest.demo.places import SEED
from ingest.demo.roofs import Face, solid

Floats = npt.NDArray[np.float64]

SUNK = 0.1
"""How far a ground surface lies under the lowest terrain at its building: the state's own tiles do the same. [m]"""


@dataclass
class Building:
    """A building of the demo.

    Attributes
    ----------
    identifier : str
        Object id in CityGML and in the cadastre, 16 characters.
    parcel : Parcel
        The parcel it stands on.
    function : str
        AdV code such as ``31001_1010``.
    parts : list of Mass
        In the district's coordinates; heights above `ground`.
    storeys : int
    ground : float
        Height of the ground surface above DHHN2016. [m]
    street, number : str
        Address; empty for outbuildings.
    name : str
        Name of its own.
    """

    identifier: str
    parcel: Parcel
    function: str
    parts: list[Mass]
    storeys: int
    ground: float = 0.0
    street: str = ""
    number: str = ""
    name: str = ""
    position: tuple[float, float] = field(default=(0.0, 0.0))

    def faces(self, part: Mass, origin: tuple[float, float]) -> list[Face]:
        """Closed solid of `part`, moved by `origin`."""
        corners = part.corners + np.asarray(origin)
        return solid(
            corners, self.ground, self.ground + part.eaves, self.ground + part.ridge, part.roof, part.open_walls
        )

    @property
    def footprint(self) -> BaseGeometry:
        """Union of the parts' footprints."""
        shapes = [shapely.Polygon(part.corners) for part in self.parts]
        return shapes[0] if len(shapes) == 1 else shapely.union_all(shapes, grid_size=0.001)


def build(land: Land, parcels: list[Parcel]) -> list[Building]:
    """All buildings, in the order of their parcels."""
    frames = {id(piece): plot for piece, plot in zip(land.pieces, plots(land), strict=True)}
    rng = np.random.default_rng([SEED, 80])
    found: list[Building] = []
    fronts: dict[tuple[str, str, int], list[tuple[float, float, Building]]] = {}
    for parcel in parcels:
        habit = HABITS.get(parcel.piece.kind)
        if habit is None or parcel.piece.shape.area < 45:
            continue
        plot = frames[id(parcel.piece)]
        style = np.random.default_rng([SEED, 81, parcel.piece.quarter])
        for built in habit(plot, rng, style):
            building = _placed(built.masses, plot, parcel, identifier("BU", len(found)))
            building.function, building.storeys = built.function, built.storeys
            building.name = parcel.piece.name if built.name == "Kirche" else built.name
            found.append(building)
            if built.addressed:
                _front(building, plot, land, fronts)
    _number(fronts)
    _stand(found)
    return found


def _placed(masses: list[Mass], plot: Plot, parcel: Parcel, key: str) -> Building:
    parts = [Mass(plot.world(part.corners), part.eaves, part.ridge, part.roof, part.open_walls) for part in masses]
    middle = parts[0].corners.mean(axis=0)
    return Building(key, parcel, "", parts, 1, position=(float(middle[0]), float(middle[1])))


def _front(
    building: Building, plot: Plot, land: Land, fronts: dict[tuple[str, str, int], list[tuple[float, float, Building]]]
) -> None:
    building.street = plot.street or building.parcel.piece.name
    if not building.street:
        return
    place = building.parcel.place.name
    point = shapely.Point(building.position)
    if plot.way < 0:
        fronts.setdefault((building.street, place, -1), []).append((0.0, 1.0, building))
        return
    line = land.ways[plot.way].line
    along = line.project(point)
    a, b = (np.asarray(line.interpolate(max(0.0, along + step)).coords[0]) for step in (-2.0, 2.0))
    cross = (b - a)[0] * (building.position[1] - a[1]) - (b - a)[1] * (building.position[0] - a[0])
    fronts.setdefault((building.street, place, plot.way), []).append((float(along), float(np.sign(cross)), building))


def _number(fronts: dict[tuple[str, str, int], list[tuple[float, float, Building]]]) -> None:
    """House numbers: odd on the left, even on the right, counted on over the pieces of a street."""
    last: dict[tuple[str, str], dict[bool, int]] = {}
    for (street, place, _), row in sorted(fronts.items(), key=lambda entry: entry[0]):
        numbers = last.setdefault((street, place), {True: -1, False: 0})
        for _, side, building in sorted(row, key=lambda entry: (entry[0], entry[2].identifier)):
            numbers[side > 0] += 2
            building.number = str(numbers[side > 0])


def _stand(found: list[Building]) -> None:
    """Put every building on its ground: a little below the lowest terrain under its outline."""
    rings = [np.vstack([part.corners for part in building.parts]) for building in found]
    more = [np.vstack([ring, (ring + np.roll(ring, -1, axis=0)) / 2]) for ring in rings]
    points = np.vstack(more)
    heights = height(points[:, 0], points[:, 1])
    lowest = np.minimum.reduceat(heights, np.cumsum([0] + [len(ring) for ring in more[:-1]]))
    for building, ground in zip(found, lowest, strict=True):
        building.ground = round(float(ground) - SUNK, 2)
