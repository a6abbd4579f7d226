"""Which of a portal's files lie over a municipality."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import shapely

from ingest.fetch.state import Product
from twin.geometry.crs import require

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

Named = TypeVar("Named")

_KILOMETRE = 1_000.0


def select(product: Product, files: Mapping[str, Named], areas: Mapping[str, BaseGeometry]) -> list[Named]:
    """Files that lie over any of the areas: tiles that intersect one, packages of their key or of their district.

    Of several files of one square (one a year), the newest.

    Parameters
    ----------
    product : Product
        What they are of.
    files : mapping of str to anything
        By name.
    areas : mapping of str to shapely geometry
        Municipality key to area, in the store's CRS.

    Returns
    -------
    found : list
        Values of `files`, sorted by name.
    """
    covering = over(product, files, areas)
    newest: dict[tuple[str, ...], tuple[str, str]] = {}
    pattern = re.compile(product.pattern)
    for name in covering:
        groups = _groups(pattern, name)
        place = tuple(groups.get(key) or "" for key in ("east", "north", "key"))
        newest[place] = max(newest.get(place, ("", "")), (groups.get("year") or "", name))
    return [files[name] for _, name in sorted(newest.values(), key=lambda found: found[1])]


def over(product: Product, names: Iterable[str], areas: Mapping[str, BaseGeometry]) -> list[str]:
    """Names of files that lie over any of the areas, sorted."""
    pattern = re.compile(product.pattern)
    matched = {name: groups for name in sorted(names) if (groups := _groups(pattern, name))}
    if product.coverage == "key":
        own = set(areas)
        keys = {groups["key"] for groups in matched.values()}
        # Packages of a district count where there are none of its municipalities.
        wanted = {key if key in keys else f"{key[:5]}000" for key in own}
        return [name for name, groups in matched.items() if groups["key"] in wanted]
    corners = [(int(groups["east"] or 0), int(groups["north"] or 0)) for groups in matched.values()]
    touched = _intersecting(product, np.array(corners, float).reshape(-1, 2) * _KILOMETRE, areas)
    return [name for name, hit in zip(matched, touched.tolist(), strict=True) if hit]


def _groups(pattern: re.Pattern[str], name: str) -> dict[str, str | None]:
    match = pattern.fullmatch(name)
    return match.groupdict() if match else {}


def _intersecting(
    product: Product, corners: np.ndarray[tuple[int, ...], np.dtype[np.float64]], areas: Mapping[str, BaseGeometry]
) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Whether the square of each corner, and what reaches out of it, shares area with any of the areas."""
    west, south = corners.T
    out = product.reach
    squares = shapely.box(west - out, south - out, west + product.edge + out, south + product.edge + out)
    points = shapely.get_coordinates(squares)
    if len(points):
        squares = shapely.set_coordinates(squares, require(product.crs, product.name).to_store(*points.T)[:, :2])
    found = np.zeros(len(squares), bool)
    for area in areas.values():
        shapely.prepare(area)
        # A square that only touches the border holds nothing of the municipality.
        found |= shapely.intersects(area, squares) & ~shapely.touches(area, squares)
    return found
