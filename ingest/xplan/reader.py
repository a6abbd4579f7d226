"""Streams the objects of an XPlanGML document, in bounded memory."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import IO

from lxml import etree

from ingest.gml.document import Document, line_of
from ingest.gml.walk import SAFE, forget, local
from ingest.source_file import SourceFile
from twin.language import Text

FORMAT_NAME = "XPlanGML"
VERSIONS = ("4.1", "5.0", "5.1", "5.2", "5.3", "5.4", "6.0", "6.1")
NAMESPACE = re.compile(r"http://www\.xplanung\.de/xplangml(?:/(\d+)/(\d+))?")
ROOTS = ("XPlanAuszug", "FeatureCollection")

_ROOT = Text(
    "einen XPlanAuszug oder eine FeatureCollection von XPlanGML", "an XPlanAuszug or FeatureCollection of XPlanGML"
)
_OTHER = Text("ein anderes Wurzelelement", "another root element")
_NO_VERSION = Text("keine Version", "no version")

_SINGLE = ("featureMember", "member")
_PLURAL = "featureMembers"
_KIND = re.compile(r"(?:XP|BP|FP|LP|RP|SO)_[A-Za-z0-9_]{1,80}")
_GML_ID = ("{http://www.opengis.net/gml/3.2}id", "{http://www.opengis.net/gml}id")
_IDENTIFIER = re.compile(r"[A-Za-z0-9_.\-]{1,128}")


@dataclass(frozen=True, slots=True)
class Feature:
    """One object of a plan.

    Attributes
    ----------
    kind : str
        Object class, such as ``BP_BauGrenze``.
    identifier : str
        Its gml:id; empty if it has none that is valid.
    element : lxml element
        Valid until the next step of the iteration.
    line : int
        Line where it begins.
    """

    kind: str
    identifier: str
    element: etree._Element
    line: int

    @property
    def place(self) -> str:
        """Identifier and line, for reports."""
        where = f"line {self.line}"
        return f"{self.identifier}, {where}" if self.identifier else where


class Reader:
    """An XPlanGML document; every iteration walks it once.

    Parameters
    ----------
    source : SourceFile
        The file.

    Attributes
    ----------
    version : str
        Version of XPlanGML, such as ``5.4``.
    crs : str
        Name of the CRS in the document's envelope; empty if it names none.
    foreign : Counter
        Members that are no objects of XPlanung, by name.
    """

    def __init__(self, source: SourceFile) -> None:
        self.source = source
        self._document = Document(source, FORMAT_NAME)
        self.version = ""
        self.crs = ""
        self.foreign: Counter[str] = Counter()

    def __iter__(self) -> Iterator[Feature]:
        """Objects in the order of the document.

        Raises
        ------
        InvalidDelivery
            If the document is damaged or no XPlanGML of a known version.
        UnsafeDelivery
            If it brings a document type of its own.
        """
        self.foreign.clear()
        yield from self._document.walked(self._walk)

    def _walk(self, stream: IO[bytes]) -> Iterator[Feature]:
        # All objects in one featureMembers would have to wait for its end: there every element's end is looked at.
        plural = _PLURAL.encode() in self.source.head
        events = etree.iterparse(
            stream,
            events=("end",),
            tag=None if plural else [f"{{*}}{name}" for name in (*_SINGLE, "Envelope")],
            **SAFE,
        )
        checked = False
        for _, element in events:
            if not checked:
                self._check(element.getroottree())
                checked = True
            name = local(element.tag)
            if name == "Envelope":
                self._envelope(element)
            elif name in _SINGLE:
                for child in element:
                    yield from self._feature(child)
                forget(element)
            elif plural and _within(element, _PLURAL):
                yield from self._feature(element)
                forget(element)
        if not checked:
            self._check(events.root.getroottree())
        if not self.version:
            raise self._document.invalid(1, _ROOT, _NO_VERSION)

    def _check(self, tree: etree._ElementTree) -> None:
        root = self._document.root(tree)
        if local(root.tag) not in ROOTS:
            raise self._document.invalid(line_of(root), _ROOT, _OTHER)
        for uri in [etree.QName(root).namespace, *root.nsmap.values()]:
            self._take_version(uri or "", root)

    def _take_version(self, uri: str, element: etree._Element) -> None:
        found = NAMESPACE.fullmatch(uri)
        if self.version or found is None:
            return
        version = f"{found[1]}.{found[2]}" if found[1] else str(_NO_VERSION)
        if version not in VERSIONS:
            raise self._document.invalid(line_of(element), ", ".join(VERSIONS), version)
        self.version = version

    def _envelope(self, element: etree._Element) -> None:
        holder = element.getparent()
        above = holder.getparent() if holder is not None else None
        if above is not None and above.getparent() is None and not self.crs:
            self.crs = element.get("srsName") or ""

    def _feature(self, element: etree._Element) -> Iterator[Feature]:
        kind = local(element.tag)
        if not _is_ours(element.tag):
            if kind not in {"", *ROOTS}:
                self.foreign[kind if re.fullmatch(r"\w{1,80}", kind) else "?"] += 1
            return
        if not self.version:
            self._take_version(etree.QName(element).namespace or "", element)
        own = next((element.get(name) or "" for name in _GML_ID if element.get(name)), "")
        yield Feature(kind, own if _IDENTIFIER.fullmatch(own) else "", element, line_of(element))


@lru_cache(maxsize=1024)
def _is_ours(tag: object) -> bool:
    """Whether a tag is that of an object of XPlanung."""
    space, brace, kind = str(tag).rpartition("}")
    return bool(brace and _KIND.fullmatch(kind) and NAMESPACE.fullmatch(space.removeprefix("{")))


def _within(element: etree._Element, name: str) -> bool:
    parent = element.getparent()
    return parent is not None and local(parent.tag) == name
