"""What sensors are called and where they stand, for lists that name them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from twin.language import LANGUAGES
from viewer.sensors.datastream import Datastream

if TYPE_CHECKING:
    from twin import Twin

_COLUMNS = ("ags", "sensor_id", "thing", "name", "observed_property", "unit", "provider", "station", "interval")

_MOST = 50_000
"""Sensors among which is searched."""


@dataclass(frozen=True, slots=True)
class PlacedSensor:
    """A datastream and where it stands.

    Attributes
    ----------
    stream : Datastream
        What it measures.
    place : (float, float) or None
        East and north [m]; None where nobody says.
    """

    stream: Datastream
    place: tuple[float, float] | None = None


def placed_sensors(twin: Twin, ids: Iterable[str]) -> dict[tuple[str, str], PlacedSensor]:
    """Visible sensors of some ids, by (ags, sensor_id)."""
    wanted = sorted(set(ids))
    found = _fetch(twin, "list_contains(?, s.sensor_id)", [wanted]) if wanted else []
    return {(one.stream.ags, one.stream.sensor_id): one for one in found}


def find_sensors(twin: Twin, text: str, tenants: tuple[str, ...] | None, limit: int) -> list[PlacedSensor]:
    """Visible sensors that hold all words of a text in their titles, names or ids.

    Parameters
    ----------
    text : str
        Words in any order, in either language.
    tenants : tuple of str or None
        Whose sensors; None for everybody's.
    limit : int
        How many at most.
    """
    words = text.casefold().split()[:8]
    where = "true" if tenants is None else "list_contains(?, s.ags)"
    found = []
    for one in _fetch(twin, where, [] if tenants is None else [list(tenants)]):
        stream = one.stream
        said = [stream.name, stream.station, stream.sensor_id, *(stream.title(language) for language in LANGUAGES)]
        whole = " ".join(said).casefold()
        if all(word in whole for word in words):
            found.append(one)
        if len(found) == limit:
            break
    return found


def _fetch(twin: Twin, where: str, values: list[Any]) -> list[PlacedSensor]:
    reading = twin.reading()
    columns = ", ".join(f"s.{column}" for column in _COLUMNS)
    point = "ST_PointOnSurface(s.geom)"
    sql = f"""SELECT ST_X({point}), ST_Y({point}), {columns} FROM {reading.base}.sensor s WHERE {where}
              ORDER BY s.thing, s.name, s.sensor_id LIMIT {_MOST}"""
    return [
        PlacedSensor(Datastream.of(row), None if east is None else (float(east), float(north)))
        for east, north, *row in reading.fetch(sql, values)
    ]
