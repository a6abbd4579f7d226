"""The desk at which a dashboard hands deliveries in: what it may ask, whoever stands behind it.

The viewer and the ingest jobs do not know of each other; the ingest package declares a `Desk` as ``DESK``, and the
data page finds it by `twin.discovery`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from twin.language import Text

if TYPE_CHECKING:
    from twin.twin import Twin


@dataclass(frozen=True, slots=True)
class Errand:
    """What a steward wants taken in.

    Attributes
    ----------
    source : Path
        A file, or a folder of files that were dropped together.
    crs : str
        CRS of files that name none; empty if not given.
    ags : str
        Municipality of what neither an attribute nor a boundary places; empty if not given.
    tenants : tuple of str
        Whose rows may be written; empty for all.
    author : str
        Who hands it in.
    told : callable
        Is told in words how far it is, from another thread.
    """

    source: Path
    crs: str = ""
    ags: str = ""
    tenants: tuple[str, ...] = ()
    author: str = ""
    told: Callable[[Text], None] = field(default=lambda text: None)


@dataclass(frozen=True, slots=True)
class Summary:
    """What was found in one delivery, or became of it.

    Attributes
    ----------
    file : str
        Its name.
    kind : Text
        Format in words, with version and CRS; empty where none was recognised.
    rows : tuple of (str, int, dict of str to int)
        Layer, rows read, rows to store by municipality.
    refused : tuple of (Text, int)
        Why rows stay out, and how many.
    findings : dict of str to int
        Number of findings by severity: ``error``, ``warning``, ``notice``.
    notes : tuple of str
        What a steward should read.
    error : str
        Why nothing of it can be stored; empty if all is well.
    unmapped : bool
        Whether the reason is that nobody has said yet what the columns mean: see `Desk.propose`.
    unchanged : bool
        Whether the twin holds exactly this already.
    delivery_id : str
        Empty until it is stored.
    """

    file: str
    kind: Text
    rows: tuple[tuple[str, int, dict[str, int]], ...] = ()
    refused: tuple[tuple[Text, int], ...] = ()
    findings: dict[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    error: str = ""
    unmapped: bool = False
    unchanged: bool = False
    delivery_id: str = ""


class Case(Protocol):
    """Deliveries that were read and checked, and wait for a decision."""

    @property
    def summaries(self) -> Sequence[Summary]:
        """One a delivery."""

    @property
    def publishable(self) -> bool:
        """Whether there is anything that `publish` would store."""

    def preview(self, most: int, /) -> Mapping[str, Any]:
        """Layer → GeoDataFrame in EPSG:25832 with its first rows as they would be stored."""

    def page(self, number: int, /) -> str:
        """Report of one of the deliveries as a self-contained HTML page."""

    def publish(self) -> None:
        """Store what can be; `summaries` tell what became of it."""

    def discard(self) -> None:
        """Forget all of it; harmless after `publish`."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A column of a layer, and the column of a table that is thought to fill it.

    Attributes
    ----------
    column : str
        Column of the layer.
    source : str
        Column of the table; empty for none.
    value : str
        What all rows get instead; empty for nothing.
    reason : Text or None
        Why it is thought so.
    """

    column: str
    source: str = ""
    value: str = ""
    reason: Text | None = None


@dataclass(frozen=True, slots=True)
class Guess:
    """What a table of nobody's format seems to be.

    Attributes
    ----------
    name : str
        Proposed name of the mapping.
    table : str
        Table of the file.
    count : int
        Its rows; -1 if it cannot be told.
    layers : tuple of (str, float)
        Layers that it may fill, the likeliest first, and how likely; then all others with 0.
    layer : str
        The one that the rest is about; empty if none is likely.
    wishes : tuple of Wish
        One a column of the layer.
    sources : tuple of str
        Columns of the table.
    personal : tuple of str
        Those about persons: no layer holds them.
    crs : str
        CRS of the coordinates; empty where the file names its own or has none.
    place : Text
        Where the geometry comes from.
    """

    name: str
    table: str
    count: int
    layers: tuple[tuple[str, float], ...]
    layer: str
    wishes: tuple[Wish, ...]
    sources: tuple[str, ...]
    personal: tuple[str, ...]
    crs: str
    place: Text


@dataclass(frozen=True, slots=True)
class Desk:
    """Declaration of a desk.

    Attributes
    ----------
    name : str
        What it is called.
    examine : callable
        ``(Twin, Errand) -> Case``: reads and checks; takes its time. The twin is the operator's and stays open until
        the case is published or discarded.
    propose : callable
        ``(Path, layer) -> Guess``: looks into a table; the layer may be empty.
    keep : callable
        ``(Twin, Path, Guess, ags, author) -> None``: saves the guess, as corrected, as mapping of a municipality (or
        of the district if `ags` is its key), for this file and all like it.
    report : callable
        ``(Twin, delivery_id) -> str``: report of a delivery that has landed as a self-contained HTML page, as far as
        the twin's principal may see its findings.
    """

    name: str
    examine: Callable[[Twin, Errand], Case]
    propose: Callable[[Path, str], Guess]
    keep: Callable[[Twin, Path, Guess, str, str], None]
    report: Callable[[Twin, str], str]
