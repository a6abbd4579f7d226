from __future__ import annotations

import numpy as np
import pytest

from ingest.demo.readings import GAPS, OFF_SCALE, SILENCE, YEAR, delivered, measured, mended
from ingest.demo.sensor import Sensor
from ingest.demo.sensors import SILENT, sensor, sensors
from ingest.demo.weather import EPOCH, storms, weather

END = np.datetime64("2026-11-20T10", "h")


def between(one: Sensor, begin: np.datetime64, hours: int) -> np.ndarray:
    step = np.timedelta64(one.step, "s")
    start = begin.astype("datetime64[s]")
    return measured(one, np.arange(start, start + np.timedelta64(hours, "h"), step)).values


@pytest.mark.parametrize("number", [1, 4, 13, 30, 43, 64, 67, 72])
def test_a_reading_depends_on_its_time_alone(number: int) -> None:
    early, late = delivered(sensor(number), END - 700), delivered(sensor(number), END)
    shared = np.intersect1d(early.times, late.times)
    assert len(shared) > 0.9 * len(early)
    first = early.values[np.isin(early.times, shared)]
    np.testing.assert_array_equal(first, late.values[np.isin(late.times, shared)])
    np.testing.assert_array_equal(first, measured(sensor(number), shared).values)


@pytest.mark.parametrize("one", sensors(), ids=lambda one: str(one.number))
def test_a_year_is_nearly_whole(one: Sensor) -> None:
    found = delivered(one, END)
    full = 365 * 24 * 3600 // one.step
    assert 0.93 * full < len(found) < full
    assert np.all(np.diff(found.times.astype(int)) > 0)
    assert found.times[0] > (END - YEAR).astype("datetime64[s]")
    assert np.all(np.isfinite(found.values))
    assert len(np.unique(found.values)) > 1
    if one.number != SILENT:
        assert found.times[-1] == END.astype("datetime64[s]")


def test_one_is_silent_now_and_some_were_for_days() -> None:
    silent = delivered(sensor(SILENT), END)
    assert silent.times[-1] <= END - SILENCE
    for number, _, hours in GAPS:
        found = delivered(sensor(number), END)
        longest = np.diff(found.times.astype("datetime64[s]").astype(int)).max() / 3600
        assert hours <= longest <= hours + 4, number


def test_rain_comes_before_the_gauges_rise() -> None:
    (storm,) = storms(END - YEAR, END)
    rain = between(sensor(64), storm, 48)
    peaks = [float(np.argmax(rain))]
    for number in (43, 1, 2, 3):
        level = between(sensor(number), storm - 1, 49)
        peaks.append(int(np.argmax(level)) * sensor(number).step / 3600 - 1)
        assert level.max() > 2 * level[0], number
        # Damped: it falls far more slowly than it rose.
        assert level[-1] > level[0]
    assert peaks[0] < peaks[1] < peaks[2] < peaks[3] < peaks[4]
    assert peaks[2] - peaks[0] >= 3
    year = delivered(sensor(2), END)
    assert storm < year.times[np.argmax(year.values)] < storm + 24


def test_ten_minutes_of_rain_add_up_to_the_hour() -> None:
    (storm,) = storms(END - YEAR, END)
    hours = np.arange(storm + 1, storm + 6).astype("datetime64[s]")
    fine = measured(sensor(67), np.arange(storm.astype("datetime64[s]") + 600, hours[-1] + 1, np.timedelta64(600, "s")))
    hourly = sensor(67).hourly(weather(END))[(hours.astype("datetime64[h]") - EPOCH).astype(int)]
    assert fine.values.sum() == pytest.approx(hourly.sum(), abs=0.6)


def test_the_basin_empties_and_the_road_is_left_in_the_storm() -> None:
    (storm,) = storms(END - YEAR, END)
    basin = between(sensor(40), storm, 72)
    assert basin.max() > 150
    assert basin[-1] < 60
    hour = storm + 1
    usual = [between(sensor(22), hour - 168 * week, 2).mean() for week in (1, 2, 3)]
    assert between(sensor(22), hour, 2).mean() < 0.8 * np.mean(usual)


def test_power_follows_the_sun_and_people_the_week() -> None:
    hours = np.arange(END - 24 * 200, END).astype("datetime64[s]")
    sun, solar = measured(sensor(72), hours).values, measured(sensor(32), hours).values
    assert np.corrcoef(sun, solar)[0, 1] > 0.98
    assert solar.max() < 99
    days = (hours.astype("datetime64[D]").astype(int) - 4) % 7
    cars = measured(sensor(22), hours).values
    assert cars[days < 5].mean() > 1.3 * cars[days == 6].mean()
    free = measured(sensor(11), hours).values
    assert free[days == 6].mean() > free[days == 2].mean()
    assert free.min() >= 0


def test_what_jammed_in_the_storm_is_put_right_later() -> None:
    wrong, right = delivered(sensor(46), END), mended(sensor(46), END)
    assert len(right) == 4
    held = wrong.values[np.isin(wrong.times, right.times)]
    assert set(held) == {14.0}
    assert right.values.min() > 2 * held.max()
    assert not len(mended(sensor(43), END))


def test_off_scale_readings_are_planted_once_a_year() -> None:
    for number, _, wrong in OFF_SCALE:
        assert (delivered(sensor(number), END).values == wrong).sum() == 1
