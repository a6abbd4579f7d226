"""PegelOnline of the federal waterways, polled: its stations, and of each timeseries what is new."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

from ingest.polling.peer import Peer
from ingest.polling.standing import Place, Standing, utc_now, written
from ingest.polling.words import Words
from ingest.sensor.document import number, objects, word
from ingest.sensor.moment import moment
from ingest.sensor.pegel_online import sensor_id
from ingest.source import Catch, Option, Setting
from twin.errors import DeliveryError, InvalidDelivery
from twin.language import Text

FORMAT = "pegel_online"

MOST = 2_000
"""Timeseries of one feed; the whole country has about 1 500."""

_DAY = timedelta(days=1)
_KEPT = timedelta(days=31)
_AHEAD = timedelta(minutes=10)
_READINGS = 20_000
_IN_A_ROW = 3
_STATIONS = Text("eine Liste von Messstellen", "a list of stations")
_MEASURED = Text("eine Liste von Messwerten", "a list of readings")


@dataclass(frozen=True, slots=True)
class _Series:
    own: str
    short: str
    reference: dict[str, Any]

    @property
    def key(self) -> str:
        return sensor_id(self.own, self.short)


class PegelOnline:
    """A gatherer; see `ingest.source.Gatherer`.

    The service keeps readings for 31 days: a feed that was silent for longer has lost what lies before.

    Parameters
    ----------
    setting : Setting
        Options of ``ingest.sources.pegel_online``.
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
        self._root = words.text("url").rstrip("/")
        self._peer = Peer(setting.feed.name, self._root, timeout=words.number("timeout", 1, 3600))
        self._stations, self._waters = words.several("stations"), words.several("waters")
        self._shorts, self._box = words.several("series"), words.box("box")
        self._overlap, self._look_back = words.span("overlap"), words.span("review")
        self._standing = Standing.of(setting.cursor)
        self._series: list[_Series] = []
        self._described: datetime | None = None
        self._files = 0

    def gather(self) -> Iterator[Catch]:
        """Stations once a day and at the start, then what is new."""
        now = utc_now()
        if self._described is None or not timedelta(0) <= now - self._described < _DAY:
            stations = self._wanted()
            self._series = [series for station in stations for series in _series(station)][:MOST]
            if stations:
                yield Catch(self._write("stations", stations), FORMAT)
            self._described = now
        yield from self._readings(now)

    def close(self) -> None:
        """Nothing is held between two polls."""

    def _wanted(self) -> list[dict[str, Any]]:
        query = {"includeTimeseries": "true"}
        for name, values in (("ids", self._stations), ("waters", self._waters), ("timeseries", self._shorts)):
            query |= {name: ",".join(values)} if values else {}
        url = f"{self._root}/stations.json?{urlencode(query)}"
        found = self._peer.json(url)
        if not isinstance(found, list):
            raise InvalidDelivery(file=self._root, format="PegelOnline", where="–", expected=_STATIONS, found="–")
        stations = []
        for station in objects(found):
            series = [one for one in objects(station.get("timeseries")) if self._measured(one)]
            if word(station.get("uuid")) and series and self._inside(station):
                kept = [{name: one[name] for name in one if name != "currentMeasurement"} for one in series]
                stations.append({**station, "timeseries": kept})
        return sorted(stations, key=lambda station: word(station["uuid"]))

    def _measured(self, series: dict[str, Any]) -> bool:
        short = word(series.get("shortname"))
        return bool(short) and (not self._shorts or short in self._shorts)

    def _inside(self, station: dict[str, Any]) -> bool:
        if self._box is None:
            return True
        west, south, east, north = self._box
        longitude, latitude = number(station.get("longitude")), number(station.get("latitude"))
        return (
            longitude is not None and latitude is not None and west <= longitude <= east and south <= latitude <= north
        )

    def _readings(self, now: datetime) -> Iterator[Catch]:
        review = self._standing.review_due(now)
        fresh = [series.key for series in self._series if series.key not in self._standing.places]
        latest = self._setting.latest(fresh) if fresh else {}
        groups: list[dict[str, Any]] = []
        moved: dict[str, Place] = {}
        problems: list[DeliveryError] = []
        count = in_a_row = 0
        for series in self._series:
            place = self._standing.places.get(series.key) or Place(latest.get(series.key))
            try:
                rows = self._asked(series, place, now, review=review)
            except DeliveryError as problem:
                problems.append(problem)
                in_a_row += 1
                if in_a_row >= _IN_A_ROW:
                    break
                continue
            in_a_row = 0
            times = [
                at for row in rows if (at := moment(word(row.get("timestamp")))) is not None and at <= now + _AHEAD
            ]
            reached = max(times, default=None)
            if reached is None or (not review and place.time is not None and reached <= place.time):
                continue
            moved[series.key] = Place(max(reached, place.time or reached))
            groups.append({"uuid": series.own, "timeseries": [{**series.reference, "measurements": rows}]})
            count += len(rows)
            if count >= _READINGS:
                yield self._catch(groups, moved, None)
                groups, moved, count = [], {}, 0
        done = now if review and in_a_row < _IN_A_ROW else None
        if groups:
            yield self._catch(groups, moved, done)
        if problems:
            raise problems[0]

    def _asked(self, series: _Series, place: Place, now: datetime, *, review: bool) -> list[dict[str, Any]]:
        since = now - _KEPT
        if place.time is not None:
            since = max(since, place.time - (self._look_back if review else self._overlap))
        way = f"{self._root}/stations/{quote(series.own, safe='')}/{quote(series.short, safe='')}"
        url = f"{way}/measurements.json?{urlencode({'start': written(since)})}"
        found = self._peer.json(url)
        if not isinstance(found, list):
            raise InvalidDelivery(file=way, format="PegelOnline", where="–", expected=_MEASURED, found="–")
        return [{name: row.get(name) for name in ("timestamp", "value")} for row in objects(found)]

    def _catch(self, groups: list[dict[str, Any]], moved: dict[str, Place], reviewed: datetime | None) -> Catch:
        standing = self._standing.with_places(moved, reviewed)

        def landed() -> None:
            self._standing = standing

        return Catch(self._write("readings", groups), FORMAT, standing.cursor(), landed)

    def _write(self, kind: str, content: list[dict[str, Any]]) -> Any:
        self._files += kind == "readings"
        path = self._setting.folder / f"{kind}-{self._files}.json"
        path.write_text(json.dumps(content, ensure_ascii=False), "utf-8")
        return path


def _series(station: dict[str, Any]) -> Iterator[_Series]:
    for one in objects(station["timeseries"]):
        reference: dict[str, Any] = {name: one[name] for name in ("shortname", "longname", "unit") if name in one}
        yield _Series(word(station["uuid"]), word(one["shortname"]), reference)
