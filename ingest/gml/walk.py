"""Walks the features of a feature collection, in bounded memory and with everything off that XML could do harm by."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import IO, Any

from lxml import etree

from ingest.gml.document import Document, line_of
from ingest.source_file import SourceFile
from twin.language import Text

SAFE: dict[str, Any] = {
    "resolve_entities": False,
    "load_dtd": False,
    "no_network": True,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}
"""How XML of strangers is parsed."""

MEMBERS = ("member", "featureMember", "featureMembers")
"""What holds features: WFS 2.0, WFS 1.1 and GML 3, and GML 3 with all in one."""

_COLLECTION = Text("eine wfs:FeatureCollection", "a wfs:FeatureCollection")
_EXCEPTION = Text("eine Fehlermeldung des Dienstes", "an error of the service")
_GML_ID = ("{http://www.opengis.net/gml/3.2}id", "{http://www.opengis.net/gml}id")


@lru_cache(maxsize=512)
def local(tag: object) -> str:
    """Local name of a tag; empty for comments."""
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def identity(element: etree._Element) -> str:
    """The gml:id of an element; empty if it has none."""
    return next((value for name in _GML_ID if (value := element.get(name))), "") or element.get("fid", "")


@dataclass
class FeatureWalk:
    """A feature collection, walked once.

    Parameters
    ----------
    source : SourceFile
        The file.
    kinds : frozenset of str
        Local names of the feature types that are handed out; of all others, members are counted.
    title : Text
        Format, for errors.

    Attributes
    ----------
    namespaces : dict of str to str
        Prefixes that the root declares.
    root : str
        Tag of the root element.
    matched : int
        Features that the service has, by its own account; 0 if it does not say.
    dropped : Counter
        Members of other types, by local name.
    """

    source: SourceFile
    kinds: frozenset[str]
    title: Text
    namespaces: dict[str | None, str] = field(default_factory=dict)
    root: str = ""
    matched: int = 0
    dropped: Counter[str] = field(default_factory=Counter)

    @property
    def _document(self) -> Document:
        return Document(self.source, self.title)

    def __iter__(self) -> Iterator[etree._Element]:
        """Features in the order of the document; each is valid until the next step.

        Raises
        ------
        InvalidDelivery
            If the document is damaged or no feature collection; the text never repeats content.
        UnsafeDelivery
            If it brings a document type of its own.
        """
        yield from self._document.walked(self._walk)

    def _walk(self, stream: IO[bytes]) -> Iterator[etree._Element]:
        tags = [f"{{*}}{name}" for name in (*MEMBERS, *self.kinds)]
        events = etree.iterparse(stream, events=("end",), tag=tags, **SAFE)
        checked = False
        for _, element in events:
            if not checked:
                self._check(element.getroottree())
                checked = True
            name, above = local(element.tag), element.getparent()
            if name in self.kinds:
                if above is None or local(above.tag) not in MEMBERS:
                    continue  # a property that bears the name of a feature type
                yield element
            elif name in MEMBERS:
                for child in element.iterchildren("{*}*"):
                    if local(child.tag) not in self.kinds:
                        self.dropped[local(child.tag)[:80]] += 1
            forget(element)
        if not checked:
            self._check(events.root.getroottree())

    def _check(self, tree: etree._ElementTree) -> None:
        root = self._document.root(tree)
        name = local(root.tag)
        if name != "FeatureCollection":
            found = _EXCEPTION if name.endswith(("ExceptionReport", "ServiceException")) else name[:80]
            raise self._document.invalid(line_of(root), _COLLECTION, str(found))
        self.root, self.namespaces = str(root.tag), dict(root.nsmap)
        matched = root.get("numberMatched") or root.get("numberOfFeatures") or ""
        self.matched = int(matched) if re.fullmatch(r"[0-9]{1,12}", matched) else 0


def forget(element: etree._Element) -> None:
    """Let go of an element that has been read, and of all before it."""
    element.clear()
    above = element.getparent()
    if above is not None:
        forget_before(element, above)


def forget_before(element: etree._Element, above: etree._Element) -> None:
    """Let go of what stands before an element."""
    while above[0] is not element:
        del above[0]
