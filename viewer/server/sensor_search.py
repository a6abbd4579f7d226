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
    found = []
    for one in _scope(twin, tenants):
        if _holds(text, [one.name, one.station, one.sensor_id, *(one.title(language) for language in LANGUAGES)]):
            found.append(one)
        if len(found) == limit:
            break
    return found


def find_quantities(twin: Twin, text: str, tenants: tuple[str, ...] | None, owner: str, limit: int) -> list[Datastream]:
    """Quantities that visible sensors measure and whose titles hold all words of a text, one for each unit.

    Parameters
    ----------
    twin, text, tenants, limit
        As in `find_sensors`.
    owner : str
        Tenant that is named as theirs.

    Returns
    -------
    quantities : list of Datastream
        Without ids: each stands for all sensors of its quantity.
    """
    known = sorted({(one.observed_property, one.unit) for one in _scope(twin, tenants) if one.observed_property})
    every = [Datastream(owner, "", observed_property=quantity, unit=unit) for quantity, unit in known]
    return [one for one in every if _holds(text, [one.what(language) for language in LANGUAGES])][:limit]


def _holds(text: str, said: list[str]) -> bool:
    whole = " ".join(said).casefold()
    return all(word in whole for word in text.casefold().split()[:8])


def _scope(twin: Twin, tenants: tuple[str, ...] | None) -> list[Datastream]:
    where = "true" if tenants is None else "list_contains(?, s.ags)"
    return _fetch(twin, where, [] if tenants is None else [list(tenants)])


def _fetch(twin: Twin, where: str, values: list[Any]) -> list[Datastream]:
    reading = twin.reading()
    columns = ", ".join(f"s.{column}" for column in _COLUMNS)
    sql = f"""SELECT {columns} FROM {reading.base}.sensor s WHERE {where}
              ORDER BY s.thing, s.name, s.sensor_id LIMIT {_MOST}"""
    return [Datastream.of(row) for row in reading.fetch(sql, values)]
