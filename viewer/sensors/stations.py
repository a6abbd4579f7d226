"""Stations with the latest value of each of their datastreams, as the map shows them."""

from __future__ import annotations

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.consent import layers
from twin.language import Language
from twin.observations.quantity import word
from twin.style import Classes
from twin.terrain import Terrain
from viewer.scene.colours import class_of
from viewer.scene.icons import icons
from viewer.sensors.datastream import Datastream
from viewer.sensors.quantity import short, value_text
from viewer.sensors.thresholds import Thresholds, state_of, thresholds

if TYPE_CHECKING:
    from twin import Twin

SENSOR = "sensor"
"""Layer that stations are of."""

MOST = 20_000
"""Datastreams that are shown."""

STALE_AFTER = 3
"""Intervals without a reading after which a datastream is stale."""

STALE = 24 * 3600.0
"""The same where no interval is known. [s]"""

_LATEST = """
    SELECT s.ags, s.sensor_id, s.thing, s.name, s.observed_property, s.unit, s.provider, s.station, s.interval,
        ST_X(ST_PointOnSurface(s.geom)) AS east, ST_Y(ST_PointOnSurface(s.geom)) AS north,
        epoch(coalesce(l.phenomenon_end, l.phenomenon_time)) AS at, l.result, l.result_text, l.quality
    FROM {base}.sensor s LEFT JOIN {base}.observation_latest l ON l.ags = s.ags AND l.sensor_id = s.sensor_id
    WHERE s.geom IS NOT NULL ORDER BY s.ags, s.sensor_id LIMIT {most}
"""

_KEPT = 8
_bodies: OrderedDict[str, bytes] = OrderedDict()
_heights: OrderedDict[tuple[object, ...], dict[tuple[float, float], float]] = OrderedDict()
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Latest:
    """A datastream and what was read last.

    Attributes
    ----------
    stream : Datastream
    east, north : float
        Where it stands. [m]
    at : float or None
        When, in seconds since 1970 UTC; of a period its end. None if nothing was ever read.
    value : float or None
    text : str
        Where the value is no number.
    quality : str
        Key of the list ``observation_quality``; empty where the source says nothing.
    """

    stream: Datastream
    east: float
    north: float
    at: float | None
    value: float | None
    text: str = ""
    quality: str = ""

    def shown(self, language: Language) -> str:
        """The value as a label shows it."""
        if self.value is None and self.text:
            return short(self.text)
        return value_text(self.value, self.stream.unit, language)

    def stale_at(self) -> float | None:
        """When it is stale unless something is read before, in seconds since 1970; None if nothing was ever read."""
        if self.at is None:
            return None
        return self.at + (STALE_AFTER * self.stream.interval if self.stream.interval else STALE)


def latest_values(twin: Twin) -> list[Latest]:
    """Every datastream with a position that the twin's principal may see."""
    reading = twin.reading()
    found = []
    for row in reading.fetch(_LATEST.format(base=reading.base, most=MOST)):
        east, north, at, value, text, quality = row[9:]
        number = None if value is None or not np.isfinite(value) else float(value)
        place = float(east), float(north)
        found.append(Latest(Datastream.of(row[:9]), *place, at, number, str(text or ""), str(quality or "")))
    return found


def stations_by_tenant(twin: Twin) -> dict[str, tuple[float, float, float, float]]:
    """West, south, east, north of the sensors of each tenant that has any to be seen. [m]"""
    reading = twin.reading()
    sides = "min(ST_XMin(geom)), min(ST_YMin(geom)), max(ST_XMax(geom)), max(ST_YMax(geom))"
    sql = f"SELECT ags, {sides} FROM {reading.base}.sensor WHERE geom IS NOT NULL GROUP BY ags ORDER BY ags"
    return {str(ags): (west, south, east, north) for ags, west, south, east, north in reading.fetch(sql)}


def revision(twin: Twin, language: Language) -> str:
    """What changes with any latest value, position or threshold that the twin's principal sees: without reading one."""
    reading = twin.reading()
    state = (
        str(twin.home.path),
        twin.registry.setting("revision"),
        reading.seq,
        sorted(reading.pairs),
        twin.principal.role == "public",
        thresholds(twin).signature(),
        language,
    )
    return hashlib.sha256(repr(state).encode()).hexdigest()[:24]


def stations_body(twin: Twin, language: Language, key: str) -> bytes:
    """What ``/sensors.json`` answers, made once for each `revision`."""
    with _lock:
        if key in _bodies:
            return _bodies[key]
    body = json.dumps(stations(twin, language), separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
    with _lock:
        _bodies[key] = body
        while len(_bodies) > _KEPT:
            _bodies.popitem(last=False)
    return body


def stations(twin: Twin, language: Language) -> dict[str, Any]:
    """Stations with the latest values of their datastreams, as JSON-able values.

    Returns
    -------
    found : dict
        ``icons`` (paths) and ``stations``: ``ags``, ``name``, ``at`` [east, north, height] [m] and ``streams``: ``id``,
        ``what``, ``text`` (value with unit), ``time``, ``stale`` and ``silent`` (seconds since 1970; when it counts as
        stale or as silent), ``state``, ``icon`` (number), ``note`` (quality, where it is doubtful).
    """
    values, limits = latest_values(twin), thresholds(twin)
    theme = _theme()
    order = {prop: place for place, prop in enumerate(p for entry in theme.classes for p in entry.values)}
    groups: dict[tuple[object, ...], list[Latest]] = {}
    for value in values:
        stream = value.stream
        where = stream.station or stream.thing or stream.sensor_id
        place = round(value.east, 1), round(value.north, 1)
        groups.setdefault((stream.ags, stream.provider, where, place), []).append(value)
    heights = _ground(twin, [(group[0].east, group[0].north) for group in groups.values()])
    found = []
    for group, height in zip(groups.values(), heights, strict=True):
        group.sort(key=lambda one: (order.get(one.stream.observed_property, len(order)), one.stream.sensor_id))
        first = group[0]
        found.append(
            {
                "ags": first.stream.ags,
                "name": first.stream.where() or first.stream.name,
                "at": [round(first.east, 2), round(first.north, 2), round(height, 2)],
                "streams": [_stream(one, limits, theme, language) for one in group],
            }
        )
    return {"icons": [icons().get(entry.icon, icons()["info"]) for entry in theme.classes], "stations": found}


def _stream(latest: Latest, limits: Thresholds, theme: Classes, language: Language) -> dict[str, Any]:
    stream = latest.stream
    own = limits.of(stream)
    entry: dict[str, Any] = {
        "id": stream.sensor_id,
        "what": stream.what(language),
        "text": latest.shown(language),
        "time": latest.at,
        "stale": latest.stale_at(),
        "state": state_of(latest.value, own),
        "icon": class_of(theme, stream.observed_property),
    }
    silent = [limit for limit in own if limit.kind == "silent"]
    if silent and latest.at is not None:
        entry["silent"] = [[latest.at + limit.limit, limit.state] for limit in silent]
    if latest.quality in {"bad", "missing", "suspect", "estimated"}:
        entry["note"] = word("observation_quality", latest.quality, language)
    return entry


def _theme() -> Classes:
    style = layers()[SENSOR].style
    assert style is not None
    theme = style.themes[0]
    assert isinstance(theme, Classes)
    return theme


def _ground(twin: Twin, places: Sequence[tuple[float, float]]) -> list[float]:
    """Height of the ground at each place; sampled again only where the terrain has changed. [m]"""
    reading = twin.reading()
    sql = f"SELECT count(*), bit_xor(hash(tile_id, delivery_id)) FROM {reading.base}.terrain"
    key = (str(twin.home.path), *reading.fetch(sql)[0])
    with _lock:
        known = dict(_heights.get(key, {}))
    missing = [place for place in dict.fromkeys(places) if place not in known]
    if missing:
        east, north = np.array(missing, float).T
        sampled = np.asarray(Terrain(twin).sample(east, north), float)
        if np.isnan(sampled).any():
            there = np.concatenate([sampled, np.fromiter(known.values(), float, len(known))])
            there = there[~np.isnan(there)]
            sampled = np.where(np.isnan(sampled), np.median(there) if len(there) else _usual(twin), sampled)
        known |= dict(zip(missing, sampled.tolist(), strict=True))
        with _lock:
            _heights[key] = known
            while len(_heights) > _KEPT:
                _heights.popitem(last=False)
    return [known[place] for place in places]


def _usual(twin: Twin) -> float:
    """Height of the ground where no terrain tells of it: the middle of what the houses stand on. [m]"""
    found = twin.table("building_mesh").aggregate("median(origin_z)").fetchall()[0][0]
    return float(found or 0.0)
