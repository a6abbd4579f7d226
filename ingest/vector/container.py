"""Vector files that OGR reads: told by their first bytes, opened without a trace beside them."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyogrio

from ingest.gml.prologue import prologue
from ingest.source_file import SourceFile

_SHAPEFILE = b"\x00\x00\x27\x0a"
_FLATGEOBUF = b"fgb"
_SQLITE = b"SQLite format 3\x00"
_GEOPACKAGE_IDS = {b"GPKG", b"GP10", b"GP11"}
_JSON = re.compile(rb'\A(?:\xef\xbb\xbf)?\s*\{[^\x00]*?"type"\s*:\s*"(?:FeatureCollection|Feature)"', re.DOTALL)
_OTHER_GML = re.compile(rb"citygml|adv/gid|alkis|xplan|okstra|naseinh", re.IGNORECASE)
_DTD = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)

VERSIONS = {
    "geopackage": "GeoPackage",
    "shapefile": "ESRI Shapefile",
    "geojson": "GeoJSON",
    "flatgeobuf": "FlatGeobuf",
    "gml": "GML",
}
"""Kinds of vector files that are read, and what they are called."""


def container(head: bytes) -> str:
    """Kind of vector file, a key of `VERSIONS`, by its first bytes; empty if it is none."""
    if head.startswith(_SQLITE):
        return "geopackage" if head[68:72] in _GEOPACKAGE_IDS else ""
    if head.startswith(_SHAPEFILE):
        return "shapefile"
    if head.startswith(_FLATGEOBUF) and head[4:7] == _FLATGEOBUF:
        return "flatgeobuf"
    if _JSON.match(head):
        return "geojson"
    if _is_collection(head) and not _OTHER_GML.search(head) and not _DTD.search(head):
        return "gml"
    return ""


def _is_collection(head: bytes) -> bool:
    begins = head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<")
    return begins and prologue(head).root == "FeatureCollection"


@contextmanager
def readable(source: SourceFile, kind: str) -> Iterator[Path]:
    """A path that OGR may open: nothing is ever written beside the user's file.

    GDAL writes a ``.gfs`` beside a GML it reads, and SQLite a ``-wal`` and ``-shm`` beside a GeoPackage in WAL mode:
    such files are copied first. OGR tells most files by their ending, so a file with another one is copied as well.
    """
    # A GML may name its schema by URL: nothing is fetched from other hosts.
    pyogrio.set_gdal_config_options({"GML_DOWNLOAD_WFS_SCHEMA": "NO", "GDAL_PAM_ENABLED": "NO"})
    ending = {"geopackage": ".gpkg", "shapefile": ".shp", "geojson": ".geojson", "flatgeobuf": ".fgb", "gml": ".gml"}[
        kind
    ]
    in_wal_mode = kind == "geopackage" and source.head[18:20] != b"\x01\x01"
    with source.on_disk() as path:
        ours = path != source.path
        if kind == "shapefile" or (path.suffix.lower() == ending and (ours or not (kind == "gml" or in_wal_mode))):
            yield path
            return
        with tempfile.TemporaryDirectory(prefix="twin-") as folder:
            copy = Path(folder) / f"copy{ending}"
            shutil.copyfile(path, copy)
            wal = path.with_name(path.name + "-wal")
            if in_wal_mode and wal.exists():
                shutil.copyfile(wal, copy.with_name(copy.name + "-wal"))
            yield copy


def layer_names(path: Path) -> list[str]:
    """Names of the layers of polygons, or of any geometry."""
    found = []
    for name, geometry in pyogrio.list_layers(path):
        if geometry is None or "Polygon" in geometry or geometry in {"Unknown", "Curve Polygon", "Multi Surface"}:
            found.append(str(name))
    return found


def info(path: Path, layer: str) -> dict[str, Any]:
    """Fields, CRS and number of features of a layer."""
    found: dict[str, Any] = pyogrio.read_info(path, layer=layer)
    return found
