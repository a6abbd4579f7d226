"""The deliveries of readings: gauges, weather archives, the district's sensor network, and what was put right later."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from ingest.demo import gauges, things, weather_archives
from ingest.demo.places import DATE, DISTRICT, DISTRICT_NAME

STATIONS = f"pegelonline_stationen_{DISTRICT}_{DISTRICT_NAME}.json"
GAUGES = f"pegelonline_messwerte_{DISTRICT}_{DISTRICT_NAME}.zip"
NETWORK = f"sensorthings_messstellen_{DISTRICT}_{DISTRICT_NAME}.json"
THINGS = f"sensorthings_messwerte_{DISTRICT}_{DISTRICT_NAME}.zip"
BELATED = f"sensorthings_nachtrag_{DISTRICT}_{DISTRICT_NAME}.json"
CORRECTIONS = f"sensorthings_berichtigt_{DISTRICT}_{DISTRICT_NAME}.json"


def is_readings(path: Path) -> bool:
    """Whether a delivery of the demo holds readings or their stations."""
    return path.name in {NETWORK, STATIONS, THINGS, GAUGES, BELATED, CORRECTIONS} | weather_archives.names()


def present() -> np.datetime64:
    """The last full hour, UTC: where the year of readings ends that is written now."""
    return np.datetime64(datetime.now(UTC).replace(tzinfo=None), "h")


def write(folder: Path, until: np.datetime64) -> list[Path]:
    """Write a year of readings up to the hour `until`; the same hour gives the same bytes.

    Returns
    -------
    paths : list of Path
        In the order to take them in: stations before the readings that only name them, what is put right last.
    """
    paths = [folder / NETWORK, folder / STATIONS, folder / THINGS, folder / GAUGES]
    paths[0].write_bytes(things.stations())
    paths[1].write_bytes(gauges.stations())
    pack(paths[2], things.documents(until))
    pack(paths[3], gauges.measurements(until))
    for name, members in weather_archives.archives(until):
        paths.append(folder / name)
        pack(paths[-1], members)
    late = {BELATED: things.belated(until), CORRECTIONS: things.corrections(until)}
    for name, content in late.items():
        (folder / name).write_bytes(content)
    return [*paths, *(folder / name for name in late)]


def pack(path: Path, members: Iterable[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> None:
    """Write an archive whose entries all bear the demo's date."""
    day = tuple(int(number) for number in DATE.split("-"))
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members:
            entry = zipfile.ZipInfo(name, (day[0], day[1], day[2], 0, 0, 0))
            entry.compress_type = method
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content, compresslevel=3 if method == zipfile.ZIP_DEFLATED else None)
