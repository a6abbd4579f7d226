"""Parcels: pieces of land with their numbers in the cadastre, and the municipality that each belongs to."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import shapely

from ingest.demo.cutting import polygons
from ingest.demo.land import Piece
from ingest.demo.places import PLACES, SEED, STATE, Place

_BUILT = frozenset(("core", "villa", "house", "new", "row", "slab", "village"))


@dataclass(frozen=True)
class Parcel:
    """A Flurstück.

    Attributes
    ----------
    piece : Piece
        The land.
    place : Place
        The place whose Gemarkung it lies in.
    flur, zaehler : int
        Flur and numerator.
    nenner : int
        Denominator, 0 for none.
    identifier : str
        Object id, 16 characters.
    """

    piece: Piece
    place: Place
    flur: int
    zaehler: int
    nenner: int
    identifier: str

    @property
    def key(self) -> str:
        """Flurstückskennzeichen, 20 characters."""
        nenner = f"{self.nenner:04d}" if self.nenner else "____"
        return f"{STATE}{self.place.gemarkung}{self.flur:03d}{self.zaehler:05d}{nenner}__"

    @property
    def official_area(self) -> int:
        """Amtliche Fläche: full square metres, as surveyed long ago, so not quite the geometry's. [m²]"""
        old = 1 + 0.0011 * math.sin(self.zaehler * 1.7 + self.flur)
        return max(1, round(self.piece.shape.area * old))


def identifier(kind: str, number: int) -> str:
    """Object id of the `number`-th object of a `kind` of two letters: 16 characters, of no real state (``DEXX``)."""
    digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    tail = ""
    mixed = number * 7919 + 104_729
    for _ in range(6):
        mixed, digit = divmod(mixed, 62)
        tail = digits[digit] + tail
    return f"DEXX00{kind}{tail:0>8}"


def survey(pieces: list[Piece]) -> list[Parcel]:
    """Give every piece its Gemarkung, Flur and number.

    A Gemarkung is the land nearer to its place than to any other, along the borders of
    parcels. Fluren are its parts of about 1.5 km², numbered in rows from north to south as surveyors did.
    """
    places = _gemarkungen(pieces)
    middles = shapely.get_coordinates(shapely.point_on_surface([piece.shape for piece in pieces]))
    rng = np.random.default_rng([SEED, 70])
    found: list[Parcel] = []
    for number, place in enumerate(PLACES):
        own = np.flatnonzero(places == number)
        fluren = _fluren(middles[own], rng)
        for flur in np.unique(fluren):
            members = own[fluren == flur]
            rows = np.round(-middles[members, 1] / 60)
            order = members[np.lexsort((np.where(rows % 2 == 0, 1, -1) * middles[members, 0], rows))]
            zaehler = 0
            nenner = 0
            for index in order:
                split = pieces[index].kind in _BUILT and rng.random() < 0.62
                if not split or nenner == 0 or nenner > 14 or rng.random() < 0.2:
                    zaehler, nenner = zaehler + 1, 0
                nenner = nenner + 1 if split else 0
                found.append(Parcel(pieces[index], place, int(flur) + 1, zaehler, nenner, identifier("AL", len(found))))
    return found


def _gemarkungen(pieces: list[Piece]) -> np.ndarray:
    middles = shapely.get_coordinates(shapely.point_on_surface([piece.shape for piece in pieces]))
    sites = np.array([place.position for place in PLACES])
    reach = np.array([place.reach for place in PLACES])
    distance = np.hypot(*(middles[:, None, :] - sites[None]).transpose(2, 0, 1)) - reach
    nearest = np.argmin(distance, axis=1)
    names = {place.name: number for number, place in enumerate(PLACES)}
    for index, piece in enumerate(pieces):
        if piece.place:
            nearest[index] = names[piece.place]
    return _without_exclaves(_without_spikes(nearest, pieces), pieces)


def _without_spikes(nearest: np.ndarray, pieces: list[Piece]) -> np.ndarray:
    """Give each piece that mostly borders on another Gemarkung to that one: a road does not stick out of a border."""
    shapes = np.array([piece.shape for piece in pieces], dtype=object)
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    apart = one != other
    one, other = one[apart], other[apart]
    shared = shapely.length(shapely.intersection(shapes[one], shapes[other]))
    fixed = np.array([bool(piece.place) for piece in pieces])
    for _ in range(8):
        border = np.zeros((len(pieces), len(PLACES)))
        np.add.at(border, (one, nearest[other]), shared)
        best = np.argmax(border, axis=1)
        own = border[np.arange(len(pieces)), nearest]
        moves = (border.max(axis=1) > 1.15 * own) & ~fixed
        if not moves.any():
            break
        nearest = np.where(moves, best, nearest)
    return nearest


def _without_exclaves(nearest: np.ndarray, pieces: list[Piece]) -> np.ndarray:
    """Give land that is cut off from its Gemarkung to the Gemarkung around it."""
    shapes = np.array([piece.shape for piece in pieces], dtype=object)
    for _ in range(3):
        moved = False
        whole = [shapely.coverage_union_all(shapes[nearest == number]) for number in range(len(PLACES))]
        for number, shape in enumerate(whole):
            parts = sorted(polygons(shape), key=lambda part: -part.area)
            for part in parts[1:]:
                members = np.flatnonzero(nearest == number)
                inside = members[shapely.contains(part, shapely.point_on_surface(shapes[members]))]
                shared = [
                    shapely.length(shapely.intersection(part.boundary, other.boundary)) if n != number else -1.0
                    for n, other in enumerate(whole)
                ]
                nearest[inside] = int(np.argmax(shared))
                moved = True
        if not moved:
            break
    return nearest


def _fluren(middles: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Number of the Flur of each point: nearest of as many seeds as the land needs."""
    count = max(2, min(9, len(middles) // 160))
    seeds = middles[rng.choice(len(middles), 1)]
    for _ in range(count - 1):
        gap = np.min(np.hypot(*(middles[:, None] - seeds[None]).transpose(2, 0, 1)), axis=1)
        seeds = np.vstack([seeds, middles[np.argmax(gap)]])
    for _ in range(6):
        nearest = np.argmin(np.hypot(*(middles[:, None] - seeds[None]).transpose(2, 0, 1)), axis=1)
        seeds = np.array(
            [middles[nearest == k].mean(axis=0) if np.any(nearest == k) else seeds[k] for k in range(count)]
        )
    numbers: np.ndarray = np.argmin(np.hypot(*(middles[:, None] - seeds[None]).transpose(2, 0, 1)), axis=1)
    return numbers
