"""Writes weather stations as the DWD's archives: a product of one station, and what is known of it beside."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

import numpy as np

from ingest.demo.landscape import height
from ingest.demo.readings import Readings, delivered
from ingest.demo.sensor import Sensor, Station
from ingest.demo.sensors import sensors
from ingest.demo.things import position

_GRADES = {"tu_stunde": "QN_9", "rr_stunde": "QN_8", "ff_stunde": "QN_3", "zehn_min_rr": "  QN"}
_NAMES = {
    "tu_stunde": "stundenwerte_TU_{number:05d}_akt.zip",
    "rr_stunde": "stundenwerte_RR_{number:05d}_akt.zip",
    "ff_stunde": "stundenwerte_FF_{number:05d}_akt.zip",
    "zehn_min_rr": "10minutenwerte_nieder_{number:05d}_akt.zip",
}
_MISSING = "-999"


def names() -> set[str]:
    """Names of the archives."""
    return {_NAMES[product].format(number=number) for (number, product), _ in _products()}


def archives(present: np.datetime64) -> Iterator[tuple[str, list[tuple[str, bytes]]]]:
    """Name of each archive, and name and content of its files."""
    for (number, product), own in _products():
        yield _NAMES[product].format(number=number), _files(product, own, present)


def _products() -> Iterator[tuple[tuple[int, str], list[Sensor]]]:
    """Sensors by station and product."""
    own = [sensor for sensor in sensors() if sensor.source == "dwd"]
    for key, group in groupby(own, lambda one: (one.station.number, one.code.partition(":")[0])):
        yield key, list(group)


def _files(product: str, own: list[Sensor], present: np.datetime64) -> list[tuple[str, bytes]]:
    station = own[0].station
    times, lines = _lines(product, own, [delivered(sensor, present) for sensor in own])
    begin, end = (str(moment.astype("datetime64[D]")).replace("-", "") for moment in (times[0], times[-1]))
    number = f"{station.number:05d}"
    return [
        (f"Metadaten_Geographie_{number}.txt", _geography(station)),
        (f"Metadaten_Parameter_{product}_{number}.txt", _parameters(own, begin, end)),
        (f"produkt_{product}_{begin}_{end}_{number}.txt", lines),
    ]


def _lines(product: str, own: list[Sensor], found: list[Readings]) -> tuple[np.ndarray, bytes]:
    times = np.unique(np.concatenate([readings.times for readings in found]))
    columns = []
    for sensor, readings in zip(own, found, strict=True):
        values = readings.values if sensor.quantity.digits else readings.values.astype(np.int64)
        texts = np.full(len(times), _MISSING, dtype=object)
        texts[np.searchsorted(times, readings.times)] = [str(value) for value in values.tolist()]
        columns.append(texts.tolist())
    stamps = np.char.replace(np.datetime_as_string(times, unit="m"), "-", "")
    stamps = np.char.replace(np.char.replace(stamps, "T", ""), ":", "")
    width = 12 if product.startswith("zehn") else 10
    head = f"STATIONS_ID;MESS_DATUM;{_GRADES[product]};{';'.join(one.code.partition(':')[2] for one in own)};eor\n"
    number = f"{own[0].station.number:>11}"
    rows = [
        f"{number};{stamp[:width]};    3;{';'.join(values)};eor"
        for stamp, *values in zip(stamps.tolist(), *columns, strict=True)
    ]
    return times, (head + "\n".join(rows) + "\n").encode("cp1252")


def _geography(station: Station) -> bytes:
    longitude, latitude = position(station)
    high = float(height(*station.position))
    return (
        "Stations_id;Stationshoehe;Geogr.Breite;Geogr.Laenge;von_datum;bis_datum;Stationsname\n"
        f"{station.number:>6};{high:8.2f};{latitude:8.4f};{longitude:8.4f};20101020;        ;{station.name}\n"
    ).encode("cp1252")


def _parameters(own: list[Sensor], begin: str, end: str) -> bytes:
    head = "Stations_ID;Von_Datum;Bis_Datum;Stationsname;Parameter;Parameterbeschreibung;Einheit;Datenquelle (Strukturversion=SV);Zusatz-Info;Besonderheiten;Literaturhinweis;eor;\n"  # noqa: E501
    rows = [
        f"{one.station.number:>6};{begin};{end};{one.station.name};{one.code.partition(':')[2]};{one.quantity.name};"
        f"{one.quantity.symbol};erfundene Werte;in UTC;;;eor;\n"
        for one in own
    ]
    return (head + "".join(rows)).encode("cp1252")
