"""Coordinate reference systems: any ``srsName`` to a CRS, any coordinates to the store's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
import pyproj
from numpy.typing import NDArray
from pyproj.exceptions import CRSError

from twin.errors import MissingCRS
from twin.layer import CRS as STORE

_ADV_HORIZONTAL = {
    "ETRS89_UTM31": 25831,
    "ETRS89_UTM32": 25832,
    "ETRS89_UTM33": 25833,
    "ETRS89_Lat-Lon": 4258,
    "ETRS89_Lat-Lon-h": 4258,
    "DE_DHDN_3GK2": 31466,
    "DE_DHDN_3GK3": 31467,
    "DE_DHDN_3GK4": 31468,
    "DE_DHDN_3GK5": 31469,
    "DE_42-83_3GK4": 2398,
    "DE_42-83_3GK5": 2399,
    "DE_PD-83_3GK3": 3396,
    "DE_PD-83_3GK4": 3397,
    "DE_RD-83_3GK4": 3398,
    "DE_RD-83_3GK5": 3399,
}
"""Horizontal systems of the AdV's CRS register (GeoInfoDok 7.1, chapter 7) and their EPSG codes."""

_EPSG = re.compile(r"EPSG(?:/[\d.]+/|:[\d.]*:|:|/\d+/)(\d{4,6})\b", re.IGNORECASE)
_ADV = re.compile(r"^(?:urn:adv:crs:|(?:AdV|adv):)?([A-Za-z0-9_.-]+)(?:\*.*)?$")
_ETRS_UTM = {25831: 31, 25832: 32, 25833: 33}


@dataclass(frozen=True)
class Reference:
    """A horizontal coordinate reference system and the order in which a file writes its axes.

    Attributes
    ----------
    name : str
        ``EPSG:…`` of the horizontal system.
    northing_first : bool
        Whether the first coordinate of a position is the northing or latitude.
    """

    name: str
    northing_first: bool = False

    @cached_property
    def crs(self) -> pyproj.CRS:
        """The system itself."""
        return pyproj.CRS.from_user_input(self.name)

    @cached_property
    def _zone(self) -> int | None:
        """Zone that eastings may begin with."""
        return _ETRS_UTM.get(self.crs.to_epsg() or 0)

    def to_store(self, first: NDArray[np.float64], second: NDArray[np.float64]) -> NDArray[np.float64]:
        """Positions in the store's CRS.

        Parameters
        ----------
        first, second : ndarray of float64, shape (n,)
            Coordinates in the order of the file. [m] or [deg]

        Returns
        -------
        positions : ndarray of float64, shape (n, 2)
            Easting and northing in EPSG:25832; not finite where the position lies outside of what the CRS can say. [m]
        """
        east, north = (second, first) if self.northing_first else (first, second)
        zone = self._zone
        if zone is not None:
            # 32398242 is 398242 with the zone written before it, as older official data do.
            prefixed = np.floor_divide(east, 1e6) == zone
            if prefixed.any():
                east = np.where(prefixed, east - zone * 1e6, east)
        if self.name == STORE:
            return np.column_stack([east, north]).astype(np.float64, copy=False)
        return np.column_stack(_transformer(self.name).transform(east, north)).astype(np.float64, copy=False)


@cache
def _transformer(name: str) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(name, STORE, always_xy=True)


@cache
def reference(name: str) -> Reference | None:
    """Reference that an ``srsName`` or a user's ``--crs`` names; None if it names none that is known.

    Understands ``EPSG:25832``, ``urn:ogc:def:crs:EPSG::25832``, ``urn:ogc:def:crs,crs:EPSG:6.12:25833,crs:EPSG::5783``,
    ``http://www.opengis.net/def/crs/EPSG/0/25832``, ``…/gml/srs/epsg.xml#4326``, the AdV's
    ``urn:adv:crs:ETRS89_UTM32*DE_DHHN2016_NH`` and bare WKT. Of compound systems the horizontal part is taken: heights
    stay as they are.

    Notes
    -----
    A name in urn or http URI form promises the axis order of the authority (OGC 07-092r3), so that ``EPSG::4258`` and
    ``EPSG::31467`` start with latitude and northing; ``EPSG:…``, ``epsg.xml#…`` and AdV names start with the easting,
    but for ``ETRS89_Lat-Lon``.
    """
    name = name.strip()
    if not name:
        return None
    code = _EPSG.search(name)
    if code:
        authority_order = name.lower().startswith(("urn:", "http")) and "#" not in name
        return _of_code(int(code[1]), authority_order)
    fragment = re.search(r"epsg\.xml#(\d{4,6})$", name, re.IGNORECASE)
    if fragment:
        return _of_code(int(fragment[1]), authority_order=False)
    adv = _ADV.match(name)
    if adv:
        horizontal = adv[1]
        # DE_DHDN_3GK2_NW101 is the realisation of DE_DHDN_3GK2 in one state.
        while horizontal not in _ADV_HORIZONTAL and "_" in horizontal:
            horizontal = horizontal.rpartition("_")[0]
        if horizontal in _ADV_HORIZONTAL:
            return _of_code(_ADV_HORIZONTAL[horizontal], authority_order="Lat-Lon" in horizontal)
    return _of_text(name)


def require(name: str, file: str) -> Reference:
    """Reference that `name` names.

    Raises
    ------
    MissingCRS
        If it names none that is known.
    """
    found = reference(name)
    if found is None:
        raise MissingCRS(file=file, found=name or "–")
    return found


def _of_code(code: int, authority_order: bool) -> Reference | None:
    try:
        return _of_crs(pyproj.CRS.from_epsg(code), authority_order)
    except CRSError:
        return None


def _of_text(text: str) -> Reference | None:
    if (
        not text.lstrip()
        .upper()
        .startswith(("GEOGCS", "PROJCS", "COMPD_CS", "GEOGCRS", "PROJCRS", "COMPOUNDCRS", "BOUND"))
    ):
        return None
    try:
        return _of_crs(pyproj.CRS.from_wkt(text), authority_order=False)
    except CRSError:
        return None


def _of_crs(crs: pyproj.CRS, authority_order: bool) -> Reference | None:
    if crs.is_compound:
        crs = crs.sub_crs_list[0]
    if crs.is_geographic and len(crs.axis_info) == 3:
        crs = crs.to_2d()
    if not (crs.is_projected or crs.is_geographic):
        return None
    code = crs.to_epsg()
    northing_first = authority_order and crs.axis_info[0].direction in {"north", "south"}
    return Reference(f"EPSG:{code}" if code else crs.to_wkt(), northing_first)
