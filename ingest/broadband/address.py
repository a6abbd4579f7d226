"""A list of broadband lines as delimited text: one line of a provider at an address each."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.address.reference import written_zone
from ingest.broadband.rate import groups_thousands, rate, without_unit
from ingest.broadband.technology import NONE, OTHER, is_fibre, technology
from ingest.column_names import crs_of, meanings
from ingest.day import day
from ingest.delimited import delimiter, first_lines, invalid, number, rows, split
from ingest.format import Facts, Item, Options, Reject
from ingest.line import at_line, spoken
from ingest.placement import municipality_key
from ingest.point_rows import PointRows
from ingest.source_file import SourceFile
from twin.geometry.crs import Reference, reference, require
from twin.language import Text

LAYER = "broadband"
TITLE = Text("Breitbandliste", "Broadband list")

_SAMPLE = 500
_LONGEST_TEXT = 300
_YES = frozenset(("ja", "j", "1", "true", "wahr", "yes", "y", "x", "vorhanden", "fttb", "ftth", "fttb/h"))
_NO = frozenset(("nein", "n", "0", "false", "falsch", "no", "nicht vorhanden", "kein", "keine"))
_MOST_HOUSEHOLDS = 10_000

_NAMED = Text(
    "Namen der Spalten, darunter Lage, Download und Technik oder FTTB/H",
    "column names, among them a position, a download rate, and a technology or FTTB/H",
)
_VALUES = Text("erwartet {expected} Werte, gefunden {found}.", "expected {expected} values, found {found}.")
_NUMBERS = Text("erwartet zwei Koordinaten, gefunden keine Zahlen.", "expected two coordinates, found no numbers.")
_NO_RATE = Text(
    "erwartet eine Downloadrate von 0 bis 100 000 Mbit/s, gefunden keine.",
    "expected a download rate of 0 to 100 000 Mbit/s, found none.",
)
_UNKNOWN_WORDS = Text(
    "Technik unter „Sonstige“, etwa „{example}“ (Zeilen: {count}).",
    "Technology taken as “other”, such as “{example}” (rows: {count}).",
)
_CONTRADICTION = Text(
    "Zeilen, deren Technik Glasfaser im Haus ist und deren Spalte „{column}“ es verneint: {count}; die Spalte gilt.",
    "Rows whose technology is fibre in the house while column “{column}” denies it: {count}; the column counts.",
)
_THOUSANDS = Text("1.000 ist als tausend gelesen.", "1.000 is read as a thousand.")


@dataclass(frozen=True, slots=True)
class Columns:
    """What the columns of a list mean.

    Attributes
    ----------
    places : dict of str to int
        Meaning, as in ``data/columns/broadband.json``, to place.
    names : tuple of str
        As the file writes them.
    separator : str
        What stands between values.
    factors : dict of str to float
        What rates have to be multiplied with to be Mbit/s.
    thousands : bool
        Whether points group the digits of rates.
    """

    places: dict[str, int]
    names: tuple[str, ...]
    separator: str
    factors: dict[str, float]
    thousands: bool


def columns(head: bytes) -> Columns | None:
    """What the columns of a file with this head mean; None if it is no list of broadband lines.

    It is one if its first line names a position, a download rate, and a technology or whether there is fibre.
    """
    lines = first_lines(head, _SAMPLE)
    if not lines:
        return None
    separator = delimiter(lines[0])
    names = split(lines[0], separator)
    if not 4 <= len(names) <= 500:
        return None
    bare = [without_unit(name) for name in names]
    places = meanings(LAYER, [name for name, _ in bare])
    if not {"east", "north", "download"} <= places.keys() or not {"technology", "fibre"} & places.keys():
        return None
    found = [split(line, separator) for line in lines[1:]]
    cells = [row[places["download"]] for row in found if len(row) == len(names)]
    factors: dict[str, float] = {
        meaning: bare[places[meaning]][1] for meaning in ("download", "upload") if meaning in places
    }
    return Columns(places, tuple(names), separator, factors, groups_thousands(cells))


def read(source: SourceFile, options: Options) -> Iterator[Item]:
    """Rows of layer ``broadband``, rejects, and the facts.

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
        self.source, self.options, self.columns = source, options, found
        self.points = PointRows(LAYER)
        place = [found.names[found.places[axis]] for axis in ("east", "north")]
        self._named = reference(crs_of(place))
        self.crs: set[str] = set()
        self.other: Counter[str] = Counter()
        self.denied = 0

    def take(self, where: str, values: list[str]) -> Iterator[Item]:
        if len(values) != len(self.columns.names):
            reason = _VALUES.format(expected=len(self.columns.names), found=len(values))
            yield Reject(where, f"{spoken(where)}: {reason}", LAYER)
            return
        said = {meaning: values[place][:_LONGEST_TEXT] for meaning, place in self.columns.places.items()}
        position = (number(said["east"]), number(said["north"]))
        if not all(map(math.isfinite, position)):
            yield Reject(where, f"{spoken(where)}: {_NUMBERS}", LAYER)
            return
        kind = technology(said.get("technology", ""))
        download = self._rate("download", said)
        if download is None and kind == NONE:
            download = 0.0
        if download is None:
            yield Reject(where, f"{spoken(where)}: {_NO_RATE}", LAYER)
            return
        crs = self._reference(position)
        self.crs.add(crs.name)
        if self.points.add(self._row(said, position, kind, download), position, crs, where):
            yield from self.points.flush()

    def _row(
        self, said: dict[str, str], position: tuple[float, float], kind: str, download: float
    ) -> dict[str, object]:
        fibre = self._fibre(said.get("fibre", ""), kind)
        if not kind:
            kind = "fibre" if fibre else NONE if download == 0 else OTHER
        if kind == OTHER and said.get("technology"):
            self.other[said["technology"]] += 1
        address, provider = _address(said), said.get("provider", "")
        identity = said.get("address_id") or address or f"E{position[0]:.2f}N{position[1]:.2f}"
        households = number(said.get("households", ""))
        return {
            "broadband_id": said.get("broadband_id") or "|".join(filter(None, (identity, kind, provider))),
            "address_id": said.get("address_id") or None,
            "address": address or None,
            "technology": kind,
            "technology_source": said.get("technology") or None,
            "download": download,
            "upload": self._rate("upload", said),
            "fibre": fibre,
            "provider": provider or None,
            "households": int(households) if 0 <= households <= _MOST_HOUSEHOLDS else None,
            "planned_until": day(said.get("planned_until", "")),
            "date": day(said.get("date", "")),
            "ags": municipality_key(said.get("ags")) or None,
        }

    def _rate(self, meaning: str, said: dict[str, str]) -> float | None:
        value = rate(said.get(meaning, ""), self.columns.factors.get(meaning, 1.0), thousands=self.columns.thousands)
        return None if math.isnan(value) else value

    def _fibre(self, text: str, kind: str) -> bool | None:
        word = text.strip().lower()
        if word in _YES:
            return True
        if word in _NO:
            self.denied += is_fibre(kind)
            return False
        return is_fibre(kind) if kind and kind != OTHER else None

    def _reference(self, position: tuple[float, float]) -> Reference:
        zoned = written_zone(position[0])
        return self._named or zoned or require(self.options.crs, self.source.name)

    def facts(self) -> Facts:
        notes = []
        if self.columns.thousands:
            notes.append(str(_THOUSANDS))
        if self.other:
            notes.append(_UNKNOWN_WORDS.format(example=next(iter(self.other))[:60], count=self.other.total()))
        if self.denied:
            column = self.columns.names[self.columns.places["fibre"]]
            notes.append(_CONTRADICTION.format(column=column, count=self.denied))
        return Facts(version="CSV", crs=", ".join(sorted(self.crs)), notes=tuple(notes))


def _address(said: dict[str, str]) -> str:
    """The address in one line."""
    if said.get("address"):
        return " ".join(said["address"].split())
    house = said.get("house_number", "") + said.get("house_number_suffix", "")
    street = " ".join(filter(None, (said.get("street", ""), house)))
    town = " ".join(filter(None, (said.get("postcode", ""), said.get("place", ""))))
    return ", ".join(filter(None, (street, town)))
