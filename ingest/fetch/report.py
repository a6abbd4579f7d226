"""What became of fetching: for people, and as JSON."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.markup import escape

from ingest.report import Report
from twin.language import Text, language
from twin.number import grouped, written

_SHOWN = 10


@dataclass(slots=True)
class ProductReport:
    """One product.

    Attributes
    ----------
    name : str
        Of the product.
    title : Text
        Of the product.
    fates : Counter
        Files that were ``fetched``, ``changed`` (fetched because the portal has another version) or ``kept`` (here
        already).
    coming : int
        Files that a dry run would have fetched.
    coming_bytes : int
        Their size, as far as the portal lists it. [B]
    size : int
        Of all files of the product over the municipalities that are here now. [B]
    gone : list of str
        Files here that the portal does not list any more.
    failed : dict of str to str
        Files that could not be had, and why.
    """

    name: str
    title: Text
    fates: Counter[str] = field(default_factory=Counter)
    coming: int = 0
    coming_bytes: int = 0
    size: int = 0
    gone: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """As JSON knows it."""
        return {
            "product": self.name,
            **{fate: self.fates[fate] for fate in ("fetched", "changed", "kept")},
            "coming": self.coming,
            "coming_bytes": self.coming_bytes,
            "size": self.size,
            "gone": self.gone,
            "failed": [{"file": name, "error": error} for name, error in sorted(self.failed.items())],
        }


@dataclass(slots=True)
class FetchReport:
    """What became of one call.

    Attributes
    ----------
    state : str
        Whose portal.
    municipalities : tuple of str
        Keys.
    folder : str
        Where the files are.
    dry_run : bool
        Whether nothing was to be fetched.
    products : list of ProductReport
        In the order of ingesting.
    received : int
        Bytes that came over the net, lists and repetitions included. [B]
    ingest : Report or None
        What became of ingesting; None if there was none.
    """

    state: str
    municipalities: tuple[str, ...]
    folder: str
    dry_run: bool = False
    products: list[ProductReport] = field(default_factory=list)
    received: int = 0
    ingest: Report | None = None

    @property
    def succeeded(self) -> bool:
        """Whether every file is here, and has been ingested."""
        fetched = not any(product.failed for product in self.products)
        return fetched and (self.ingest is None or not self.ingest.deliveries or self.ingest.succeeded)

    def as_dict(self) -> dict[str, Any]:
        """As JSON knows it."""
        totals = {fate: sum(product.fates[fate] for product in self.products) for fate in _FATES}
        ingested = self.ingest.as_dict() if self.ingest is not None else {"deliveries": [], "notes": []}
        return {
            "state": self.state,
            "municipalities": list(self.municipalities),
            "folder": self.folder,
            "dry_run": self.dry_run,
            **totals,
            "coming": sum(product.coming for product in self.products),
            "coming_bytes": sum(product.coming_bytes for product in self.products),
            "gone": sum(len(product.gone) for product in self.products),
            "failed": sum(len(product.failed) for product in self.products),
            "bytes": self.received,
            "products": [product.as_dict() for product in self.products],
            **ingested,
        }

    def print(self, console: Console) -> None:
        """Write it for people."""
        for product in self.products:
            _print_product(product, console, dry_run=self.dry_run)
        if not self.dry_run:
            console.print(_RECEIVED.format(size=sized(self.received), folder=self.folder), markup=False)
        if self.ingest is not None:
            self.ingest.print(console)


_FATES = {
    "fetched": Text("geholt", "fetched"),
    "changed": Text("geändert und neu geholt", "changed and fetched again"),
    "kept": Text("schon da", "here already"),
}
_COMING = Text("{count} Dateien zu holen, {size}", "{count} files to fetch, {size}")
_UNKNOWN = Text("Größe unbekannt", "size unknown")
_NOTHING = Text("nichts über diesem Gebiet", "nothing over this area")
_RECEIVED = Text("{size} empfangen; die Dateien liegen in {folder}", "{size} received; the files are in {folder}")
_GONE = Text("nicht mehr in der Liste des Portals: {name}", "no longer in the portal's list: {name}")
_MORE = Text("… und {count} weitere", "… and {count} more")


def _print_product(product: ProductReport, console: Console, *, dry_run: bool) -> None:
    words = [f"{grouped(product.fates[fate])} {text}" for fate, text in _FATES.items() if product.fates[fate]]
    if dry_run and product.coming:
        size = sized(product.coming_bytes) if product.coming_bytes else _UNKNOWN
        words.append(_COMING.format(count=grouped(product.coming), size=size))
    console.print(f"[bold]{escape(str(product.title))}[/]: {', '.join(words) or _NOTHING}")
    lines = [f"[red]–[/] {escape(error)}" for _, error in sorted(product.failed.items())]
    lines += [f"[yellow]•[/] {escape(_GONE.format(name=name))}" for name in product.gone]
    for line in lines[:_SHOWN]:
        console.print(f"  {line}")
    if len(lines) > _SHOWN:
        console.print(f"  {_MORE.format(count=grouped(len(lines) - _SHOWN))}")


def sized(count: int) -> str:
    """A number of bytes as people write it."""
    value, unit = float(count), "B"
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if value < 1_000 or unit == "TB":
            break
        value /= 1_000
    return f"{written(value, language(), 1)} {unit}"
