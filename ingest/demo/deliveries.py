"""The demo's deliveries: what land surveys and federal agencies would hand in, as files in a folder."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from ingest.demo import (
    boundaries,
    citygml,
    flood_zones,
    land_values,
    nas,
    osm,
    photo,
    plans,
    readings_files,
    registers,
    road_network,
    terrain,
    transit,
    trees,
    utilities,
)
from ingest.demo.district import lay_out
from ingest.demo.places import DISTRICT, DISTRICT_NAME
from ingest.demo.readings_files import pack
from twin.language import Text

BOUNDARIES = f"vg250_gem_{DISTRICT}_{DISTRICT_NAME}.gpkg"
TERRAIN = f"dgm5_tiff_{DISTRICT}_{DISTRICT_NAME}_EPSG25832.zip"
CITYGML = f"lod2_gml_{DISTRICT}_{DISTRICT_NAME}_EPSG25832_CityGML.zip"
PHOTO = f"dop_rgb_{DISTRICT}_{DISTRICT_NAME}_EPSG25832.zip"
PLANS = f"xplan_{DISTRICT}_{DISTRICT_NAME}.zip"
OSM = f"osm_{DISTRICT}_{DISTRICT_NAME}.osm.pbf"
TIMETABLE = f"gtfs_{DISTRICT}_{DISTRICT_NAME}.zip"
UTILITIES = f"leitungskataster_{DISTRICT}_{DISTRICT_NAME}.gpkg"
LAND_VALUES = f"bodenrichtwerte_{DISTRICT}_{DISTRICT_NAME}.gpkg"
FLOOD_ZONES = f"ueberflutung_{DISTRICT}_{DISTRICT_NAME}.gpkg"
TREES = f"Baumkataster_{DISTRICT_NAME}.csv"
ADDRESSES = f"hauskoordinaten_{DISTRICT}_{DISTRICT_NAME}.csv"
BROADBAND = f"breitband_adressen_{DISTRICT}_{DISTRICT_NAME}.csv"
COVERAGE = f"breitbandatlas_gemeinden_{DISTRICT}_2025.csv"
MAPPINGS = {UTILITIES: utilities.mappings, LAND_VALUES: land_values.mappings, FLOOD_ZONES: flood_zones.mappings}
"""Deliveries in nobody's format but the town hall's own, and the mappings that lie beside each as JSON."""

LISTING = ".musterkreis.json"

FRESH = np.timedelta64(24, "h")
"""How old the last reading may be for the year to be left as it is."""

NAS = f"alkis_nas_{DISTRICT}_{DISTRICT_NAME}.zip"


def write(folder: Path, tell: Callable[[Text], None] = lambda text: None) -> list[Path]:
    """Write all deliveries but the readings into `folder`; the same version of the program writes the same bytes.

    Parameters
    ----------
    folder : Path
        Made if it does not exist; files of the same names are replaced.
    tell : callable
        Is told in words what happens next.

    Returns
    -------
    paths : list of Path
        The files, boundaries first, in the order to take them in.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tell(Text("Land, Wege und Häuser werden entworfen …", "Laying out land, streets and houses …"))
    district = lay_out()
    surveyed, houses = district.parcels, district.buildings
    graph = road_network.network(district)
    planted = trees.plant(district, graph)
    tell(
        Text(
            f"{len(surveyed)} Flurstücke und {len(houses)} Gebäude werden geschrieben …",
            f"Writing {len(surveyed)} parcels and {len(houses)} buildings …",
        )
    )
    boundaries.write(folder / BOUNDARIES, surveyed, houses)
    pack(folder / CITYGML, citygml.tiles(houses))
    (folder / ADDRESSES).write_bytes(registers.addresses(district))
    pack(folder / NAS, nas.extracts(surveyed, houses, nas.uses(surveyed)))
    tell(Text("Gelände wird geschrieben …", "Writing terrain …"))
    pack(folder / TERRAIN, terrain.tiles())
    name, content = terrain.xyz()
    (folder / name).write_bytes(content)
    tell(Text("Pläne, Wege, Leitungen und Register werden geschrieben …", "Writing plans, streets, pipes, registers …"))
    pack(folder / PLANS, plans.documents(district))
    osm.write(folder / OSM, district, graph)
    pack(folder / TIMETABLE, transit.feed(graph))
    utilities.write(folder / UTILITIES, district, graph)
    land_values.write(folder / LAND_VALUES, district)
    flood_zones.write(folder / FLOOD_ZONES, district)
    for mapped, made in MAPPINGS.items():
        (folder / mapping_name(mapped)).write_text(json.dumps(made(), ensure_ascii=False, indent=1), "utf-8")
    census, people = registers.census(district)
    (folder / census).write_bytes(people)
    (folder / TREES).write_bytes(registers.trees(planted))
    (folder / BROADBAND).write_bytes(registers.broadband(district, graph))
    (folder / COVERAGE).write_bytes(registers.coverage(district, graph))
    tell(Text("Das Luftbild wird aufgenommen …", "Taking the aerial photograph …"))
    pack(folder / PHOTO, photo.tiles(district, graph, planted), zipfile.ZIP_STORED)
    # The register of addresses lies beside for whoever wants it: the cadastre has delivered the same ones already.
    names = (BOUNDARIES, TERRAIN, name, CITYGML, NAS, PLANS, OSM, TIMETABLE, UTILITIES, LAND_VALUES,
             FLOOD_ZONES, census, TREES, BROADBAND, COVERAGE, PHOTO)  # fmt: skip
    return [folder / name for name in names]


def mapping_name(file: str) -> str:
    """Name of the JSON file that lies beside the delivery called `file`."""
    return f"{Path(file).stem}.mapping.json"


def renew(
    folder: Path, tell: Callable[[Text], None] = lambda text: None, present: np.datetime64 | None = None
) -> list[Path]:
    """The deliveries in `folder`, written if they are not there as this version of the program writes them.

    Readings are written again if their year ended more than `FRESH` ago: they go on where the former ones ended. A list
    of the files with their SHA-256 is left beside them.

    Parameters
    ----------
    folder, tell
        As in `write`.
    present : datetime64 or None
        The hour at which the year of readings ends if it is written; the last full hour if None.

    Returns
    -------
    paths : list of Path
        The files in the order to take them in: boundaries first, readings last.
    """
    present = readings_files.present() if present is None else present
    known = _listing(folder)
    held, read = known.get("files", {}), known.get("readings", {})
    ended = np.datetime64(known.get("present", "1970-01-01T00"), "h")
    whole, told = _intact(folder, held), _intact(folder, read)
    fresh = np.timedelta64(0, "h") <= present - ended <= FRESH
    if whole and told and fresh:
        return [folder / name for name in (*held, *read)]
    if not whole:
        held = {path.name: _digest(path) for path in write(folder, tell)}
    if not (told and fresh):
        tell(Text("Ein Jahr Messwerte wird geschrieben …", "Writing a year of readings …"))
        read = {path.name: _digest(path) for path in readings_files.write(folder, present)}
        ended = present
    found = {"edition": _edition(), "files": held, "readings": read, "present": str(ended)}
    (folder / LISTING).write_text(json.dumps(found, indent=2), "utf-8")
    return [folder / name for name in (*held, *read)]


def _listing(folder: Path) -> dict[str, Any]:
    """What was written; nothing if there is no list, or it is not ours."""
    try:
        known = json.loads((folder / LISTING).read_text("utf-8"))
        np.datetime64(known["present"], "h")
        return dict(known) if known["edition"] == _edition() else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _intact(folder: Path, digests: dict[str, str]) -> bool:
    try:
        return bool(digests) and all(_digest(folder / name) == digest for name, digest in digests.items())
    except OSError:
        return False


def _edition() -> str:
    """SHA-256 over the sources of the demo: another program may write other deliveries."""
    together = hashlib.sha256()
    for source in sorted(Path(__file__).parent.glob("*.py")):
        together.update(source.read_bytes())
    return together.hexdigest()


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
