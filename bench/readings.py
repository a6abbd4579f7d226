"""Readings: landing them beside what is known already, asking for a year and for the latest, and what they take.

The upsert is held against PostgreSQL's ``INSERT … ON CONFLICT`` on the same rows in the same run, both durable, the
table keyed by sensor and time in both. The questions are held against one native DuckDB table in the order in which
readings arrive, asked by a bare connection of the same engine.
"""

from __future__ import annotations

import io
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

import twin
from bench.measuring import Timed, here, take_turns, take_turns_here
from bench.postgres import server
from bench.row import Row, duration, rate
from twin.engine import connect, text

AGS = [f"05974{number:03}" for number in range(4, 60, 4)]
"""Fourteen municipalities."""

SENSORS, BATCH, STORED = 1000, 200_000, 1_000_000
DISTRICT_SENSORS, READINGS = 7_000, 50_000_000
START = np.datetime64("2025-01-01T00:00:00", "us")
HOUR = np.timedelta64(3600, "s").astype("timedelta64[us]")
_MONTHS = 10
_NATIVE = "native DuckDB table"
_COLUMNS = ("sensor_id", "phenomenon_time", "result", "result_time")


def rows(shared: Path | None, scale: float = 1.0) -> list[Row]:
    """Rows a second of the upsert, goal three times the peer; half a second for each question."""
    del shared
    return upsert(scale) + district(scale)


def upsert(scale: float) -> list[Row]:
    """10 % of what comes is known already, 5 % is late and lies between what is stored, the rest is new."""
    count = int(BATCH * scale)
    title = f"{count:,} readings, 10 % known, 5 % late, onto {int(STORED * scale):,}"
    with server() as address:
        if not address:
            return []
        both = take_turns([(ours, (scale,)), (postgres, (scale, address))], runs=2)
    if both[0].result != both[1].result:
        raise RuntimeError(f"upsert and its peer differ: {both[0].result} and {both[1].result} readings")
    return [rate(title, count, "readings", both, "PostgreSQL ON CONFLICT", goal=3.0)]


def ours(scale: float) -> tuple[Timed, int]:
    """Land the second delivery; gives the seconds and how many readings there are then."""
    with tempfile.TemporaryDirectory() as folder, twin.init(Path(folder) / "home", "05974") as t:
        t.join(AGS[0], ["sensor"], "internal", name="Musterstadt")
        stored, coming = _stored(scale), _coming(scale)
        land(t, {AGS[0]: stored})
        start = time.perf_counter()
        land(t, {AGS[0]: coming})
        seconds = time.perf_counter() - start
        return Timed(seconds), int(t.sql("SELECT count(*) FROM observation").fetchall()[0][0])


def postgres(scale: float, address: str) -> tuple[Timed, int]:
    """The same with COPY into a temporary table and INSERT … ON CONFLICT."""
    import psycopg  # noqa: PLC0415 – an extra

    copied, given = io.BytesIO(), io.BytesIO()
    pacsv.write_csv(_stored(scale), copied, pacsv.WriteOptions(include_header=False))
    pacsv.write_csv(_coming(scale), given, pacsv.WriteOptions(include_header=False))
    columns = ", ".join(_COLUMNS)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS observation")
        connection.execute(
            "CREATE TABLE observation (sensor_id text, phenomenon_time timestamp, result double precision, "
            "result_time timestamp, PRIMARY KEY (sensor_id, phenomenon_time))"
        )
        with connection.cursor().copy(f"COPY observation ({columns}) FROM STDIN (FORMAT csv)") as copy:
            copy.write(copied.getvalue())
        connection.execute("VACUUM ANALYZE observation")
        start = time.perf_counter()
        with connection.transaction():
            connection.execute("CREATE TEMP TABLE coming (LIKE observation) ON COMMIT DROP")
            with connection.cursor().copy(f"COPY coming ({columns}) FROM STDIN (FORMAT csv)") as copy:
                copy.write(given.getvalue())
            connection.execute(
                f"INSERT INTO observation ({columns}) SELECT {columns} FROM coming "
                "ON CONFLICT (sensor_id, phenomenon_time) DO UPDATE SET result = excluded.result, "
                "result_time = excluded.result_time WHERE excluded.result_time > observation.result_time"
            )
        seconds = time.perf_counter() - start
        found = connection.execute("SELECT count(*) FROM observation").fetchone()
        assert found is not None
        return Timed(seconds), int(found[0])


def district(scale: float) -> list[Row]:
    """A sensor's year by the hour, the latest of all sensors, and bytes a reading."""
    sensors, hours = int(DISTRICT_SENSORS * min(1.0, scale * 10)), int(READINGS / DISTRICT_SENSORS * min(1.0, scale))
    sensors -= sensors % len(AGS)
    count = sensors * hours
    with tempfile.TemporaryDirectory(prefix="twin-bench-") as name:
        folder = Path(name)
        with twin.init(folder / "home", "05974") as t:
            for number, ags in enumerate(AGS):
                t.join(ags, ["sensor"], "open", name=f"Gemeinde {number}")
            _build(t, sensors, hours)
            with duckdb_table(folder / "native.duckdb", folder / "home") as peer:
                found = _ask(t, peer, f"{count:,} readings of {sensors:,} sensors", sensors)
            size = sum(
                file.stat().st_size
                for file in (folder / "home" / "lakes").rglob("*/data/main/observation/**/*.parquet")
            )
            native = (folder / "native.duckdb").stat().st_size
    return [*found, Row("storage of a reading", size / count, native / count, "B", _NATIVE)]


def _build(t: twin.Twin, sensors: int, hours: int) -> None:
    each = sensors // len(AGS)
    for first in range(0, hours, hours // _MONTHS + 1):
        last = min(hours, first + hours // _MONTHS + 1)
        land(t, {ags: readings(each, first, last, number * each) for number, ags in enumerate(AGS)})


def _ask(t: twin.Twin, peer: duckdb.DuckDBPyConnection, title: str, sensors: int) -> list[Row]:
    hourly = """SELECT date_trunc('hour', phenomenon_time) AS hour, count(*), round(avg(result), 6) FROM observation
                WHERE sensor_id = 's{number:05}' GROUP BY 1 ORDER BY 1"""
    views = "SELECT hour, readings, round(mean, 6) FROM observation_hourly WHERE sensor_id = 's{number:05}' ORDER BY 1"
    latest = """SELECT sensor_id, max(phenomenon_time), arg_max(result, phenomenon_time) FROM observation
                GROUP BY 1 ORDER BY 1"""
    kept = "SELECT sensor_id, phenomenon_time, result FROM observation_latest ORDER BY 1"
    found = []
    for what, our, their in (
        ("a sensor's year by the hour", views.format(number=sensors // 2), hourly.format(number=sensors // 2)),
        (f"latest of {sensors:,} sensors", kept, latest),
    ):
        asked = [partial(_fetch, t.sql, our), partial(_fetch, peer.execute, their)]
        first = [here(one) for one in asked]
        if first[0].result != first[1].result:
            raise RuntimeError(f"{what}: twin and native table differ")
        found.append(duration(f"{title}: {what}, first", first, _NATIVE))
        found.append(duration(f"{what}, warm", take_turns_here(asked, 5), _NATIVE))
    return found


def _fetch(ask: Callable[[str], Any], sql: str) -> Any:
    return ask(sql).fetchall()


def duckdb_table(file: Path, home: Path) -> duckdb.DuckDBPyConnection:
    """A native table of the readings of a home, month after month in the order of their arrival."""
    connection = connect()
    connection.execute(f"ATTACH {text(str(file))} AS native")
    connection.execute("USE native")
    source = text(str(home / "lakes" / "*" / "data" / "main" / "observation" / "**" / "*.parquet"))
    connection.execute(
        f"CREATE TABLE observation AS SELECT sensor_id, phenomenon_time, result, result_time "
        f"FROM read_parquet({source}, hive_partitioning = false) ORDER BY phenomenon_time"
    )
    connection.execute("CHECKPOINT native")
    return connection


def land(t: twin.Twin, tables: dict[str, pa.Table]) -> None:
    """One delivery of readings."""
    with t.stage(twin.DeliveryHeader(file="readings", format="bench")) as staging:
        staging.file(0, "readings", mode="update")
        for ags, table in tables.items():
            staging.add(ags, "observation", table)
        staging.commit()


def readings(sensors: int, first: int, last: int, offset: int = 0, late: int = 0) -> pa.Table:
    """Hourly readings in the order of their time: a daily curve and noise, to two decimals."""
    hours, chance = np.arange(first, last), np.random.default_rng(first + offset)
    at = START + hours * HOUR + np.timedelta64(late, "m").astype("timedelta64[us]")
    times = np.repeat(at, sensors)
    curve = 10 + 5 * np.sin(hours * (2 * np.pi / 24))
    values = np.round(np.repeat(curve, sensors) + chance.normal(0, 1, len(times)), 2)
    names = np.array([f"s{offset + number:05}" for number in range(sensors)])
    columns: dict[str, Any] = {
        "sensor_id": pa.array(np.tile(names, len(hours))),
        "phenomenon_time": pa.array(times),
        "result": pa.array(values),
        "result_time": pa.array(times + HOUR),
    }
    return pa.table(columns)


def _stored(scale: float) -> pa.Table:
    return readings(SENSORS, 0, int(STORED * scale) // SENSORS)


def _coming(scale: float) -> pa.Table:
    known, count = int(STORED * scale) // SENSORS, int(BATCH * scale) // SENSORS
    again, late = count // 10, count // 20
    return pa.concat_tables(
        [
            _stored(scale).slice((known - again) * SENSORS),
            readings(SENSORS, known // 2, known // 2 + late, late=30),
            readings(SENSORS, known, known + count - again - late),
        ]
    )
