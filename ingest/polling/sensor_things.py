"""A SensorThings service that is polled: what it has, what is new, and what comes late."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit

from ingest.outside.request import without_secrets
from ingest.polling.paging import Paging
from ingest.polling.peer import GONE, Peer
from ingest.polling.readings_file import COMPONENTS, ReadingsFile
from ingest.polling.standing import Place, Standing, utc_now, written
from ingest.polling.things import Ends, Stream, Things, write_things
from ingest.polling.words import Words
from ingest.sensor.document import word
from ingest.sensor.moment import moment, period
from ingest.source import Catch, Option, Setting
from twin.errors import DeliveryError
from twin.reference import codes

FORMAT = "sensor_things"

_DAY = timedelta(days=1)
_AHEAD = timedelta(minutes=10)
_IN_A_ROW = 3
_SEEN = 10_000
_PATIENCE = 120.0  # what has come of a slow service is not kept waiting longer [s]
_UNANSWERED = (400, 404, 405, 501)


class SensorThingsService:
    """A gatherer; see `ingest.source.Gatherer`.

    A datastream is asked for the readings since the last that was read, less an overlap, and for those that were
    determined since (``resultTime``): so late and corrected ones come too. Once a day it looks back further.
    Datastreams whose service says that they have nothing new are not asked. What has landed while this process runs is
    not delivered again.

    Parameters
    ----------
    setting : Setting
        Options of ``ingest.sources.sensor_things``.
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
        root, timeout = words.text("url").rstrip("/"), words.number("timeout", 1, 3600)
        peer = Peer(setting.feed.name, root, user=words.text("user"), secret=setting.secret, timeout=timeout)
        # A query behind the root would end up in the middle of every question.
        self._paging = Paging(peer, urlsplit(root)._replace(query="", fragment="").geturl().rstrip("/"))
        self._page = int(words.number("page", 1, 100_000))
        self._since, self._overlap, self._look_back = words.begin("since"), words.span("overlap"), words.span("review")
        conditions = [f"({words.text('filter')})"] if words.text("filter") else []
        box = words.box("box")
        if box:
            conditions.append(f"st_within(Locations/location, geography'{_polygon(box)}')")
        observed = words.known("observed", codes("observed_property"))
        self._things = Things(self._paging, " and ".join(conditions), observed)
        self._standing = Standing.of(setting.cursor)
        self._streams: dict[str, Stream] = {}
        self._described: datetime | None = None
        self._seen: dict[str, dict[str, tuple[datetime, int]]] = {}
        self._known: frozenset[str] = frozenset()
        self._files = 0

    def gather(self) -> Iterator[Catch]:
        """Things once a day and at the start, then what is new, in files of up to 20 000 readings."""
        now = utc_now()
        ends: dict[str, Ends] | None = None
        if self._described is not None and timedelta(0) <= now - self._described < _DAY:
            ends = self._ends()
        if ends is None or set(ends) - set(self._known):
            things, streams, ends = self._things.described()
            for path in write_things(things, self._setting.folder):
                yield Catch(path, FORMAT)
            self._streams, self._described, self._known = streams, now, frozenset(ends)
        yield from self._readings(now, ends)

    def close(self) -> None:
        """Nothing is held between two polls."""

    def _ends(self) -> dict[str, Ends]:
        """Up to when there is what; nothing of a service that does not answer that question."""
        try:
            return self._things.ends()
        except DeliveryError as problem:
            if problem.fields.get("status") not in _UNANSWERED:
                raise
            return {}

    def _readings(self, now: datetime, ends: dict[str, Ends]) -> Iterator[Catch]:
        review = self._standing.review_due(now)
        latest = self._latest()
        file, problems, in_a_row, began = ReadingsFile(), [], 0, time.monotonic()
        for key, stream in self._streams.items():
            place = self._standing.places.get(key) or Place(latest.get(stream.sensor_id))
            if not review and _nothing_new(place, ends.get(key)):
                continue
            reading = _Reading(stream, place, now)
            try:
                for page in self._paging.entities(self._question(key, place, None if review else now)):
                    for entity in page:
                        self._add(file, reading, entity)
                        if file.full or (not file.empty and time.monotonic() - began > _PATIENCE):
                            file.moved[key] = reading.reached()
                            yield self._catch(file)
                            file, began = ReadingsFile(), time.monotonic()
                file.moved[key] = reading.finished()
                in_a_row = 0
            except DeliveryError as problem:
                file.moved[key] = reading.reached()
                if problem.fields.get("status") in GONE:
                    self._described = None  # a datastream was taken away: look again what there is
                problems.append(problem)
                in_a_row += 1
                if in_a_row >= _IN_A_ROW:
                    break
        done = now if review and in_a_row < _IN_A_ROW else None
        if file.empty:
            self._land(file, done)  # nothing to store: the next file takes the cursor along
        else:
            yield self._catch(file, done)
        if problems:
            raise problems[0]

    def _latest(self) -> dict[str, datetime]:
        fresh = [stream.sensor_id for key, stream in self._streams.items() if key not in self._standing.places]
        return self._setting.latest(fresh) if fresh else {}

    def _question(self, key: str, place: Place, until: datetime | None) -> str:
        since = self._since if place.time is None else place.time - (self._overlap if until else self._look_back)
        condition = f"phenomenonTime gt {written(since)}"
        if place.time is None:
            condition = f"phenomenonTime ge {written(since)}"
        if place.stated is not None:
            condition = f"({condition} or resultTime gt {written(place.stated)})"
        if until is not None:
            condition += f" and phenomenonTime le {written(until + _AHEAD)}"
        return (
            f"{self._paging.root}/Datastreams({quote(key)})/Observations?$filter={quote(condition)}"
            f"&$orderby={quote('phenomenonTime asc')}&$top={self._page}&$select={','.join(COMPONENTS)}"
        )

    def _add(self, file: ReadingsFile, reading: _Reading, entity: dict[str, Any]) -> None:
        values = [entity.get(name) for name in COMPONENTS]
        row = json.dumps(values, ensure_ascii=False)
        at = reading.saw(values)
        stamp, telling = word(values[0]), hash(row)
        key = reading.stream.key
        if at is not None:
            if self._seen.get(key, {}).get(stamp, (at, None))[1] == telling:
                return
            file.delivered.append((key, stamp, at, telling))
        file.add(key, reading.stream.reference, row)

    def _catch(self, file: ReadingsFile, reviewed: datetime | None = None) -> Catch:
        self._files += 1
        path = self._setting.folder / f"readings-{self._files}.json"
        file.write(path)
        cursor = self._standing.with_places(file.moved, reviewed).cursor()
        return Catch(path, FORMAT, cursor, lambda: self._land(file, reviewed))

    def _land(self, file: ReadingsFile, reviewed: datetime | None) -> None:
        self._standing = self._standing.with_places(file.moved, reviewed)
        for key, stamp, at, telling in file.delivered:
            self._seen.setdefault(key, {})[stamp] = (at, telling)
        for key in {entry[0] for entry in file.delivered}:
            self._forget(key)

    def _forget(self, key: str) -> None:
        """Keep of what has landed only what may come again in the next poll."""
        reached = self._standing.places.get(key, Place()).time
        since = datetime.min if reached is None else reached - self._overlap
        kept = {stamp: entry for stamp, entry in self._seen[key].items() if entry[0] >= since}
        self._seen[key] = dict(sorted(kept.items(), key=lambda item: item[1][0])[-_SEEN:])

    def __repr__(self) -> str:
        return f"SensorThingsService({without_secrets(self._paging.root)})"


class _Reading:
    """A datastream that is just being read: what has come, and whether in the order that was asked for."""

    def __init__(self, stream: Stream, place: Place, now: datetime) -> None:
        self.stream = stream
        self._place, self._now = place, now
        self._last: datetime | None = None
        self._highest = place.time
        self._stated = place.stated
        self._ordered = True

    def saw(self, values: list[Any]) -> datetime | None:
        """Take note of a reading; gives its time."""
        at = period(word(values[0]) or word(values[2]))[0]
        stated = moment(word(values[2]))
        # A clock that is ahead must not make the feed wait until its time has come.
        if at is not None and at <= self._now + _AHEAD:
            self._ordered &= self._last is None or at >= self._last
            self._last = at
            self._highest = max(self._highest or at, at)
        if stated is not None and stated <= self._now + _AHEAD:
            self._stated = max(self._stated or stated, stated)
        return at

    def reached(self) -> Place:
        """Up to where it is read if it ends here: nowhere new, if readings came in no order."""
        if not self._ordered or self._last is None:
            return self._place
        return Place(self._bounded(max(self._place.time or self._last, self._last)), self._place.stated)

    def finished(self) -> Place:
        """Up to where it is read when it has come to its end."""
        return Place(self._bounded(self._highest), self._bounded(self._stated))

    def _bounded(self, at: datetime | None) -> datetime | None:
        return None if at is None else min(at, self._now)


def _nothing_new(place: Place, ends: Ends | None) -> bool:
    if ends is None or ends.time is None or place.time is None or ends.time > place.time:
        return False
    return ends.stated is None or (place.stated is not None and ends.stated <= place.stated)


def _polygon(box: tuple[float, float, float, float]) -> str:
    west, south, east, north = box
    corners = ((west, south), (east, south), (east, north), (west, north), (west, south))
    return f"POLYGON (({', '.join(f'{x!r} {y!r}' for x, y in corners)}))"
