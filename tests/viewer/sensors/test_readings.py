"""Readings over a period; pandas adds them up a second time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import twin
from twin import Principal
from viewer.sensors.datastream import datastreams
from viewer.sensors.period import Period, period
from viewer.sensors.readings import MOST, MOST_BARS, STEPS, finest, latest, series

END = datetime(2026, 3, 31, 12, 0)
ZONE = "Europe/Berlin"
RULES = {"10min": "10min", "hour": "h", "day": "D"}


def whole(days=40.0):
    return Period(END.replace(tzinfo=UTC) - timedelta(days=days), END.replace(tzinfo=UTC) + timedelta(hours=1))


def stored(measuring, key):
    sql = "SELECT phenomenon_time, result, quality FROM observation WHERE sensor_id = ? ORDER BY 1"
    found = measuring.sql(sql, values=[key]).df()
    found["time"] = pd.to_datetime(found["phenomenon_time"]).dt.tz_localize("UTC")
    return found[found["quality"].isna() | ~found["quality"].isin(["bad", "missing"])]


@given(days=st.integers(1, 33), back=st.integers(0, 5), step=st.sampled_from(["10min", "hour", "day", "week", "month"]))
@pytest.mark.parametrize("key", ["level", "air", "rain"])
def test_aggregates_equal_those_of_pandas(measuring, key, days, back, step):
    (stream,) = datastreams(measuring, [key])
    end = END.replace(tzinfo=UTC) - timedelta(days=back)
    chosen = Period(end - timedelta(days=days), end)
    (found,) = series(measuring, [stream], chosen, step)
    own = stored(measuring, key)
    began = own["time"] - pd.Timedelta(minutes=15) if key == "rain" else own["time"]
    own = own[(began >= chosen.start) & (began < chosen.end)]
    local = began[own.index].dt.tz_convert(ZONE).dt.tz_localize(None)
    if found.step in {"week", "month"}:
        local = local.dt.to_period("W" if found.step == "week" else "M").dt.start_time
    elif found.step in {"10min", "hour"}:
        local = began[own.index].dt.floor(RULES[found.step]).dt.tz_convert(ZONE).dt.tz_localize(None)
    else:
        local = local.dt.floor({"day": "D", "3h": "3h", "6h": "6h"}[found.step])
    groups = own["result"].groupby(local)
    expected = groups.sum() if key == "rain" else groups.mean()
    assert found.rows["time"].dt.tz_convert(ZONE).dt.tz_localize(None).tolist() == expected.index.tolist()
    np.testing.assert_allclose(found.rows["value"], expected)
    np.testing.assert_allclose(found.rows["lowest"], groups.min())
    np.testing.assert_allclose(found.rows["highest"], groups.max())
    assert found.rows["readings"].tolist() == groups.size().tolist()
    assert STEPS[found.step] >= STEPS[step]


@given(count=st.integers(0, 10**7), days=st.floats(0.01, 40_000), streams=st.integers(1, 8))
def test_no_chart_is_sent_more_than_it_can_show(count, days, streams):
    room = MOST // streams
    chosen = Period(END.replace(tzinfo=UTC), END.replace(tzinfo=UTC) + timedelta(days=days))
    step = finest(count, chosen, room)
    assert count <= room if not step else step == "month" or chosen.seconds / STEPS[step] + 2 <= room


def test_all_that_are_averaged_share_a_step_and_bars_stay_apart(measuring):
    streams = datastreams(measuring, ["level", "air", "rain"])
    found = series(measuring, streams, whole())
    assert sum(len(one.rows) for one in found) <= MOST
    assert found[0].step == found[1].step != ""
    assert len(found[2].rows) <= MOST_BARS
    assert found[2].step == "day"


def test_single_readings_come_as_they_are(measuring):
    (stream,) = datastreams(measuring, ["level"])
    (found,) = series(measuring, [stream], whole(2))
    assert found.step == ""
    assert found.rows["quality"].iloc[-1] == "bad"
    assert found.rows["doubtful"].tolist()[-2:] == [0, 1]
    assert found.rows["value"].iloc[-2] == pytest.approx(2.0 + 2999 / 3000)


def test_a_sum_of_an_instant_is_of_the_interval_before(measuring):
    (stream,) = datastreams(measuring, ["rain"])
    (found,) = series(
        measuring, [stream], Period(END.replace(tzinfo=UTC) - timedelta(hours=1), END.replace(tzinfo=UTC))
    )
    assert found.rows["end"].iloc[-1] == pd.Timestamp(END, tz="UTC")
    assert found.rows["time"].iloc[-1] == pd.Timestamp(END - timedelta(minutes=15), tz="UTC")
    assert len(found.rows) == 4


def test_each_quantity_is_put_together_as_it_has_to_be(measuring):
    wind, road, sky = series(measuring, datastreams(measuring, ["wind", "road", "sky"]), whole(2), "day")
    assert wind.rows["value"].iloc[0] % 360 == pytest.approx(0.0, abs=1e-6)  # and not 180
    assert road.rows["value"].iloc[0] == pytest.approx(10 * np.log10((1e6 + 1e5) / 2))
    assert sky.rows["value"].tolist() == [61.0]
    assert wind.rows["lowest"].isna().all()
    assert (road.rows["lowest"].iloc[0], road.rows["highest"].iloc[0]) == (50.0, 60.0)


def test_texts_are_readings_too(measuring):
    (stream,) = datastreams(measuring, ["pump"])
    (found,) = series(measuring, [stream], whole(2))
    assert sorted(set(found.rows["text"])) == ["an", "aus"]
    assert found.rows["value"].isna().all()


def test_the_last_reading_is_known(measuring):
    assert latest(measuring, datastreams(measuring, ["level", "air"])) == END.replace(tzinfo=UTC) + timedelta(
        minutes=15
    )
    assert latest(measuring, datastreams(measuring, ["never"])) is None
    assert latest(measuring, []) is None


def test_a_guessed_id_draws_nothing(measuring, measuring_home):
    assert datastreams(measuring, ["secret", "level", "none such", "x" * 500, "'; --"])[0].sensor_id == "level"
    with twin.open(measuring_home, Principal.staff("05974012")) as staff:
        (stream,) = datastreams(staff, ["secret"])
        assert len(series(staff, [stream], whole())[0].rows) == 4
    # Even who knows the whole datastream reads nothing of it.
    assert not len(series(measuring, [stream], whole())[0].rows)


def test_readings_are_shown_as_they_were_known(tmp_path, measuring_home, deliver):
    import shutil
    import time

    shutil.copytree(measuring_home, tmp_path / "home")
    with twin.open(tmp_path / "home") as opened:
        (stream,) = datastreams(opened, ["air"])
        chosen = period("2026-03-31..2026-03-31", None)
        before = datetime.now(UTC)
        time.sleep(1.1)
        row = {"sensor_id": "air", "phenomenon_time": END, "result": -7.0, "result_time": END + timedelta(days=1)}
        deliver(opened, "05974040", {"observation": [row]}, file="corrected.json")
        now = series(opened, [stream], chosen)[0].rows["value"].iloc[-1]
        then = series(opened, [stream], chosen, known_at=before)[0].rows["value"].iloc[-1]
        assert (now, then) == (-7.0, 2999 % 96 / 4)
        assert not len(series(opened, [stream], chosen, known_at=datetime(2020, 1, 1, tzinfo=UTC))[0].rows)
