"""Components of the air: how the air quality networks number and name them, and what their values are in."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache

from twin.observations.unit import Unit, unit
from twin.reference import reference_path


@dataclass(frozen=True, slots=True)
class AirComponent:
    """A component: its number and short name at the UBA, its property, its unit, and its column in LUQS tables."""

    number: str
    short: str
    observed_property: str
    unit: Unit | None
    column: re.Pattern[str]


@cache
def air_components() -> dict[str, AirComponent]:
    """Components that are known, by number."""
    declared = json.loads(reference_path("sensor/air_components.json").read_text("utf-8"))["components"]
    return {
        number: AirComponent(
            number, one["short"], one["property"], unit(one["unit"]), re.compile(one["luqs"], re.IGNORECASE)
        )
        for number, one in declared.items()
    }
