"""Where the geometry of a table is proposed to come from, and what CRS it is in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely

from ingest.address.reference import service_reference
from ingest.column_names import synonyms
from ingest.mapping.crs_guess import Box, guess
from ingest.mapping.mapping import Dialect, GeometryRule
from ingest.mapping.position import raw, stated_code
from ingest.mapping.profile import Profile, Sample
from ingest.point_rows import within
from ingest.table.table import Table
from ingest.table.vector_table import family
from twin.geometry.crs import Reference
from twin.language import Text

_WKT = re.compile(
    r"\s*(?:SRID=\d{4,6};)?\s*(?:MULTI)?(?:POINT|LINESTRING|POLYGON|CURVE|SURFACE|GEOMETRYCOLLECTION)\s*(?:Z|M|ZM)?\s*\(",
    re.IGNORECASE,
)
_WKB = re.compile(r"0[01][0-9A-Fa-f]{16,}")
_CODE = re.compile(r"(258(?:31|32|33)|3146[678]|4326|4258|3857)(?!\d)")

_OWN = Text("Geometrie der Datei ({kind}), {crs} laut Datei", "geometry of the file ({kind}), {crs} as the file says")
_OWN_GUESSED = Text(
    "Geometrie der Datei ({kind}) ohne CRS: {reason}", "geometry of the file ({kind}) without CRS: {reason}"
)
_CONTRADICTS = Text(
    "Die Datei nennt {crs}, aber die Werte passen nicht dazu: {reason}",
    "The file names {crs}, but the values do not fit: {reason}",
)
_TURNED = Text("{reason}, Achsen vertauscht", "{reason}, axes swapped")
_TEXTS = Text("„{column}“ enthält WKT; {reason}", "“{column}” holds WKT; {reason}")
_PAIR = Text("„{east}“ und „{north}“: {reason}", "“{east}” and “{north}”: {reason}")
_NAMED = Text("{crs} laut Spaltenname", "{crs} as the column's name says")
_STATED = Text("{crs} laut Text", "{crs} as the text says")
_NONE = Text("keine Spalten mit einer Lage gefunden", "no columns with a position found")


@dataclass(frozen=True, slots=True)
class Place:
    """Where rows are thought to lie.

    Attributes
    ----------
    rule : GeometryRule
        Where the geometry comes from.
    crs : str
        What the mapping has to name; empty where the file's own is right, or where nothing is likely.
    known : bool
        Whether a CRS is known at all.
    geometry : str
        What it draws: ``point``, ``line``, ``polygon``, ``any``; empty for none.
    confidence : float
        0 to 1.
    reason : Text
        Why.
    """

    rule: GeometryRule
    crs: str
    known: bool
    geometry: str
    confidence: float
    reason: Text

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of the table that hold it."""
        return self.rule.columns


def place(table: Table, sample: Sample, near: Box | None = None) -> Place:
    """Where the geometry of a table comes from."""
    if table.geometry:
        return _own(table, sample, near)
    for profile in sample.profiles.values():
        if profile.known and all(_WKT.match(one) or _WKB.fullmatch(one) for one in profile.known[:20]):
            return _of_texts(profile, sample, near)
    return _pair(sample, near)


def _own(table: Table, sample: Sample, near: Box | None) -> Place:
    shapes = sample.rows.shapes if sample.rows.shapes is not None else np.array([], object)
    geometry = table.geometry if table.geometry != "any" else _families(shapes)
    words = {"kind": geometry or "–", "crs": table.crs[:40]}
    found = guess(*_centres(shapes), near)
    named = service_reference(table.crs)
    rule = GeometryRule("own", (), found.swapped)
    if named is None:
        reason = _OWN_GUESSED.filled(reason=found.reason, **words)
        return Place(rule, found.crs, bool(found.crs), geometry, found.confidence, reason)
    if found.crs and found.crs != named.name and _contradicts(named.name, found.crs):
        return Place(rule, found.crs, True, geometry, 0.5, _CONTRADICTS.filled(reason=found.reason, crs=named.name))
    own = _OWN.filled(kind=geometry, crs=table.crs[:40])
    if _lies(_centres(shapes), Reference(named.name, northing_first=True)) and not _lies(
        _centres(shapes), Reference(named.name)
    ):
        return Place(GeometryRule("own", (), True), "", True, geometry, 0.95, _TURNED.filled(reason=own))
    return Place(GeometryRule("own"), "", True, geometry, 0.98, own)


def _lies(centres: tuple[np.ndarray, np.ndarray], named: Reference) -> bool:
    """Whether most positions lie in Central Europe."""
    return bool(len(centres[0])) and bool(within(named.to_store(*centres)).mean() > 0.5)


def _contradicts(named: str, guessed: str) -> bool:
    """Degrees under a name of metres, or the other way round; which metres they are is the file's to say."""
    degrees = {"EPSG:4326", "EPSG:4258", "EPSG:4979", "OGC:CRS84"}
    return (named in degrees) != (guessed in degrees)


def _of_texts(profile: Profile, sample: Sample, near: Box | None) -> Place:
    rule = GeometryRule("wkt", (profile.name,))
    shapes, _ = raw(sample.rows, rule, Dialect(sample.decimal))
    stated = stated_code(profile.cells)
    found = guess(*_centres(shapes), near)
    crs, confidence, why = found.crs, found.confidence, found.reason
    if stated:
        crs, confidence, why = stated, 0.98, _STATED.filled(crs=stated)
    swapped = found.swapped and not stated
    reason = _TEXTS.filled(column=profile.name, reason=why)
    return Place(GeometryRule("wkt", (profile.name,), swapped), crs, bool(crs), _families(shapes), confidence, reason)


def _pair(sample: Sample, near: Box | None) -> Place:
    """Two columns of numbers, chosen by their names; what they hold has to agree."""
    best: Place | None = None
    known = synonyms("position")
    for rank_east, east in _named(sample, known["east"]):
        for rank_north, north in _named(sample, known["north"]):
            if east.name == north.name:
                continue
            found = guess(east.values, north.values, near)
            code = _CODE.search(f"{east.name} {north.name}")
            crs = f"EPSG:{code[1]}" if code else found.crs
            if not crs:
                continue
            why = _NAMED.filled(crs=crs) if code else found.reason
            confidence = 0.97 if code else found.confidence
            confidence -= 0.002 * (rank_east + rank_north)
            if best is None or confidence > best.confidence:
                rule = GeometryRule("xy", (east.name, north.name), found.swapped)
                reason = _PAIR.filled(east=east.name, north=north.name, reason=why)
                best = Place(rule, crs, True, "point", round(confidence, 3), reason)
    return best or _unnamed(sample, near) or Place(GeometryRule("none"), "", False, "", 0.0, _NONE)


def _unnamed(sample: Sample, near: Box | None) -> Place | None:
    """Two neighbouring columns whose numbers can hardly be anything but coordinates, whatever they are called."""
    numeric = [profile for profile in sample.profiles.values() if profile.numeric > 0.9 and len(profile.numbers) > 1]
    best: Place | None = None
    for first, second in pairwise(numeric):
        found = guess(first.values, second.values, near)
        if found.confidence < 0.7 or max(first.unique, second.unique) < 0.5:
            continue
        rule = GeometryRule("xy", (first.name, second.name), found.swapped)
        reason = _PAIR.filled(east=first.name, north=second.name, reason=found.reason)
        if best is None or found.confidence * 0.8 > best.confidence:
            best = Place(rule, found.crs, True, "point", round(found.confidence * 0.8, 3), reason)
    return best


def _named(sample: Sample, names: tuple[str, ...]) -> list[tuple[int, Profile]]:
    by_name: dict[str, Profile] = {}
    for profile in sample.profiles.values():
        if profile.numeric > 0.7:
            by_name.setdefault(profile.plain, profile)
    return [(rank, by_name[name]) for rank, name in enumerate(names) if name in by_name][:4]


def _centres(shapes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    bounds = shapely.bounds(shapes) if len(shapes) else np.zeros((0, 4))
    return (bounds[:, 0] + bounds[:, 2]) / 2, (bounds[:, 1] + bounds[:, 3]) / 2


def _families(shapes: np.ndarray) -> str:
    kinds = {family(str(shape.geom_type)) for shape in shapes[:500] if shape is not None}
    return kinds.pop() if len(kinds) == 1 else "any" if kinds else ""
