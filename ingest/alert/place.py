"""Where a sensor is and what it measures, as a message says it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from twin import Twin

_SENSORS = """
    SELECT ags, sensor_id, coalesce(name, ''), coalesce(thing, ''), coalesce(station, ''),
        coalesce(observed_property, ''), coalesce(unit, ''), ST_X(geom), ST_Y(geom)
    FROM sensor WHERE sensor_id IN (SELECT unnest(?))"""


@dataclass(frozen=True, slots=True)
class Place:
    """A sensor as people know it.

    Attributes
    ----------
    title : str
        Its name, else its id.
    municipality, thing, station, observed_property, unit : str
        Empty where they are not known.
    east, north : float or None
        EPSG:25832. [m]
    """

    title: str
    municipality: str = ""
    thing: str = ""
    station: str = ""
    observed_property: str = ""
    unit: str = ""
    east: float | None = None
    north: float | None = None

    @property
    def where(self) -> str:
        """Municipality, station and what is measured there."""
        return ", ".join(dict.fromkeys(one for one in (self.municipality, self.thing, self.station) if one))

    def content(self) -> dict[str, Any]:
        """As a webhook is given it."""
        return {
            "name": self.title, "municipality": self.municipality, "thing": self.thing, "station": self.station,
            "observed_property": self.observed_property, "east": self.east, "north": self.north, "crs": "EPSG:25832",
        }  # fmt: skip


def places(twin: Twin, sensors: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Place]:
    """Places of sensors by (ags, sensor id); of one that is gone, what its id says."""
    wanted = set(sensors)
    names = {one.ags: one.name for one in twin.municipalities()}
    found = {key: Place(key[1], names.get(key[0], key[0])) for key in wanted}
    ids = sorted({sensor_id for _, sensor_id in wanted})
    for ags, sensor_id, name, *rest in twin.reading().query(_SENSORS, [ids]).fetchall() if ids else ():
        if (ags, sensor_id) in wanted:
            found[ags, sensor_id] = Place(name or sensor_id, names.get(ags, ags), *rest)
    return found
