"""Seeds of what sensors report in: SensorThings, PegelOnline, DWD, air quality."""

from __future__ import annotations

import io
import json
import zipfile

from pyproj import Transformer

Seed = tuple[str, bytes]


def _degrees(east: float, north: float) -> tuple[float, float]:
    lon, lat = Transformer.from_crs(25832, 4326, always_xy=True).transform(east, north)
    return round(lon, 6), round(lat, 6)


def sensor_things(east: float, north: float) -> Seed:
    """A thermometer with readings of a day."""
    service = "https://example.org/v1.1"
    readings = [
        {
            "@iot.id": n,
            "phenomenonTime": f"2026-06-01T{n:02}:00:00Z",
            "result": 15.5 + n,
            "resultTime": f"2026-06-01T{n:02}:00:01Z",
        }
        for n in range(24)
    ]
    stream = {
        "@iot.id": 7,
        "@iot.selfLink": f"{service}/Datastreams(7)",
        "name": "Lufttemperatur",
        "unitOfMeasurement": {"name": "degree Celsius", "symbol": "°C", "definition": "ucum:Cel"},
        "Observations": readings,
        "Observations@iot.nextLink": f"{service}/Datastreams(7)/Observations?$skip=24",
    }
    place = {"type": "Point", "coordinates": list(_degrees(east, north))}
    thing = {"@iot.id": 1, "@iot.selfLink": f"{service}/Things(1)", "name": "Rathaus"}
    thing |= {"Locations": [{"location": place}], "Datastreams": [stream]}
    return "things.json", json.dumps({"value": [thing]}).encode()


def pegel_online(east: float, north: float) -> Seed:
    """A gauge with its current reading."""
    lon, lat = _degrees(east, north)
    current = {"timestamp": "2026-06-01T12:00:00+02:00", "value": 238.0}
    series = {"shortname": "W", "longname": "WASSERSTAND ROHDATEN", "unit": "cm", "equidistance": 15}
    station = {"uuid": "facc5c16-f700-4248-9893-a395bffaf2e4", "number": "1", "shortname": "A", "longname": "AM ANGER"}
    station |= {"longitude": lon, "latitude": lat, "timeseries": [{**series, "currentMeasurement": current}]}
    return "stations.json", json.dumps([station]).encode()


def dwd_archive(east: float, north: float) -> Seed:
    """Rain of a day, with the station beside it."""
    lon, lat = _degrees(east, north)
    lines = ["STATIONS_ID;MESS_DATUM;QN_8;  R1;RS_IND;WRTR;eor"]
    lines += [f"      15000;20190708{n:02};    3;   {n / 10};   1;-999;eor" for n in range(24)]
    head = "Stations_id;Stationshoehe;Geogr.Breite;Geogr.Laenge;von_datum;bis_datum;Stationsname"
    files = {
        "Metadaten_Geographie_15000.txt": f"{head}\r\n 15000;  230.99; {lat};  {lon};20101020;        ;Musterstädt\r\n",
        "produkt_rr_stunde_20190708_20190708_15000.txt": "\r\n".join([*lines, ""]),
    }
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files.items():
            archive.writestr(name, content.encode("latin-1"))
    return "stundenwerte_RR_15000_akt.zip", target.getvalue()


def luqs(east: float, north: float) -> Seed:
    """Three stations."""
    lon, lat = _degrees(east, north)
    lines = ["kuerzel;type;name;plz;longitude;latitude;address;disko"]
    lines += [f"MU{n};Verkehr;M&uuml;hle {n};59494;{lon + n / 1000};{lat};Musterstadt<br>Am Anger;0" for n in range(3)]
    return "luqs.csv", "\n".join([*lines, ""]).encode()


def dwd_report() -> Seed:
    """Weather of a day; it names no place, and goes where its sensors are stored already: see `STORED`."""
    lines = [
        "surface observations;Parameter description;dry_bulb_temperature_at_2_meter_above_ground;relative_humidity",
        "10315;Unit;Grad C;%",
        "Datum;Uhrzeit (UTC);Temperatur (2m);Relative Feuchte",
    ]
    lines += [f"12.04.23;{n:02}:00;{8 + n},5;94" for n in range(24)]
    return "10315-BEOB.csv", "\n".join([*lines, ""]).encode()


STORED = ["dwd:10315:beob:dry_bulb_temperature_at_2_meter_above_ground", "dwd:10315:beob:relative_humidity"]
"""Sensors that the home has before anything is damaged."""
