"""A tree register as delimited text: one tree a line."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ingest.address.reference import written_zone
from ingest.checks.raw import raw_finding, ruin
from ingest.column_names import crs_of, meanings, unit
from ingest.delimited import delimiter, first_lines, invalid, number, rows, split
from ingest.finding import Finding
from ingest.finding import said as said_in_both
from ingest.format import Facts, Item, Options, Reject
from ingest.line import at_line, spoken
from ingest.point_rows import PointRows
from ingest.source_file import SourceFile
from twin.geometry.crs import Reference, reference, require
from twin.language import Text

TITLE = "Baumkataster"

LARGEST = {"height": 70.0, "crown_diameter": 50.0, "trunk_girth": 2000.0, "trunk_diameter": 640.0}
"""Beyond these no tree in Germany grows (the tallest measures 67 m, the stoutest 18 m about). [m], the trunk in [cm]"""

_EARLIEST, _LATEST = 1000, 2100
_SIZES = ("height", "crown_diameter", "trunk_girth", "trunk_diameter")
_UNITS = {"mm": 0.001, "cm": 0.01, "m": 1.0}
_WKT = re.compile(r"\s*(?:SRID=(\d{4,6});)?\s*POINT\s*(?:Z\s*)?\(\s*(\S+)\s+(\S+?)(?:\s+\S+)?\s*\)\s*", re.IGNORECASE)
_LONGEST_POINT = 200
_MOST_CODES = 8
"""Different CRSs that the rows of one file may name."""

_IMPOSSIBLE = Text(
    "{column}: erwartet 0 bis {most} {unit}, gefunden {value} {unit}; der Wert bleibt leer.",
    "{column}: expected 0 to {most} {unit}, found {value} {unit}; the value stays empty.",
)
_COMMA = Text(
    "Den Wert in der Quelle prüfen; oft fehlt ein Dezimalkomma, oder die Einheit ist eine andere.",
    "Look at the value in its source; often a decimal sign is missing, or the unit is another.",
)
_UNKNOWN = {"", "?", "-", "–", "unbekannt", "k.a.", "null"}
_NAMED = Text("Namen der Spalten, darunter Lage und Baumart oder Maße", "column names, with a position and a species")
_VALUES = Text("erwartet {expected} Werte, gefunden {found}.", "expected {expected} values, found {found}.")
_NUMBERS = Text("erwartet zwei Koordinaten, gefunden keine Zahlen.", "expected two coordinates, found no numbers.")
_ZEROS = Text(
    "{column}: 0 gilt als unbekannt (Bäume: {count}).",
    "{column}: 0 counts as unknown (trees: {count}).",
)
_IMPLAUSIBLE = Text(
    "{column}: unmögliche Werte verworfen, etwa {example} (Bäume: {count}); die Bäume bleiben.",
    "{column}: impossible values dropped, such as {example} (trees: {count}); the trees stay.",
)


@dataclass(frozen=True, slots=True)
class Columns:
    """What the columns of a register mean.

    Attributes
    ----------
    places : dict of str to int
        Meaning, as in ``data/columns/tree.json``, to place.
    names : tuple of str
        As the file writes them.
    separator : str
        What stands between values.
    """

    places: dict[str, int]
    names: tuple[str, ...]
    separator: str

    def factor(self, meaning: str) -> float:
        """What a size has to be multiplied with to be in the layer's unit: metres, of trunks centimetres."""
        stated = unit(self.names[self.places[meaning]])
        wanted = "cm" if meaning.startswith("trunk") else "m"
        return _UNITS[stated or wanted] / _UNITS[wanted]

    def crs(self) -> str:
        """CRS that the names of the coordinate columns tell; empty if they tell none."""
        places = [self.places[meaning] for meaning in ("east", "north", "point") if meaning in self.places]
        return crs_of([self.names[place] for place in places])


def columns(head: bytes) -> Columns | None:
    """What the columns of a file with this head mean; None if it is no tree register.

    It is one if its first line names a position, and a species with a size, or two sizes of which one only trees have.
    """
    lines = first_lines(head, 1)
    if not lines:
        return None
    separator = delimiter(lines[0])
    names = split(lines[0], separator)
    if not 3 <= len(names) <= 500:
        return None
    places = meanings("tree", names)
    placed = {"east", "north"} <= places.keys() or "point" in places
    sizes = sum(meaning in places for meaning in _SIZES)
    only_trees = {"crown_diameter", "trunk_girth", "trunk_diameter"} & places.keys() or _says_tree(names)
    kind = bool({"species", "species_german", "genus"} & places.keys())
    if not (placed and only_trees and (kind or sizes >= 2)):
        return None
    return Columns(places, tuple(names), separator)


def _says_tree(names: Sequence[str]) -> bool:
    return any("baum" in name.lower() or "tree" in name.lower() for name in names)


def read(source: SourceFile, options: Options) -> Iterator[Item]:
    """Rows of layer ``tree``, rejects, and the facts.

    Raises
    ------
    InvalidDelivery
        If the file is damaged or its columns are not understood.
    MissingCRS
        If neither the columns, nor the coordinates, nor the user name a CRS.
    """
    found = columns(source.head)
    if found is None:
        raise invalid(source, TITLE, at_line(1), _NAMED, "–")
    reading = _Reading(source, options, found)
    lines = rows(source, TITLE, found.separator)
    next(lines, None)
    for line, values in lines:
        yield from reading.take(f"line {line}", values)
    yield from reading.points.flush()
    yield reading.facts()


class _Reading:
    """The state of reading one file."""

    def __init__(self, source: SourceFile, options: Options, found: Columns) -> None:
        self.source = source
        self.options = options
        self.columns = found
        self.points = PointRows("tree")
        self.named = reference(found.crs())
        self.crs: set[str] = set()
        self.zeros: Counter[str] = Counter()
        self.impossible: dict[str, list[float]] = {}
        self._factors = {meaning: found.factor(meaning) for meaning in _SIZES if meaning in found.places}
        self._codes: dict[str, Reference | None] = {}

    def take(self, where: str, values: list[str]) -> Iterator[Item]:
        expected = len(self.columns.names)
        if len(values) != expected:
            reason = _VALUES.format(expected=expected, found=len(values))
            yield Reject(where, f"{spoken(where)}: {reason}", "tree")
            return
        said = {meaning: values[place] for meaning, place in self.columns.places.items()}
        identity = said.get("tree_id") or where
        position, code = self._position(said)
        ruined = self._ruined(said)
        if ruined:
            column, problem = ruined
            value, number_ = said[column], int(where.removeprefix("line "))
            name = self.columns.names[self.columns.places[column]]
            yield raw_finding(problem, "tree", identity, column=name, value=value, line=number_, row=said)
            return
        odd = list(self._odd_sizes(said, identity, where))
        if not all(map(math.isfinite, position)):
            yield from odd
            yield Reject(identity, f"{spoken(where)}: {_NUMBERS}", "tree")
            return
        crs = self._reference(position, code)
        self.crs.add(crs.name)
        if odd:
            ((east, north),) = crs.to_store(np.array([position[0]]), np.array([position[1]])).tolist()
            placed = math.isfinite(east) and math.isfinite(north)
            yield from (replace(one, east=east, north=north) if placed else one for one in odd)
        if self.points.add(self._row(said), position, crs, identity):
            yield from self.points.flush()

    @staticmethod
    def _ruined(said: dict[str, str]) -> tuple[str, str] | None:
        """The coordinate that a spreadsheet has ruined, and how; None if none."""
        for meaning in ("east", "north"):
            problem = ruin(said.get(meaning, ""), coordinate=True)
            if problem:
                return meaning, problem
        return None

    def _odd_sizes(self, said: dict[str, str], identity: str, where: str) -> Iterator[Finding]:
        """What is no number, or no tree's: the tree stays, without the value."""
        line = int(where.removeprefix("line "))
        for meaning, factor in self._factors.items():
            text = said.get(meaning, "")
            if not text or text.lower() in _UNKNOWN:
                continue
            value = number(text) * factor
            if 0 <= value <= LARGEST[meaning]:
                continue
            column = self.columns.names[self.columns.places[meaning]]
            if math.isnan(value):
                problem = ruin(text, coordinate=False) or "not_a_number"
                yield raw_finding(problem, "tree", identity, column=column, value=text, line=line, severity="warning")
                continue
            unit_ = "cm" if meaning.startswith("trunk") else "m"
            sentence = said_in_both(_IMPOSSIBLE, column=column, value=value, most=LARGEST[meaning], unit=unit_)
            yield Finding("plausibility.value", "warning", "tree", identity, sentence, line=line, advice=_COMMA)

    def _position(self, said: dict[str, str]) -> tuple[tuple[float, float], str]:
        if "east" in said and "north" in said:
            return (number(said["east"]), number(said["north"])), ""
        point = _WKT.fullmatch(said["point"][:_LONGEST_POINT])
        if point is None:
            return (math.nan, math.nan), ""
        return (number(point[2]), number(point[3])), point[1] or ""

    def _reference(self, position: tuple[float, float], code: str) -> Reference:
        """What the row, the column names or the zone before the easting say, else the user."""
        if code:
            if code not in self._codes and len(self._codes) < _MOST_CODES:
                self._codes[code] = reference(f"EPSG:{code}")
            said = self._codes.get(code)
            if said is not None:
                return said
        zoned = written_zone(position[0])
        return self.named or zoned or require(self.options.crs, self.source.name)

    def _row(self, said: dict[str, str]) -> dict[str, object]:
        botanical = _botanical(said.get("genus", ""), said.get("species", ""))
        species, german = _species(botanical, said.get("species_german", ""))
        girth = self._size("trunk_girth", said)
        diameter = self._size("trunk_diameter", said)
        if girth is None and diameter is not None:
            girth = round(diameter * math.pi)
        return {
            "tree_id": said.get("tree_id") or None,
            "species": species,
            "species_german": german,
            "height": self._size("height", said),
            "crown_diameter": self._size("crown_diameter", said),
            "trunk_girth": girth,
            "year_planted": self._year(said.get("year_planted", "")),
            "location": said.get("location") or None,
        }

    def _size(self, meaning: str, said: dict[str, str]) -> float | None:
        if not said.get(meaning):
            return None
        value = number(said[meaning]) * self._factors[meaning]
        if value == 0:
            self.zeros[meaning] += 1
            return None
        if not 0 < value <= LARGEST[meaning]:
            if not math.isnan(value):
                self.impossible.setdefault(meaning, []).append(value)
            return None
        return value

    def _year(self, text: str) -> int | None:
        found = re.search(r"(?<!\d)(\d{4})(?!\d)", text)
        return int(found[1]) if found and _EARLIEST <= int(found[1]) <= _LATEST else None

    def facts(self) -> Facts:
        names = {meaning: self.columns.names[place] for meaning, place in self.columns.places.items()}
        notes = [_ZEROS.format(column=names[meaning], count=count) for meaning, count in sorted(self.zeros.items())]
        notes += [
            _IMPLAUSIBLE.format(column=names[meaning], count=len(values), example=f"{values[0]:g}")
            for meaning, values in sorted(self.impossible.items())
        ]
        return Facts(version="CSV", crs=", ".join(sorted(self.crs)), notes=tuple(notes))


def _botanical(genus: str, species: str) -> str:
    """Genus and species as one name: some registers have ``Quercus`` and ``robur`` in two columns."""
    if genus and re.match(r"[a-z×]", species) and genus[0].isupper():
        return f"{genus} {species}"
    return species or genus


def _species(text: str, german: str) -> tuple[str | None, str | None]:
    """Botanical and German name; ``Quercus palustris, Sumpfeiche`` holds both."""
    if not german and "," in text:
        text, _, german = text.partition(",")
    found = [" ".join(name.split()) for name in (text, german)]
    species, common = (None if name.lower() in _UNKNOWN else name for name in found)
    return species, common
