"""Fourteen lakes, one a municipality, against one native DuckDB file with the same rows and the same queries.

Ours goes through the whole door: `Twin.sql` looks up what the principal may see and unites the lakes. The native file
is asked by a bare connection of the same engine.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import twin
import twin.twin  # now, for twin.open would import it while the clock runs
from bench import district
from bench.measuring import Measured, Timed, here, take_turns, take_turns_here
from bench.row import Row, duration, rate

WINDOW = "ST_MakeEnvelope({west}, {south}, {east}, {north})"
_GOAL = 1.5


def queries(west: float = district.WEST + 1000, south: float = district.SOUTH + 1000) -> dict[str, str]:
    """Name to SQL; the window's south-west corner may be chosen."""
    box = WINDOW.format(west=west, south=south, east=west + 500, north=south + 500)
    return {
        "count and volume by function": "SELECT function_code, count(*), round(sum(volume)), "
        "round(avg(measured_height), 3) FROM building GROUP BY ALL ORDER BY ALL",
        "500 m window": f"SELECT building_id, measured_height, ST_AsWKB(geom) FROM building "
        f"WHERE ST_Intersects_Extent(geom, {box}) ORDER BY ALL",
        "top 10 by height": "SELECT building_id, address, measured_height FROM building "
        "ORDER BY measured_height DESC, building_id LIMIT 10",
        "buildings × parcels": "SELECT count(*), sum(p.amtliche_flaeche)::BIGINT FROM building b "
        "JOIN parcel p ON ST_Intersects(p.geom, b.geom)",
    }


def rows(shared: Path | None, scale: float = 1.0) -> list[Row]:
    """Building the stores, the first answer of a fresh process, and each query warm."""
    count = int(district.BUILDINGS * scale)
    home, native, made, made_native = district.built(count)
    rows_ = 4 * count
    size = f"14 lakes, {count:,} buildings"
    found = [
        rate(f"{size}: staged and committed", rows_, "rows", (made, made_native), "native file, no checks"),
        duration(
            f"{size}: fresh process to first answer",
            take_turns([(first_answer, (home,)), (first_native_answer, (native,))], runs=2),
            "native file",
        ),
    ]
    return found + [
        duration(f"{size}: {title}", both, "native file", goal) for title, both, goal in contests(home, native)
    ]


def contests(home: Path, native: Path, runs: int = 50) -> list[tuple[str, list[Measured], float]]:
    """Each query first and warm: title, what ours and the peer's cost, and the goal.

    Raises
    ------
    RuntimeError
        If the two do not answer the same.
    """
    found: list[tuple[str, list[Measured], float]] = []
    with twin.open(home) as t, district.open_native(native) as peer:
        t.sql("SELECT 1").fetchall()
        for title, sql in queries().items():

            def ours(sql: str = sql) -> Any:
                return t.sql(sql).fetchall()

            def theirs(sql: str = sql) -> Any:
                return peer.execute(sql).fetchall()

            first = [here(ours), here(theirs)]
            if first[0].result != first[1].result:
                raise RuntimeError(f"{title}: lakes and native file differ")
            found.append((f"{title}, first", first, 0.0))
            rounds = 2 if "×" in title else runs
            found.append((f"{title}, warm", take_turns_here([ours, theirs], rounds), _GOAL))
    return found


def first_answer(home: Path) -> Timed:
    """Seconds from opening the home to the first answer; imports not counted."""
    run = here(lambda: _asked(home))
    return Timed(run.seconds)


def first_native_answer(native: Path) -> Timed:
    """Seconds from connecting to the first answer of the native file."""
    run = here(lambda: _asked_natively(native))
    return Timed(run.seconds)


def _asked(home: Path) -> Any:
    with twin.open(home) as t:
        return t.sql(queries()["count and volume by function"]).fetchall()


def _asked_natively(native: Path) -> Any:
    with district.open_native(native) as connection:
        return connection.execute(queries()["count and volume by function"]).fetchall()
