"""Air quality that is polled: the air data API of the Umweltbundesamt, or the current values of LUQS."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from ingest.polling.peer import Peer
from ingest.polling.standing import Place, Standing, utc_now
from ingest.polling.words import Words
from ingest.sensor.air_component import AirComponent, air_components
from ingest.sensor.document import word
from ingest.sensor.luqs_current import is_current
from ingest.sensor.moment import moment
from ingest.sensor.uba_air import MARK, sensor_id
from ingest.source import Catch, Option, Setting
from twin.errors import DeliveryError, InvalidDelivery
from twin.language import Text

FORMAT = "luqs"

UBA = "https://luftdaten.umweltbundesamt.de/api/air-data/v3"
LUQS = "https://www.lanuv.nrw.de/fileadmin/lanuv/luft/immissionen/aktluftqual/eu_luftqualitaet.csv"

_DAY = timedelta(days=1)
_CET = timedelta(hours=1)
_AHEAD = timedelta(minutes=10)
_OVERLAP, _LOOK_BACK = timedelta(hours=6), timedelta(days=7)
_CHUNK = timedelta(days=90)
_LARGEST = 8 << 20
_IN_A_ROW = 3
_CODE, _NAME, _CITY, _LONGITUDE, _LATITUDE, _SETTING, _TYPE = 1, 2, 3, 7, 8, 14, 16
_DATA = Text("ein Objekt „data“", "an object “data”")
_FIRST = Text("Zeile 1–2", "lines 1–2")
_CURRENT = Text("Zeit, dann Station, Kürzel und Werte", "the time, then station, short name and values")


class UbaAirData:
    """A gatherer of the Umweltbundesamt's hourly means; see `ingest.source.Gatherer`.

    Parameters
    ----------
    setting : Setting
        Options of ``ingest.sources.luqs``.
    declared : tuple of Option
        What there is.

    Raises
    ------
    FeedError
        If an option makes no sense.
    """

    def __init__(self, setting: Setting, declared: tuple[Option, ...]) -> None:
        self._setting = setting
        words = Words(setting.feed.name, declared, setting.feed.options)
        self._root = (words.text("url") or UBA).rstrip("/")
        self._peer = Peer(setting.feed.name, self._root, timeout=words.number("timeout", 1, 3600))
        self._wanted, self._box = words.several("stations"), words.box("box")
        known = {component.short: component for component in air_components().values()}
        self._components = [known[short] for short in words.known("components", known) or known]
        self._since = words.begin("since")
        self._standing = Standing.of(setting.cursor)
        self._stations: dict[str, dict[str, Any]] = {}
        self._described: datetime | None = None
        self._files = 0

    def gather(self) -> Iterator[Catch]:
        """Stations once a day and at the start, then what is new."""
        now = utc_now()
        if self._described is None or not timedelta(0) <= now - self._described < _DAY:
            self._stations = self._asked_stations()
            if self._stations:
                yield self._catch("stations", self._stations, [], {}, None)
            self._described = now
        yield from self._readings(now)

    def close(self) -> None:
        """Nothing is held between two polls."""

    def _asked_stations(self) -> dict[str, dict[str, Any]]:
        found = {}
        for own, row in sorted(self._data(f"{self._root}/stations/json?{urlencode({'lang': 'de'})}").items()):
            if not isinstance(row, list) or len(row) <= _TYPE:
                continue
            station = {
                "code": word(row[_CODE]), "name": word(row[_NAME]), "city": word(row[_CITY]),
                "longitude": row[_LONGITUDE], "latitude": row[_LATITUDE], "setting": row[_SETTING], "type": row[_TYPE],
            }  # fmt: skip
            if self._is_wanted(str(own), station):
                found[str(own)] = station
        return found

    def _is_wanted(self, own: str, station: dict[str, Any]) -> bool:
        if self._wanted:
            return own in self._wanted or station["code"] in self._wanted
        try:
            longitude, latitude = float(station["longitude"]), float(station["latitude"])
        except (TypeError, ValueError):
            return False
        if self._box is None:
            return False
        west, south, east, north = self._box
        return west <= longitude <= east and south <= latitude <= north

    def _readings(self, now: datetime) -> Iterator[Catch]:
        review = self._standing.review_due(now)
        measures: list[dict[str, Any]] = []
        moved: dict[str, Place] = {}
        problems: list[DeliveryError] = []
        in_a_row = 0
        pairs = [(own, component) for own in self._stations for component in self._components]
        keys = [sensor_id(self._stations[own]["code"] or own, component) for own, component in pairs]
        latest = self._setting.latest([key for key in keys if key not in self._standing.places]) if keys else {}
        for (own, component), key in zip(pairs, keys, strict=True):
            place = self._standing.places.get(key) or Place(latest.get(key))
            since = self._since if place.time is None else place.time - (_LOOK_BACK if review else _OVERLAP)
            try:
                rows = self._asked_measures(own, component, since, now)
            except DeliveryError as problem:
                problems.append(problem)
                in_a_row += 1
                if in_a_row >= _IN_A_ROW:
                    break
                continue
            in_a_row = 0
            told = (
                moment(begin + "+01:00") for begin, row in rows.items() if isinstance(row, list) and row[2:3] != [None]
            )
            reached = max((at for at in told if at is not None and at <= now + _AHEAD), default=None)
            if reached is None or (not review and place.time is not None and reached <= place.time):
                continue
            moved[key] = Place(max(reached, place.time or reached))
            measures.append({own: rows})
        done = now if review and in_a_row < _IN_A_ROW else None
        if measures:
            named = {own: {"code": station["code"]} for own, station in self._stations.items()}
            yield self._catch("measures", named, measures, moved, done)
        if problems:
            raise problems[0]

    def _asked_measures(self, own: str, component: AirComponent, since: datetime, now: datetime) -> dict[str, Any]:
        """Hourly means (scope 2) of whole days, in pieces that the service can answer."""
        found: dict[str, Any] = {}
        begin, last = since + _CET, now + _CET
        while begin.date() <= last.date():
            end = min(begin + _CHUNK, last)
            query = {
                "date_from": begin.date().isoformat(), "time_from": 1, "date_to": end.date().isoformat(), "time_to": 24,
                "station": own, "component": component.number, "scope": 2, "lang": "de",
            }  # fmt: skip
            rows = self._data(f"{self._root}/measures/json?{urlencode(query)}").get(own)
            found |= rows if isinstance(rows, dict) else {}
            begin = end + _DAY
        return found

    def _data(self, url: str) -> dict[str, Any]:
        reply = self._peer.json(url)
        data = reply.get("data") if isinstance(reply, dict) else None
        if not isinstance(data, dict):
            if data == []:  # nothing, as PHP writes an empty object
                return {}
            raise InvalidDelivery(file=self._root, format="UBA", where="data", expected=_DATA, found="–")
        return data

    def _catch(
        self,
        kind: str,
        stations: dict[str, dict[str, Any]],
        measures: list[dict[str, Any]],
        moved: dict[str, Place],
        reviewed: datetime | None,
    ) -> Catch:
        self._files += kind == "measures"
        path = self._setting.folder / f"{kind}-{self._files}.json"
        components = [component.number for component in self._components]
        content = {MARK: 3, "components": components, "stations": stations, "measures": measures}
        path.write_text(json.dumps(content, ensure_ascii=False), "utf-8")
        if not measures:
            return Catch(path, FORMAT)
        standing = self._standing.with_places(moved, reviewed)

        def landed() -> None:
            self._standing = standing

        return Catch(path, FORMAT, standing.cursor(), landed)


class LuqsCurrent:
    """A gatherer of the state's current values: one hour of all stations, of which those that are wanted are kept.

    The table holds one hour and no more: what a feed misses does not come again.

    Parameters
    ----------
    setting, declared
        As of `UbaAirData`.
    """

    def __init__(self, setting: Setting, declared: tuple[Option, ...]) -> None:
        self._setting = setting
        words = Words(setting.feed.name, declared, setting.feed.options)
        self._url = words.text("url") or LUQS
        self._peer = Peer(setting.feed.name, self._url, timeout=words.number("timeout", 1, 3600))
        self._wanted = frozenset(words.several("stations"))
        self._sha256 = str(setting.cursor.get("sha256", ""))

    def gather(self) -> Iterator[Catch]:
        """The table, if it is another than the last time."""
        body = self._peer.body(self._url, _LARGEST)
        if not is_current(body):
            raise InvalidDelivery(file=self._url, format="LUQS", where=_FIRST, expected=_CURRENT, found="–")
        lines = body.decode("cp1252", "replace").splitlines()
        kept = lines[:2]
        for line in lines[2:]:
            values = next(csv.reader([line], delimiter=";"), [])
            if len(values) > 1 and (not self._wanted or values[1].strip() in self._wanted):
                kept.append(line)
        content = ("\r\n".join(kept) + "\r\n").encode("cp1252", "replace")
        digest = hashlib.sha256(content).hexdigest()
        if digest == self._sha256 or len(kept) == 2:
            return
        path = self._setting.folder / "eu_luftqualitaet.csv"
        path.write_bytes(content)

        def landed() -> None:
            self._sha256 = digest

        yield Catch(path, FORMAT, {"sha256": digest}, landed)

    def close(self) -> None:
        """Nothing is held between two polls."""
