"""Weather of the demo: one for the whole district, hour by hour, which all its sensors share.

It is a function of the date alone: whatever year is written or asked for, an hour has the same weather.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.signal import lfilter
from scipy.special import ndtr

from ingest.demo.landscape import Floats
from ingest.demo.places import SEED

Hours = npt.NDArray[np.datetime64]

EPOCH = np.datetime64("2022-01-01T00", "h")
"""Where the weather begins. [UTC]"""

STORM = "07-11T15"
"""Month, day and hour at which the storm of each year breaks. [UTC]"""

DOWNPOUR = (5.0, 23.0, 17.0, 8.0, 4.0, 1.5)
"""What the storm brings to every place of the district, hour by hour. [mm]"""

LATITUDE, LONGITUDE = 51.55, 8.2

_ZONE = "Europe/Berlin"


@dataclass(frozen=True)
class Weather:
    """Weather on the hours since `EPOCH`, one entry an hour.

    Attributes
    ----------
    hours : array of datetime64[h]
        UTC.
    clock : array
        Local time of day. [h]
    weekday : array
        0 is Monday, by local time.
    season : array
        -1 in the depth of winter, 1 at the height of summer. [1]
    temperature, warmth : array
        Of the air; and what the time of day has added to it. [°C]
    cloud : array
        Share of the sky. [1]
    rain : array
        In the hour before. [mm]
    radiation : array
        Global, mean of the hour before. [W/m²]
    wind, direction : array
        [m/s], [°]
    humidity : array
        Relative. [%]
    """

    hours: Hours
    clock: Floats
    weekday: Floats
    season: Floats
    temperature: Floats
    warmth: Floats
    cloud: Floats
    rain: Floats
    radiation: Floats
    wind: Floats
    direction: Floats
    humidity: Floats


def fading(values: Floats, hours: float) -> Floats:
    """What is left of `values` that fade with a time constant of so many hours; a mean, not a sum."""
    keep = float(np.exp(-1.0 / hours))
    faded: Floats = lfilter([1.0 - keep], [1.0, -keep], values)
    return faded


def wander(count: int, hours: float, *seed: int) -> Floats:
    """A random course about 0 with standard deviation 1 that forgets within so many hours.

    The beginning of a longer course is the shorter one.
    """
    keep = float(np.exp(-1.0 / hours))
    noise = np.random.default_rng([SEED, *seed]).standard_normal(count)
    course: Floats = lfilter([np.sqrt(1.0 - keep * keep)], [1.0, -keep], noise)
    return course


@lru_cache(maxsize=2)
def weather(until: np.datetime64) -> Weather:
    """The weather from `EPOCH` to the hour `until`, which is included."""
    hours = np.arange(EPOCH, until.astype("datetime64[h]") + 1)
    count = len(hours)
    local = pd.DatetimeIndex(hours).tz_localize("UTC").tz_convert(_ZONE)
    clock, weekday = np.asarray(local.hour, float), np.asarray(local.day_of_week, float)
    day = (hours - hours.astype("datetime64[Y]").astype("datetime64[h]")).astype(float) / 24.0
    season = -np.cos(2 * np.pi * (day - 18) / 365.25)
    since = _since_storm(hours)
    front = wander(count, 22, 40)
    cloud = ndtr(1.2 * front + 0.45 - 0.25 * season)
    rain = _rain(front, season, count)
    sultry = (since >= -40) & (since < 0)
    rain = np.where(sultry, 0.0, rain)
    cloud = np.where(sultry, 0.25 * cloud, cloud)
    within = (since >= 0) & (since < len(DOWNPOUR))
    rain = rain + np.where(within, np.asarray(DOWNPOUR)[np.clip(since, 0, len(DOWNPOUR) - 1)], 0.0)
    cloud = np.where(rain > 0, np.maximum(cloud, 0.85), cloud)
    radiation = _clear_sky(hours) * (1 - 0.8 * cloud**2.2)
    heat = 7.0 * np.exp(-(((since + 8) / 36.0) ** 2)) * (since < 0) - 9.0 * np.exp(-since / 20.0) * (since >= 0)
    warmth = -np.cos(2 * np.pi * (clock - 3.5) / 24) * (2.6 + 2.2 * season) * (1.15 - 0.75 * cloud)
    temperature = 10.1 + 8.4 * season + 3.2 * wander(count, 75, 41) + warmth + heat
    gusty = 1.0 + 1.6 * np.exp(-np.abs(since - 0.5) / 1.5) * (np.abs(since) < 12)
    wind = 3.0 * np.exp(0.42 * wander(count, 14, 42) - 0.12 * season) * (1 + 0.06 * warmth) * gusty
    direction = (235 + 58 * wander(count, 30, 43)) % 360
    humidity = np.clip(77 + 9 * (cloud - 0.5) + 13 * (rain > 0) - 3.4 * warmth - 5 * season + 4 * front, 24, 100)
    return Weather(
        hours, clock, weekday, season, temperature, warmth, cloud, rain, radiation, wind, direction, humidity
    )  # fmt: skip


def storms(begin: np.datetime64, end: np.datetime64) -> Hours:
    """Hours in which a storm breaks, of those from `begin` to `end`."""
    years = np.arange(begin.astype("datetime64[Y]"), end.astype("datetime64[Y]") + 1)
    found = np.array([np.datetime64(f"{year}-{STORM}", "h") for year in years.astype(str)])
    return found[(found >= begin) & (found <= end)]


def _since_storm(hours: Hours) -> npt.NDArray[np.int64]:
    """Hours since the storm of the same year."""
    years, of_year = np.unique(hours.astype("datetime64[Y]"), return_inverse=True)
    breaks = np.array([np.datetime64(f"{year}-{STORM}", "h") for year in years.astype(str)])
    since: npt.NDArray[np.int64] = (hours - breaks[of_year]).astype(np.int64)
    return since


def _rain(front: Floats, season: Floats, count: int) -> Floats:
    """Rain of fronts, and of showers on summer afternoons; about 750 mm a year. [mm]"""
    wet = 0.62 * front + 0.78 * wander(count, 5, 44)
    strength = np.exp(0.55 * wander(count, 2, 45))
    fallen: Floats = np.where(wet > 1.18, (0.1 + 1.25 * (wet - 1.18)) * strength * (1.0 + 0.25 * season), 0.0)
    return fallen.round(2)


def _clear_sky(hours: Hours) -> Floats:
    """Global radiation under a clear sky, in the middle of the hour before.

    After Haurwitz: 1098 · cos z · exp(−0.059 / cos z).
    """
    moment = (hours - hours.astype("datetime64[D]").astype("datetime64[h]")).astype(float) - 0.5
    day = (hours - hours.astype("datetime64[Y]").astype("datetime64[h]")).astype(float) / 24.0
    declination = np.radians(-23.44) * np.cos(2 * np.pi * (day + 10) / 365.25)
    angle = np.radians(15.0 * (moment - 12.0) + LONGITUDE)
    latitude = np.radians(LATITUDE)
    high = np.sin(latitude) * np.sin(declination) + np.cos(latitude) * np.cos(declination) * np.cos(angle)
    up = np.maximum(high, 1e-3)
    clear: Floats = np.where(high > 0, 1098.0 * up * np.exp(-0.059 / up), 0.0)
    return clear
