"""Readings gather: in any order, repeated, late or corrected, the same deliveries leave the same table."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import twin
from twin.discovery import find

AGS = "05974040"
START = datetime(2026, 6, 1)
_NUMBERS = count()

READING = st.tuples(
    st.integers(0, 3),  # hour of the reading
    st.integers(0, 3),  # hour of the result
    st.sampled_from([None, "good", "verified"]),
    st.sampled_from([-1.5, 0.0, 2.0]),
)
DELIVERIES = st.lists(st.lists(READING, max_size=6), min_size=1, max_size=4)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory):
    with twin.init(tmp_path_factory.mktemp("gathering") / "home", "05974") as made:
        made.join(AGS, ["all"], "internal")
        yield made


def deliver(home, sensor_id: str, readings, *, sensors: bool = True, retire: bool = False, known: bool = True):
    rows = [
        {
            "sensor_id": sensor_id,
            "phenomenon_time": START + timedelta(hours=hour),
            "result": result,
            "quality": quality,
            "result_time": START + timedelta(hours=stated) if known else None,
        }
        for hour, stated, quality, result in readings
    ]
    with home.stage(twin.DeliveryHeader(file="readings", format="test", layers=("sensor", "observation"))) as staging:
        staging.file(0, "readings", mode="update")
        if sensors:
            staging.add(AGS, "sensor", pa.Table.from_pylist([{"sensor_id": sensor_id}], _schema("sensor")))
        if rows:
            staging.add(AGS, "observation", pa.Table.from_pylist(rows, _schema("observation")))
        if retire:
            staging.retire("sensor", [sensor_id])
        return staging.commit()


def _schema(layer: str) -> pa.Schema:
    return find("LAYER", layer).read_schema.remove(len(find("LAYER", layer).columns))


def stored(home, sensor_id: str):
    found = home.sql(
        "SELECT phenomenon_time, result_time, quality, result FROM observation WHERE sensor_id = ? ORDER BY 1",
        values=[sensor_id],
    ).fetchall()
    return [((at - START) // timedelta(hours=1), (of - START) // timedelta(hours=1), *rest) for at, of, *rest in found]


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deliveries=DELIVERIES, data=st.data())
def test_any_order_gives_the_same_table(home, deliveries, data) -> None:
    expected: dict[int, tuple] = {}
    for reading in (one for delivery in deliveries for one in delivery):
        hour, stated, quality, result = reading
        better = (stated, quality is not None, quality or "", result)
        if hour not in expected or better > expected[hour][0]:
            expected[hour] = (better, reading)
    wanted = [expected[hour][1] for hour in sorted(expected)]
    again = data.draw(st.permutations([*deliveries, deliveries[0]]))
    for order in (deliveries, again):
        sensor_id = f"s{next(_NUMBERS)}"
        for number, delivery in enumerate(order):
            shuffled = data.draw(st.permutations(delivery))
            deliver(home, sensor_id, shuffled, sensors=number in (0, len(order) - 1))
        assert stored(home, sensor_id) == wanted


def test_a_sensor_that_comes_again_keeps_its_readings(home) -> None:
    deliver(home, "again", [(0, 0, None, 1.0), (1, 1, None, 2.0)])
    deliver(home, "again", [])
    deliver(home, "again", [(2, 2, None, 3.0)])
    assert [reading[3] for reading in stored(home, "again")] == [1.0, 2.0, 3.0]


def test_what_is_repeated_writes_nothing(home) -> None:
    deliver(home, "quiet", [(0, 0, "good", 1.0)])
    outcome = deliver(home, "quiet", [(0, 0, "good", 1.0)], sensors=False)
    assert outcome.loaded.get("observation", {}) == {}
    assert outcome.retired.get("observation", 0) == 0


def test_where_the_source_does_not_say_how_late_it_is_the_later_delivery_corrects(home) -> None:
    for value in (5.0, 2.0):
        deliver(home, "unsaid", [(0, 0, None, value)], known=False)
    found = home.sql("SELECT result FROM observation WHERE sensor_id = 'unsaid'").fetchall()
    assert found == [(2.0,)]
    deliver(home, "unsaid", [(0, 3, None, 1.0)])
    deliver(home, "unsaid", [(0, 0, None, 9.0)], known=False)
    assert home.sql("SELECT result FROM observation WHERE sensor_id = 'unsaid'").fetchall() == [(1.0,)]


def test_what_was_known_before_a_correction_can_be_asked_for(home) -> None:
    before = deliver(home, "corrected", [(0, 0, None, 1.0)])
    deliver(home, "corrected", [(0, 1, None, 1.5)])
    asked = "SELECT result FROM observation WHERE sensor_id = 'corrected'"
    assert home.sql(asked).fetchall() == [(1.5,)]
    assert home.sql(asked, at=before.delivery_id).fetchall() == [(1.0,)]


def test_readings_go_with_a_sensor_that_is_retired(home) -> None:
    deliver(home, "gone", [(0, 0, None, 1.0)])
    deliver(home, "gone", [], sensors=False, retire=True)
    assert stored(home, "gone") == []
