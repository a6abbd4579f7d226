"""Fetches features from a web feature service (WFS 2.0), page by page, into one file a feature type."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from lxml import etree

from ingest.damage import NO_DOCTYPE, WELL_FORMED, in_words, place
from ingest.download import LARGEST, download, is_url
from ingest.gml.walk import MEMBERS, SAFE, forget, identity, local
from ingest.line import at_line
from twin.errors import InvalidDelivery, UnsafeDelivery
from twin.language import Text

PAGE = 5_000
"""Features asked for at once; a service may give fewer."""

MOST_PAGES = 20_000

SIMPLE = ("ave:Flurstueck", "ave:Nutzung", "ave:GebaeudeBauwerk")
"""Feature types that are fetched of an ALKIS service in the simplified schema where the URL names none."""

_SIMPLE_SERVICE = re.compile(r"alkis[_-]?vereinfacht", re.IGNORECASE)
_TITLE = Text("Web Feature Service", "Web feature service")
_COLLECTION = Text("eine wfs:FeatureCollection", "a wfs:FeatureCollection")
_ENDLESS = Text("höchstens {count} Seiten", "{count} pages at most")
_PAGED = {"count", "startindex", "maxfeatures", "resultid"}
_CONTENT = ("typenames", "typename", "bbox", "filter", "cql_filter", "srsname", "featureid", "resourceid")
"""What makes two requests ask for different features; never a key of access."""


@dataclass(frozen=True, slots=True)
class Query:
    """A request for features.

    Attributes
    ----------
    url : str
        As the user gave it.
    parameters : tuple of (str, str)
        Its query.
    """

    url: str
    parameters: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, url: str) -> Query | None:
        """The request that a URL makes; None if it is to none of a WFS, or for something else than features."""
        if not is_url(url):
            return None
        parts = urlsplit(url)
        parameters = tuple(parse_qsl(parts.query, keep_blank_values=True))
        query = cls(url, parameters)
        service, request = query.value("service").lower(), query.value("request").lower()
        known = service == "wfs" or (not service and bool(_SIMPLE_SERVICE.search(parts.path)))
        wanted = request == "getfeature" or (not request and bool(query.types))
        return query if known and wanted else None

    def value(self, name: str) -> str:
        """Value of a parameter, whatever its case; empty if there is none."""
        return next((value for key, value in self.parameters if key.lower() == name), "")

    @property
    def types(self) -> tuple[str, ...]:
        """Feature types asked for."""
        named = self.value("typenames") or self.value("typename")
        if not named and _SIMPLE_SERVICE.search(urlsplit(self.url).path):
            return SIMPLE
        return tuple(filter(None, named.split(",")))

    @property
    def pages(self) -> bool:
        """Whether the request may be made page by page: it is one of WFS 2.0, and the user has not said how many."""
        old = self.value("version").startswith("1.") or (self.value("typename") and not self.value("typenames"))
        return not old and not any(self.value(name) for name in _PAGED)

    def page(self, feature_type: str, start: int) -> str:
        """URL of the features of a type from number `start` on."""
        own = {"service", "version", "request", "typenames", "count", "startindex"}
        kept = [(key, value) for key, value in self.parameters if key.lower() not in own]
        asked = [
            ("SERVICE", "WFS"),
            ("VERSION", self.value("version") or "2.0.0"),
            ("REQUEST", "GetFeature"),
            ("TYPENAMES", feature_type),
            *kept,
            ("COUNT", str(PAGE)),
            ("STARTINDEX", str(start)),
        ]
        parts = urlsplit(self.url)
        # Some services take a colon and commas only as they are.
        return urlunsplit(parts._replace(query=urlencode(asked, quote_via=quote, safe=":,")))

    def name(self, feature_type: str) -> str:
        """Name of the file of a type: the same for the same request, another for another box."""
        asked = sorted((key.lower(), value) for key, value in self.parameters if key.lower() in _CONTENT)
        mark = hashlib.sha256(repr((feature_type, asked)).encode()).hexdigest()[:10]
        short = re.sub(r"[^\w\-]", "_", feature_type.rpartition(":")[2])[:60]
        return f"{short}-{mark}.gml"


def fetch(url: str, folder: Path) -> Path:
    """Fetch what a URL names into `folder`: a file, or of a WFS a folder with one file a feature type.

    Parameters
    ----------
    url : str
        ``http`` or ``https``; of a WFS, a GetFeature request without ``COUNT`` is made page by page.
    folder : Path
        Where to.

    Raises
    ------
    twin.errors.DeliveryError
        As `ingest.download.download`; or if an answer is no feature collection.
    """
    query = Query.of(url)
    if query is None or not query.pages:
        return download(url, folder)
    service = re.sub(r"[^\w\-]", "_", urlsplit(url).path.rstrip("/").rpartition("/")[2])[:80] or "wfs"
    into = folder / service
    into.mkdir()
    for feature_type in query.types:
        _Fetching(query, feature_type, folder / "pages").to(into / query.name(feature_type))
    return into


def boxed(word: str, box: tuple[float, float, float, float] | None) -> str:
    """A WFS request without a box or a filter, with this one in EPSG:25832; any other word as it is."""
    query = Query.of(word)
    if query is None or box is None or not query.pages:
        return word
    if any(query.value(name) for name in ("bbox", "filter", "cql_filter", "resourceid", "storedquery_id")):
        return word
    bounds = ",".join(f"{value:.2f}" for value in box)
    joint = "" if word.endswith(("?", "&")) else "&" if "?" in word else "?"
    return f"{word}{joint}BBOX={bounds},urn:ogc:def:crs:EPSG::25832"


@dataclass
class _Fetching:
    """The pages of one feature type on their way into one file."""

    query: Query
    feature_type: str
    folder: Path
    seen: set[str] = field(default_factory=set)
    returned: int = 0
    matched: int = 0

    def to(self, path: Path) -> None:
        """Fetch all pages; features that come on two of them are written once."""
        self.folder.mkdir(exist_ok=True)
        left, writer = LARGEST, _Writer(path)
        with writer:
            for number in range(MOST_PAGES + 1):
                if number == MOST_PAGES:
                    raise UnsafeDelivery(
                        file=self._shown, found=f"> {MOST_PAGES}", expected=_ENDLESS.format(count=number)
                    )
                page = download(self.query.page(self.feature_type, self.returned), self.folder, left)
                left -= page.stat().st_size
                fresh = sum(writer.write(*found) for found in self._features(page, writer))
                page.unlink()
                # A service that knows no STARTINDEX gives the same page again: nothing in it is new.
                if not fresh or (self.matched and self.returned >= self.matched):
                    return

    @property
    def _shown(self) -> str:
        parts = urlsplit(self.query.url)
        return f"{parts.scheme}://{parts.hostname or ''}{parts.path}"

    def _features(self, page: Path, writer: _Writer) -> Iterator[tuple[str, etree._Element]]:
        """Features of a page that have not come before, with the name of what holds them."""
        checked = False
        try:
            tags = [f"{{*}}{name}" for name in MEMBERS]
            events: Any = etree.iterparse(str(page), events=("end",), tag=tags, **SAFE)
            for _, element in events:
                if not checked:
                    self._open(element.getroottree(), writer)
                    checked = True
                for child in element.iterchildren("{*}*"):
                    self.returned += 1
                    key = identity(child)
                    if not key or key not in self.seen:
                        self.seen.add(key)
                        yield str(element.tag), child
                forget(element)
            if not checked:
                self._open(events.root.getroottree(), writer)
        except etree.XMLSyntaxError as damaged:
            line, _ = place(damaged)
            raise self._invalid(at_line(line), WELL_FORMED, in_words(damaged)) from None

    def _open(self, tree: etree._ElementTree, writer: _Writer) -> None:
        information: Any = tree.docinfo
        if information.doctype:
            raise UnsafeDelivery(file=self._shown, found="DOCTYPE", expected=NO_DOCTYPE)
        root = tree.getroot()
        if local(root.tag) != "FeatureCollection":
            raise self._invalid("–", _COLLECTION, local(root.tag)[:80])
        matched = root.get("numberMatched") or ""
        self.matched = int(matched) if re.fullmatch(r"[0-9]{1,12}", matched) else 0
        writer.open(root)

    def _invalid(self, where: Text | str, expected: Text, found: Text | str) -> InvalidDelivery:
        return InvalidDelivery(file=self._shown, format=_TITLE, where=where, expected=expected, found=found)


class _Writer:
    """Writes features into one feature collection, with the namespaces of the first page."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stack = ExitStack()
        self._file: Any = None

    def __enter__(self) -> _Writer:
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def open(self, root: etree._Element) -> None:
        """Begin the file, the first time."""
        if self._file is None:
            stream = self._stack.enter_context(self._path.open("wb"))
            self._file = self._stack.enter_context(etree.xmlfile(stream, encoding="utf-8"))
            self._stack.enter_context(self._file.element(root.tag, nsmap=root.nsmap))

    def write(self, holder: str, feature: etree._Element) -> int:
        """Write a feature into an element called `holder`; gives 1, to be counted."""
        with self._file.element(holder):
            self._file.write(feature)
        return 1
