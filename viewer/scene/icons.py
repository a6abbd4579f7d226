"""The signs of the map, as paths on a sheet of 24 × 24."""

from __future__ import annotations

import json
from functools import cache

from twin.reference import reference_path


@cache
def icons() -> dict[str, str]:
    """Path of each sign by its name, from ``data/icons.json``."""
    found: dict[str, str] = json.loads(reference_path("icons.json").read_text("utf-8"))["icons"]
    return found
