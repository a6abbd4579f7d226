"""Readings by the hour and the latest ones, for whoever may see them."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

import twin
from twin.consent import Principal

AGS = "05974040"
START = datetime(2026, 6, 1)


@pytest.fixture
def home(tmp_path: Path):
    readings = [(0, 1.0, None), (20, 3.0, "good"), (40, 99.0, "bad"), (70, 5.0, None)]
    rows = [
        {"sensor_id": "a", "phenomenon_time": START + timedelta(minutes=at), "result": value, "quality": quality}
        for at, value, quality in readings
    ]
    with twin.init(tmp_path / "home", "05974") as made:
        made.join(AGS, ["sensor"], "open")
        with made.stage(twin.DeliveryHeader(file="a", format="test", layers=("sensor", "observation"))) as staging:
            staging.file(0, "a", mode="update")
            staging.add(AGS, "sensor", pa.Table.from_pylist([{"sensor_id": "a"}]))
            staging.add(AGS, "observation", pa.Table.from_pylist(rows))
            staging.commit()
        yield made


def test_an_hour_has_its_mean_bounds_and_total_without_what_is_bad(home) -> None:
    found = home.sql(
        "SELECT hour, readings, mean, lowest, highest, total FROM observation_hourly ORDER BY hour"
    ).fetchall()
    assert found == [(START, 2, 2.0, 1.0, 3.0, 4.0), (START + timedelta(hours=1), 1, 5.0, 5.0, 5.0, 5.0)]


def test_the_latest_is_the_last_in_time_and_anybody_who_may_sees_it(home) -> None:
    asked = "SELECT ags, sensor_id, result, quality FROM observation_latest"
    assert home.sql(asked).fetchall() == [(AGS, "a", 5.0, None)]
    with twin.open(home.home.path, principal=Principal.public()) as seen:
        assert seen.sql(asked).fetchall() == [(AGS, "a", 5.0, None)]
    home.withdraw(AGS)
    assert home.sql(asked).fetchall() == []
