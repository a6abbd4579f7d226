"""The demo's deliveries: what land surveys and federal agencies would hand in, as files in a folder."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

from ingest.demo import boundaries, buildings, citygml, land, nas, parcels, terrain
from ingest.demo.places import DATE, DISTRICT, DISTRICT_NAME
from twin.language import Text

BOUNDARIES = f"vg250_gem_{DISTRICT}_{DISTRICT_NAME}.gpkg"
TERRAIN = f"dgm5_tiff_{DISTRICT}_{DISTRICT_NAME}_EPSG25832.zip"
CITYGML = f"lod2_gml_{DISTRICT}_{DISTRICT_NAME}_EPSG25832_CityGML.zip"
LISTING = ".musterkreis.json"
NAS = f"alkis_nas_{DISTRICT}_{DISTRICT_NAME}.zip"


def write(folder: Path, tell: Callable[[Text], None] = lambda text: None) -> list[Path]:
    """Write all deliveries into `folder`; the same version of the program writes the same bytes.

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
    tell(Text("Land und Wege werden entworfen …", "Laying out land and streets …"))
    plan = land.build()
    surveyed = parcels.survey(plan.pieces)
    tell(Text("Häuser werden gebaut …", "Building houses …"))
    houses = buildings.build(plan, surveyed)
    tell(
        Text(
            f"{len(surveyed)} Flurstücke und {len(houses)} Gebäude werden geschrieben …",
            f"Writing {len(surveyed)} parcels and {len(houses)} buildings …",
        )
    )
    boundaries.write(folder / BOUNDARIES, surveyed, houses)
    _pack(folder / CITYGML, citygml.tiles(houses))
    _pack(folder / NAS, nas.extracts(surveyed, houses, nas.uses(surveyed)))
    tell(Text("Gelände wird geschrieben …", "Writing terrain …"))
    _pack(folder / TERRAIN, terrain.tiles())
    name, content = terrain.xyz()
    (folder / name).write_bytes(content)
    return [folder / BOUNDARIES, folder / TERRAIN, folder / name, folder / CITYGML, folder / NAS]


def renew(folder: Path, tell: Callable[[Text], None] = lambda text: None) -> list[Path]:
    """The deliveries in `folder`, written if they are not there as this version of the program writes them.

    Parameters and result as in `write`. A list of the files with their SHA-256 is left beside them.
    """
    listing = folder / LISTING
    try:
        known = json.loads(listing.read_text("utf-8"))
        paths = [folder / name for name in known["files"]]
        if known["edition"] == _edition() and all(_digest(path) == known["files"][path.name] for path in paths):
            return paths
    except (OSError, ValueError, KeyError, TypeError):
        pass  # No list, or not ours: everything is written again.
    paths = write(folder, tell)
    found = {"edition": _edition(), "files": {path.name: _digest(path) for path in paths}}
    listing.write_text(json.dumps(found, indent=2), "utf-8")
    return paths


def _edition() -> str:
    """SHA-256 over the sources of the demo: another program may write other deliveries."""
    together = hashlib.sha256()
    for source in sorted(Path(__file__).parent.glob("*.py")):
        together.update(source.read_bytes())
    return together.hexdigest()


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _pack(path: Path, members: Iterable[tuple[str, bytes]]) -> None:
    day = tuple(int(number) for number in DATE.split("-"))
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members:
            entry = zipfile.ZipInfo(name, (day[0], day[1], day[2], 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content, compresslevel=3)
