"""Rows of a layer as a frame with its CRS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import shapely

from twin.consent import layers, parent_key
from twin.engine import name
from twin.layer import CRS, Layer
from twin.reading import Reading

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

Box = tuple[float, float, float, float]
"""west, south, east, north in the store's CRS. [m]"""


def frame(reading: Reading, layer: Layer, source: str, box: Box | None) -> gpd.GeoDataFrame | pd.DataFrame:
    """Rows of `source`, a table with the layer's columns, that touch `box`."""
    columns = "* REPLACE (ST_AsWKB(geom) AS geom)" if layer.geometry else "*"
    sql = f"SELECT {columns} FROM {source}{_within(layer, source, box)}"
    table = reading.query(sql).to_arrow_table()
    if not layer.geometry:
        return table.to_pandas()
    import geopandas as gpd  # noqa: PLC0415 - a third of a second, which most questions do not need

    geometry = shapely.from_wkb(table.column("geom").to_numpy())
    plain: Any = table.drop_columns(["geom"]).to_pandas()
    plain.insert(table.column_names.index("geom"), "geom", geometry)
    return gpd.GeoDataFrame(plain, geometry="geom", crs=CRS)


def _within(layer: Layer, source: str, box: Box | None) -> str:
    if box is None:
        return ""
    west, south, east, north = (float(edge) for edge in box)
    touches = f"ST_Intersects_Extent(geom, ST_MakeEnvelope({west}, {south}, {east}, {north}))"
    if layer.geometry:
        return f" WHERE {touches}"
    key = parent_key(layer)
    if key is None:
        raise ValueError(f"{layer.name} has no place that a box could choose by")
    parent = source.rsplit(".", 1)[0] + "." + name(layers()[layer.consent].name)
    return f" WHERE {name(key)} IN (SELECT {name(key)} FROM {parent} WHERE {touches})"
