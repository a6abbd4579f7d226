"""Boundary surfaces that point by xlink to polygons of their body's solid, instead of holding some."""

from __future__ import annotations

from lxml import etree

from ingest.citygml.names import Names, Property

_HREF = "{http://www.w3.org/1999/xlink}href"


def pointed(body: etree._Element, names: Names) -> dict[str, int]:
    """Kind of each polygon, by its id, that a boundary surface of the body names.

    What is named may also be a surface made of many polygons.
    """
    kinds: dict[str, int] = {}
    own: list[etree._Element] = []
    for child in body.iterchildren(etree.Element):
        if child.tag == names.boundary:
            kinds |= _references(child, names)
        elif Property.named(_local(child)).level >= 0:
            own.append(child)
    if kinds:
        for node in (node for geometry in own for node in geometry.iter(etree.Element)):
            kind = kinds.get(node.get(names.gml_id) or "")
            if kind is not None:
                kinds |= {polygon.get(names.gml_id) or "": kind for polygon in node.iter(names.polygon)}
    return kinds


def _references(boundary: etree._Element, names: Names) -> dict[str, int]:
    return {
        target.rpartition("#")[2]: known.kind
        for surface in boundary.iterchildren(etree.Element)
        for geometry in surface.iterchildren(etree.Element)
        if (known := Property.named(_local(geometry), _local(surface))).level >= 0
        and next(geometry.iter(names.polygon), None) is None
        for reference in geometry.iter(etree.Element)
        if (target := reference.get(_HREF))
    }


def _local(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]
