"""An XML document of strangers, read under guard: what it may not hold, and what is said where it is damaged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Any, TypeVar, cast

from lxml import etree

from ingest.damage import place
from ingest.gml.prologue import prologue
from ingest.source_file import UNREADABLE, SourceFile
from twin.errors import InvalidDelivery, UnsafeDelivery
from twin.language import Text

Found = TypeVar("Found")

_NO_DOCTYPE = Text("XML ohne DOCTYPE", "XML without DOCTYPE")
_LINE = Text("Zeile {line}", "line {line}")
_FILE = Text("beim Entpacken", "while unpacking")
_WELL_FORMED = Text("wohlgeformtes XML", "well-formed XML")
_WHOLE = Text("eine vollständige Datei", "a whole file")


@dataclass(frozen=True, slots=True)
class Document:
    """A document that is walked by somebody who knows its schema.

    Attributes
    ----------
    source : SourceFile
        The file.
    title : str or Text
        Format, for errors.
    """

    source: SourceFile
    title: str | Text

    def walked(self, walk: Callable[[IO[bytes]], Iterator[Found]]) -> Iterator[Found]:
        """What `walk` finds in the content.

        Raises
        ------
        InvalidDelivery
            If the document is damaged; the text never repeats content.
        UnsafeDelivery
            If it brings a document type of its own.
        """
        if prologue(self.source.head).doctype:
            raise self._unsafe()
        try:
            with self.source.open() as stream:
                yield from walk(stream)
        except etree.XMLSyntaxError as damaged:
            # The parser's own message may quote the document, and with it a person: only its kind and place go on.
            line, kind = place(damaged)
            raise self.invalid(line, _WELL_FORMED, kind) from None
        except UNREADABLE as damaged:
            raise self.invalid(0, _WHOLE, type(damaged).__name__) from None

    def root(self, tree: etree._ElementTree) -> etree._Element:
        """Root of the parsed document.

        Raises
        ------
        UnsafeDelivery
            If it has a document type after all.
        """
        if cast(Any, tree.docinfo).doctype:
            raise self._unsafe()
        return tree.getroot()

    def invalid(self, line: int, expected: object, found: object) -> InvalidDelivery:
        """The error for what stands at a line; 0 for the file as a whole."""
        where = _LINE.format(line=line) if line else str(_FILE)
        return InvalidDelivery(
            file=self.source.name, format=self.title, where=where, expected=str(expected), found=str(found)
        )

    def _unsafe(self) -> UnsafeDelivery:
        return UnsafeDelivery(file=self.source.name, found="DOCTYPE", expected=str(_NO_DOCTYPE))


def line_of(element: etree._Element) -> int:
    """Line where an element begins."""
    return cast("int | None", element.sourceline) or 1
