"""Addresses in xAL 2.0 and 3.0: street and number, postcode and place; nothing about persons."""

from __future__ import annotations

from lxml import etree

_PARTS = {
    "ThoroughfareName": "street",
    "ThoroughfareNumber": "number",
    "ThoroughfareNumberSuffix": "suffix",
    "PostalCodeNumber": "postcode",
    "LocalityName": "place",
    # xAL 3.0 names one element in several places; the one above tells which is meant.
    "Thoroughfare/NameElement": "street",
    "Number/Identifier": "number",
    "PostCode/Identifier": "postcode",
    "Locality/NameElement": "place",
}


def address(element: etree._Element) -> str:
    """One line for a ``bldg:address``, such as ``Brüner Landstraße 302, 46485 Wesel``; empty if it says nothing.

    Parameters
    ----------
    element : lxml element
        With an ``xAL:AddressDetails`` (2.0) or ``xAL:Address`` (3.0) somewhere below.

    Notes
    -----
    Only the elements named here are read: organisations, persons and mail stops, which xAL may hold as well, never are.
    """
    found: dict[str, str] = {}
    for node in element.iter(etree.Element):
        text = node.text
        if not text or text.isspace():
            continue
        local = node.tag.rpartition("}")[2]
        part = _PARTS.get(local)
        if part is None and local in {"NameElement", "Identifier"}:
            above = node.getparent()
            part = None if above is None else _PARTS.get(f"{above.tag.rpartition('}')[2]}/{local}")
        if part is not None:
            found.setdefault(part, " ".join(text.split()))
    number = found.get("number", "") + found.get("suffix", "")
    first = " ".join(word for word in (found.get("street"), number) if word)
    last = " ".join(word for word in (found.get("postcode"), found.get("place")) if word)
    return ", ".join(word for word in (first, last) if word)
