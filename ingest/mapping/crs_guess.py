"""Which CRS coordinates are in, and whether their axes are swapped: told by their ranges in Germany."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.geometry.crs import Reference
from twin.language import Text

Box = tuple[float, float, float, float]
"""West, south, east, north in the store's CRS. [m]"""


@dataclass(frozen=True, slots=True)
class Guess:
    """What coordinates are in.

    Attributes
    ----------
    crs : str
        ``EPSG:…``; empty if nothing is likely.
    swapped : bool
        Whether the first axis is the northing or latitude.
    confidence : float
        0 to 1.
    reason : Text
        Why.
    """

    crs: str
    swapped: bool
    confidence: float
    reason: Text


@dataclass(frozen=True, slots=True)
class _Range:
    crs: str
    east: tuple[float, float]
    north: tuple[float, float]
    confidence: float
    reason: Text


_RANGES = (
    _Range("EPSG:25832", (32_200_000, 32_999_999), (5.2e6, 6.15e6), 0.98,
           Text("Ostwert mit Zonenkennzahl 32", "easting with zone number 32")),
    _Range("EPSG:25833", (33_000_000, 33_999_999), (5.2e6, 6.15e6), 0.98,
           Text("Ostwert mit Zonenkennzahl 33", "easting with zone number 33")),
    _Range("EPSG:25831", (31_500_000, 31_999_999), (5.2e6, 6.15e6), 0.95,
           Text("Ostwert mit Zonenkennzahl 31", "easting with zone number 31")),
    _Range("EPSG:31466", (2_450_000, 2_700_000), (5.2e6, 6.15e6), 0.95,
           Text("Gauß-Krüger, 2. Streifen (6°)", "Gauss-Krüger, zone 2 (6°)")),
    _Range("EPSG:31467", (3_250_000, 3_800_000), (5.2e6, 6.15e6), 0.95,
           Text("Gauß-Krüger, 3. Streifen (9°)", "Gauss-Krüger, zone 3 (9°)")),
    _Range("EPSG:31468", (4_250_000, 4_750_000), (5.2e6, 6.15e6), 0.95,
           Text("Gauß-Krüger, 4. Streifen (12°)", "Gauss-Krüger, zone 4 (12°)")),
    _Range("EPSG:4326", (5.5, 15.5), (47.0, 55.5), 0.95,
           Text("Längen und Breiten in Deutschland", "longitudes and latitudes in Germany")),
    _Range("EPSG:25832", (250_000, 930_000), (5.2e6, 6.1e6), 0.85,
           Text("Ost- und Nordwerte wie in UTM 32 (Deutschland)", "eastings and northings as in UTM 32 (Germany)")),
    _Range("EPSG:3857", (640_000, 1_680_000), (5.95e6, 7.4e6), 0.8,
           Text("Werte wie im Web-Mercator in Deutschland", "values as in web Mercator in Germany")),
)  # fmt: skip
"""The surest first. Zones: AdV; Gauss-Krüger false eastings carry the number of the zone."""

_SWAPPED = Text("{reason}, Achsen vertauscht", "{reason}, axes swapped")
_NOTHING = Text("die Werte liegen in keinem üblichen System in Deutschland", "the values lie in no usual German system")
_NEAR = Text("{reason}; liegt im Kreis", "{reason}; lies in the district")


def guess(first: NDArray[np.float64], second: NDArray[np.float64], near: Box | None = None) -> Guess:
    """What a sample of coordinates is in.

    Parameters
    ----------
    first, second : ndarray of float64, shape (n,)
        In the order in which they are thought to be easting and northing.
    near : Box, optional
        Where they are expected: decides between systems that both are possible.
    """
    usable = np.isfinite(first) & np.isfinite(second) & ~((first == 0) & (second == 0))
    first, second = first[usable], second[usable]
    found = []
    for swapped, (east, north) in ((False, (first, second)), (True, (second, first))):
        for one in _RANGES:
            share = _share(east, north, one)
            if share > 0.5:
                reason = one.reason if not swapped else _SWAPPED.filled(reason=one.reason)
                candidate = Guess(one.crs, swapped, round(one.confidence * share, 2), reason)
                found.append(_nearer(candidate, east, north, near))
    if not found:
        return Guess("", False, 0.0, _NOTHING)
    return max(found, key=lambda one: one.confidence)


def _share(east: NDArray[np.float64], north: NDArray[np.float64], one: _Range) -> float:
    if not len(east):
        return 0.0
    inside = (east >= one.east[0]) & (east <= one.east[1]) & (north >= one.north[0]) & (north <= one.north[1])
    return float(inside.mean())


def _nearer(found: Guess, east: NDArray[np.float64], north: NDArray[np.float64], near: Box | None) -> Guess:
    if near is None:
        return found
    points = Reference(found.crs).to_store(east, north)
    west, south, right, top = near
    margin = max(right - west, top - south)
    with np.errstate(invalid="ignore"):
        inside = (np.abs(points[:, 0] - (west + right) / 2) < margin) & (
            np.abs(points[:, 1] - (south + top) / 2) < margin
        )
    if inside.mean() > 0.5:
        return Guess(found.crs, found.swapped, min(1.0, found.confidence + 0.15), _NEAR.filled(reason=found.reason))
    return Guess(found.crs, found.swapped, found.confidence * 0.5, found.reason)
