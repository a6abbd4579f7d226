"""What people do in the demo by day, week and season, and what is measured of it: traffic, parking, noise, power."""

from __future__ import annotations

import numpy as np

from ingest.demo.landscape import Floats
from ingest.demo.weather import Weather, fading


def _hump(clock: Floats, middle: float, width: float) -> Floats:
    """A day's peak, 1 at its height."""
    away = (clock - middle + 12) % 24 - 12
    high: Floats = np.exp(-((away / width) ** 2))
    return high


def weekend(weather: Weather) -> Floats:
    """0 on working days, 0.6 on Saturdays, 1 on Sundays."""
    free: Floats = np.where(weather.weekday == 5, 0.6, np.where(weather.weekday == 6, 1.0, 0.0))
    return free


def vehicles(weather: Weather, peak: float, noise: Floats) -> Floats:
    """Motor vehicles in the hour before: two rush hours, fewer when it pours. [1]"""
    clock, free = weather.clock, weekend(weather)
    work = _hump(clock, 7.5, 1.5) + 1.05 * _hump(clock, 16.8, 2.3) + 0.55 * _hump(clock, 12.0, 3.5)
    leisure = 0.75 * _hump(clock, 14.5, 4.8)
    flow = peak * (0.025 + (1 - free) * work + free * leisure) * (1 - 0.1 * (weather.season > 0.9))
    poured = 1 - 0.45 * np.clip(weather.rain / 9.0, 0, 1)
    count: Floats = np.maximum(0.0, flow * poured * (1 + 0.07 * noise))
    return count


def bicycles(weather: Weather, peak: float, leisure: float, noise: Floats) -> Floats:
    """Bicycles in the hour before: warm and dry days bring them out. [1]"""
    clock, free = weather.clock, weekend(weather)
    work = _hump(clock, 7.4, 1.1) + 0.9 * _hump(clock, 16.6, 2.2) + 0.35 * _hump(clock, 12.8, 2.5)
    trips = (1 - free) * work + leisure * (0.35 + free) * _hump(clock, 15.0, 3.4)
    mild = 1 / (1 + np.exp(-(weather.temperature - 9.0) / 5.0))
    dry = 1 - 0.8 * np.clip(weather.rain / 1.2, 0, 1)
    count: Floats = np.maximum(0.0, peak * (0.012 + trips) * (0.18 + 0.95 * mild) * dry * (1 + 0.13 * noise))
    return count


def free_places(
    weather: Weather, places: int, commuters: float, shoppers: float, residents: float, noise: Floats
) -> Floats:
    """Free parking places of a garage used by such shares of each. [1]"""
    clock, free = weather.clock, weekend(weather)
    work = np.clip(_hump(clock, 11.8, 5.6) * 1.25, 0, 1) * (1 - free)
    open_ = np.where(weather.weekday == 6, 0.25, 1.0) * (1 + 0.25 * (weather.weekday == 5))
    shop = (0.8 * _hump(clock, 11.0, 2.2) + _hump(clock, 16.2, 2.8)) * open_
    sleep = 1 - 0.45 * _hump(clock, 13.0, 5.0) * (1 - 0.6 * free)
    taken = commuters * work + shoppers * shop * (1 - 0.3 * np.clip(weather.rain / 6, 0, 1)) + residents * sleep
    left: Floats = np.clip(places * (1 - taken * (1 + 0.06 * noise)), 0, places)
    return left


def let_places(noise: Floats) -> Floats:
    """Free places of a garage that residents and shops have rented: hardly ever more than six. [1]"""
    left: Floats = np.clip(3.0 + 1.4 * noise, 0, 8)
    return left


def sound(traffic: Floats, loud: float, noise: Floats) -> Floats:
    """Sound level beside a street: 10 · log₁₀ of what drives there. [dB(A)]"""
    level: Floats = loud + 10 * np.log10(traffic + 6.0) - 27.0 + 0.9 * noise
    return level


def solar(weather: Weather, peak: float) -> Floats:
    """Power of a photovoltaic plant with such a peak power: cells lose 0.4 % a degree above 25 °C. [kW]"""
    cell = weather.temperature + 0.028 * weather.radiation
    yielded: Floats = np.clip(peak * 0.9 * weather.radiation / 1000 * (1 - 0.004 * (cell - 25)), 0, 0.98 * peak)
    return yielded


def demand(weather: Weather, base: float, peak: float, noise: Floats) -> Floats:
    """Electric power that a public building draws: office hours, light in winter, cooling in summer. [kW]"""
    office = np.clip(1.3 * _hump(weather.clock, 11.5, 4.6), 0, 1) * (weather.weekday < 5)
    dark = 1 - 0.18 * weather.season
    cooling = 0.02 * np.maximum(0, weather.temperature - 24)
    drawn: Floats = np.maximum(
        0.6 * base, base + peak * office * (dark + cooling) * (1 + 0.05 * noise) + 0.03 * base * noise
    )
    return drawn


def _stale(weather: Weather) -> Floats:
    """How little the air is moved: 1 on a usual day. [1]"""
    held: Floats = np.clip(3.0 / np.maximum(weather.wind, 0.6), 0.4, 3.0) * (1.0 - 0.18 * weather.season)
    return held


def nitrogen_dioxide(weather: Weather, noise: Floats) -> Floats:
    """NO₂ beside the ring road. [µg/m³]"""
    exhaust = fading(vehicles(weather, 1.0, np.zeros_like(noise)), 2.0)
    held: Floats = np.maximum(1.5, 5.0 + 26.0 * exhaust * _stale(weather) + 2.2 * noise)
    return held


def fine_dust(weather: Weather, noise: Floats) -> Floats:
    """PM₁₀: heating in winter, fireworks at New Year, washed out by rain. [µg/m³]"""
    heating = np.clip((14 - weather.temperature) / 16, 0, 1.6)
    new_year = weather.hours - weather.hours.astype("datetime64[Y]").astype("datetime64[h]")
    fireworks = 190.0 * np.exp(-new_year.astype(float) / 2.5)
    washed = 1 - 0.5 * np.clip(fading(weather.rain, 5) / 0.8, 0, 1)
    held: Floats = np.maximum(2.0, (8 + 9 * heating * _stale(weather)) * washed * (1 + 0.16 * noise)) + fireworks
    return held


def ozone(weather: Weather, noise: Floats) -> Floats:
    """O₃: made by the sun, used up at night and by exhaust. [µg/m³]"""
    sun = fading(weather.radiation, 5.0)
    held: Floats = np.maximum(
        2.0, 38 + 10 * weather.season + 0.135 * sun + 0.9 * np.maximum(0, weather.temperature - 20) + 5 * noise
    )
    return held
