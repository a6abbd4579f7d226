"""A small district that measures: two stations for everybody, one for its own staff alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import shapely

import twin
from twin import Principal, Twin
from twin.alerts.rule import AlertRule, save_rule

OPEN, CLOSED = "05974040", "05974012"
END = datetime(2026, 3, 31, 12, 0)
"""After the last reading. [UTC]"""


def sensor(key: str, observed: str | None, unit: str | None, place: int = 0, **more: Any) -> dict[str, Any]:
    """A datastream; those of one place are one station."""
    point = shapely.Point(440_000 + 500 * place, 5_710_000)
    own = {"sensor_id": key, "thing": f"Station {place}", "station": str(place), "name": key, "geom": point.wkb}
    return own | {"observed_property": observed, "unit": unit, "interval": 900} | more


def reading(key: str, time: datetime, result: float | None, **more: Any) -> dict[str, Any]:
    return {"sensor_id": key, "phenomenon_time": time, "result": result} | more


def quarters(key: str, count: int, result: Callable[[int], float | None], **more: Any) -> list[dict[str, Any]]:
    """Readings every quarter of an hour, the last one at `END`."""
    found = []
    for number in range(count):
        value = result(number)
        if value is not None:
            found.append(reading(key, END - timedelta(minutes=15) * (count - 1 - number), value, **more))
    return found


SENSORS = [
    sensor("level", "water_level", "m", provider="Wasserverband"),
    sensor("air", "air_temperature", "Cel", 1),
    sensor("rain", "precipitation", "mm", 1),
    sensor("pump", None, None, 2, interval=None),
    sensor("never", "noise", "dB[A]", 3),
    sensor("wind", "wind_direction", "deg", 5),
    sensor("road", "noise", "dB[A]", 6),
    sensor("sky", "weather", "1", 7),
    sensor("nowhere", "co2", "[ppm]", 4, geom=None),
]


@pytest.fixture(scope="session")
def measuring_home(tmp_path_factory: pytest.TempPathFactory, deliver: Callable[..., str]) -> Path:
    path = tmp_path_factory.mktemp("measuring") / "home"
    with Twin.init(path, "05974") as made:
        made.join(OPEN, "all", "open")
        made.join(CLOSED, "all", "internal")
        deliver(made, OPEN, {"sensor": SENSORS}, file="sensors.json")
        texts = [
            reading("pump", END - timedelta(hours=hour), None, result_text="an" if hour % 2 else "aus")
            for hour in range(5)
        ]
        observations = [
            *quarters("level", 3000, lambda n: None if 500 <= n < 600 else 2.0 + n / 3000),
            *quarters("air", 3000, lambda n: n % 96 / 4),
            *quarters("rain", 3000, lambda n: 0.1),
            *texts,
            *quarters("wind", 8, lambda n: 350.0 if n % 2 else 10.0),
            *quarters("road", 8, lambda n: 50.0 if n % 2 else 60.0),
            *quarters("sky", 8, lambda n: 61.0 if n % 4 else 3.0),
            reading("level", END + timedelta(minutes=15), 9.9, quality="bad"),
        ]
        deliver(made, OPEN, {"observation": observations}, file="readings.json")
        deliver(made, CLOSED, {"sensor": [sensor("secret", "water_level", "m", 9)]}, file="secret.json")
        deliver(made, CLOSED, {"observation": quarters("secret", 4, lambda n: 1.0)}, file="secret readings.json")
        save_rule(made.registry, AlertRule(OPEN, "Meldestufe", "above", sensor_id="level", threshold=290.0, unit="cm"))
        save_rule(
            made.registry,
            AlertRule(OPEN, "Regen", "above", observed_property="precipitation", threshold=0.05, severity="alarm"),
        )
        save_rule(made.registry, AlertRule(OPEN, "Still", "silent", sensor_id="air", silence=3600, severity="alarm"))
    return path


@pytest.fixture(scope="session")
def measuring(measuring_home: Path) -> Iterator[Twin]:
    """The district as the public sees it, to be read only."""
    with twin.open(measuring_home, Principal.public()) as opened:
        yield opened
