"""What the demo's rain does on the ground: river, brooks, retention basins, groundwater, soil.

Linear reservoirs: rain runs off through two that empty within hours, and one that empties within weeks.
"""

from __future__ import annotations

import numpy as np

from ingest.demo.landscape import Floats
from ingest.demo.weather import Weather, fading


def runoff(weather: Weather) -> Floats:
    """What of the rain reaches the waters: more of it in winter, on wet ground and in a downpour. [mm/h]"""
    wet = fading(weather.rain, 24 * 6)
    share = np.clip(0.22 - 0.13 * weather.season + 0.9 * wet + 0.006 * weather.rain, 0.04, 0.7)
    reaching: Floats = weather.rain * share
    return reaching


def discharge(weather: Weather, area: float, hours: float, delay: int = 0) -> Floats:
    """Discharge of a catchment.

    Parameters
    ----------
    weather : Weather
    area : float
        [km²]
    hours : float
        Time constant of each of the two fast reservoirs. [h]
    delay : int
        How long the wave is on its way to the gauge. [h]

    Returns
    -------
    discharge : array
        [m³/s]
    """
    reaching = runoff(weather)
    fast = fading(fading(reaching, hours), hours)
    slow = fading(reaching, 24.0 * 18)
    flow = area / 3.6 * (0.45 * fast + 0.5 * slow) + 0.0025 * area
    if delay:
        flow = np.concatenate([np.full(delay, flow[0]), flow[:-delay]])
    result: Floats = flow
    return result


def level(flow: Floats, zero: float, slope: float) -> Floats:
    """Water level by a rating curve: `zero` + `slope` · √flow. [cm]"""
    high: Floats = zero + slope * np.sqrt(np.maximum(flow, 0.0))
    return high


def basin(weather: Weather, dry: float, rise: float, full: float) -> Floats:
    """Level of a retention basin: it fills within the hour and is throttled empty within a night. [cm]"""
    held = fading(fading(np.maximum(weather.rain - 0.3, 0.0), 1.2), 7.0)
    high: Floats = np.minimum(dry + rise * held, full)
    return high


def groundwater(weather: Weather, mean: float, swing: float) -> Floats:
    """Groundwater level: highest in spring, lowest in autumn. [m above sea level]"""
    recharge = fading(weather.rain * np.clip(0.6 - 0.6 * weather.season, 0, 1), 24 * 75)
    high: Floats = mean + swing * (recharge - 0.055) / 0.04
    return high


def soil(weather: Weather, dry: float, wet: float, days: float) -> Floats:
    """Volumetric soil moisture: rain wets, the sun dries. [%]"""
    gained = fading(weather.rain, 24 * days)
    lost = fading(weather.radiation, 24 * days) / 260.0
    share = np.clip(0.42 + 3.6 * (gained - 0.085) - 0.55 * (lost - 0.42), 0.0, 1.0)
    moist: Floats = dry + (wet - dry) * share
    return moist


def water_temperature(weather: Weather) -> Floats:
    """Temperature of the river, which follows the air within days. [°C]"""
    warm: Floats = np.maximum(0.4, 1.2 + 0.9 * fading(weather.temperature, 60) + 0.1 * weather.warmth)
    return warm
