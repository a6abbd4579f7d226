"""A scenario of 500 edits on 200 000 buildings, against the same queries on the stock that it sits on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import twin
from bench import district
from bench.lakes import WINDOW
from bench.measuring import Measured, Timed, here, take_turns, take_turns_here
from bench.row import Row, duration
from twin.scenario.drafting import begin
from twin.scenario.edit import AddBuilding, ChangeBuilding, Edit, RemoveBuilding
from twin.scenario.scenario import append, delete

EDITS = 500
NAME = "bench"
_GOAL = 1.2


def rows(shared: Path | None, scale: float = 1.0) -> list[Row]:
    """Opening with and without the scenario, and each query warm."""
    count = int(district.BUILDINGS * scale)
    home, *_ = district.built(count)
    size = f"{EDITS} edits on {count:,} buildings"
    without = take_turns([(opened, (home,))], runs=2)[0]
    with twin.open(home) as t:
        draft(t)
    try:
        there = take_turns([(opened, (home,))], runs=2)[0]
        found = [duration(f"{size}: {title}", both, "the stock", _GOAL) for title, both in contests(home)]
    finally:
        with twin.open(home) as t:
            delete(t.registry, NAME)
    return [
        duration(f"{size}: fresh process to first answer", (there, without), "no scenario there"),
        *found,
    ]


def draft(t: twin.Twin, edits: int = EDITS) -> None:
    """A scenario: two fifths added, two fifths removed, one fifth changed, spread over all municipalities."""
    stock = t.sql(
        """SELECT ags, building_id, ST_XMin(geom), ST_YMin(geom) FROM building
           ORDER BY hash(building_id) LIMIT ?""",
        values=[edits],
    ).fetchall()
    begin(t, NAME)
    drafted: list[tuple[str, Edit]] = []
    for number, (ags, building_id, east, north) in enumerate(stock):
        edit: Edit
        if number % 5 < 2:
            west, south = east + 12, north + 9
            ring = f"{west} {south}, {west + 9} {south}, {west + 9} {south + 7}, {west} {south + 7}, {west} {south}"
            edit = AddBuilding(f"POLYGON (({ring}))", 6.0, 2, "3100", "31001_1010", 80.0)
        elif number % 5 < 4:
            edit = RemoveBuilding(building_id)
        else:
            edit = ChangeBuilding(building_id, "function_code", "31001_2721")
        drafted.append((ags, edit))
    append(t.registry, NAME, drafted)


def queries(t: twin.Twin) -> dict[str, str]:
    """Name to SQL with ``{schema}`` in front of the tables."""
    ((east, north),) = t.sql(
        "SELECT ST_XMin(geom), ST_YMin(geom) FROM building ORDER BY hash(building_id) LIMIT 1"
    ).fetchall()
    box = WINDOW.format(west=east - 250, south=north - 250, east=east + 250, north=north + 250)
    return {
        "count and volume by function": "SELECT function_code, count(*), sum(volume), avg(measured_height) "
        "FROM {schema}building GROUP BY ALL",
        "500 m window": "SELECT building_id, measured_height, ST_AsWKB(geom) FROM {schema}building "
        f"WHERE ST_Intersects_Extent(geom, {box})",
        "top 10 by height": "SELECT building_id, address, measured_height FROM {schema}building "
        "ORDER BY measured_height DESC LIMIT 10",
        "all meshes read": "SELECT building_id, origin_x, origin_y, origin_z, vertices, faces, kinds "
        "FROM {schema}building_mesh",
    }


def contests(home: Path, runs: int = 7) -> list[tuple[str, list[Measured]]]:
    """Each query on scenario and stock, in turns: title and what both cost."""
    found = []
    with twin.open(home) as t:
        for title, sql in queries(t).items():
            ours = _asking(t, sql.format(schema=f"scenario_{NAME}."))
            stock = _asking(t, sql.format(schema=""))
            found.append((title, take_turns_here([ours, stock], 3 if "mesh" in title else runs)))
    return found


def opened(home: Path) -> Timed:
    """Seconds from opening the home to the first answer about the stock."""

    def ask() -> None:
        with twin.open(home) as t:
            t.sql("SELECT count(*) FROM building").fetchall()

    return Timed(here(ask).seconds)


def _asking(t: twin.Twin, sql: str) -> Callable[[], Any]:
    return lambda: t.sql(sql).to_arrow_table()
