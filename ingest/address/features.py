"""Addresses in a reply of a web feature service: one feature an address, its properties in flat elements."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, NoReturn

from lxml import etree

from ingest.address.reference import service_reference
from ingest.column_names import meanings, plain, synonyms
from ingest.damage import NO_DOCTYPE, WELL_FORMED, WHOLE, in_words, quoted
from ingest.format import Facts, Item, Options, Reject
from ingest.gml.document import line_of
from ingest.gml.walk import MEMBERS, SAFE
from ingest.line import at_line, spoken
from ingest.placement import municipality_key
from ingest.point_rows import PointRows
from ingest.source_file import UNREADABLE, SourceFile
from twin.errors import InvalidDelivery, UnsafeDelivery
from twin.geometry.crs import Reference, require
from twin.language import Text

TITLE = "Adressen (WFS)"

_MOST_SYSTEMS = 16
"""Different names of CRSs that the features of one reply may have."""

_POINT = Text(
    "erwartet ein Punkt mit zwei Koordinaten, gefunden keiner.", "expected a point with two numbers, found none."
)
_STREET = Text("erwartet Straße oder Hausnummer, gefunden keine.", "expected a street or house number, found none.")
_SWAPPED = Text(
    "{name}: Rechts- und Hochwert stehen anders herum als versprochen; getauscht.",
    "{name}: easting and northing stand the other way round than promised; swapped.",
)
_INCOMPLETE = Text(
    "Die Antwort enthält {found} von {all} Adressen: der Dienst liefert nur teilweise.",
    "The reply holds {found} of {all} addresses: the service delivers in parts.",
)


def is_address(names: list[str]) -> bool:
    """Whether elements with these local names hold an address: a street and a house number."""
    return {"street", "house_number"} <= meanings("address", names).keys()


def read(source: SourceFile, options: Options) -> Iterator[Item]:
    """Rows of layer ``address``, rejects, and the facts.

    Raises
    ------
    InvalidDelivery
        If the file is not well-formed, no feature collection, or ends too early.
    UnsafeDelivery
        If it holds a document type declaration.
    MissingCRS
        If a point and the user name no CRS that is known.
    """
    reading = _Reading(source, options)
    try:
        with source.open() as stream:
            yield from reading.items(stream)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        reading.invalid(at_line(line, column), WELL_FORMED, quoted(error))
    except UNREADABLE as error:
        reading.invalid("–", WHOLE, in_words(error))


@dataclass
class _Reading:
    """The state of reading one file."""

    source: SourceFile
    options: Options
    points: PointRows = field(default_factory=lambda: PointRows("address", either_order=True))
    references: dict[str, Reference] = field(default_factory=dict)
    taken: int = 0

    def items(self, stream: IO[bytes]) -> Iterator[Item]:
        root: etree._Element | None = None
        for _, element in etree.iterparse(stream, events=("end",), **SAFE):
            if root is None:
                root = self._begin(element)
            above = element.getparent()
            if above is None or (above is not root and above.getparent() is not root):
                continue
            if above is not root and etree.QName(above).localname in MEMBERS:
                yield from self._feature(element)
            # A member may hold all features: each is forgotten as soon as it has been read.
            element.clear()
            while (before := element.getprevious()) is not None:
                above.remove(before)
        if root is None:
            self.invalid("–", "wfs:FeatureCollection", "–")
        yield from self.points.flush()
        yield self._facts(root)

    def _begin(self, member: etree._Element) -> etree._Element:
        tree = member.getroottree()
        declared: etree.DTD | None = tree.docinfo.internalDTD
        if declared is not None:
            raise UnsafeDelivery(file=self.source.name, found="DOCTYPE", expected=NO_DOCTYPE)
        root = tree.getroot()
        if etree.QName(root).localname != "FeatureCollection":
            self.invalid(at_line(line_of(root)), "wfs:FeatureCollection", etree.QName(root).localname)
        return root

    def _feature(self, feature: etree._Element) -> Iterator[Item]:
        said: dict[str, str] = {}
        for child in feature:
            if isinstance(child.tag, str) and not len(child) and (text := (child.text or "").strip()):
                said.setdefault(plain(etree.QName(child).localname), text)
        identity = next((value for name, value in feature.attrib.items() if str(name).endswith("}id")), "")
        where = str(identity) or f"line {feature.sourceline}"
        row = _row(said, str(identity))
        if row is None:
            yield Reject(where, f"{spoken(where)}: {_STREET}", "address")
            return
        position, name = _point(feature)
        if position is None:
            yield Reject(where, f"{spoken(where)}: {_POINT}", "address")
            return
        self.taken += 1
        if self.points.add(row, position, self._reference(name), where):
            yield from self.points.flush()

    def _reference(self, name: str) -> Reference:
        if name not in self.references:
            if len(self.references) == _MOST_SYSTEMS:
                self.invalid("srsName", f"≤ {_MOST_SYSTEMS}", name[:80])
            self.references[name] = service_reference(name) or require(self.options.crs or name, self.source.name)
        return self.references[name]

    def _facts(self, root: etree._Element) -> Facts:
        notes = []
        matched = root.get("numberMatched") or ""
        if re.fullmatch(r"[0-9]{1,12}", matched) and int(matched) > self.taken:
            notes.append(_INCOMPLETE.format(found=self.taken, all=int(matched)))
        if self.points.swapped:
            notes.append(_SWAPPED.format(name=", ".join(sorted(filter(None, self.references)))))
        namespace = etree.QName(root).namespace or ""
        return Facts(
            version=f"WFS {namespace.rpartition('/')[2]}" if namespace.endswith(("/2.0", "/1.1")) else "WFS",
            crs=", ".join(sorted({found.name for found in self.references.values()})),
            notes=tuple(notes),
        )

    def invalid(self, where: Text | str, expected: Text | str, found: Text | str) -> NoReturn:
        raise InvalidDelivery(
            file=self.source.name, format=TITLE, where=where, expected=expected, found=found
        ) from None


def _row(said: dict[str, str], identity: str) -> dict[str, object] | None:
    values = {
        meaning: next((said[name] for name in names if name in said), None)
        for meaning, names in synonyms("address").items()
    }
    number = (values["house_number"] or "") + (values["suffix"] or "" if values["house_number"] else "")
    if not (values["street"] or number):
        return None
    return {
        "address_id": identity or None,
        "street": values["street"],
        "house_number": number or None,
        "postcode": values["postcode"],
        "place": values["place"],
        "building_id": values["building"],
        "flurstueckskennzeichen": values["parcel"],
        "ags": municipality_key(values["municipality"]) or None,
    }


def _point(feature: etree._Element) -> tuple[tuple[float, float] | None, str]:
    """Coordinates of the feature's first point, in the order of the file, and the CRS named by what holds them."""
    for node in feature.iter("{*}pos", "{*}coordinates"):
        numbers = re.split(r"[\s,]+", (node.text or "").strip())
        name = next((above.get("srsName", "") for above in (node, *node.iterancestors()) if above.get("srsName")), "")
        try:
            first, second = float(numbers[0]), float(numbers[1])
        except (ValueError, IndexError):
            return None, name
        return ((first, second) if math.isfinite(first) and math.isfinite(second) else None), name
    return None, ""
