"""A small map of the places of findings, as SVG that stands in a page by itself."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from ingest.finding import SEVERITIES, Finding
from twin.language import Text

COLOURS = {"error": "#B3261E", "warning": "#B26A00", "notice": "#3B6EA5"}
"""Of each severity: at least 4.5 : 1 against white (WCAG 2.2, 1.4.3)."""

_WIDTH, _HEIGHT, _MARGIN = 640.0, 420.0, 24.0
_SMALLEST = 50.0
"""Side that a map shows at least. [m]"""

_ABOUT = 5_000.0
"""About the municipalities that are drawn: a place beyond is far off. [m]"""

_CELL = 6.0
"""Places nearer than this to each other are one mark. [px]"""

_MARKS = {"error": "M0-5 5 5-5 5Z", "warning": "M-4-4H4V4H-4Z", "notice": ""}
"""Shape beside the colour, for those who see none: triangle, square, disc."""

_TITLE = Text("Karte der Fundstellen, Norden ist oben", "Map of the places, north is up")


def map_of(findings: Sequence[Finding], areas: Sequence[BaseGeometry] = ()) -> str:
    """SVG of the places, grave ones on top; empty if none has a place.

    Parameters
    ----------
    findings : sequence of Finding
        Those without a place are left out.
    areas : sequence of shapely geometry
        Municipalities to draw beneath, as far as they reach into the map.
    """
    placed = [one for one in findings if one.east is not None and one.north is not None]
    if not placed:
        return ""
    places = np.array([(one.east, one.north) for one in placed], np.float64)
    inside = _inside(places, areas)
    frame = _Frame(places[inside])
    outlines = "".join(frame.outline(area) for area in areas)
    marks = [
        mark
        for severity in reversed(SEVERITIES)
        for mark in frame.marks(severity, places[inside & np.array([one.severity == severity for one in placed])])
    ]
    title = "".join(f'<title lang="{language}">{text}</title>' for language, text in (("de", _TITLE.de),))
    return (
        f'<svg class="map" viewBox="0 0 {_WIDTH:.0f} {_HEIGHT:.0f}" role="img" xmlns="http://www.w3.org/2000/svg">'
        f'{title}<rect width="100%" height="100%" fill="#F6F5F1"/>{outlines}{"".join(marks)}{frame.scale_bar()}</svg>'
    )


def _inside(places: np.ndarray, areas: Sequence[BaseGeometry]) -> np.ndarray:
    """Places to show: what lies far off (a swapped axis, a zero) must not shrink the map to a dot."""
    if areas:
        west, south, east, north = shapely.total_bounds(np.array(areas, object))
        x, y = places.T
        near: np.ndarray = (x > west - _ABOUT) & (x < east + _ABOUT) & (y > south - _ABOUT) & (y < north + _ABOUT)
        if near.any():
            return near
    middle = np.median(places, axis=0)
    spread = np.quantile(np.abs(places - middle), 0.98, axis=0)
    found: np.ndarray = (np.abs(places - middle) <= np.maximum(3 * spread, _SMALLEST)).all(axis=1)
    return found


class _Frame:
    """From metres to pixels."""

    def __init__(self, places: np.ndarray) -> None:
        low, high = places.min(axis=0), places.max(axis=0)
        size = np.maximum(high - low, _SMALLEST)
        self.scale = min((_WIDTH - 2 * _MARGIN) / size[0], (_HEIGHT - 2 * _MARGIN) / size[1])
        self.middle = (low + high) / 2

    def at(self, places: np.ndarray) -> np.ndarray:
        local = (places - self.middle) * self.scale
        found: np.ndarray = np.column_stack([_WIDTH / 2 + local[:, 0], _HEIGHT / 2 - local[:, 1]])
        return found

    def marks(self, severity: str, places: np.ndarray) -> list[str]:
        """One mark a cell, larger where several places fall together."""
        if not len(places):
            return []
        cells, counts = np.unique(np.round(self.at(places) / _CELL).astype(int), axis=0, return_counts=True)
        found = []
        for (x, y), count in zip((cells * _CELL).tolist(), counts.tolist(), strict=True):
            size = min(2.2, 1 + 0.3 * math.log2(count))
            shape = f'<path d="{_MARKS[severity]}"/>' if _MARKS[severity] else '<circle r="4.5"/>'
            found.append(
                f'<g fill="{COLOURS[severity]}" stroke="#FFF" transform="translate({x:.0f} {y:.0f}) scale({size:.2f})">'
                f"{shape}</g>"
            )
        return found

    def outline(self, area: BaseGeometry) -> str:
        """Border of a municipality within the map."""
        half = np.array([_WIDTH, _HEIGHT]) / 2 / self.scale
        box = shapely.box(*(self.middle - half), *(self.middle + half))
        line = shapely.simplify(shapely.intersection(area, box).boundary, 1 / self.scale)
        paths = []
        for part in shapely.get_parts(line):
            points = self.at(shapely.get_coordinates(part))
            paths.append("M" + " ".join(f"{x:.1f} {y:.1f}" for x, y in points.tolist()))
        return f'<path d="{"".join(paths)}" fill="none" stroke="#9A968C"/>' if paths else ""

    def scale_bar(self) -> str:
        """A bar of a round length."""
        wanted = _WIDTH / 5 / self.scale
        power = 10.0 ** math.floor(math.log10(wanted))
        length = max(step * power for step in (1, 2, 5) if step * power <= wanted)
        text = f"{length / 1000:g} km" if length >= 1000 else f"{length:g} m"
        end = 16 + length * self.scale
        return (
            f'<g transform="translate(0 {_HEIGHT - 14:.0f})" stroke="#33312C" fill="none">'
            f'<path d="M16-5V0H{end:.1f}V-5"/><text font-size="13" x="{end + 6:.1f}" y="0" fill="#33312C" '
            f'stroke="none">{text}</text></g>'
        )
