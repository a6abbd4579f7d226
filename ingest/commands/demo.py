"""``twin demo``: the made-up district, from nothing to the browser."""

from __future__ import annotations

import shutil
import time
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

import twin
from ingest.alert.watch import look
from ingest.demo.places import DISTRICT, DISTRICT_NAME, MUNICIPALITIES
from ingest.demo.scenario import TITLE, draw_up
from ingest.demo.sharing import CONSENTS, DISTRICT_LAYERS
from ingest.format import Options
from ingest.job import Request, ingest
from ingest.mapping import Mapping, save
from ingest.report import Report
from ingest.watch import Nobody, ProgressBar
from twin.alerts.alert import alerts
from twin.command import Session, command, option
from twin.consent import Audience
from twin.discovery import discover
from twin.errors import HomeExists, NotAHome
from twin.language import Text

if TYPE_CHECKING:
    from rich.console import Console

_ABOUT = Text(
    "Den erfundenen Musterkreis zeigen: Lieferungen in amtlichen Formaten schreiben, Gemeinden beitreten "
    "lassen, einlesen, Karte öffnen. Braucht kein Netz. Ein zweiter Aufruf findet alles unverändert.",
    "Show the made-up Musterkreis: write deliveries in official formats, let municipalities join, ingest, "
    "open the map. Needs no network. A second call finds everything unchanged.",
)
_EXAMPLES = ("twin demo", "twin --home demo demo --no-serve", "twin demo --folder deliveries --fresh")
_FOLDER = Text(
    "Wohin die Lieferungen geschrieben werden [Vorgabe: demo-deliveries neben dem Zwilling].",
    "Where the deliveries are written [default: demo-deliveries beside the twin].",
)
_SERVE = Text("Danach die Karte öffnen, oder nicht.", "Serve the map afterwards, or not.")
_LIVE = Text(
    "Währenddessen einige Sensoren weiter messen lassen, oder nicht (mit der Karte).",
    "Let some sensors go on measuring meanwhile, or not (with the map).",
)
_PORT = Text("Port der Karte.", "Port of the map.")
_FRESH = Text("Einen früheren Demo-Zwilling vorher entfernen.", "Remove an earlier demo twin first.")

_WRITTEN = Text("Lieferungen in amtlichen Formaten: {folder}", "Deliveries in official formats: {folder}")
_PURPOSE = "Demonstration"
_JOINED = Text("{name} teilt ({audience}): {layers}", "{name} shares ({audience}): {layers}")
_ABSENT = Text(
    "{name} ist nicht beigetreten: seine Daten werden abgewiesen, auf der Karte bleibt es leer.",
    "{name} has not joined: its data is refused, and it stays empty on the map.",
)
_TERRAIN = Text(
    "Der Kreis teilt Gelände, Luftbild und Breitbandatlas mit allen.",
    "The district shares its terrain, aerial photograph and broadband atlas with everyone.",
)
_SCENARIO = Text(
    "Szenario „{title}“: dreißig Häuser, eine Scheune entfällt.", "Scenario “{title}”: thirty houses, a barn goes."
)
_ALERTS = Text("Offene Warnungen: {count} ({names}).", "Open alerts: {count} ({names}).")
_DONE = Text(
    "Der Musterkreis steht nach {seconds:.0f} s: {home}", "The Musterkreis stands after {seconds:.0f} s: {home}"
)
_NO_MAP = Text(
    "Dieser Installation fehlt der Befehl 'serve'; die Daten sind mit 'twin sql' und Python da.",
    "This installation has no command 'serve'; the data is there for 'twin sql' and Python.",
)
_USUAL_HOME = Path("twin-home")
_DEMO_HOME = Path("twin-demo")


@command("demo", text=_ABOUT, examples=_EXAMPLES, reports=True)
@option("--folder", type=click.Path(file_okay=False, path_type=Path), default=None, text=_FOLDER)
@option("--serve/--no-serve", default=True, text=_SERVE)
@option("--live/--no-live", default=True, text=_LIVE)
@option("--port", type=click.IntRange(1, 65_535), default=5006, show_default=True, text=_PORT)
@option("--fresh", is_flag=True, text=_FRESH)
@click.pass_obj
def COMMAND(session: Session, *, folder: Path | None, serve: bool, live: bool, port: int, fresh: bool) -> int:  # noqa: N802 – discovery's word
    """Make the demo district's twin, and show it."""
    from ingest.demo.deliveries import renew  # noqa: PLC0415 – other commands answer without making up a district

    started = time.monotonic()
    if session.home == _USUAL_HOME:
        # Nobody wants the made-up district in the folder of the real one.
        session.home = _DEMO_HOME
    place = folder or session.home.resolve().parent / "demo-deliveries"
    _check(session.home, fresh)
    files = renew(place, lambda text: session.err.print(str(text), markup=False))
    session.err.print(_WRITTEN.format(folder=place), markup=False)
    report = _fill(session, files)

    def show(console: Console) -> None:
        report.print(console)
        console.print(_DONE.format(seconds=time.monotonic() - started, home=session.home), markup=False)

    session.report({"home": str(session.home), "folder": str(place), **report.as_dict()}, show)
    if not report.succeeded:
        return 1
    return _serve(session, port, live=live) if serve else 0


def _check(home: Path, fresh: bool) -> None:
    """Keep away from a twin that is not the demo's; remove the demo's own if a fresh one is wanted."""
    try:
        with twin.open(home) as found:
            district = str(found.registry.setting("district"))
            name = str(found.registry.setting("district_name") or district)
    except NotAHome:
        return
    if district != DISTRICT:
        raise HomeExists(path=home, district=name)
    if fresh:
        shutil.rmtree(home)


def _fill(session: Session, files: list[Path]) -> Report:
    """Make or open the twin, record who shares what, and ingest `files`, boundaries first."""
    from ingest.demo.deliveries import MAPPINGS  # noqa: PLC0415 – as above
    from ingest.demo.readings_files import is_readings  # noqa: PLC0415 – as above
    from ingest.demo.watching import save_rules  # noqa: PLC0415 – as above

    try:
        made = twin.open(session.home)
    except NotAHome:
        made = twin.init(session.home, DISTRICT, DISTRICT_NAME)
    watched = ProgressBar(session.err) if session.shows_progress else nullcontext(Nobody())
    with made as t:
        with watched as watch:
            report = ingest(t, [str(files[0])], watch=watch)
        _join(session, t)
        for mappings in MAPPINGS.values():
            for mapping in mappings():
                save(t, Mapping.from_dict(mapping), DISTRICT)
        # Rules are about what lands after them.
        save_rules(t)
        watched = ProgressBar(session.err) if session.shows_progress else nullcontext(Nobody())
        with watched as watch:
            # The text tile and the trees cannot name their CRS.
            plain = Request(Options(crs="EPSG:25832"))
            rest = ingest(t, [str(file) for file in files[1:] if not is_readings(file)], plain, watch)
            # Readings come without options, as the feed brings them: what it repeats is then known.
            series = ingest(t, [str(file) for file in files if is_readings(file)], watch=watch)
        if rest.succeeded and draw_up(t):
            session.err.print(_SCENARIO.format(title=TITLE), markup=False)
        if series.succeeded:
            _tell(session, t)
    report.deliveries += rest.deliveries + series.deliveries
    return report


def _join(session: Session, t: twin.Twin) -> None:
    joined = {ags for ags, layer in t.visible() if layer != "municipality"}
    if DISTRICT not in joined:
        t.join(DISTRICT, list(DISTRICT_LAYERS), "open", purpose=_PURPOSE, granted_by=f"{DISTRICT_NAME}, Vermessungsamt")
        session.err.print(str(_TERRAIN), markup=False)
    for own in MUNICIPALITIES:
        if not own.audience:
            session.err.print(_ABSENT.format(name=own.name), markup=False)
        elif own.ags not in joined:
            for audience, shared in CONSENTS[own.ags].items():
                t.join(
                    own.ags, list(shared), cast(Audience, audience), purpose=_PURPOSE,
                    granted_by=f"{own.kind} {own.name}, Rat",
                )  # fmt: skip
                words = {"name": own.name, "audience": audience, "layers": ", ".join(shared)}
                session.err.print(_JOINED.format(**words), markup=False)


def _tell(session: Session, t: twin.Twin) -> None:
    look(t)
    with t.registry.read() as transaction:
        told = alerts(transaction, open_only=True)
    session.err.print(
        _ALERTS.format(count=len(told), names=", ".join(sorted({alert.name for alert in told}))), markup=False
    )


def _serve(session: Session, port: int, *, live: bool) -> int:
    from ingest.demo.live import at_work  # noqa: PLC0415 – as above

    found = discover("COMMAND").get("serve")
    if found is None:
        session.err.print(str(_NO_MAP), markup=False)
        return 0
    # The county's view of all that is shared with it; the data page is that of the first town.
    words = ["--port", str(port), "--as", "county", "--steward", MUNICIPALITIES[0].ags]
    with at_work(session.home) if live else nullcontext():
        code = found.main(words, prog_name="twin serve", standalone_mode=False, obj=session)
    return code if isinstance(code, int) else 0
