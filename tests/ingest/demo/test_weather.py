from __future__ import annotations

import numpy as np

from ingest.demo.weather import DOWNPOUR, storms, weather

END = np.datetime64("2026-11-20T10", "h")


def test_an_hour_has_the_same_weather_whatever_is_asked_for() -> None:
    early, late = weather(END - 5000), weather(END)
    count = len(early.hours)
    for name in ("temperature", "cloud", "rain", "radiation", "wind", "direction", "humidity"):
        np.testing.assert_array_equal(getattr(early, name), getattr(late, name)[:count], name)


def test_years_are_those_of_the_region() -> None:
    found = weather(END)
    for year in ("2023", "2024", "2025"):
        own = found.hours.astype("datetime64[Y]") == np.datetime64(year)
        assert 600 < found.rain[own].sum() < 1200
        assert 8.5 < found.temperature[own].mean() < 12
        assert found.temperature[own].min() > -20
        assert found.temperature[own].max() < 40
        assert 950 < found.radiation[own].sum() / 1000 < 1250
        months = found.hours[own].astype("datetime64[M]").astype(int) % 12
        assert found.temperature[own][months == 6].mean() > found.temperature[own][months == 0].mean() + 10
        assert np.all(found.radiation[own] >= 0)


def test_the_sun_shines_by_day_and_highest_at_noon() -> None:
    found = weather(END)
    summer = (found.season > 0.8) & (found.rain == 0)
    by_hour = [found.radiation[summer & (found.clock == hour)].mean() for hour in range(24)]
    assert by_hour[1] == 0
    assert int(np.argmax(by_hour)) in (13, 14)


def test_a_storm_breaks_after_hot_days_and_cools_the_air() -> None:
    found = weather(END)
    (storm,) = storms(END - 365 * 24, END)
    at = int(np.flatnonzero(found.hours == storm)[0])
    assert found.rain[at : at + len(DOWNPOUR)].sum() > 50
    assert found.rain[at - 40 : at].sum() == 0
    assert found.temperature[at - 2] - found.temperature[at + 3] > 10
    assert found.rain[at - 8760 + 200 : at].max() < found.rain[at + 1]
