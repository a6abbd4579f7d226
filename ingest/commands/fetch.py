"""``twin fetch``: take in what a state's open-data portal has over a municipality."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn, TransferSpeedColumn
from rich.progress import Progress as Bar

from ingest.fetch.fetching import MOST_BYTES, Fetching
from ingest.fetch.manifest import Kept
from ingest.fetch.report import FetchReport
from ingest.fetch.state import Product, State
from ingest.format import Options
from ingest.job import Request, ingest
from ingest.placement import Borders
from ingest.report import Report
from ingest.watch import Nobody, ProgressBar
from twin.command import Session, command, option
from twin.discovery import find
from twin.errors import FetchError, NoBorder, NotJoined, UnknownMunicipality
from twin.language import Text

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from twin import Twin

_ABOUT = Text(
    "Offene Geodaten eines Landes über einer Gemeinde holen und einlesen. Was schon da ist, wird nicht noch einmal "
    "geholt; was abbrach, wird fortgesetzt; was sich im Portal geändert hat, wird erneuert.",
    "Fetch and ingest a state's open geodata over a municipality. What is here already is not fetched again; what "
    "broke off is continued; what has changed on the portal is renewed.",
)
_EXAMPLES = (
    "twin fetch nrw --layers lod2,dgm1,dop,alkis --municipality 05974040",
    "twin fetch nrw --layers dop --municipality 05974040 --dry-run",
    "twin fetch nrw --layers lod2 --municipality 05974040 --no-ingest --json",
)
_LAYERS = Text(
    "Produkte des Portals, mit Komma getrennt [Vorgabe: lod2,dgm1,alkis].",
    "Products of the portal, separated by commas [default: lod2,dgm1,alkis].",
)
_MUNICIPALITY = Text("Gemeindeschlüssel; mehrfach möglich.", "Municipality key; may be given several times.")
_BASE = Text(
    "Anderer Server mit demselben Aufbau, etwa ein Spiegel [Vorgabe: TWIN_FETCH_BASE, sonst das Portal].",
    "Another server of the same layout, such as a mirror [default: TWIN_FETCH_BASE, else the portal].",
)
_MOST = Text(
    "Höchstens so viel holen, etwa 20GB [Vorgabe: 50GB].", "Fetch this much at most, such as 20GB [default: 50GB]."
)
_DRY_RUN = Text("Nur sagen, was käme.", "Only say what would come.")
_INGEST = Text("Danach einlesen, oder nicht.", "Ingest afterwards, or not.")
_VERIFY = Text(
    "Prüfsummen auch der Dateien prüfen, die schon da sind.", "Check the checksums of files that are here already, too."
)
_PURGE = Text(
    "Geholte Dateien entfernen, statt zu holen; ohne --municipality alle dieser Produkte. Der Zwilling bleibt, "
    "wie er ist.",
    "Remove fetched files instead of fetching; without --municipality all of these products. The twin stays as it is.",
)
_USUAL = "lod2,dgm1,alkis"
_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}
_NEEDED = Text("Bitte --municipality SCHLÜSSEL angeben.", "Please name --municipality KEY.")
_ELSEWHERE = Text("{ags} liegt nicht in {state}", "{ags} is not in {state}")
_PURGED = Text("{count} Dateien entfernt.", "{count} files removed.")
_FETCHING = Text("holt", "fetching")


class _Size(click.ParamType[int]):
    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Bytes that a word such as ``20GB`` names."""
        if isinstance(value, int):
            return value
        match = re.fullmatch(r"(\d{1,12}(?:[.,]\d+)?)\s*([kmgt]?)b?", str(value).strip().lower())
        if match is None:
            self.fail(f"{value!r}", param, ctx)
        return int(float(match[1].replace(",", ".")) * _UNITS[match[2]])


@command("fetch", text=_ABOUT, examples=_EXAMPLES, reports=True)
@click.argument("state_name", metavar="STATE")
@option("--layers", default=_USUAL, metavar="NAME,…", text=_LAYERS)
@option("--municipality", "keys", multiple=True, metavar="KEY", text=_MUNICIPALITY)
@option("--base-url", default="", envvar="TWIN_FETCH_BASE", metavar="URL", text=_BASE)
@option("--max-size", "most", type=_Size(), default=MOST_BYTES, metavar="SIZE", text=_MOST)
@option("--dry-run", is_flag=True, text=_DRY_RUN)
@option("--ingest/--no-ingest", "ingests", default=True, text=_INGEST)
@option("--verify", "thorough", is_flag=True, text=_VERIFY)
@option("--purge", is_flag=True, text=_PURGE)
@click.pass_obj
def COMMAND(  # noqa: N802 – the constant that discovery looks for
    session: Session,
    *,
    state_name: str,
    layers: str,
    keys: tuple[str, ...],
    base_url: str,
    most: int,
    dry_run: bool,
    ingests: bool,
    thorough: bool,
    purge: bool,
) -> int:
    """Fetch and ingest; exit code 1 if a file could not be had or a delivery failed."""
    state: State = find("STATE", state_name)
    names = dict.fromkeys(name.strip().lower() for name in layers.split(",") if name.strip())
    asked = {state.product(name).name for name in names}
    # By terrain first: footprints are set on it.
    products = [product for product in state.products if product.name in asked]
    if not keys and not purge:
        raise click.UsageError(str(_NEEDED))
    with session.open() as twin:
        areas = _areas(twin, state, keys)
        if ingests and not dry_run and not purge:
            _demand_consent(twin, products, keys)
        fetching = Fetching(state, products, areas, twin.home.path, base_url, most, thorough)
        if purge:
            return _purge(session, fetching)
        with _progress(session) as progress:
            kept = fetching.run(progress, dry_run=dry_run)
        if ingests and not dry_run and kept:
            fetching.report.ingest = _ingest(session, twin, fetching, kept)
    session.report(fetching.report.as_dict(), fetching.report.print, remark=True)
    if session.quiet and not session.as_json:
        _complain(fetching.report)
    return 0 if fetching.report.succeeded else 1


def _areas(twin: Twin, state: State, keys: tuple[str, ...]) -> dict[str, BaseGeometry]:
    registered = {municipality.ags for municipality in twin.municipalities()}
    for ags in keys:
        if not ags.startswith(state.prefix):
            raise FetchError(portal=state.name, problem=_ELSEWHERE.filled(ags=ags, state=state.title))
        if ags not in registered:
            raise UnknownMunicipality(ags=ags)
    borders = Borders.of(twin).areas if keys else {}
    for ags in keys:
        if ags not in borders:
            raise NoBorder(portal="", problem="", ags=ags)
    return {ags: borders[ags] for ags in keys}


def _demand_consent(twin: Twin, products: list[Product], keys: tuple[str, ...]) -> None:
    """Nobody should wait for gigabytes that are refused afterwards."""
    given = twin.visible()
    for product in products:
        layers = [find("LAYER", name) for name in product.layers]
        for ags in keys:
            # Pictures and terrain may be the district's to share; houses and parcels are the municipality's alone.
            pairs = {(ags, layer.consent_class) for layer in layers}
            pairs |= {(twin.district, layer.consent_class) for layer in layers if layer.placement != "feature"}
            if not pairs & given:
                raise NotJoined(ags=ags, layer=", ".join(sorted(layer.consent_class for layer in layers)))


def _ingest(session: Session, twin: Twin, fetching: Fetching, kept: Mapping[Path, Kept]) -> Report:
    """One run for all files of the same licence and reference system; there is but one of both in most states."""
    watched = ProgressBar(session.err) if session.shows_progress else nullcontext(Nobody())
    report = Report()
    with watched as watch:
        for licence, crs in dict.fromkeys((one.licence.key, one.crs) for one in fetching.products):
            same = {one.name for one in fetching.products if (one.licence.key, one.crs) == (licence, crs)}
            paths = [path for path, one in kept.items() if one.product in same]
            if not paths:
                continue
            request = Request(
                Options(crs=crs),
                licence=licence,
                author=f"fetch {fetching.state.name}",
                dates={path.name: _date(fetching.state, kept[path]) for path in paths},
            )
            found = ingest(twin, [str(path) for path in paths], request, watch)
            report.deliveries += found.deliveries
            report.notes += found.notes
    ids = {Path(one.file).name: one.delivery_id for one in report.deliveries if one.delivery_id}
    fetching.remember({path: ids[path.name] for path in kept if path.name in ids}, kept)
    return report


def _date(state: State, kept: Kept) -> str:
    return state.product(kept.product).date(kept.name, kept.timestamp)


def _purge(session: Session, fetching: Fetching) -> int:
    fetching.purge()
    count = sum(product.fates["purged"] for product in fetching.report.products)
    data = {"state": fetching.state.name, "purged": count, "folder": str(fetching.folder)}
    session.report(data, lambda console: console.print(_PURGED.format(count=count), markup=False), remark=True)
    return 0


def _complain(report: FetchReport) -> None:
    for product in report.products:
        for error in product.failed.values():
            click.echo(error, err=True)
    for delivery in report.ingest.deliveries if report.ingest is not None else ():
        if delivery.error:
            click.echo(delivery.error, err=True)


class _Silent:
    """Tells nobody how far it is."""

    def begin(self, files: int, size: int) -> None:
        """Do nothing."""

    def file_done(self, name: str, received: int) -> None:
        """Do nothing."""


class _Shown:
    """A bar of bytes on a terminal."""

    def __init__(self, bar: Bar) -> None:
        self._bar, self._task = bar, bar.add_task(str(_FETCHING), total=None)

    def begin(self, files: int, size: int) -> None:
        """Know how long the bar is."""
        self._bar.update(self._task, total=size or None)

    def file_done(self, name: str, received: int) -> None:
        """Advance the bar."""
        self._bar.update(self._task, completed=received, description=f"{_FETCHING} {name}")


@contextmanager
def _progress(session: Session) -> Iterator[_Silent | _Shown]:
    if not session.shows_progress:
        yield _Silent()
        return
    with _bar(session.err) as bar:
        yield _Shown(bar)


def _bar(console: Console) -> Bar:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    return Bar(*columns, console=console, transient=True)
