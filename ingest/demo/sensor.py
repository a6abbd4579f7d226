"""A sensor of the demo: where it stands, what it measures, and the course of its readings."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from ingest.demo.landscape import Floats
from ingest.demo.quantity import Quantity
from ingest.demo.weather import Weather, wander

Course = Callable[[Weather, Floats], Floats]
"""Weather and the sensor's own noise → a value an hour."""

SERVICE = "https://sensoren.musterkreis.example/FROST-Server/v1.1"
"""Where the district's SensorThings service would be; names below ``.example`` are nobody's."""


@dataclass(frozen=True, slots=True)
class Station:
    """A place where something is measured.

    Attributes
    ----------
    number : int
        Of its Thing; of the DWD, its station number.
    name : str
    ags : str
        Municipality that it stands in.
    position : (float, float)
        East and north of the demo's origin. [m]
    owner : str
        Who runs it.
    """

    number: int
    name: str
    ags: str
    position: tuple[float, float]
    owner: str

    @property
    def uuid(self) -> str:
        """As gauges have one."""
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{SERVICE}/Things({self.number})"))


@dataclass(frozen=True, slots=True)
class Sensor:
    """A datastream: one quantity at one station.

    Attributes
    ----------
    number : int
        Of its Datastream, and of its noise.
    station : Station
    quantity : Quantity
    course : callable
        Its values by the hour.
    source : {"things", "gauge", "dwd"}
        In which kind of files its readings come.
    code : str
        Shortname or product and column in the files of a gauge or of the DWD.
    step : int
        Between two readings. [s]
    tremble : float
        By how much readings tremble from second to second, in the unit.
    live : bool
        Whether the demo's station goes on with it.
    """

    number: int
    station: Station
    quantity: Quantity
    course: Course
    source: Literal["things", "gauge", "dwd"] = "things"
    code: str = ""
    step: int = 3600
    tremble: float = 0.0
    live: bool = False

    @property
    def sensor_id(self) -> str:
        """Its id in layer ``sensor``."""
        if self.source == "gauge":
            return f"pegelonline:{self.station.uuid}:{self.code}"
        if self.source == "dwd":
            product, _, column = self.code.partition(":")
            return f"dwd:{self.station.number}:{product}:{column}"
        return f"sensorthings:{SERVICE.removeprefix('https://').rpartition('/')[0]}:{self.number}"

    def hourly(self, weather: Weather) -> Floats:
        """Its values on the hours of `weather`, neither rounded nor with gaps."""
        return self.course(weather, wander(len(weather.hours), 3.0, 50, self.number))
