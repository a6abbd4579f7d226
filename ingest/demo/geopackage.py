"""Writes GeoPackages of which the same content gives the same bytes."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import geopandas
import pyogrio

from ingest.demo.places import DATE


def write(path: Path, tables: Iterable[tuple[str, geopandas.GeoDataFrame, str]]) -> None:
    """Write `tables`, each with its name and geometry type, as one GeoPackage."""
    path.unlink(missing_ok=True)
    # GeoPackages note when they were last changed; the demo knows one date only.
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": f"{DATE}T00:00:00.000Z"})
    try:
        for number, (name, frame, kind) in enumerate(tables):
            pyogrio.write_dataframe(frame, path, layer=name, driver="GPKG", geometry_type=kind, append=number > 0)
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})
