"""Hauskoordinaten (HK-DE) of the AdV: one address a line."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.address.reference import zone_reference
from ingest.checks.raw import raw_finding, ruin
from ingest.delimited import first_lines, invalid, number, rows, split
from ingest.finding import Finding
from ingest.format import Facts, Item, Options, Reject, Retire
from ingest.line import at_line, spoken
from ingest.point_rows import PointRows
from ingest.source_file import SourceFile
from twin.errors import MissingCRS
from twin.geometry.crs import Reference, require
from twin.language import Text

TITLE = "Hauskoordinaten"

# fmt: off
NAMES = (
    "nba", "oi", "qua", "lan", "rbz", "krs", "gmd", "ott", "sss", "hnr", "adz", "eee", "nnn", "stn", "plz", "onm",
    "zon", "pot",
)
# fmt: on
"""Columns of versions 3 and 4, in their order; deliveries have no line of names, version 5's have one."""

_OF_5 = {
    "oi": "oid",
    "lan": "landschl",
    "rbz": "regbezschl",
    "krs": "kreisschl",
    "gmd": "gmdschl",
    "eee": "ostwert",
    "nnn": "nordwert",
    "stn": "str",
    "plz": "postplz",
    "onm": "postonm",
    "zon": "postonmzus",
}
"""What version 5 calls what version 3 has: the keys are version 3's."""

_IDENTITY = re.compile(r"[A-Za-z0-9_\-]{1,40}")
_KEYS = {"lan": 2, "rbz": 1, "krs": 2, "gmd": 3}
_VALUES = Text("erwartet {expected} Werte, gefunden {found}.", "expected {expected} values, found {found}.")
_IDENTIFIER = Text("erwartet eine Kennung (OI), gefunden keine.", "expected an identifier (OI), found none.")
_NUMBERS = Text("erwartet zwei Koordinaten, gefunden keine Zahlen.", "expected two coordinates, found no numbers.")
_ZONE = Text(
    "erwartet einen Ostwert mit Zonenkennzahl (8 Stellen), gefunden {found}.",
    "expected an easting with its zone (8 digits), found {found}.",
)
_COARSE = Text(
    "Nicht im Gebäude, sondern auf dem Flurstück, oder mit katasterinterner Nummer (Qualität B, C): {count}.",
    "Not in the building but on the parcel, or with a number internal to the cadastre (quality B, C): {count}.",
)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a file writes its columns.

    Attributes
    ----------
    version : str
        ``3.1`` (which version 4 equals) or ``5.0``.
    places : dict of str to int
        Version 3's name of a column to its place.
    width : int
        Number of columns.
    """

    version: str
    places: dict[str, int]
    width: int


def dialect(head: bytes) -> Dialect | None:
    """Dialect of a file that begins with `head`; None if it holds no Hauskoordinaten.

    A line without names must have all 18 values, each as the specification has it where it has a fixed form.
    """
    lines = first_lines(head, 2)
    if not lines:
        return None
    values = split(lines[0], ";")
    names = tuple(value.lower() for value in values)
    if names[: len(NAMES)] == NAMES:
        return Dialect("3.1", {name: place for place, name in enumerate(NAMES)}, len(names))
    if {"nba", "oid", "landschl", "gmdschl", "hnr", "ostwert", "nordwert"} <= set(names):
        present = {name: place for place, name in enumerate(names)}
        places = {own: present[other] for own, other in _OF_5.items() if other in present}
        places |= {name: present[name] for name in ("nba", "qua", "hnr", "adz", "zone") if name in present}
        return Dialect("5.0", places, len(names))
    if len(values) == len(NAMES) and _looks_right(values):
        return Dialect("3.1", {name: place for place, name in enumerate(NAMES)}, len(NAMES))
    return None


def _looks_right(values: Sequence[str]) -> bool:
    said = dict(zip(NAMES, values, strict=True))
    return (
        said["nba"] in {"", "N", "L", "A"}
        and said["qua"] in {"", "A", "B", "C", "R"}
        and all(re.fullmatch(rf"[0-9]{{{size}}}", said[name]) for name, size in _KEYS.items())
        and _IDENTITY.fullmatch(said["oi"]) is not None
        and 1e5 < number(said["eee"]) < 1e8
        and 1e6 < number(said["nnn"]) < 1e7
    )


def read(source: SourceFile, options: Options) -> Iterator[Item]:
    """Rows of layer ``address``, keys that the file retires (``L``), and the facts.

    Raises
    ------
    InvalidDelivery
        If the file is damaged, or its first line is none of the format's.
    MissingCRS
        If the first easting has no zone and the user names no CRS.
    """
    kind = dialect(source.head)
    if kind is None:
        raise invalid(source, TITLE, at_line(1), "nba;oi;qua;…", "–")
    reading = _Reading(source, options, kind)
    for line, values in rows(source, TITLE, ";"):
        yield from reading.take(f"line {line}", values)
    yield from reading.points.flush()
    if reading.retired:
        yield Retire("address", tuple(reading.retired))
    yield reading.facts()


class _Reading:
    """The state of reading one file."""

    def __init__(self, source: SourceFile, options: Options, kind: Dialect) -> None:
        self.source = source
        self.options = options
        self.kind = kind
        self.points = PointRows("address")
        self.retired: list[str] = []
        self.marks: Counter[str] = Counter()
        self.qualities: Counter[str] = Counter()
        self.crs: set[str] = set()
        self._zoned = False

    def take(self, where: str, values: list[str]) -> Iterator[Item]:
        if len(values) != self.kind.width:
            reason = _VALUES.format(expected=self.kind.width, found=len(values))
            yield Reject(where, f"{spoken(where)}: {reason}", "address")
            return
        # What a line of names leaves out is empty.
        said = dict.fromkeys(NAMES, "") | {name: values[place] for name, place in self.kind.places.items()}
        if said["nba"].lower() == "nba":
            return  # the line of names
        if not _IDENTITY.fullmatch(said["oi"]):
            yield Reject(where, f"{spoken(where)}: {_IDENTIFIER}", "address")
            return
        self.marks[said["nba"].upper()] += 1
        if said["nba"].upper() == "L":
            self.retired.append(said["oi"])
            return
        east, north = number(said["eee"]), number(said["nnn"])
        broken = _broken(said, where)
        if broken is not None:
            yield broken
            return
        reference = self._reference(said, east)
        if reference is None:
            yield Reject(said["oi"], f"{spoken(where)}: {_ZONE.format(found=said['eee'][:20])}", "address")
            return
        self.crs.add(reference.name)
        self.qualities[said.get("qua", "").upper()] += 1
        if self.points.add(_row(said), (east, north), reference, said["oi"]):
            yield from self.points.flush()

    def _reference(self, said: dict[str, str], east: float) -> Reference | None:
        """Of the zone that a column or the easting names, else what the user said."""
        zone = said.get("zone", "")
        found = zone_reference(int(zone) if re.fullmatch(r"[0-9]{2}", zone) else int(east // 1e6))
        self._zoned |= found is not None
        if found is None and not self.options.crs and not self._zoned:
            raise MissingCRS(file=self.source.name, found=f"{east:.0f}")
        return found or (require(self.options.crs, self.source.name) if self.options.crs else None)

    def facts(self) -> Facts:
        coarse = self.qualities["B"] + self.qualities["C"]
        changes = self.marks["L"] + self.marks["A"]
        return Facts(
            version=f"HK {self.kind.version}",
            crs=", ".join(sorted(self.crs)),
            mode="update" if changes else "replace",
            notes=(_COARSE.format(count=coarse),) if coarse else (),
        )


def _broken(said: dict[str, str], where: str) -> Reject | Finding | None:
    """Why the coordinates of a line are none; None if they are."""
    for name in ("eee", "nnn"):
        problem = ruin(said[name], coordinate=True)
        if problem:
            line, value = int(where.removeprefix("line ")), said[name]
            return raw_finding(problem, "address", said["oi"], column=name, value=value, line=line, row=_row(said))
    if math.isfinite(number(said["eee"])) and math.isfinite(number(said["nnn"])):
        return None
    return Reject(said["oi"], f"{spoken(where)}: {_NUMBERS}", "address")


def _row(said: dict[str, str]) -> dict[str, object]:
    key = "".join(said[name] for name in _KEYS)
    place, suffix = said["onm"], said["zon"]
    if place and suffix:
        place = f"{place}{'' if suffix.startswith(',') else ' '}{suffix}"
    return {
        "address_id": said["oi"],
        "street": said["stn"] or None,
        "house_number": said["hnr"] + said["adz"] or None,
        "postcode": said["plz"] or None,
        "place": place or None,
        "ags": key if re.fullmatch(r"[0-9]{8}", key) else None,
    }
