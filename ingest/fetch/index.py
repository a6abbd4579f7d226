"""The list of files that a portal publishes beside them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from lxml import etree

from ingest.gml.walk import SAFE
from twin.errors import InvalidDelivery
from twin.language import Text

LARGEST = 64 << 20
"""Of a list; the one of 35 000 tiles has about 4 MB. [B]"""

MOST = 500_000
"""Files in a list."""

_NAME = re.compile(r"\w[\w.+,()~ -]{0,200}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_LARGEST_FILE = 1 << 50
LIST = Text("Dateiliste des Portals", "the portal's list of files")
_EXPECTED = '{"datasets": [{"files": [{"name", "size", "timestamp"}, …]}]}, <file name= size= timestamp=/>'
_NO_LIST = Text("weder JSON noch XML", "neither JSON nor XML")
_NO_FILES = Text("keine Datei darin", "no file in it")
_TOO_MANY = Text("mehr als {most} Dateien", "more than {most} files")


@dataclass(frozen=True, slots=True)
class Entry:
    """A file that the portal has.

    Attributes
    ----------
    name : str
        Of the file; never a path.
    url : str
        Where it is.
    size : int or None
        None if the list does not say. [B]
    timestamp : str
        When it was put there, in the portal's words; empty if the list does not say.
    sha256 : str
        Empty if the list does not say.
    """

    name: str
    url: str
    size: int | None = None
    timestamp: str = ""
    sha256: str = ""

    @property
    def version(self) -> str:
        """Another one when the portal has another content by the same name; empty if the list tells nothing."""
        known = self.timestamp or self.sha256
        return f"{self.timestamp}|{self.size if self.size is not None else ''}|{self.sha256}" if known else ""


def read_index(content: bytes, url: str) -> list[Entry]:
    """Files in a list as opengeodata.nrw.de has it, as JSON or as the XML that its pages are made of.

    What is no name of a file is left out. Only names are taken from it, never addresses: whatever a list says, files
    come from the folder that it lies in.

    Parameters
    ----------
    content : bytes
        The list.
    url : str
        Where it came from.

    Raises
    ------
    InvalidDelivery
        If it is no such list, or an empty one.
    """
    folder = url.rpartition("/")[0] + "/"
    found: dict[str, Entry] = {}
    is_xml = content[:1_000].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
    for item in _of_xml(content, url) if is_xml else _of_json(content, url):
        entry = _entry(item, folder)
        if entry is not None:
            found[entry.name] = entry
            if len(found) > MOST:
                raise _invalid(url, _TOO_MANY.filled(most=MOST))
    if not found:
        raise _invalid(url, _NO_FILES)
    return list(found.values())


def _of_xml(content: bytes, url: str) -> Iterator[dict[str, Any]]:
    """Attributes of all elements called ``file``."""
    try:
        root = etree.fromstring(content, etree.XMLParser(**SAFE))
    except etree.XMLSyntaxError:
        raise _invalid(url, _NO_LIST) from None
    information: Any = root.getroottree().docinfo
    if information.doctype:
        raise _invalid(url, "DOCTYPE")
    for element in root.iter("{*}file"):
        yield {str(name): value for name, value in element.attrib.items()}


def _of_json(content: bytes, url: str) -> Iterator[dict[str, Any]]:
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        raise _invalid(url, _NO_LIST) from None
    datasets = document.get("datasets") if isinstance(document, dict) else None
    for dataset in datasets if isinstance(datasets, list) else ():
        files = dataset.get("files") if isinstance(dataset, dict) else None
        for item in files if isinstance(files, list) else ():
            if isinstance(item, dict):
                yield item


def _entry(item: dict[str, Any], folder: str) -> Entry | None:
    name = item.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        return None
    digest = str(item.get("sha256") or "").lower()
    return Entry(
        name=name,
        url=folder + quote(name),
        size=_size(item.get("size")),
        timestamp=str(item.get("timestamp") or "")[:40],
        sha256=digest if _DIGEST.fullmatch(digest) else "",
    )


def _size(value: Any) -> int | None:
    """Sizes come as numbers or as text; None for what is neither."""
    text = str(value) if isinstance(value, (int, str)) and not isinstance(value, bool) else ""
    size = int(text) if re.fullmatch(r"[0-9]{1,16}", text) else None
    return size if size is not None and size < _LARGEST_FILE else None


def _invalid(url: str, found: Text | str) -> InvalidDelivery:
    return InvalidDelivery(file=url, format=LIST, where="–", expected=_EXPECTED, found=found)
