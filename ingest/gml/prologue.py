"""What stands before the root element of an XML document, looked at in its first bytes, in linear time."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

# Possessive: what a hostile head is made of is looked at once, not once more for each of its characters.
_ROOT = re.compile(r"<(?:[\w.\-]++:)?+([\w.\-]++)([^>]*+)>")
_WIDE = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


@dataclass(frozen=True, slots=True)
class Prologue:
    """The beginning of a document.

    Attributes
    ----------
    root : str
        Local name of the root element; empty if it is not within the bytes looked at.
    attributes : str
        The rest of its start tag, as it stands.
    doctype : bool
        Whether the document declares a document type.
    """

    root: str
    attributes: str
    doctype: bool


def prologue(head: bytes) -> Prologue:
    """Look at the first bytes of a document."""
    text = head.decode(_WIDE.get(head[:2], "utf-8-sig"), errors="replace")
    place, doctype = 0, False
    while True:
        place = text.find("<", place)
        if place < 0:
            return Prologue("", "", doctype)
        if text.startswith("<?", place):
            place = _behind(text, "?>", place)
        elif text.startswith("<!--", place):
            place = _behind(text, "-->", place)
        elif text.startswith("<!", place):
            doctype = True
            inner, end = text.find("[", place), text.find(">", place)
            place = _behind(text, ">", _behind(text, "]", inner) if 0 <= inner < end else place)
        else:
            root = _ROOT.match(text, place)
            return Prologue(root[1], root[2], doctype) if root else Prologue("", "", doctype)


def _behind(text: str, mark: str, place: int) -> int:
    found = text.find(mark, place)
    return found + len(mark) if found >= 0 else len(text)
