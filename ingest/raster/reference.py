"""Which CRS a raster or point file is in: what it says itself, else what the user said, else nobody guesses."""

from __future__ import annotations

import pyproj

from ingest.format import Box, Options
from twin.errors import InvalidDelivery, MissingCRS
from twin.geometry.crs import reference
from twin.language import Text
from twin.layer import CRS

GERMANY: Box = (0.0, 5_000_000.0, 1_200_000.0, 6_400_000.0)
"""Where German data can lie at all in the store's CRS, with room around. [m]"""


def horizontal(file: str, named: str, options: Options) -> pyproj.CRS:
    """Horizontal CRS of a file.

    Parameters
    ----------
    file : str
        Name of the file, for errors.
    named : str
        What the file itself names, as WKT or ``EPSG:…``; empty if nothing.
    options : Options
        Its `crs` is taken where the file names none that is known.

    Raises
    ------
    twin.errors.MissingCRS
        If neither names a known one.
    """
    for candidate in (named, options.crs):
        found = reference(candidate)
        if found is not None:
            return found.crs
    raise MissingCRS(file=file, found=" / ".join(text[:80] for text in (named, options.crs) if text) or "–")


def code(crs: pyproj.CRS) -> str:
    """``EPSG:…`` where the CRS has a code, else its name."""
    authority = crs.to_authority(min_confidence=70)
    return ":".join(authority) if authority else str(crs.name)


def is_store(crs: pyproj.CRS) -> bool:
    """Whether `crs` has the coordinates of the store's CRS, whatever it is called."""
    return code(crs) == CRS or crs.equals(pyproj.CRS.from_user_input(CRS), ignore_axis_order=True)


def check_place(file: str, form: Text, box: Box) -> None:
    """Refuse a file that lies nowhere near Germany: swapped axes or a wrong CRS.

    Raises
    ------
    twin.errors.InvalidDelivery
        If `box` (in the store's CRS) does not touch `GERMANY`.
    """
    if box[0] < GERMANY[2] and box[2] > GERMANY[0] and box[1] < GERMANY[3] and box[3] > GERMANY[1]:
        return
    raise InvalidDelivery(
        file=file,
        format=form,
        where=Text("Ausdehnung", "extent"),
        expected=f"{CRS}, {GERMANY[0]:.0f} … {GERMANY[2]:.0f} E, {GERMANY[1]:.0f} … {GERMANY[3]:.0f} N",
        found=", ".join(f"{edge:.1f}" for edge in box),
    )
