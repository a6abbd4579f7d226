"""Streams the objects and operations of a NAS document, in bounded memory."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import IO

from lxml import etree

from ingest.gml.document import Document, line_of
from ingest.gml.walk import SAFE, forget, forget_before, local
from ingest.nas import persons, reason
from ingest.nas.header import Header
from ingest.source_file import SourceFile
from twin.language import Text

FORMAT_NAME = "ALKIS NAS"

CATALOGUES = ("AX_Gemarkung", "AX_LagebezeichnungKatalogeintrag")
LOCATIONS = (
    "AX_LagebezeichnungMitHausnummer",
    "AX_LagebezeichnungOhneHausnummer",
    "AX_GeoreferenzierteGebaeudeadresse",
)
LABELS = ("AP_PTO",)

_ORDER = Text(
    "einen NAS-Auftrag (AX_Bestandsdatenauszug, AX_NutzerbezogeneBestandsdatenaktualisierung_NBA)",
    "a NAS order (AX_Bestandsdatenauszug, AX_NutzerbezogeneBestandsdatenaktualisierung_NBA)",
)

_HEADER = ("koordinatenangaben", "portionskennung", "erlaeuterung")
_CONTAINERS = ("featureMember", "member", "Insert", "Replace", "Delete", "Update")
_OBJECT_NAME = re.compile(r"(?:AX|AP|AA|AD|AU|AG|TA|TS)_[A-Za-z_0-9]{1,80}")
_IDENTIFIER = re.compile(r"[A-Za-z0-9_.\-]{1,64}")
_STAMPED = re.compile(r"(.{16})\d{8}T\d{6}Z")
_GML_ID = ("{http://www.opengis.net/gml/3.2}id", "{http://www.opengis.net/gml}id")


@dataclass(frozen=True, slots=True)
class Object:
    """One cadastral object of a kind that was asked for.

    Attributes
    ----------
    kind : str
        Object class, such as ``AX_Flurstueck``.
    identifier : str
        Its 16 characters, without the time stamp that updates append.
    element : lxml element
        Valid until the next step of the iteration.
    replaces : bool
        Whether an update puts it in the place of an earlier version.
    """

    kind: str
    identifier: str
    element: etree._Element
    replaces: bool = False


@dataclass(frozen=True, slots=True)
class Removal:
    """Objects of one class that an update says are gone."""

    kind: str
    identifiers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trouble:
    """An operation that cannot be carried out."""

    where: str
    reason: str


@lru_cache(maxsize=512)
def _shown(kind: str) -> str:
    """An object class as it may be shown: a name that is none could be anything."""
    return kind if _OBJECT_NAME.fullmatch(kind) else "?"


def identifier(text: str | None) -> str:
    """Object identifier without urn and time stamp; empty if it is not one."""
    bare = (text or "").strip().rpartition(":")[2]
    stamped = _STAMPED.fullmatch(bare)
    bare = stamped[1] if stamped else bare
    return bare if _IDENTIFIER.fullmatch(bare) else ""


class Reader:
    """A NAS document, walked once.

    Parameters
    ----------
    source : SourceFile
        The file.
    kinds : frozenset of str
        Object classes to hand out; all others are counted in `dropped`.

    Attributes
    ----------
    header : Header
        What the document says about itself; complete before the first object.
    dropped : Counter
        Objects left out, by class.
    """

    def __init__(self, source: SourceFile, kinds: frozenset[str]) -> None:
        self._document = Document(source, FORMAT_NAME)
        self.kinds = kinds - persons.KINDS
        self.header = Header()
        self.dropped: Counter[str] = Counter()

    def __iter__(self) -> Iterator[Object | Removal | Trouble]:
        """Objects and operations in the order of the document.

        Raises
        ------
        InvalidDelivery
            If the document is damaged or no NAS order; the text never repeats content.
        UnsafeDelivery
            If it brings a document type of its own.
        """
        yield from self._document.walked(self._walk)

    def _walk(self, stream: IO[bytes]) -> Iterator[Object | Removal | Trouble]:
        tags = (*_HEADER, *_CONTAINERS, "lebenszeitintervall", *self.kinds)
        events = etree.iterparse(
            stream,
            events=("end",),
            tag=[f"{{*}}{name}" for name in tags],
            remove_blank_text=True,
            **SAFE,
        )
        checked = False
        for _, element in events:
            if not checked:
                self._check(element.getroottree())
                checked = True
            name = local(element.tag)
            if name == "lebenszeitintervall":
                self._meet(element.getparent())
            elif name in self.kinds:
                found = self._object(element, name)
                if found is not None:
                    yield found
                element.clear()
            elif name in _CONTAINERS:
                yield from self._operation(element, name)
                forget(element)
            else:
                self.header.read(element, name)
        if not checked:
            self._check(events.root.getroottree())

    def _check(self, tree: etree._ElementTree) -> None:
        root = self._document.root(tree)
        problem = self.header.open(root)
        if problem:
            raise self._document.invalid(line_of(root), _ORDER, problem)

    def _meet(self, thing: etree._Element | None) -> None:
        """Every object has a lebenszeitintervall, at its beginning: where the one before it is let go."""
        if thing is None:
            return
        name = local(thing.tag)
        if name not in self.kinds:
            self.dropped[_shown(name)] += 1
        parent = thing.getparent()
        if parent is not None and local(parent.tag) != "Replace":
            forget_before(thing, parent)

    def _object(self, element: etree._Element, name: str) -> Object | None:
        parent = element.getparent()
        container = local(parent.tag) if parent is not None else ""
        if container not in {"featureMember", "member", "featureMembers", "Insert", "Replace"}:
            return None  # a data type or a reference that bears the name of a class
        own = next((element.get(name) for name in _GML_ID if element.get(name)), None)
        found = identifier(own)
        if not found:
            self.dropped["?"] += 1
            return None
        for relation in persons.RELATIONS.get(name, ()):
            count = sum(1 for _ in element.iterchildren(f"{{*}}{relation}"))
            if count:
                self.dropped[f"{name}.{relation}"] += count
        return Object(name, found, element, container == "Replace")

    def _operation(self, element: etree._Element, name: str) -> Iterator[Removal | Trouble]:
        if name in {"Insert", "Replace", "Delete", "Update"}:
            self.header.changes = True
        if name not in {"Delete", "Update"}:
            return
        kind = (element.get("typeName") or element.get("typeNames") or "").strip().rpartition(":")[2]
        shown = _shown(kind)
        where = f"wfs:{name} {shown}, line {element.sourceline}"
        if kind not in self.kinds:
            self.dropped[f"{shown} ({name})"] += 1
            return
        if name == "Update" and not _ends(element):
            yield Trouble(where, str(reason.UPDATE))
            return
        gone = _filtered(element)
        if gone:
            yield Removal(kind, gone)
        else:
            yield Trouble(where, str(reason.FILTER))


def _ends(update: etree._Element) -> bool:
    """Whether an Update sets the end of life: ``Name`` in GeoInfoDok 6, ``ValueReference`` in 7."""
    for prop in update.iterchildren("{*}Property"):
        names = [child.text or "" for child in prop if local(child.tag) in {"Name", "ValueReference"}]
        values = [child.text or "" for child in prop if local(child.tag) == "Value"]
        if any(re.search(r"(^|[/:])endet$", name.strip()) for name in names) and any(value.strip() for value in values):
            return True
    return False


def _filtered(operation: etree._Element) -> tuple[str, ...]:
    """Identifiers in the filter of an operation."""
    found = []
    for node in operation.iter("{*}FeatureId", "{*}ResourceId", "{*}GmlObjectId", "{*}Literal"):
        text = node.text if local(node.tag) == "Literal" else None
        if text is not None and not text.strip().startswith("urn:adv:oid:"):
            continue
        key = identifier(text or node.get("fid") or node.get("rid") or next(map(node.get, _GML_ID), None))
        if key:
            found.append(key)
    return tuple(found)
