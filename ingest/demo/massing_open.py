"""What stands on larger plots: farms, halls, churches, schools."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import shapely

from ingest.demo import massing as m
from ingest.demo.frontage import Plot, rectangle
from ingest.demo.massing import Built, Floats, Habit, Mass, Random, mass, turned
from ingest.demo.places import OLD_BARN
from ingest.demo.roofs import FLAT, GABLE, HALF_HIP, HIP, PENT, TENT


def village(plot: Plot, rng: Random, style: Random) -> list[Built]:
    """Farmsteads with barns behind, houses between them."""
    if plot.front < 9 or rng.random() < 0.07:
        return []
    _, _, _, far = plot.shape.bounds
    farmstead = plot.shape.area > 1150 and far > 38 and rng.random() < 0.62
    if not farmstead:
        return m.house(plot, rng, style)
    across = rng.random() < 0.6
    wide, deep = (rng.uniform(10.5, 13), rng.uniform(14, 20)) if across else (rng.uniform(13, 18), rng.uniform(9.5, 12))
    front = plot.fit(wide, deep, rng.uniform(3, 9), 1.6, float(rng.choice([-0.8, -0.4, 0.4])))
    if front is None:
        return m.house(plot, rng, style)
    roof = HALF_HIP if rng.random() < 0.4 else GABLE
    built = [Built(m.FARMHOUSE, [mass(turned(front) if across else front, 1.75, roof, rng.uniform(42, 50))], 2)]
    back = front[2, 1] + rng.uniform(5, 9)
    barn = plot.fit(rng.uniform(14, 22), rng.uniform(10, 13), back, 0.8, float(rng.choice([-0.9, 0, 0.9])))
    if barn is not None and rng.random() < 0.72:
        built.append(
            Built(
                m.BARN if rng.random() < 0.6 else m.STABLE,
                [mass(barn, 1.7, GABLE, rng.uniform(38, 48))],
                1,
                addressed=False,
            )
        )
        back = barn[2, 1] + rng.uniform(3, 6)
    if rng.random() < 0.55:
        shed = plot.fit(rng.uniform(6, 9), rng.uniform(5, 7), back, 0.6, 0.9)
        if shed is not None:
            built.append(Built(m.SHED, [mass(shed, 1.1, PENT, 8)], 1, addressed=False))
    return built


def _in_yard(plot: Plot, u: float, v: float, wide: float, deep: float) -> Floats | None:
    corners = rectangle(u - wide / 2, v - deep / 2, u + wide / 2, v + deep / 2)
    return corners if plot.shape.buffer(-1.5).contains(shapely.Polygon(corners)) else None


def farm(plot: Plot, rng: Random, style: Random) -> list[Built]:
    """A yard with the house in front and barns, stables and sheds around."""
    west, south, east, north = plot.shape.bounds
    u0, v0 = (west + east) / 2, (south + north) / 2
    wing, rise = (east - west) / 2, (north - south) / 2
    built = []
    house = _in_yard(plot, u0 - wing * 0.42, v0, 12.5, rng.uniform(18, 23))
    if house is not None:
        built.append(
            Built(
                m.FARMHOUSE, [mass(turned(house), 2, HALF_HIP if rng.random() < 0.5 else GABLE, rng.uniform(40, 48))], 2
            )
        )
    for u, v, wide, deep, function, storeys, pitch in (
        (0.08, 0.68, rng.uniform(26, 34), rng.uniform(12, 14.5), m.BARN, 2.1, 42.0),
        (0.12, -0.66, rng.uniform(30, 40), rng.uniform(13, 16), m.STABLE, 1.25, 24.0),
        (0.72, 0.02, rng.uniform(12, 14), rng.uniform(20, 30), m.FARM, 1.9, 17.0),
        (-0.55, 0.68, rng.uniform(9, 12), rng.uniform(6, 8), m.SHED, 1.1, 9.0),
    ):
        corners = _in_yard(plot, u0 + u * wing, v0 + v * rise, wide, deep)
        if corners is not None and rng.random() < 0.9:
            ridge_across = deep > wide
            roof = PENT if function == m.SHED else GABLE
            built.append(
                Built(
                    function,
                    [mass(turned(corners) if ridge_across else corners, storeys, roof, pitch)],
                    1,
                    addressed=False,
                )
            )
    if rng.random() < 0.45:
        built += _silo(plot, u0 + 0.5 * wing, v0 + 0.5 * rise, rng, built)
    return built


def _silo(plot: Plot, u: float, v: float, rng: Random, others: list[Built]) -> list[Built]:
    t = np.linspace(0, 2 * np.pi, 17)[:-1]
    radius = rng.uniform(2.8, 4.5)
    corners = np.column_stack([u + radius * np.cos(t), v + radius * np.sin(t)])
    shape = shapely.Polygon(corners)
    free = all(shape.distance(shapely.Polygon(part.corners)) > 1 for other in others for part in other.masses)
    if not free or not plot.shape.contains(shape):
        return []
    height = rng.uniform(6, 13)
    return [Built(m.FARM, [Mass(corners, height, height, FLAT)], 1, addressed=False)]


def garden(plot: Plot, rng: Random, style: Random) -> list[Built]:
    """An arbour in every third garden."""
    corners = (
        plot.fit(rng.uniform(2.8, 4.5), rng.uniform(2.6, 3.8), rng.uniform(3, 14), 0.8, rng.uniform(-1, 1))
        if rng.random() < 0.5
        else None
    )
    return (
        []
        if corners is None
        else [
            Built(
                m.GARDEN_HOUSE,
                [mass(corners, 1, GABLE if rng.random() < 0.6 else PENT, 15, storey=1.9)],
                1,
                addressed=False,
            )
        ]
    )


def barn(plot: Plot, rng: Random, style: Random) -> list[Built]:
    """The old tithe barn: large, steep, half-hipped."""
    corners = plot.fit(28.0, 13.0, 9.0, 3.0)
    if corners is None:
        return []
    return [Built(m.BARN, [mass(corners, 1.9, HALF_HIP, 50)], 1, addressed=False, name=OLD_BARN)]


def industry(plot: Plot, rng: Random, style: Random) -> list[Built]:
    """Halls with offices at the street, saw-tooth roofs among flat ones."""
    west, _, east, far = plot.shape.bounds
    if plot.shape.area < 1400 or rng.random() < 0.08:
        return []
    wide, deep = (east - west) * rng.uniform(0.5, 0.72), far * rng.uniform(0.38, 0.6)
    hall = plot.fit(min(wide, 90), min(deep, 70), rng.uniform(14, 20), 5.0, float(rng.choice([-0.6, 0, 0.6])))
    if hall is None:
        return []
    height = rng.uniform(2.2, 3.6)
    kind = rng.random()
    masses = (
        _saw_tooth(hall, height)
        if kind < 0.13
        else [mass(turned(hall) if style.random() < 0.5 else hall, height, FLAT if kind < 0.62 else GABLE, 7.5)]
    )
    function = str(rng.choice([m.FACTORY, m.WORKSHOP, m.STORE]))
    if hall[0, 1] > 13 and rng.random() < 0.75:
        left, front = hall[0, 0] + rng.uniform(0, 4), hall[0, 1]
        office = rectangle(left, front - 10.5, min(left + rng.uniform(14, 24), hall[1, 0]), front)
        if plot.shape.buffer(-1).contains(shapely.Polygon(office)):
            masses.append(mass(office, int(rng.integers(2, 4)), FLAT, 0, (2,), storey=3.2))
    built = [Built(function, masses, 2 if len(masses) > 1 else 1)]
    back = plot.fit(rng.uniform(14, 30), rng.uniform(10, 16), hall[2, 1] + 8, 4.0, float(rng.choice([-1, 1])))
    if back is not None and rng.random() < 0.6:
        built.append(Built(m.STORE, [mass(back, 1.9, PENT if rng.random() < 0.5 else FLAT, 5)], 1, addressed=False))
    return built


def _saw_tooth(hall: Floats, height: float) -> list[Mass]:
    bays = max(3, round((hall[2, 1] - hall[0, 1]) / 9))
    cuts = np.linspace(hall[0, 1], hall[2, 1], bays + 1)
    return [mass(rectangle(hall[0, 0], low, hall[1, 0], high), height, PENT, 24) for low, high in pairwise(cuts)]


def church(plot: Plot, rng: Random, style: Random) -> list[Built]:
    """Nave, choir and west tower."""
    if plot.shape.area < 1000:
        return []
    west, south, east, north = plot.shape.bounds
    large = plot.shape.area > 2600
    nave_long, nave_wide, tower_side, tower_high = (34.0, 19.0, 10.5, 34.0) if large else (19.0, 10.5, 6.6, 17.0)
    u, v = (west + east) / 2, (south + north) / 2
    nave = rectangle(u - nave_long / 2 + 3, v - nave_wide / 2, u + nave_long / 2 + 3, v + nave_wide / 2)
    tower = rectangle(nave[0, 0] - tower_side, v - tower_side / 2, nave[0, 0], v + tower_side / 2)
    choir = rectangle(nave[1, 0], v - nave_wide * 0.32, nave[1, 0] + nave_wide * 0.5, v + nave_wide * 0.32)
    eaves = 13.0 if large else 7.0
    parts = [
        Mass(nave, eaves, eaves + nave_wide * 0.62, GABLE),
        Mass(tower, tower_high, tower_high * (1.72 if large else 1.6), TENT, (1,)),
        Mass(choir, eaves * 0.8, eaves * 0.8 + nave_wide * 0.32, HIP, (3,)),
    ]
    return [Built(m.CHURCH, parts, 1, name="Kirche")]


def school(plot: Plot, rng: Random, style: Random) -> list[Built]:
    """Two wings at right angles and a gymnasium."""
    wing = plot.fit(min(58.0, plot.front * 0.7 + 12), 14.0, 9.0, 4.0, -0.6)
    if wing is None:
        return []
    masses = [mass(wing, 3, FLAT, 0, storey=3.5)]
    side = rectangle(wing[0, 0], wing[2, 1], wing[0, 0] + 14, wing[2, 1] + 24)
    if plot.shape.buffer(-2).contains(shapely.Polygon(side)):
        masses.append(mass(side, 2, FLAT, 0, (0,), storey=3.5))
    built = [Built(m.SCHOOL, masses, 3)]
    gym = plot.fit(30.0, 18.0, wing[2, 1] + 9, 4.0, 1.0)
    if gym is not None and not any(shapely.Polygon(part.corners).intersects(shapely.Polygon(gym)) for part in masses):
        built.append(Built(m.SPORT, [mass(gym, 2.6, GABLE, 8)], 1, addressed=False))
    return built


def single(
    function: str,
    size: tuple[float, float],
    storeys: float,
    roof: str,
    pitch: float,
    storey: float = 3.2,
    setback: float = 8.0,
) -> Habit:
    """One building of `size` on the plot."""

    def habit(plot: Plot, rng: Random, style: Random) -> list[Built]:
        corners = plot.fit(*size, setback, 2.0)
        if corners is None:
            corners = plot.fit(size[1], size[0], setback, 1.0)
        return (
            []
            if corners is None
            else [Built(function, [mass(corners, storeys, roof, pitch, storey=storey)], max(1, int(storeys)))]
        )

    return habit


HABITS: dict[str, Habit] = {
    "core": m.core, "villa": m.villa, "house": m.house, "new": m.new, "row": m.row, "slab": m.slab,
    "village": village, "farm": farm, "barn": barn, "garden": garden, "industry": industry,
    "church": church, "school": school,
    "hall": single(m.TOWN_HALL, (30, 17), 3, HIP, 46, 3.6, 4.0),
    "clinic": single(m.CLINIC, (74, 19), 5, FLAT, 0, 3.5, 12.0),
    "market": single(m.SHOP, (56, 32), 1.6, FLAT, 0, 3.2, 26.0),
    "sport": single(m.SPORT, (22, 9), 1, GABLE, 18, 2.9, 3.0),
    "cemetery": single(m.CHAPEL, (14, 9), 1.3, GABLE, 40, 2.9, 5.0),
    "station": single(m.STATION, (38, 12), 2, HIP, 34, 3.6, 2.0),
}  # fmt: skip
"""How each kind of land is built on; kinds that are not here stay open."""
