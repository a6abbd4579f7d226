"""The demo's sensors: sixty in the municipalities that have joined, two in the one that has not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import numpy as np

from ingest.demo import quantity as q
from ingest.demo import rhythm, waters
from ingest.demo.landscape import Floats, brook_east, height, river_north
from ingest.demo.places import TOWN
from ingest.demo.quantity import Quantity
from ingest.demo.sensor import Course, Sensor, Station
from ingest.demo.streets import GATES, wall
from ingest.demo.weather import Weather

TOWN_KEY, MEADOW, HILL, ABSENT = "05099010", "05099020", "05099030", "05099040"

_CITY, _UTILITY, _WATER = "Stadt Musterstadt", "Stadtwerke Musterkreis", "Wasserverband Muster"
_MEADOW, _HILL, _DWD = "Gemeinde Auenrode", "Gemeinde Hainberg", "Deutscher Wetterdienst"

GARAGE = 13
"""Number of the sensor of the garage that is let for good."""

SILENT = 41
"""Number of the sensor that has fallen silent: the basin at the Neue Gartenstadt."""

BROOK = 43
"""Number of the gauge on the Hainbach above the town, which is live."""

GAUGE = 2
"""Number of the river's gauge in the town, whose level the district watches."""


@cache
def sensors() -> tuple[Sensor, ...]:
    """All of them, by number."""
    found = (*_gauges(), *_parking(), *_air_and_noise(), *_traffic(), *_energy(), *_basins(), *_ground(), *_weather())
    return tuple(sorted(found, key=lambda sensor: sensor.number))


def sensor(number: int) -> Sensor:
    """The sensor with a number."""
    return next(found for found in sensors() if found.number == number)


def _gauges() -> Iterator[Sensor]:
    """The river, which flows west: a wave passes Ostendorf first."""
    for number, name, ags, east, delay, zero in (
        (1, "OSTENDORF", TOWN_KEY, 8220.0, 0, 30.0),
        (2, "MUSTERSTADT", TOWN_KEY, 4690.0, 1, 34.0),
        (3, "AUENRODE", MEADOW, 1650.0, 3, 38.0),
    ):
        station = Station(9_905_000 + 10 * number, name, ags, _at_river(east), "WASSERVERBAND MUSTER")
        yield Sensor(number, station, q.LEVEL, _river(zero, delay), "gauge", "W", 900, tremble=0.7)
        if number == GAUGE:
            flow = _flow(delay)
            yield Sensor(4, station, q.DISCHARGE, flow, "gauge", "Q", tremble=0.02)
            yield Sensor(5, station, q.WATER_TEMPERATURE, lambda w, n: waters.water_temperature(w), "gauge", "WT")


def _flow(delay: int) -> Course:
    return lambda weather, noise: waters.discharge(weather, 240.0, 4.5, delay) * (1 + 0.004 * noise)


def _river(zero: float, delay: int) -> Course:
    return lambda weather, noise: waters.level(_flow(delay)(weather, noise), zero, 38.0)


def _parking() -> Iterator[Sensor]:
    def garage(places: int, commuters: float, shoppers: float, residents: float) -> Course:
        return lambda w, n: rhythm.free_places(w, places, commuters, shoppers, residents, n)

    for number, name, ags, position, course in (
        (10, "Tiefgarage Marktplatz", TOWN_KEY, _square(-14, -22), garage(240, 0.32, 0.6, 0.06)),
        (11, "Parkhaus Bahnhof", TOWN_KEY, (5085.0, 4960.0), garage(410, 0.78, 0.12, 0.05)),
        (12, "Parkplatz Wallanlagen", TOWN_KEY, _ring(214.0, 1.07), garage(120, 0.45, 0.42, 0.1)),
        (13, "Quartiersgarage Altstadt", TOWN_KEY, _ring(120.0, 0.7), lambda w, n: rhythm.let_places(n)),
        (14, "Parkplatz Dorfmitte Auenrode", MEADOW, (1690.0, 4520.0), garage(46, 0.25, 0.45, 0.2)),
    ):
        owner = _MEADOW if ags == MEADOW else _UTILITY
        live = number in (10, 13)
        yield Sensor(
            number, Station(100 + number, name, ags, position, owner), q.PARKING, course, tremble=1.6 * live, live=live
        )


def _air_and_noise() -> Iterator[Sensor]:
    ring = Station(120, "Luftmessstelle Ringstraße", TOWN_KEY, _ring(300.0, 1.18), _CITY)
    yield Sensor(15, ring, q.NO2, rhythm.nitrogen_dioxide)
    yield Sensor(16, ring, q.PM10, rhythm.fine_dust)
    yield Sensor(17, ring, q.PM2_5, lambda w, n: 0.62 * rhythm.fine_dust(w, n))
    yield Sensor(18, ring, q.O3, rhythm.ozone)
    station = Station(121, "Schallmessstelle Bahnhof", TOWN_KEY, (4985.0, 4966.0), _CITY)
    village = Station(122, "Schallmessstelle Ortsdurchfahrt Hainberg", HILL, (3010.0, 6472.0), _HILL)
    yield Sensor(19, ring, q.NOISE, lambda w, n: rhythm.sound(rhythm.vehicles(w, 900, n), 63, n))
    yield Sensor(20, station, q.NOISE, lambda w, n: rhythm.sound(rhythm.vehicles(w, 300, n), 64, n))
    yield Sensor(21, village, q.NOISE, lambda w, n: rhythm.sound(rhythm.vehicles(w, 190, n), 62, n))


def _traffic() -> Iterator[Sensor]:
    def cars(peak: float) -> Course:
        return lambda w, n: rhythm.vehicles(w, peak, n)

    def bikes(peak: float, leisure: float) -> Course:
        return lambda w, n: rhythm.bicycles(w, peak, leisure, n)

    gates = {name: _ring(angle, 1.15) for name, angle in GATES.items()}
    for number, name, ags, position, quantity, course in (
        (22, "Zählstelle Oststraße", TOWN_KEY, gates["Osttor"], q.VEHICLES, cars(880)),
        (23, "Zählstelle Brückstraße", TOWN_KEY, gates["Brücktor"], q.VEHICLES, cars(640)),
        (24, "Radzählstelle Weststraße", TOWN_KEY, gates["Westtor"], q.BICYCLES, bikes(150, 0.35)),
        (25, "Radzählstelle Stadtpark", TOWN_KEY, (5300.0, 4725.0), q.BICYCLES, bikes(60, 1.4)),
        (26, "Radzählstelle Auenweg", MEADOW, (1620.0, 3985.0), q.BICYCLES, bikes(36, 2.2)),
        (27, "Radzählstelle Höhenstraße", HILL, (3340.0, 6560.0), q.BICYCLES, bikes(22, 1.9)),
    ):
        owner = {TOWN_KEY: _CITY, MEADOW: _MEADOW, HILL: _HILL}[ags]
        yield Sensor(number, Station(100 + number, name, ags, position, owner), quantity, course)


def _energy() -> Iterator[Sensor]:
    def sun(peak: float) -> Course:
        return lambda w, n: rhythm.solar(w, peak)

    def house(base: float, peak: float) -> Course:
        return lambda w, n: rhythm.demand(w, base, peak, n)

    hall = Station(130, "Rathaus Musterstadt", TOWN_KEY, _square(-62, -4), _UTILITY)
    school = Station(131, "Gymnasium Musterstadt", TOWN_KEY, _square(420, 250), _UTILITY)
    yield Sensor(30, hall, q.SOLAR, sun(48), tremble=0.25, live=True)
    yield Sensor(31, hall, q.DEMAND, house(14, 66), tremble=0.9, live=True)
    yield Sensor(32, school, q.SOLAR, sun(99))
    yield Sensor(33, school, q.DEMAND, house(9, 84))
    yield Sensor(34, Station(134, "Kläranlage Musterstadt", TOWN_KEY, (4260.0, 3560.0), _UTILITY), q.DEMAND, _sewage)
    yield Sensor(35, Station(135, "Feuerwehrhaus Auenrode", MEADOW, (1740.0, 4630.0), _MEADOW), q.SOLAR, sun(29))
    yield Sensor(36, Station(136, "Grundschule Hainberg", HILL, (2885.0, 6480.0), _HILL), q.SOLAR, sun(62))
    yield Sensor(
        37, Station(137, "Rathaus Steinfelde", ABSENT, (3650.0, 1380.0), "Gemeinde Steinfelde"), q.SOLAR, sun(24)
    )


def _sewage(weather: Weather, noise: Floats) -> Floats:
    """Power of the sewage works: pumps run while the basins empty. [kW]"""
    held = waters.basin(weather, 0.0, 1.0, 40.0)
    drawn: Floats = 95 + 9 * noise + 22 * rhythm.demand(weather, 0.0, 1.0, 0 * noise) + 11 * held
    return drawn


def _basins() -> Iterator[Sensor]:
    for number, name, ags, position, dry, rise, full in (
        (40, "Regenrückhaltebecken Industriegebiet", TOWN_KEY, (6050.0, 5330.0), 30.0, 42.0, 290.0),
        (41, "Regenrückhaltebecken Neue Gartenstadt", TOWN_KEY, (6440.0, 4380.0), 18.0, 33.0, 210.0),
        (42, "Regenrückhaltebecken Auenrode", MEADOW, (1420.0, 4400.0), 22.0, 36.0, 240.0),
        (44, "Regenrückhaltebecken Birkhagen", HILL, (6720.0, 6500.0), 20.0, 45.0, 250.0),
        (45, "Regenrückhaltebecken Steinfelde", ABSENT, (3560.0, 1500.0), 20.0, 40.0, 240.0),
    ):
        course = _basin(dry, rise, full)
        yield Sensor(number, Station(100 + number, name, ags, position, _WATER), q.BASIN, course)
    for number, name, ags, north, area in (
        (43, "Pegel Hainbach Stadt", TOWN_KEY, 4420.0, 14.0),
        (46, "Pegel Hainbach Oberlauf", HILL, 6500.0, 6.0),
    ):
        position = float(brook_east(north, 0)) + 4.0, north
        live = number == BROOK
        yield Sensor(number, Station(100 + number, name, ags, position, _WATER), q.LEVEL, _brook(area),
                     tremble=0.8 if live else 0.0, live=live)  # fmt: skip


def _basin(dry: float, rise: float, full: float) -> Course:
    return lambda weather, noise: waters.basin(weather, dry, rise, full) + 0.4 * noise


def _brook(area: float) -> Course:
    return lambda weather, noise: waters.level(waters.discharge(weather, area, 1.3), 14.0, 40.0) + 0.25 * noise


def _ground() -> Iterator[Sensor]:
    for number, name, ags, position, dry, wet, days in (
        (50, "Marktlinde", TOWN_KEY, _square(6, 4), 7.0, 33.0, 12.0),
        (51, "Blutbuche im Stadtpark", TOWN_KEY, (5282.0, 4712.0), 11.0, 39.0, 20.0),
        (52, "Junge Ulme Ringstraße", TOWN_KEY, _ring(20.0, 1.12), 6.0, 30.0, 9.0),
        (53, "Acker Lohfeld", MEADOW, (1250.0, 2300.0), 12.0, 42.0, 24.0),
        (54, "Eichenwald Birkhagen", HILL, (7810.0, 7010.0), 14.0, 46.0, 30.0),
    ):
        yield Sensor(number, Station(100 + number, name, ags, position, _CITY), q.SOIL, _soil(dry, wet, days))
    for number, name, ags, position in (
        (55, "Grundwassermessstelle Wallanlagen", TOWN_KEY, _ring(250.0, 1.06)),
        (56, "Grundwassermessstelle Aue", MEADOW, (2250.0, 4150.0)),
    ):
        mean = float(height(*position)) - 3.1
        yield Sensor(number, Station(100 + number, name, ags, position, _WATER), q.GROUNDWATER, _well(mean))


def _soil(dry: float, wet: float, days: float) -> Course:
    return lambda weather, noise: waters.soil(weather, dry, wet, days) + 0.15 * noise


def _well(mean: float) -> Course:
    return lambda weather, noise: waters.groundwater(weather, mean, 0.55)


def _weather() -> Iterator[Sensor]:
    """Stations of the DWD and of municipalities: the town is warmer, above all in clear nights; hills are wetter."""
    dwd = Station(99_010, "Musterstadt (Flugplatz)", TOWN_KEY, (7350.0, 4320.0), _DWD)
    hills = Station(99_030, "Hainberg", HILL, (2620.0, 7050.0), _DWD)
    for number, quantity, code, course in (
        (60, q.TEMPERATURE, "tu_stunde:TT_TU", _air(0.0, 0.0)),
        (61, q.HUMIDITY, "tu_stunde:RF_TU", lambda w, n: np.clip(w.humidity + n, 15, 100)),
        (62, q.WIND, "ff_stunde:F", lambda w, n: w.wind),
        (63, q.WIND_DIRECTION, "ff_stunde:D", lambda w, n: np.round(w.direction, -1)),
        (64, q.RAIN, "rr_stunde:R1", _rain(1.0)),
        (65, q.RAIN_SIGN, "rr_stunde:RS_IND", lambda w, n: (w.rain > 0).astype(float)),
        (66, q.RAIN_FORM, "rr_stunde:WRTR", lambda w, n: np.where(w.rain > 0, np.where(w.temperature < 0.5, 7, 6), 0)),
    ):
        yield Sensor(number, dwd, quantity, course, "dwd", code)
    ten = Sensor(67, hills, q.RAIN, _rain(1.18), "dwd", "zehn_min_rr:RWS_10", 600)
    yield ten
    yield replace(
        ten, number=68, quantity=Quantity("", "Niederschlagsdauer", "", "Minuten", "min"), code="zehn_min_rr:RWS_DAU_10"
    )
    yield replace(ten, number=69, quantity=q.RAIN_SIGN, code="zehn_min_rr:RWS_IND_10")
    market = Station(170, "Klimastation Marktplatz", TOWN_KEY, _square(18, -12), _CITY)
    yield Sensor(70, market, q.TEMPERATURE, _air(0.7, 1.5), tremble=0.12, live=True)
    yield Sensor(71, market, q.HUMIDITY, lambda w, n: np.clip(w.humidity - 5 + 1.5 * n, 15, 100))
    yield Sensor(72, market, q.RADIATION, lambda w, n: np.maximum(w.radiation * (1 + 0.02 * n), 0))
    meadow = Station(173, "Wetterstation Auenrode", MEADOW, (1590.0, 4690.0), _MEADOW)
    yield Sensor(73, meadow, q.TEMPERATURE, _air(-0.3, -0.6))
    yield Sensor(74, meadow, q.RAIN, _rain(0.95))
    yield Sensor(75, Station(175, "Regenschreiber Lohfeld", MEADOW, (1560.0, 2090.0), _WATER), q.RAIN, _rain(0.9))
    yield Sensor(
        76, Station(176, "Wetterstation Hainberg", HILL, (2975.0, 6600.0), _HILL), q.TEMPERATURE, _air(-0.8, 0.1)
    )


def _air(offset: float, nights: float) -> Course:
    """Air temperature beside that of the open country: by so much, and by so much more in clear nights."""

    def course(weather: Weather, noise: Floats) -> Floats:
        clear = np.clip(-weather.warmth / 4.0, 0, 1.3) * (1 - weather.cloud)
        felt: Floats = weather.temperature + offset + nights * clear + 0.2 * noise
        return felt

    return course


def _rain(factor: float) -> Course:
    """What falls here of the rain that falls everywhere."""

    def course(weather: Weather, noise: Floats) -> Floats:
        fallen: Floats = weather.rain * factor * np.exp(0.16 * noise)
        return fallen

    return course


def _at_river(east: float) -> tuple[float, float]:
    return east, float(river_north(east)) + 15.0


def _ring(angle: float, reach: float = 1.15) -> tuple[float, float]:
    east, north = wall(reach, np.array([angle]))[0]
    return float(east), float(north)


def _square(east: float, north: float) -> tuple[float, float]:
    """East and north of the market square."""
    return TOWN[0] + east, TOWN[1] + north
