"""What a format is: bytes to record batches, without a database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import pyarrow as pa

from ingest.companion import ATTACHED
from ingest.finding import Finding
from twin.language import Text

if TYPE_CHECKING:
    from ingest.mapping.mapping import Mapping
    from ingest.source_file import SourceFile

Mode = Literal["replace", "update"]

Box = tuple[float, float, float, float]
"""west, south, east, north in the store's CRS. [m]"""


@dataclass(frozen=True, slots=True)
class Options:
    """What the user said about a delivery.

    Attributes
    ----------
    crs : str
        CRS of files that name none, such as ``EPSG:25832``; empty if not given. It never overrides what a file says.
    ags : str
        Municipality of features that neither an attribute nor a boundary places; empty if not given.
    mappings : tuple of Mapping
        Mappings that tables may be read by: the user's, or the saved ones that fit the file.
    """

    crs: str = ""
    ags: str = ""
    mappings: tuple[Mapping, ...] = ()


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of one layer.

    Attributes
    ----------
    layer : str
        Name of the layer.
    table : pyarrow.Table
        With the columns of the layer's `read_schema`; geometry as WKB in the store's CRS.
    """

    layer: str
    table: pa.Table


@dataclass(frozen=True, slots=True)
class Reject:
    """One feature that could not be taken; the rest of the delivery goes on.

    Attributes
    ----------
    feature : str
        Its identifier, or where it stands (``line 4711``). Never anything about a person.
    reason : str
        What was expected and what was found.
    layer : str
        Layer it would have gone to.
    code : str
        Code of the finding that says so in reports; empty for the common one.
    content : str
        What it held as far as it could be read, as JSON, for the quarantine; empty for nothing. Never anything about a
        person.
    """

    feature: str
    reason: str
    layer: str = ""
    code: str = field(default="", compare=False)
    content: str = field(default="", compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Retire:
    """Keys that the delivery says are gone (NBA delete).

    Attributes
    ----------
    layer : str
        Name of the layer.
    keys : tuple of str
        Values of the layer's first key column.
    """

    layer: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """What a file says about itself; yielded once, at the end.

    Attributes
    ----------
    version : str
        Version of the format, such as ``CityGML 1.0``.
    crs : str
        CRS as found, as ``EPSG:…`` where possible.
    extent : Box or None
        Area that the file claims to describe wholly (a tile), in the store's CRS; None where it claims none.
    mode : {"replace", "update"}
        Whether the file holds everything of its extent, or changes by key.
    licence : str
        Key of a licence if the file names one.
    date : str
        ISO date of the content if the file names one.
    dropped : dict of str to int
        What was left out on purpose and counted, such as ``AX_Person``.
    notes : tuple of str
        Anything a steward should read.
    """

    version: str = ""
    crs: str = ""
    extent: Box | None = None
    mode: Mode = "replace"
    licence: str = ""
    date: str = ""
    dropped: dict[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


CRS_NAMED = Text(
    "Wie die Datei es nennt; nennt sie keines, wird --crs verlangt.",
    "As the file names it; where it names none, --crs is asked for.",
)
"""How most formats find their CRS."""

LICENCE_SAID = Text(
    "Wie die Datei oder --licence sie nennt, sonst die der Schicht.",
    "As the file or --licence names it, else the layer's.",
)
"""How most formats find their licence."""

NO_LIMITS = Text("Keine über die allgemeinen hinaus.", "None beyond the general ones.")
"""What most formats limit of their own."""

Item = Batch | Reject | Retire | Facts | Finding


@dataclass(frozen=True, slots=True)
class Format:
    """Declaration of a format; a file in ``ingest/formats`` holds one as ``FORMAT``.

    Attributes
    ----------
    name : str
        Name on the command line (``--format``).
    title : Text
        Name for people.
    versions : tuple of str
        What is read.
    layers : tuple of str
        Layers that its rows may go to.
    recognise : callable
        ``(SourceFile) -> bool``: whether the first bytes are of this format. Reads `SourceFile.head` only, never
        raises.
    read : callable
        ``(SourceFile, Options) -> Iterator[Item]``: streams. Raises `twin.errors.DeliveryError`, for the file as a
        whole, and nothing else. Must be a module-level function: it runs in worker processes.
    ignored : Text
        What of the format is not read.
    example : str
        Command line that shows its use.
    suffixes : tuple of str
        File name endings, lower case with dot, that belong to the format, companions (``.prj``) included.
    crs : Text
        How the coordinate reference system is found.
    licence : Text
        Under which licence such files usually come, and how it is found.
    limits : Text
        Limits that are the format's own.
    beside : tuple of str
        Names of files in the same folder that are read with the recognised one (``trips.txt``), and count to it.
    """

    name: str
    title: Text
    versions: tuple[str, ...]
    layers: tuple[str, ...]
    recognise: Callable[[SourceFile], bool]
    read: Callable[[SourceFile, Options], Iterator[Item]]
    ignored: Text
    example: str
    suffixes: tuple[str, ...]
    crs: Text = CRS_NAMED
    licence: Text = LICENCE_SAID
    limits: Text = NO_LIMITS
    beside: tuple[str, ...] = ()

    @property
    def endings(self) -> tuple[str, ...]:
        """Endings of the files themselves."""
        return tuple(suffix for suffix in self.suffixes if suffix not in ATTACHED) or self.suffixes

    @property
    def companions(self) -> tuple[str, ...]:
        """Endings of the files that may lie beside one of this format and belong to it."""
        return tuple(suffix for suffix in self.suffixes if suffix not in self.endings)
