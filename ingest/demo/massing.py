"""What stands on a plot: the building habits of each kind of land, from the medieval town house to the industrial hall.

Every function takes a `Plot` and a random generator and returns masses in the plot's own frame.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from ingest.demo.frontage import Plot, rectangle
from ingest.demo.roofs import FLAT, GABLE, HALF_HIP, HIP, PENT, TENT

Floats = npt.NDArray[np.float64]
Random = np.random.Generator

HOUSE, MIXED_HOUSE, SHOP, OFFICE, HOTEL, INN = (
    "31001_1010",
    "31001_1120",
    "31001_2050",
    "31001_2020",
    "31001_2071",
    "31001_2081",
)
FACTORY, WORKSHOP, STORE, GARAGE = "31001_2111", "31001_2120", "31001_2143", "31001_2463"
FARMHOUSE, FARM, BARN, SHED, STABLE, GARDEN_HOUSE = (
    "31001_1210",
    "31001_2720",
    "31001_2721",
    "31001_2723",
    "31001_2724",
    "31001_1313",
)
TOWN_HALL, SCHOOL, CHURCH, CLINIC, FIRE_BRIGADE, CHAPEL, SPORT, STATION = (
    "31001_3012", "31001_3021", "31001_3041", "31001_3051", "31001_3072", "31001_3081", "31001_3211", "31001_3091",
)  # fmt: skip


@dataclass
class Mass:
    """One part of a building.

    Attributes
    ----------
    corners : (n, 2) float
        Footprint, anticlockwise; the ridge runs parallel to the side between the first two corners. [m]
    eaves, ridge : float
        Above the ground. [m]
    roof : str
        AdV code.
    open_walls : tuple of int
        Walls behind which another part begins.
    """

    corners: Floats
    eaves: float
    ridge: float
    roof: str
    open_walls: tuple[int, ...] = ()


@dataclass
class Built:
    """One building on a plot.

    Attributes
    ----------
    function : str
        AdV function code.
    masses : list of Mass
    storeys : int
        Full storeys above ground.
    addressed : bool
        Whether it bears a house number.
    name : str
        Name of its own.
    """

    function: str
    masses: list[Mass]
    storeys: int
    addressed: bool = True
    name: str = ""


def turned(corners: Floats) -> Floats:
    """The same corners with the ridge running into the plot, gable to the street."""
    return np.roll(corners, -1, axis=0)


def mass(
    corners: Floats, storeys: float, roof: str, pitch: float, open_walls: tuple[int, ...] = (), storey: float = 2.85
) -> Mass:
    """A mass of `storeys` under a roof of `pitch` degrees."""
    eaves = round(storeys * storey + 0.35, 2)
    span = float(np.hypot(*(corners[3] - corners[0]))) if len(corners) == 4 else 0.0
    run = span if roof == PENT else span / 2
    if roof == TENT:
        run = min(span, float(np.hypot(*(corners[1] - corners[0])))) / 2
    rise = 0.0 if roof == FLAT else round(run * math.tan(math.radians(pitch)), 2)
    return Mass(corners, eaves, eaves + rise, roof, open_walls)


def core(plot: Plot, rng: Random, style: Random) -> list[Built]:
    """Town houses wall to wall on the street, wings and sheds in the yard."""
    if plot.front < 3.5:
        return _yard_shed(plot, rng) if rng.random() < 0.3 else []
    storeys = int(rng.choice([2, 3, 3, 4], p=[0.38, 0.34, 0.2, 0.08]))
    front = plot.between_neighbours(rng.uniform(9.0, 12.5), 0.0)
    closed = front is not None
    if front is None:
        front = plot.fit(10.0, 10.0, 0.4, 0.25)
    if front is None:
        return _yard_shed(plot, rng)
    wide, deep = front[1, 0] - front[0, 0], front[2, 1] - front[0, 1]
    gable_front = wide < 1.05 * deep and _parallel_sides(front) and rng.random() < 0.5
    roof = HALF_HIP if gable_front and rng.random() < 0.25 else GABLE
    main = mass(turned(front) if gable_front else front, storeys, roof, rng.uniform(42, 53))
    masses = [main]
    if closed and rng.random() < 0.55:
        masses += _wing(plot, front, storeys, rng)
    function = str(rng.choice([HOUSE, MIXED_HOUSE, SHOP, INN, OFFICE, HOTEL], p=[0.5, 0.3, 0.11, 0.05, 0.03, 0.01]))
    built = [Built(function, masses, storeys)]
    back = max(float(part.corners[:, 1].max()) for part in masses)
    return built + (_yard_shed(plot, rng, back + 1.5) if rng.random() < 0.55 else [])


def _parallel_sides(corners: Floats) -> bool:
    left, right = corners[3] - corners[0], corners[2] - corners[1]
    return bool(abs(left[0] * right[1] - left[1] * right[0]) < 0.012 * np.hypot(*left) * np.hypot(*right))


def _wing(plot: Plot, front: Floats, storeys: int, rng: Random) -> list[Mass]:
    """A lower wing behind the house, along one of the borders."""
    (right, back), (left, _) = front[2], front[3]
    wide = min(right - left, rng.uniform(4.2, 6.5))
    long = rng.uniform(4.5, 10.0)
    west = left + 0.3 if rng.random() < 0.5 else right - wide + 0.0 - 0.3
    if wide < 3.4 or west < left:
        return []
    corners = rectangle(west, back, min(west + wide, right), back + long)
    if not plot.shape.buffer(0.05).contains(shapely.Polygon(corners)):
        return []
    level = max(1, storeys - 1)
    roof, pitch = (FLAT, 0.0) if rng.random() < 0.25 else (PENT, 14.0) if rng.random() < 0.4 else (GABLE, 38.0)
    # The ridge runs away from the house: the corners begin on its right, so wall 3 is at the house.
    wing = mass(turned(corners), level, roof, pitch, (3,))
    return [wing] if wing.ridge <= storeys * 2.85 + 1.2 else []


def _yard_shed(plot: Plot, rng: Random, setback: float = 8.0) -> list[Built]:
    corners = plot.fit(rng.uniform(3, 5.5), rng.uniform(3.5, 7), setback, 0.15, float(rng.choice([-1, 1])))
    if corners is None:
        return []
    return [Built(SHED, [mass(corners, 1, PENT if rng.random() < 0.6 else FLAT, 9, storey=2.2)], 1, addressed=False)]


def villa(plot: Plot, rng: Random, style: Random) -> list[Built]:
    """Houses of the time before 1914: tall, hipped, set back behind a front garden; some terraces wall to wall."""
    if plot.front < 8:
        return []
    terrace = style.random() < 0.34
    storeys = int(rng.choice([2, 3], p=[0.45, 0.55])) if not terrace else 3
    front = plot.between_neighbours(12.0, 2.5) if terrace else None
    if front is None:
        front = plot.fit(rng.uniform(11.5, 14.5), rng.uniform(11.5, 14), rng.uniform(4, 6), 2.6)
    if front is None:
        return []
    roof = GABLE if terrace else str(rng.choice([HIP, HALF_HIP, TENT, GABLE], p=[0.45, 0.2, 0.15, 0.2]))
    body = turned(front) if not terrace and rng.random() < 0.3 else front
    built = [
        Built(
            MIXED_HOUSE if rng.random() < 0.15 else HOUSE,
            [mass(body, storeys, roof, rng.uniform(36, 44), storey=3.3)],
            storeys,
        )
    ]
    return built + _garage(plot, front, rng, 0.3)


def house(plot: Plot, rng: Random, style: Random) -> list[Built]:
    """Single houses since the fifties, ridge along the street or across by the street's habit."""
    if plot.front < 8 or rng.random() < 0.03:
        return []
    across = style.random() < 0.4
    setback = style.uniform(4.5, 7.0) + rng.uniform(-0.4, 0.6)
    steep = style.uniform(30, 46)
    wide, deep = rng.uniform(9, 12), rng.uniform(8.8, 11)
    front = plot.fit(wide, deep, setback, 2.9, float(rng.choice([-0.4, 0, 0.4])))
    if front is None:
        return []
    roof = str(rng.choice([GABLE, HIP, HALF_HIP, FLAT], p=[0.76, 0.13, 0.07, 0.04]))
    storeys = 1 if rng.random() < 0.62 else 2
    masses = [mass(turned(front) if across else front, storeys + (0.35 if storeys == 1 else 0), roof, steep)]
    if not across and rng.random() < 0.14:
        masses += _wing(plot, front, storeys + 1, rng)
    built = [Built(HOUSE, masses, storeys), *_garage(plot, front, rng, 0.56)]
    back = max(float(part.corners[:, 1].max()) for part in masses)
    return built + (_garden_house(plot, back, rng) if rng.random() < 0.08 else [])


def _garage(plot: Plot, front: Floats, rng: Random, share: float) -> list[Built]:
    """A garage between house and border."""
    if rng.random() > share:
        return []
    for side in (-1, 1) if rng.random() < 0.5 else (1, -1):
        span = plot.span(front[0, 1] + 4.0)
        if span is None:
            continue
        room = front[0, 0] - span[0] if side < 0 else span[1] - front[1, 0]
        if room < 3.0:
            continue
        wide = 5.8 if room > 6.6 else 2.9
        west = span[0] + 0.08 if side < 0 else span[1] - 0.08 - wide
        south = front[0, 1] + rng.uniform(0.5, 3.0)
        corners = rectangle(west, south, west + wide, south + rng.uniform(6.0, 7.2))
        if plot.shape.contains(shapely.Polygon(corners)):
            roof = FLAT if rng.random() < 0.8 else PENT
            return [Built(GARAGE, [mass(corners, 1, roof, 7, storey=2.3)], 1, addressed=False)]
    return []


def _garden_house(plot: Plot, back: float, rng: Random) -> list[Built]:
    corners = plot.fit(
        rng.uniform(2.6, 4.2), rng.uniform(2.4, 3.6), back + rng.uniform(3, 8), 0.8, float(rng.choice([-1, 1]))
    )
    return (
        [] if corners is None else [Built(GARDEN_HOUSE, [mass(corners, 1, GABLE, 24, storey=1.9)], 1, addressed=False)]
    )


def new(plot: Plot, rng: Random, style: Random) -> list[Built]:
    """Houses of the last years: tent, pent, gable and flat roofs side by side."""
    if plot.front < 8 or rng.random() < 0.05:
        return []
    side = rng.uniform(9, 10.8)
    front = plot.fit(
        side, side * rng.uniform(0.88, 1.1), style.uniform(3.2, 5.0), 2.7, float(rng.choice([-0.5, 0, 0.5]))
    )
    if front is None:
        return []
    kind = rng.random()
    if kind < 0.36:
        body = mass(front, 2, TENT, 24)
    elif kind < 0.56:
        body = mass(front, 2, PENT, rng.uniform(9, 14))
    elif kind < 0.86:
        body = mass(turned(front) if style.random() < 0.4 else front, 1.55, GABLE, rng.uniform(35, 42))
    else:
        body = mass(front, 2, FLAT, 0)
    return [Built(HOUSE, [body], 2), *_garage(plot, front, rng, 0.66)]


def row(plot: Plot, rng: Random, style: Random) -> list[Built]:
    """Terraced houses, all of a block alike; now and then a court of garages."""
    if plot.front < 4:
        return []
    setback, depth, steep, roof = (
        style.uniform(3.5, 6),
        style.uniform(9.5, 11.5),
        style.uniform(30, 42),
        FLAT if style.random() < 0.2 else GABLE,
    )
    if rng.random() < 0.1:
        corners = plot.fit(5.8, 6.0, setback + 1, 0.1)
        return [] if corners is None else [Built(GARAGE, [mass(corners, 1, FLAT, 0, storey=2.3)], 1, addressed=False)]
    front = plot.between_neighbours(depth, setback)
    if front is None:
        front = plot.fit(8.5, depth, setback, 0.2)
    return [] if front is None else [Built(HOUSE, [mass(front, 2, roof, steep)], 2)]


def slab(plot: Plot, rng: Random, style: Random) -> list[Built]:
    """Apartment slabs of the sixties in a common green."""
    storeys = int(style.choice([3, 4, 5, 8], p=[0.4, 0.35, 0.15, 0.1]))
    _, _, _, far = plot.shape.bounds
    built = []
    for setback in np.arange(7.0, far - 14, 27.0):
        corners = plot.fit(rng.uniform(34, 50), 11.2, float(setback), 3.0)
        if corners is not None:
            roof = FLAT if style.random() < 0.6 or storeys > 5 else GABLE
            built.append(Built("31001_1010", [mass(corners, storeys, roof, 22)], storeys))
    return built


Habit = Callable[[Plot, Random, Random], list[Built]]
