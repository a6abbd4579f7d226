"""What a format is that the tables can be written in, and the words that it is declared in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import IO, TYPE_CHECKING

from twin.language import Text

if TYPE_CHECKING:
    from twin.twin import Twin

Parts = Callable[[int], AbstractContextManager[IO[bytes]]]
"""Number of a file, from 1 → where its bytes go."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What is written, of all that the twin's principal may see.

    Attributes
    ----------
    ags : str
        Of this municipality or the district only; empty for all.
    sensors : tuple of str
        These only; empty for all.
    since, until : datetime or None
        Readings from this moment on, and before that one. UTC, without a zone of their own.
    largest : int
        Rows of a file, where there may be several; 0 for one file of any size.
    """

    ags: str = ""
    sensors: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    largest: int = 0


@dataclass(frozen=True, slots=True)
class Export:
    """Declaration of a format; a file in ``twin/export`` holds one as ``EXPORT``.

    Attributes
    ----------
    name : str
        As in ``twin export NAME``.
    title, description : Text
        What it is, and what does not come back when it is read again.
    layers : tuple of str
        Layers that it writes.
    suffix : str
        Ending of its files.
    write : callable
        ``(twin, selection, parts)`` → rows by layer. Rows are streamed: what is written is never held as a whole.
    reference : str
        Its standard.
    """

    name: str
    title: Text
    description: Text
    layers: tuple[str, ...]
    suffix: str
    write: Callable[[Twin, Selection, Parts], Counter[str]]
    reference: str
