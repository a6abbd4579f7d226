"""What a feed brings in a month is one delivery; its files stay few, and every state that a moment names stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import twin
from twin import compaction
from twin.registry import rows

AGS, NEXT = "05974040", "05974052"
START = datetime(2026, 6, 28)


@pytest.fixture
def home(tmp_path: Path):
    with twin.init(tmp_path / "home", "05974") as made:
        made.join(AGS, ["sensor"], "open")
        made.join(NEXT, ["sensor"], "open")
        yield made


def land(home, readings, *, feed: str = "pegel", ags: str = AGS, sensors=()):
    """Readings are (sensor, hour, result, hour of the result); a feed's name is none for an ordinary delivery."""
    header = twin.DeliveryHeader(file="f", format="test", author=feed and f"feed {feed}", ags=ags)
    if feed:
        header = replace(header, continues=home.continued_delivery(header))
    entries = [
        {
            "sensor_id": sensor,
            "phenomenon_time": START + timedelta(hours=hour),
            "result": result,
            "result_time": START + timedelta(hours=stated),
        }
        for sensor, hour, result, stated in readings
    ]
    with home.stage(header) as staging:
        staging.file(0, "f", mode="update")
        if sensors:
            staging.add(ags, "sensor", pa.Table.from_pylist([{"sensor_id": one} for one in sensors]))
        if entries:
            staging.add(ags, "observation", pa.Table.from_pylist(entries))
        return staging.commit()


def table(home, at=None):
    found = home.table("observation", at=at).select("ags, sensor_id, phenomenon_time, result").fetchall()
    return sorted(found)


def files(home, layer: str, ags: str = AGS) -> list[Path]:
    return list((home.home.lake(ags) / "data" / "main" / layer).rglob("*.parquet"))


def test_a_feed_has_one_delivery_a_month_and_one_moment_a_day(home) -> None:
    first = land(home, [("a", 0, 1.0, 0)])
    before = len(home.history())
    for hour in range(1, 6):
        assert land(home, [("a", hour, 1.0, hour)]).delivery_id == first.delivery_id
    assert len(home.history()) == before + 1
    assert home.history()[-1].action == "feed"
    assert home.sql("SELECT DISTINCT delivery_id FROM observation").fetchall() == [(first.delivery_id,)]
    assert home.sql("SELECT delivery_id FROM delivery").fetchall() == [(first.delivery_id,)]
    assert sum(entry["observation"]["loaded"] for entry in [home.history()[-1].counts]) == 6
    assert land(home, [("a", 9, 1.0, 9)], feed="other").delivery_id != first.delivery_id


def test_what_is_known_already_makes_no_moment(home) -> None:
    land(home, [("a", 0, 1.0, 0)], sensors=["a"])
    before, revision = home.history(), home.registry.setting("revision")
    kept = files(home, "sensor") + files(home, "observation") + files(home, "observation_latest")
    land(home, [("a", 0, 1.0, 0)], sensors=["a"])
    assert home.history() == before
    assert files(home, "sensor") + files(home, "observation") + files(home, "observation_latest") == kept
    assert home.registry.setting("revision") == revision


def test_a_feed_whose_municipality_withdrew_meanwhile_begins_anew(home) -> None:
    first = land(home, [("a", 0, 1.0, 0)])
    header = twin.DeliveryHeader(file="f", format="test", author="feed pegel", ags=AGS, continues=first.delivery_id)
    with home.stage(header) as staging:
        staging.file(0, "f", mode="update")
        home.withdraw(AGS)
        home.join(AGS, ["sensor"], "open")
        staging.add(AGS, "observation", pa.Table.from_pylist([{"sensor_id": "a", "phenomenon_time": START}]))
        staging.commit()
    assert home.sql("SELECT count(*) FROM observation JOIN delivery USING (delivery_id)").fetchall() == [(1,)]


def test_a_landing_that_brings_nothing_to_a_delivery_that_is_gone_leaves_nothing(home) -> None:
    first = land(home, [("a", 0, 1.0, 0)])
    header = twin.DeliveryHeader(file="f", format="test", author="feed pegel", ags=AGS, continues=first.delivery_id)
    with home.stage(header) as staging:
        staging.file(0, "f", mode="update")
        home.withdraw(AGS)
        staging.commit()
    with home.registry.read() as transaction:
        assert not rows(transaction, "SELECT delivery_id FROM delivery")
    home.join(AGS, ["sensor"], "open")
    assert land(home, [("a", 0, 1.0, 0)]).loaded == {"observation": {AGS: 1}}


def test_a_corrected_reading_is_known_as_it_was(home) -> None:
    for result, stated in ((1.0, 0), (2.0, 5), (1.5, 3)):
        land(home, [("a", 0, result, stated)])
    versions = home.sql("SELECT result, known_from, known_until FROM observation_known ORDER BY known_from").fetchall()
    assert [version[0] for version in versions] == [1.0, 2.0]  # the third was older than what was known
    (_, first, until), (_, since, open_end) = versions
    assert first < until == since
    assert open_end is None
    asked = "SELECT result FROM observation_known WHERE known_from <= ? AND (known_until IS NULL OR known_until > ?)"
    assert home.sql(asked, values=[first, first]).fetchall() == [(1.0,)]
    assert home.sql(asked, values=[since, since]).fetchall() == [(2.0,)]


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compaction, "_KEPT", "0 seconds")
    monkeypatch.setattr(compaction, "_TIERS", ((1 << 20, 4),))


def test_files_and_snapshots_stay_few(home, at_once) -> None:
    for hour in range(40):
        land(home, [("a", hour * 3, float(hour), hour), ("b", hour * 3, 0.0, hour)])
    assert len(table(home)) == 80
    assert len(files(home, "observation")) <= 2 * 5  # months: June and July
    assert len(files(home, "observation_latest")) <= 5
    with home.registry.read() as transaction:
        assert len(rows(transaction, "SELECT * FROM head WHERE ags = :ags", ags=AGS)) <= 3


READING = st.tuples(st.sampled_from("ab"), st.integers(0, 200), st.sampled_from([0.0, 1.5]), st.integers(0, 3))
STEP = st.tuples(
    st.sampled_from(["pegel", "wetter", ""]), st.sampled_from([AGS, NEXT]), st.lists(READING, min_size=1, max_size=4)
)


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, min_size=8, max_size=20))
def test_every_state_that_an_ordinary_delivery_made_stays_readable(tmp_path_factory, monkeypatch, steps) -> None:
    monkeypatch.setattr(compaction, "_KEPT", "0 seconds")
    monkeypatch.setattr(compaction, "_TIERS", ((1 << 20, 2),))
    with twin.init(tmp_path_factory.mktemp("states") / "home", "05974") as home:
        home.join(AGS, ["sensor"], "open")
        home.join(NEXT, ["sensor"], "open")
        states, model = {}, {}
        for feed, ags, readings in steps:
            outcome = land(home, readings, feed=feed, ags=ags)
            for sensor, hour, result, stated in readings:
                key = (ags, sensor, START + timedelta(hours=hour))
                if key not in model or (stated, result) > model[key]:
                    model[key] = (stated, result)
            if not feed:
                states[outcome.delivery_id] = table(home)
        assert table(home) == sorted((*key, result) for key, (_, result) in model.items())
        for delivery_id, state in states.items():
            assert table(home, at=delivery_id) == state
        newest = {}
        for (ags, sensor, moment), (_, result) in sorted(model.items()):
            newest[ags, sensor] = (moment, result)
        found = home.sql("SELECT ags, sensor_id, phenomenon_time, result FROM observation_latest").fetchall()
        assert {(ags, sensor): tuple(rest) for ags, sensor, *rest in found} == newest
