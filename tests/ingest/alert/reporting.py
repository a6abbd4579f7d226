"""Lets sensors report."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pyarrow as pa

import twin
from twin.discovery import find

SOEST, WERL, DISTRICT = "05974040", "05974052", "05974"
NUMBERS = count()


def sensor_id() -> str:
    """Id of a sensor that no other test has."""
    return f"pegel:{next(NUMBERS)}"


def report(
    t: twin.Twin,
    readings: dict[str, Iterable[tuple[datetime, float | None, str | None]]],
    *,
    ags: str = SOEST,
    unit: str = "cm",
    observed_property: str = "water_level",
    quality_time: datetime | None = None,
    **facts: Any,
) -> str:
    """A delivery of readings (time, result, quality) by sensor; gives its id."""
    sensors = [
        {"sensor_id": name, "observed_property": observed_property, "unit": unit, "name": f"Pegel {name}", **facts}
        for name in readings
    ]
    rows = [
        {"sensor_id": name, "phenomenon_time": at.astimezone(UTC).replace(tzinfo=None), "result": value,
         "quality": quality, "result_time": quality_time}
        for name, found in readings.items() for at, value, quality in found
    ]  # fmt: skip
    header = twin.DeliveryHeader(file="readings", format="test", layers=("sensor", "observation"))
    with t.stage(header) as staging:
        staging.file(0, "readings", mode="update")
        staging.add(ags, "sensor", table("sensor", sensors))
        if rows:
            staging.add(ags, "observation", table("observation", rows))
        outcome = staging.commit()
    return str(outcome.delivery_id)


def series(start: datetime, values: Iterable[float], step: int = 60) -> list[tuple[datetime, float, None]]:
    """Readings one after another, so many seconds apart."""
    return [(start + timedelta(seconds=step * number), value, None) for number, value in enumerate(values)]


def table(layer: str, rows: list[dict[str, Any]]) -> pa.Table:
    """Rows as a reader gives them."""
    schema = find("LAYER", layer).read_schema
    wanted = {name for row in rows for name in row}
    kept = pa.schema([field for field in schema if field.name in wanted])
    return pa.Table.from_pylist(rows, kept)
