"""Where a new building stands: its municipality and the ground beneath it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.geometry import Polygon

from twin.errors import NotJoined, ScenarioError
from twin.language import Text
from twin.scenario.scenario import LAYER, Scenario
from twin.terrain import Terrain

if TYPE_CHECKING:
    from twin import Twin

NEAR = 300.0
"""How far away a neighbour may stand whose ground height is taken where there is no terrain. [m]"""

_NOWHERE = Text(
    "keine Gemeindegrenze umschließt {east:.0f}, {north:.0f}; bitte die Gemeinde nennen (--ags).",
    "no municipality's border holds {east:.0f}, {north:.0f}; please name it (--ags).",
)


def municipality_of(twin: Twin, scenario: Scenario, footprint: Polygon, ags: str = "") -> str:
    """Key of the municipality that a footprint lies in.

    Parameters
    ----------
    twin : Twin
        The twin, opened for whoever edits.
    scenario : Scenario
        For error texts.
    footprint : Polygon
        In EPSG:25832. [m]
    ags : str
        Municipality that the user names; it wins over the borders.

    Raises
    ------
    ScenarioError
        If no border holds the footprint and no municipality is named.
    NotJoined
        If the municipality does not share its buildings with whoever edits.
    """
    if not ags:
        point = shapely.point_on_surface(footprint)
        sql = f"SELECT ags FROM municipality WHERE ST_Intersects(geom, ST_SetCRS(ST_Point({point.x}, {point.y}), 'EPSG:25832'))"  # noqa: E501 – numbers of our own
        found = twin.sql(sql).fetchall()
        if not found:
            problem = _NOWHERE.filled(east=point.x, north=point.y)
            raise ScenarioError(scenario=scenario.name, problem=problem)
        ags = str(found[0][0])
    if (ags, LAYER) not in twin.visible():
        raise NotJoined(ags=ags, layer=LAYER)
    return ags


def ground_height(twin: Twin, footprint: Polygon) -> float:
    """Height of the ground that a building stands on: the terrain's lowest under its corners. [m]

    Without terrain it is that of the nearest building within `NEAR`; without one, 0.
    """
    corners = shapely.get_coordinates(footprint)
    heights = Terrain(twin).sample(corners[:, 0], corners[:, 1])
    if not np.isnan(heights).all():
        return round(float(np.nanmin(heights)), 2)
    x, y = footprint.centroid.x, footprint.centroid.y
    here = f"ST_SetCRS(ST_Point({x}, {y}), 'EPSG:25832')"
    sql = f"""SELECT ground_height FROM building WHERE ground_height IS NOT NULL AND ST_DWithin(geom, {here}, {NEAR})
              ORDER BY ST_Distance(geom, {here}) LIMIT 1"""
    found = twin.sql(sql).fetchall()
    return float(found[0][0]) if found else 0.0
