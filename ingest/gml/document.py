"""An XML document of strangers, read under guard: what it may not hold, and what is said where it is damaged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Any, TypeVar, cast

from lxml import etree

from ingest.damage import NO_DOCTYPE, WELL_FORMED, WHOLE, in_words, place
from ingest.gml.prologue import prologue
from ingest.line import at_line
from ingest.source_file import UNREADABLE, SourceFile
from twin.errors import InvalidDelivery, UnsafeDelivery
from twin.language import Text

Found = TypeVar("Found")

_FILE = Text("beim Entpacken", "while unpacking")


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
            line, _ = place(damaged)
            raise self.invalid(line, WELL_FORMED, in_words(damaged)) from None
        except UNREADABLE as damaged:
            raise self.invalid(0, WHOLE, in_words(damaged)) from None

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
        where = at_line(line) if line else _FILE
        return InvalidDelivery(file=self.source.name, format=self.title, where=where, expected=expected, found=found)

    def _unsafe(self) -> UnsafeDelivery:
        return UnsafeDelivery(file=self.source.name, found="DOCTYPE", expected=NO_DOCTYPE)


def line_of(element: etree._Element) -> int:
    """Line where an element begins."""
    return cast("int | None", element.sourceline) or 1
