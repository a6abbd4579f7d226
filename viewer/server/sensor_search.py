"""Finds sensors by their ids and by what people call them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from twin.language import LANGUAGES
from viewer.sensors.datastream import Datastream

if TYPE_CHECKING:
    from twin import Twin

_COLUMNS = ("ags", "sensor_id", "thing", "name", "observed_property", "unit", "provider", "station", "interval")

_MOST = 50_000
"""Sensors among which is searched."""


def sensors_of(twin: Twin, ids: Iterable[str]) -> dict[tuple[str, str], Datastream]:
    """Visible sensors of some ids, by (ags, sensor_id)."""
    wanted = sorted(set(ids))
    found = _fetch(twin, "list_contains(?, s.sensor_id)", [wanted]) if wanted else []
    return {(one.ags, one.sensor_id): one for one in found}


def find_sensors(twin: Twin, text: str, tenants: tuple[str, ...] | None, limit: int) -> list[Datastream]:
    """Visible sensors that hold all words of a text in their titles, names or ids.

    Parameters
    ----------
    twin : Twin
        Opened for whoever asks.
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
        said = [one.name, one.station, one.sensor_id, *(one.title(language) for language in LANGUAGES)]
        whole = " ".join(said).casefold()
        if all(word in whole for word in words):
            found.append(one)
        if len(found) == limit:
            break
    return found


def _fetch(twin: Twin, where: str, values: list[Any]) -> list[Datastream]:
    reading = twin.reading()
    columns = ", ".join(f"s.{column}" for column in _COLUMNS)
    sql = f"""SELECT {columns} FROM {reading.base}.sensor s WHERE {where}
              ORDER BY s.thing, s.name, s.sensor_id LIMIT {_MOST}"""
    return [Datastream.of(row) for row in reading.fetch(sql, values)]
