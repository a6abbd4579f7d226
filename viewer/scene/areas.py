"""Areas as they are painted: shapes, colours, grain, edges, and what is hatched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from layers.land_use import LAYER
from twin.style import Classes
from viewer.scene.colours import class_of, rgb

Array = npt.NDArray[Any]

PLAIN, FIELD, GRASS, WOOD, WATER, SETTLED = range(6)
KINDS = ("", "field", "grass", "wood", "water", "settled")
"""Names of the grains in `twin.style`, in the order of their numbers."""

_TEXTURES = {
    "AX_Landwirtschaft": FIELD,
    "AX_Wald": WOOD,
    "AX_Gehoelz": WOOD,
    "AX_Fliessgewaesser": WATER,
    "AX_StehendesGewaesser": WATER,
    "AX_Hafenbecken": WATER,
    "AX_Meer": WATER,
    "AX_SportFreizeitUndErholungsflaeche": GRASS,
    "AX_Friedhof": GRASS,
    "AX_Heide": GRASS,
    "AX_Moor": GRASS,
    "AX_Sumpf": GRASS,
    "AX_Wohnbauflaeche": SETTLED,
    "AX_FlaecheGemischterNutzung": SETTLED,
    "AX_FlaecheBesondererFunktionalerPraegung": SETTLED,
}

_GRASSLAND = ("1020", "1030", "1050", "1100")
"""vegetationsmerkmal of AX_Landwirtschaft: Grünland, Gartenbauland, Obstplantage, Streuobst (GeoInfoDok 7.1)."""

_CROPS = np.array(
    [rgb(c) for c in ("#CFCB8E", "#BFBF7A", "#D6CC88", "#AFBD78", "#9FB26D", "#C0B180", "#C4C899", "#B1AB7A")]
)
_MEADOW = np.array(rgb("#A9BF7A"))


@dataclass(frozen=True)
class Areas:
    """Polygons to be drawn, in drawing order.

    Attributes
    ----------
    polygons : array of shapely polygons
    colours : float array of shape (n, 3)
    textures : int array of shape (n,)
    directions : float array of shape (n, 2)
        Unit vector across the crop rows.
    alphas : float array of shape (n,), or None
        Opacity of each fill within the sheet; None for 1. [1]
    hatched : bool array of shape (n,), or None
        What is filled with stripes only.
    edges : float array of shape (n, 3), or None
        Colour of each outline.
    edge : float
        Width of the outlines. [m]
    """

    polygons: Array
    colours: Array
    textures: Array
    directions: Array
    alphas: Array | None = None
    hatched: Array | None = None
    edges: Array | None = None
    edge: float = 0.0

    def __len__(self) -> int:
        return len(self.polygons)

    @classmethod
    def of_land_use(cls, ids: Array, classes: Array, codes: Array, geometries: Array, smallest: float = 0.0) -> Areas:
        """Areas of rows of layer ``land_use``; those under `smallest` [m²] are left out.

        Parameters
        ----------
        ids, classes, codes : object arrays of shape (n,)
            ``land_use_id``, ``land_use_class``, ``land_use_code``.
        geometries : object array of shape (n,)
            (Multi)polygons.
        smallest : float
            What is smaller than a pixel need not be drawn. [m²]
        """
        parts, row = shapely.get_parts(geometries, return_index=True)
        area = shapely.area(parts)
        order = np.argsort(-area, kind="stable")
        order = order[area[order] > smallest]
        parts, row = parts[order], row[order]
        seeds = pd.util.hash_array(np.asarray(ids, object)[row].astype(str))
        names, grass = np.asarray(classes, object)[row], np.isin(np.asarray(codes, object)[row].astype(str), _GRASSLAND)
        theme = LAYER.style.themes[0] if LAYER.style else None
        assert isinstance(theme, Classes)
        known = {name: rgb(theme.classes[class_of(theme, str(name))].colour) for name in set(names.tolist())}
        colours = np.array([known[name] for name in names], np.float64).reshape(-1, 3)
        textures = np.array([_TEXTURES.get(name, PLAIN) for name in names], np.int64)
        meadow = (textures == FIELD) & grass
        textures[meadow] = GRASS
        crop = textures == FIELD
        colours[crop] = 0.35 * colours[crop] + 0.65 * _CROPS[(seeds[crop] % np.uint64(len(_CROPS))).astype(int)]
        colours[meadow] = _MEADOW
        shade = ((seeds >> np.uint64(8)) % np.uint64(1000)).astype(np.float64) / 1000 - 0.5
        strength = np.select([crop, textures == GRASS, textures == WOOD], [0.10, 0.12, 0.10], 0.03)
        return cls(parts, colours * (1 + shade * strength)[:, None], textures, _directions(parts, crop))

    @classmethod
    def plain(cls, geometries: Array, colours: Array) -> Areas:
        """(Multi)polygons in one colour each, without texture.

        Parameters
        ----------
        geometries : object array of shape (n,)
        colours : array of shape (n, 3)
        """
        parts, row = shapely.get_parts(geometries, return_index=True)
        order = np.argsort(-shapely.area(parts), kind="stable")
        shades = np.asarray(colours, np.float64)[row[order]]
        return cls(parts[order], shades, np.full(len(order), PLAIN), np.tile([1.0, 0.0], (len(order), 1)))


def _directions(polygons: Array, wanted: Array) -> Array:
    """Unit vectors across the longest side of the smallest rectangle around each wanted polygon."""
    directions = np.tile([1.0, 0.0], (len(polygons), 1))
    for number in np.flatnonzero(wanted):
        corners = shapely.get_coordinates(shapely.oriented_envelope(polygons[number]))
        if len(corners) < 4:
            continue
        first, second = corners[1] - corners[0], corners[2] - corners[1]
        short = min(first, second, key=lambda side: float(np.hypot(*side)))
        directions[number] = short / max(float(np.hypot(*short)), 1e-9)
    return directions
