"""Readings of many datastreams on their way into one file, so that a poll is few deliveries."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from ingest.polling.standing import Place

READINGS, SIZE = 20_000, 5 << 20
"""Most readings and bytes of a file; the last reading may lie beyond. [1], [B]"""

COMPONENTS = ("phenomenonTime", "result", "resultTime", "resultQuality")


class ReadingsFile:
    """Groups of readings in the form that SensorThings takes them in many at once (``dataArray``).

    Attributes
    ----------
    moved : dict of str to Place
        Up to where datastreams are read once this has landed.
    delivered : list of (str, str, datetime, int)
        What it holds: key of the datastream, time as written, time, and a number for what else the reading says.
    """

    def __init__(self) -> None:
        self.moved: dict[str, Place] = {}
        self.delivered: list[tuple[str, str, datetime, int]] = []
        self._groups: dict[str, tuple[dict[str, Any], list[str]]] = {}
        self._readings = self._size = 0

    def add(self, key: str, stream: dict[str, Any], row: str) -> None:
        """Add a reading of a datastream: `stream` says which and what its values are in, `row` is its JSON."""
        group = self._groups.setdefault(key, (stream, []))
        group[1].append(row)
        self._readings += 1
        self._size += len(row) + 2

    @property
    def full(self) -> bool:
        """Whether it is time for the next file."""
        return self._readings >= READINGS or self._size >= SIZE

    @property
    def empty(self) -> bool:
        """Whether it holds no reading."""
        return not self._readings

    def write(self, path: Path) -> None:
        """Write it."""
        names = json.dumps(COMPONENTS)
        with path.open("w", encoding="utf-8") as file:
            for number, (stream, rows) in enumerate(self._groups.values()):
                file.write("[" if number == 0 else ",\n")
                head = json.dumps(stream, ensure_ascii=False)
                file.write(f'{{"Datastream": {head}, "components": {names}, "dataArray@iot.count": {len(rows)},\n')
                file.write(' "dataArray": [\n' + ",\n".join(rows) + "\n]}")
            file.write("]\n")
