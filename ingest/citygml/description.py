"""What a source says of a building or a part, beside its geometry."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from lxml import etree

from ingest.citygml.address import address
from ingest.citygml.names import Names

_AGS = ("Gemeindeschluessel", "Gemeindeschlüssel", "AGS")


@dataclass(slots=True)
class Description:
    """What a source says of a building or a part, beside its geometry."""

    feature: str
    line: int
    ags: str | None = None
    function_code: str | None = None
    roof_code: str | None = None
    measured_height: float | None = None
    storeys: int | None = None
    name: str | None = None
    year: int | None = None
    height_source: str | None = None
    created: str = ""
    addresses: list[str] = field(default_factory=list)
    attributes: dict[str, object] = field(default_factory=dict)

    def attributes_json(self) -> str | None:
        """Generic attributes as JSON; None if there are none."""
        return json.dumps(self.attributes, ensure_ascii=False, sort_keys=True) if self.attributes else None

    @classmethod
    def of(cls, element: etree._Element, names: Names) -> Description:
        """What a building or part says with its own children: attributes, heights, addresses; not its geometry."""
        description = cls(element.get(names.gml_id) or element.get("id") or "", line_of(element))
        attributes, properties = names.attributes, names.properties
        for child in element:
            tag = child.tag
            if tag in attributes:
                _attribute(description, child.get("name"), child, attributes[tag])
            elif tag in properties:
                _PROPERTIES[properties[tag]](description, child, names)
        return description


def line_of(element: etree._Element) -> int:
    """Line of the file that an element begins in; 0 if unknown."""
    line: int | None = element.sourceline  # type: ignore[assignment]  # the stubs say "..."
    return line or 0


def _attribute(description: Description, name: str | None, element: etree._Element, kind: str) -> None:
    # Nearly always the only child, and to take it is three times as fast as to iterate.
    children = [element[0]] if len(element) == 1 else element
    value = next((child.text for child in children if child.tag.endswith("}value")), None)
    if not name or value is None:
        return
    value = value.strip()
    if name in _AGS and re.fullmatch(r"\d{8}", value):
        description.ags = description.ags or value
    if name == "DatenquelleDachhoehe":
        description.height_source = value
    description.attributes[name] = _typed(value, kind)


def _typed(value: str, kind: str) -> object:
    try:
        if kind == "int":
            return int(value)
        if kind in {"double", "measure"}:
            return float(value)
    except ValueError:
        return value
    return value


def _wrapped(description: Description, element: etree._Element, names: Names) -> None:
    for inner in element:
        kind = names.attributes.get(inner.tag)
        if kind is not None:
            name = next((child.text for child in inner if child.tag.endswith("}name")), None)
            _attribute(description, name, inner, kind)


def _function(description: Description, element: etree._Element, _: Names) -> None:
    # A building may have several functions; the first is the main one.
    description.function_code = description.function_code or _text(element)


def _roof(description: Description, element: etree._Element, _: Names) -> None:
    description.roof_code = description.roof_code or _text(element)


def _measured_height(description: Description, element: etree._Element, _: Names) -> None:
    description.measured_height = _number(element.text)


def _height(description: Description, element: etree._Element, _: Names) -> None:
    """CityGML 3.0 says how far up a height reaches; the one to the highest point is what 2.0 called measured."""
    said = {node.tag.rpartition("}")[2]: _text(node) for node in element.iter(etree.Element)}
    value = _number(said.get("value"))
    highest = (said.get("highReference") or "highestRoofEdge") in {
        "highestRoofEdge",
        "highestPoint",
        "topOfConstruction",
    }
    if value is not None and (highest or description.measured_height is None):
        description.measured_height = value


def _storeys(description: Description, element: etree._Element, _: Names) -> None:
    found = _number(element.text)
    description.storeys = None if found is None or not 0 <= found < 1000 else int(found)


def _year(description: Description, element: etree._Element, _: Names) -> None:
    found = re.match(r"\s*(\d{4})\b", element.text or "")
    description.year = int(found[1]) if found else None


def _created(description: Description, element: etree._Element, _: Names) -> None:
    found = re.match(r"\s*(\d{4}-\d\d-\d\d)", element.text or "")
    description.created = found[1] if found else ""


def _name(description: Description, element: etree._Element, _: Names) -> None:
    description.name = description.name or _text(element)


def _address(description: Description, element: etree._Element, _: Names) -> None:
    found = address(element)
    if found and found not in description.addresses:
        description.addresses.append(found)


_PROPERTIES = {
    "function": _function,
    "roof": _roof,
    "measured_height": _measured_height,
    "height": _height,
    "storeys": _storeys,
    "year": _year,
    "name": _name,
    "created": _created,
    "address": _address,
    "wrapped_attribute": _wrapped,
}


def _text(element: etree._Element) -> str | None:
    return (element.text or "").strip() or None


def _number(text: str | None) -> float | None:
    try:
        found = float(text or "")
    except ValueError:
        return None
    return found if abs(found) < 1e6 else None
