"""The geometry of buildings as lines of text, written by a stylesheet: so libxslt walks the tree, and not Python."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
from lxml import etree
from numpy.typing import NDArray

from ingest.citygml.coordinates import numbers_within
from ingest.citygml.names import names

BUILDING, PART, GEOMETRY, POLYGON, RING = b"BTGPR"
"""What a line tells of, as its first byte: a building or part, a geometry property of it, a polygon, a ring."""

_MEMBERS = ("core:cityObjectMember", "gml:featureMember", "core:appearanceMember", "app:appearanceMember")
_NEWLINE = 10
_BLANK = 32

_STYLESHEET = """
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" {spaces}>
  <xsl:output method="text" encoding="UTF-8"/>
  <xsl:param name="members"/>
  <xsl:template match="/">
    <xsl:for-each select="/bldg:Building | /*/*[{members}][position() &lt;= $members]/bldg:Building">
      <xsl:text>&#10;B</xsl:text>
      <xsl:call-template name="body"/>
    </xsl:for-each>
  </xsl:template>
  <xsl:template name="body">
    <xsl:for-each select="{boundary}/*/*[starts-with(local-name(), 'lod')]">
      <xsl:text>&#10;G</xsl:text>
      <xsl:value-of select="concat(local-name(), ' ', local-name(..))"/>
      <xsl:call-template name="polygons"/>
    </xsl:for-each>
    <xsl:for-each select="*[starts-with(local-name(), 'lod')]">
      <xsl:text>&#10;G</xsl:text>
      <xsl:value-of select="local-name()"/>
      <xsl:call-template name="polygons"/>
    </xsl:for-each>
    <xsl:for-each select="{parts}/bldg:BuildingPart">
      <xsl:text>&#10;T</xsl:text>
      <xsl:call-template name="body"/>
    </xsl:for-each>
  </xsl:template>
  <xsl:template name="polygons">
    <xsl:for-each select="descendant::gml:Polygon">
      <xsl:text>&#10;P</xsl:text>
      <xsl:value-of select="{identity}"/>
      <xsl:for-each select="descendant::gml:posList">
        <xsl:text>&#10;R</xsl:text>
        <xsl:value-of select="."/>
      </xsl:for-each>
      <xsl:if test="not(descendant::gml:posList)">
        <xsl:for-each select="descendant::gml:LinearRing">
          <xsl:text>&#10;R</xsl:text>
          <xsl:for-each select="gml:pos | gml:coordinates">
            <xsl:value-of select="concat(translate(., ',', ' '), ' ')"/>
          </xsl:for-each>
        </xsl:for-each>
      </xsl:if>
    </xsl:for-each>
  </xsl:template>
</xsl:stylesheet>"""


@dataclass(frozen=True)
class Transcript:
    """Polygons of some buildings, in the order of the file but that a body's own come before those of its parts.

    A *body* is what has a shell of its own: a building, or a part of one.

    Attributes
    ----------
    is_part : ndarray of bool, shape (b,)
        Whether the body is a building part; bodies are numbered in the order of `ingest.citygml.names.Names.bodies`.
    body_of_geometry : ndarray of int64, shape (g,)
        Body of each geometry property.
    geometries : pyarrow.DictionaryArray, shape (g,)
        Its element's name, and after a blank that of the boundary surface, if one holds it.
    geometry_of_polygon : ndarray of int64, shape (p,)
        Geometry property of each polygon.
    ids : pyarrow.LargeStringArray, shape (p,)
        Polygons' ids, which may be empty.
    polygon_of_ring : ndarray of int64, shape (r,)
        Polygon of each ring; a polygon's first ring is its outer one.
    values : ndarray of float64
        Coordinates of the rings, one after another; NaN for what is no number.
    counts : ndarray of int64, shape (r,)
        How many of them each ring has.
    """

    is_part: NDArray[np.bool_]
    body_of_geometry: NDArray[np.int64]
    geometries: pa.DictionaryArray
    geometry_of_polygon: NDArray[np.int64]
    ids: pa.LargeStringArray
    polygon_of_ring: NDArray[np.int64]
    values: NDArray[np.float64]
    counts: NDArray[np.int64]

    @classmethod
    def of(cls, elements: Sequence[etree._Element], version: str, members: int) -> Transcript:
        """Transcript of buildings; where an element is the root of a model, of those in its first `members` members."""
        return cls.read(_written(elements, version, members, "@gml:id"))

    @classmethod
    def read(cls, text: bytes) -> Transcript:
        """Read what the stylesheet wrote."""
        raw = np.frombuffer(text, np.uint8).copy()
        breaks = np.flatnonzero(raw[:-1] == _NEWLINE)
        # Lists of coordinates may hold line breaks of their own; no number begins with one of the letters.
        breaks = breaks[_IS_CODE[raw[breaks + 1]]]
        codes = raw[breaks + 1]
        raw[breaks + 1] = _BLANK
        starts, stops = breaks + 2, np.append(breaks[1:], len(raw))
        polygon, ring, geometry = codes == POLYGON, codes == RING, codes == GEOMETRY
        body = (codes == BUILDING) | (codes == PART)
        values, counts = numbers_within(raw, starts[ring], stops[ring])
        return cls(
            is_part=codes[body] == PART,
            body_of_geometry=np.cumsum(body)[geometry] - 1,
            geometries=_cut(raw, starts[geometry], stops[geometry]).dictionary_encode(),
            geometry_of_polygon=np.cumsum(geometry)[polygon] - 1,
            ids=_cut(raw, starts[polygon], stops[polygon]),
            polygon_of_ring=np.cumsum(polygon)[ring] - 1,
            values=values,
            counts=counts,
        )


_NOTHING: Any = etree.XSLTAccessControl.DENY_ALL  # type: ignore[attr-defined]  # the stubs leave it out
_IS_CODE = np.zeros(256, bool)
_IS_CODE[[BUILDING, PART, GEOMETRY, POLYGON, RING]] = True


def lines(elements: Sequence[etree._Element], version: str, members: int) -> list[int]:
    """Lines of the file that the polygons begin in, in the order of `Transcript.ids`; else as `Transcript.of`."""
    text = _written(elements, version, members, "saxon:line-number()")
    return [int(line) for line in Transcript.read(text).ids.to_pylist()]


def _written(elements: Sequence[etree._Element], version: str, members: int, identity: str) -> bytes:
    writer = _writer(version, identity)
    return b"".join(bytes(writer(element, members=str(members))) for element in elements)


@cache
def _writer(version: str, identity: str) -> etree.XSLT:
    """The stylesheet for a version of CityGML; `identity` is what it writes of a polygon."""
    boundary = "core:boundary" if version == "3.0" else "bldg:boundedBy"
    spaces = {"saxon": "http://icl.com/saxon", **names(version).spaces}
    sheet = _STYLESHEET.format(
        spaces=" ".join(f'xmlns:{prefix}="{space}"' for prefix, space in spaces.items()),
        members=" or ".join(f"self::{member}" for member in _MEMBERS),
        boundary=boundary,
        parts="bldg:buildingPart" if version == "3.0" else "bldg:consistsOfBuildingPart",
        identity=identity,
    )
    return etree.XSLT(etree.fromstring(sheet), access_control=_NOTHING)


def _cut(raw: NDArray[np.uint8], starts: NDArray[np.int64], stops: NDArray[np.int64]) -> pa.LargeStringArray:
    """The texts between these places."""
    bounds = np.column_stack([starts, stops]).ravel()
    if not len(bounds):
        return pa.array([], pa.large_string())
    both = pa.Array.from_buffers(pa.large_string(), len(bounds) - 1, [None, pa.py_buffer(bounds), pa.py_buffer(raw)])
    return both.take(pa.array(np.arange(0, len(bounds), 2)))
