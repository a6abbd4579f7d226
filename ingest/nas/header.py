"""What a NAS document says about itself: order, version, standard CRS, date."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from twin.language import Text

EXTRACTS = ("AX_Bestandsdatenauszug", "FeatureCollection")
"""Roots of documents that hold a stock: an extract, or what a NAS-conformant WFS answers."""

CHANGES = (
    "AX_NutzerbezogeneBestandsdatenaktualisierung_NBA",
    "AX_Fortfuehrungsauftrag",
    "AX_Einrichtungsauftrag",
)
"""Roots of documents that hold changes by key."""

NAMESPACE = re.compile(r"http://www\.adv-online\.de/namespaces/adv/gid/(\d+(?:\.\d+)*)")

_NO_VERSION = Text("kein GeoInfoDok-Namensraum", "no GeoInfoDok namespace")
_FRAGMENT = Text("ein einzelnes Objekt ohne Auftrag", "a single object without an order")
_OTHER = Text("ein anderes Wurzelelement", "another root element")

_HREF = "{http://www.w3.org/1999/xlink}href"
_DATE = re.compile(r"<(?:\w+:)?(?:startzeitreal|datum)>\s*(\d{4}-\d\d-\d\d)")
_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(slots=True)
class Header:
    """Facts from the beginning of a document.

    Attributes
    ----------
    version : str
        GeoInfoDok version, such as ``7.1``.
    crs : str
        Name of the standard CRS: that of all geometries without an srsName. Empty if none is named.
    date : str
        ISO date of the content; empty if none is named.
    changes : bool
        Whether the document changes a stock by key.
    """

    version: str = ""
    crs: str = ""
    date: str = ""
    changes: bool = False

    def open(self, root: etree._Element) -> Text | None:
        """Take in the root element.

        Returns
        -------
        problem : Text or None
            What was found where the root is that of no NAS order.
        """
        space, _, name = str(root.tag).rpartition("}")
        declared = [space.lstrip("{"), *(uri for uri in root.nsmap.values() if uri)]
        versions = [found[1] for found in map(NAMESPACE.fullmatch, declared) if found]
        if not versions:
            return _NO_VERSION
        self.version = versions[0]
        if name in CHANGES:
            self.changes = True
        elif name not in EXTRACTS:
            return _FRAGMENT if name.startswith(("AX_", "AP_", "AA_")) else _OTHER
        return None

    def read(self, element: etree._Element, name: str) -> None:
        """Take in one of the elements before the objects."""
        if name == "koordinatenangaben":
            self._read_crs(element)
        elif name == "portionskennung":
            found = next((node.text or "" for node in element.iter("{*}datum")), "").strip()
            if _ISO_DATE.match(found):
                self.date = found[:10]
        elif name == "erlaeuterung" and not self.date:
            # Free text in principle; systems write an XML protocol into it. Nothing but a date is taken.
            logged = _DATE.search(element.text or "")
            self.date = logged[1] if logged else ""

    def _read_crs(self, element: etree._Element) -> None:
        named = next((node.get(_HREF) or node.text or "" for node in element.iter("{*}crs")), "").strip()
        standard = next(((node.text or "").strip() for node in element.iter("{*}standard")), "true")
        if named and standard in {"true", "1"}:
            self.crs = named
