"""Shape of the land: a river valley between wooded hills in the north and rolling fields in the south.

Everything is a closed formula of (east, north), so that heights are known at any point, whatever raster is written.
Coordinates are metres from `ingest.demo.places.ORIGIN`.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely

from ingest.demo.places import SEED, SIZE

Floats = npt.NDArray[np.float64]

_WAVES = np.random.default_rng([SEED, 1]).uniform(0, 2 * np.pi, (14, 2))


def _smooth(t: Floats) -> Floats:
    t = np.clip(t, 0.0, 1.0)
    smooth: Floats = t * t * t * (t * (t * 6 - 15) + 10)
    return smooth


def river_north(east: npt.ArrayLike) -> Floats:
    """Northing of the river's middle at `east`. [m]"""
    x = np.asarray(east, float)
    course: Floats = (
        3620
        + 330 * np.sin(x / 1210 + 0.35)
        + 120 * np.sin(x / 402 + 1.9)
        + 40 * np.sin(x / 141 + 0.4)
        + 14 * np.sin(x / 61 + 2.2)
    )
    return course


def river_distance(east: npt.ArrayLike, north: npt.ArrayLike) -> Floats:
    """Distance from the river's middle, positive on its north bank. [m]"""
    x = np.asarray(east, float)
    slope = (river_north(x + 1.0) - river_north(x - 1.0)) / 2.0
    distance: Floats = (np.asarray(north, float) - river_north(x)) / np.sqrt(1.0 + slope * slope)
    return distance


def valley_distance(east: npt.ArrayLike, north: npt.ArrayLike) -> Floats:
    """Distance from the valley's middle, positive to the north: hills follow the valley, not each bend. [m]"""
    x = np.asarray(east, float)
    distance: Floats = np.asarray(north, float) - 3620 - 330 * np.sin(x / 1210 + 0.35)
    return distance


def brook_east(north: npt.ArrayLike, which: int) -> Floats:
    """Easting of a brook's middle at `north`: 0 comes from the northern hills, 1 from the south. [m]"""
    y = np.asarray(north, float)
    if which == 0:
        course: Floats = 4020 - 0.06 * (y - 3600) + 95 * np.sin(y / 330 + 0.8) + 24 * np.sin(y / 97)
    else:
        course = 5150 + 0.10 * (y - 3600) + 110 * np.sin(y / 390 + 2.0) + 22 * np.sin(y / 88 + 1.0)
    return course


def height(east: npt.ArrayLike, north: npt.ArrayLike) -> Floats:
    """Height of the ground above DHHN2016 at points `east`, `north` from the origin. [m]

    The valley floor falls westwards by 1.1 m a kilometre; the river lies 2.6 m in it. The northern hills rise by about
    100 m, the southern fields by 35 m; a relief of sine waves grows with the distance from the river.
    """
    x, y = np.broadcast_arrays(np.asarray(east, float), np.asarray(north, float))
    d, v = river_distance(x, y), valley_distance(x, y)
    a, w = np.abs(d), np.abs(v)
    z = 82.0 + 0.0011 * x + 2.2 * _smooth((a - 20) / 260)
    z = z + np.where(v > 0, 92 * _smooth((w - 330) / 4600), 42 * _smooth((w - 420) / 4200))
    relief = np.zeros_like(z)
    for k, (phase, turn) in enumerate(_WAVES):
        length = 2600 / (1.0 + 0.42 * k)
        relief += (
            10 * (length / 2600) ** 1.5 * np.sin((x * np.cos(turn) + y * np.sin(turn)) * 2 * np.pi / length + phase)
        )
    z = z + 0.62 * relief * _smooth((w - 250) / 1700) * np.where(v > 0, 1.0, 0.62)
    # The industrial estate stands on a levelled terrace.
    level = 0.85 * _smooth((1.55 - np.hypot((x - 6480) / 560, (y - 5480) / 340)) / 0.6)
    z = z + level * (106.0 + 0.004 * (x - 6480) + 0.01 * (y - 5480) - z)
    for which in (0, 1):
        b = x - brook_east(y, which)
        upstream = d > 0 if which == 0 else d < 0
        z = z - np.where(upstream, _smooth((a - 30) / 700), 0.0) * (
            5.0 * np.exp(-((b / 85) ** 2)) + 1.2 * np.exp(-((b / 7) ** 2))
        )
    ground: Floats = z - 2.6 * (1.0 - _smooth((a - 6.5) / 8))
    return ground


def outline() -> shapely.Polygon:
    """The district's own border: a rounded, irregular shape within the terrain."""
    t = np.linspace(0, 2 * np.pi, 141)[:-1]
    radius = (np.abs(np.cos(t)) ** 3.6 + np.abs(np.sin(t)) ** 3.6) ** (-1 / 3.6)
    radius *= (
        1
        + 0.028 * np.sin(3 * t + 1)
        + 0.022 * np.sin(7 * t + 2.4)
        + 0.014 * np.sin(13 * t)
        + 0.008 * np.sin(29 * t + 1)
    )
    east = SIZE[0] / 2 + 0.462 * SIZE[0] * radius * np.cos(t)
    north = SIZE[1] / 2 + 0.462 * SIZE[1] * radius * np.sin(t)
    return shapely.Polygon(np.column_stack([east, north]).round(2))


def blob(
    centre: tuple[float, float], radii: tuple[float, float], turn: float, rng: np.random.Generator
) -> shapely.Polygon:
    """An irregular round shape, such as a wood or a pond.

    Parameters
    ----------
    centre : (float, float)
        Its middle. [m]
    radii : (float, float)
        Half axes. [m]
    turn : float
        Direction of the first half axis, anticlockwise from east. [rad]
    """
    t = np.linspace(0, 2 * np.pi, 61)[:-1]
    radius = np.ones_like(t)
    for k in (2, 3, 5, 8, 13, 21):
        radius += 0.34 / k**0.85 * rng.uniform(0.4, 1) * np.sin(k * t + rng.uniform(0, 2 * np.pi))
    u, v = radii[0] * radius * np.cos(t), radii[1] * radius * np.sin(t)
    east = centre[0] + u * np.cos(turn) - v * np.sin(turn)
    north = centre[1] + u * np.sin(turn) + v * np.cos(turn)
    return shapely.Polygon(np.column_stack([east, north]).round(2)).buffer(0)
