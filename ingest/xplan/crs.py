"""Which coordinate reference system a geometry is in: its own, its object's, the document's, the user's."""

from __future__ import annotations

from lxml import etree

from ingest.xplan.geometry import Resolve
from ingest.xplan.reader import Reader
from twin.errors import MissingCRS
from twin.geometry.crs import Reference, reference


class Crs:
    """Coordinate reference systems of a document.

    Parameters
    ----------
    reader : Reader
        The document; its envelope's CRS is that of all geometries that name none.
    given : str
        CRS that the user named; empty for none.

    Attributes
    ----------
    met : Reference or None
        The first that a geometry is in.
    """

    def __init__(self, reader: Reader, given: str) -> None:
        self.reader = reader
        self.given = given
        self.met: Reference | None = None
        self._own = ""

    def within(self, element: etree._Element) -> Resolve:
        """Finds the CRS of the geometries of one object."""
        envelope = element.find("{*}boundedBy/{*}Envelope")
        self._own = (envelope.get("srsName") or "") if envelope is not None else ""
        return self.resolve

    def resolve(self, name: str) -> Reference | None:
        """CRS of an srsName, of the empty one that of the object met last; None if it is not known.

        Raises
        ------
        MissingCRS
            If nothing names one.
        """
        named = name or self._own or self.reader.crs or self.given
        if not named:
            raise MissingCRS(file=self.reader.source.name, found="–")
        found = reference(named)
        self.met = self.met or found
        return found
