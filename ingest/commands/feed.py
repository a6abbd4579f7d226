"""``twin feed``: declare feeds of readings, see how they fare, let them run."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ingest.commands.feed_run import once_command, run_command
from ingest.feed.clock import Clock
from ingest.feed.health import health_of
from ingest.feed.health_page import STATES
from ingest.feed.member import Member
from ingest.feed.setting import completed, source_of, try_out
from ingest.outside.secret import secret as secret_of
from ingest.source import Source
from twin.command import Command, Session, command, option
from twin.command_group import Group
from twin.discovery import discover
from twin.errors import FeedError, SecretError, UnknownName
from twin.feeds.feed import Feed, feeds, forget_feed, save_feed
from twin.feeds.state import feed_states
from twin.language import Text
from twin.number import grouped

if TYPE_CHECKING:
    from twin import Twin

_AGS = Text("Nur die einer Gemeinde oder des Kreises.", "Only those of a municipality or the district.")
_SOURCE = Text("Quelle; 'twin feed sources' nennt sie.", "Source; 'twin feed sources' lists them.")
_URL = Text("Kurz für --option url=…", "Short for --option url=…")
_OPTION = Text(
    "Was die Quelle wissen muss, mehrfach möglich: name=Wert.",
    "What the source has to know, may be repeated: name=value.",
)
_SECRET = Text(
    "Wo Passwort oder Token steht: env:NAME oder file:/Pfad (Rechte 600). Nie das Geheimnis selbst.",
    "Where password or token is: env:NAME or file:/path (mode 600). Never the secret itself.",
)
_EVERY = Text(
    "Abstand der Abfragen in Sekunden [Vorgabe: der Quelle].",
    "Interval between askings in seconds [default: source's].",
)
_BAD_OPTION = Text("„{word}“: erwartet name=Wert", "“{word}”: expected name=value")
_USER = Text(
    "Option „{name}“ enthält Zugangsdaten; sie gehören nach --secret.",
    "option “{name}” holds a user or password; they belong into --secret.",
)
_ADDED = Text("Datenstrom „{name}“ von {ags} angelegt.", "Feed “{name}” of {ags} declared.")
_REMOVED = Text(
    "Datenstrom „{name}“ von {ags} entfernt; was er gebracht hat, bleibt.",
    "Feed “{name}” of {ags} removed; what it has brought stays.",
)
_PAUSED = Text("Datenstrom „{name}“ von {ags} angehalten.", "Feed “{name}” of {ags} paused.")
_RESUMED = Text("Datenstrom „{name}“ von {ags} läuft wieder.", "Feed “{name}” of {ags} runs again.")
_NO_SECRET_YET = Text("Hinweis: {problem}", "Note: {problem}")
_NONE = Text("Keine Datenströme angelegt.", "No feeds are declared.")
_EVERY_HEAD = Text("Abstand [s]", "Every [s]")
_STATE = Text("Zustand", "State")
_NEEDED = Text("nötig", "required")
_DEFAULT = Text("Vorgabe", "default")
_SECRET_HEAD = Text("Geheimnis", "Secret")


@command(
    "add",
    text=Text(
        "Einen Datenstrom anlegen, oder einen gleichen Namens ersetzen. AGS ist die Gemeinde, der alle seine Messwerte "
        "gehören, oder der Kreis: dann gehören sie, wo ihre Sensoren stehen.",
        "Declare a feed, or replace the one of the same name. AGS is the municipality that all its readings belong to, "
        "or the district: they then belong where their sensors stand.",
    ),
    examples=(
        "twin feed add 05974 kanal --source pegel_online --option stations=HAMM",
        "twin feed add 05974040 ablage --source folder --option path=/srv/ablage --every 60",
        "twin feed add 05974 luft --source sensor_things --url https://sta.example.org/v1.1 --secret env:LUFT_TOKEN",
    ),
    reports=True,
)
@click.argument("ags", metavar="AGS")
@click.argument("name", metavar="NAME")
@option("--source", "source", required=True, metavar="SOURCE", text=_SOURCE)
@option("--url", default="", metavar="URL", text=_URL)
@option("--option", "options", multiple=True, metavar="NAME=VALUE", text=_OPTION)
@option("--secret", "reference", default="", metavar="env:NAME|file:/PATH", text=_SECRET)
@option("--every", type=int, metavar="SECONDS", text=_EVERY)
@click.pass_obj
def add_command(
    session: Session,
    *,
    ags: str,
    name: str,
    source: str,
    url: str,
    options: tuple[str, ...],
    reference: str,
    every: int | None,
) -> None:
    """Check a feed against its source and keep it."""
    given = _options(name, (f"url={url}", *options) if url else options)
    feed = Feed(ags, name, source, given, reference)
    feed = replace(feed, every=source_of(feed).every if every is None else every)
    feed = replace(feed, options=completed(feed).options)
    with session.open() as twin:
        try_out(feed, twin.home)
        save_feed(twin.registry, feed)
    session.report(
        {"feed": asdict(feed)},
        lambda console: console.print(_ADDED.format(**asdict(feed)), markup=False),
        remark=True,
    )
    try:
        secret_of(reference)
    except SecretError as problem:
        # It may well be there where the runner runs.
        session.err.print(_NO_SECRET_YET.format(problem=problem), markup=False)


@command("list", text=Text("Angelegte Datenströme nennen.", "List the feeds that are declared."), reports=True)
@option("--ags", default="", metavar="KEY", text=_AGS)
@click.pass_obj
def list_command(session: Session, *, ags: str) -> None:
    """List feeds."""
    with session.open() as twin, twin.registry.read() as transaction:
        found = feeds(transaction, ags)

    def show(console: Console) -> None:
        table = Table(
            "AGS", "Name", str(Text("Quelle", "Source")), str(_EVERY_HEAD), str(Text("Angaben", "Options")), box=None
        )
        for feed in found:
            words = "  ".join(f"{name}={value}" for name, value in sorted(feed.options.items()))
            paused = "" if feed.enabled else f" ({STATES['paused']})"
            table.add_row(feed.ags, escape(feed.name) + paused, feed.source, str(feed.every), escape(words))
        console.print(table if found else str(_NONE))

    session.report({"feeds": [asdict(feed) for feed in found]}, show)


@command("status", text=Text("Wie es den Datenströmen geht.", "How the feeds fare."), reports=True)
@option("--ags", default="", metavar="KEY", text=_AGS)
@click.pass_obj
def status_command(session: Session, *, ags: str) -> int:
    """Show how feeds fare; exit code 1 if one is failing or late."""
    clock = Clock()
    with session.open() as twin, twin.registry.read() as transaction:
        states = feed_states(transaction, ags)
        found = [Member(feed, states.get((feed.ags, feed.name)), clock) for feed in feeds(transaction, ags)]
    health = [health_of(member, clock.monotonic()) for member in found]

    def show(console: Console) -> None:
        heads = (_STATE, Text("geantwortet", "answered"), Text("Nächster", "next"), Text("Messwerte", "readings"))
        table = Table("AGS", "Name", *map(str, heads), "Problem", box=None)
        for one in health:
            moments = [at[:19].replace("T", " ") or "–" for at in (one.succeeded_at, one.next_at)]
            words = (one.ags, one.name, str(STATES[one.status]), *moments, grouped(one.readings), str(one.problem))
            table.add_row(*map(escape, words))
        console.print(table if health else str(_NONE))

    session.report({"feeds": [one.as_dict() for one in health]}, show)
    return 1 if any(one.status in ("failing", "late") for one in health) else 0


@command(
    "remove",
    text=Text("Einen Datenstrom entfernen; was er gebracht hat, bleibt.", "Remove a feed; what it has brought stays."),
    reports=True,
)
@click.argument("ags", metavar="AGS")
@click.argument("name", metavar="NAME")
@click.pass_obj
def remove_command(session: Session, *, ags: str, name: str) -> None:
    """Forget a feed."""
    with session.open() as twin:
        forget_feed(twin.registry, ags, name)
    found = {"ags": ags, "name": name}
    session.report(found, lambda console: console.print(_REMOVED.format(**found), markup=False), remark=True)


@command("pause", text=Text("Einen Datenstrom anhalten.", "Pause a feed."), reports=True)
@click.argument("ags", metavar="AGS")
@click.argument("name", metavar="NAME")
@click.pass_obj
def pause_command(session: Session, *, ags: str, name: str) -> None:
    """Let a feed rest."""
    _enable(session, ags, name, enabled=False)


@command(
    "resume",
    text=Text(
        "Einen Datenstrom weiterlaufen lassen; er wird gleich gefragt.", "Let a feed run again; it is asked at once."
    ),
    reports=True,
)
@click.argument("ags", metavar="AGS")
@click.argument("name", metavar="NAME")
@click.pass_obj
def resume_command(session: Session, *, ags: str, name: str) -> None:
    """Let a feed run again."""
    _enable(session, ags, name, enabled=True)


@command(
    "sources",
    text=Text("Welche Quellen es gibt, was sie wissen müssen, Beispiele.", "Which sources there are, what they need."),
    reports=True,
)
@click.argument("name", metavar="[NAME]", default="")
@click.pass_obj
def sources_command(session: Session, *, name: str) -> None:
    """Explain sources."""
    found = list(discover("SOURCE").values())
    if name:
        found = [source_of(Feed("", "", name))]

    def show(console: Console) -> None:
        for source in found:
            _explain(source, console)

    session.report({"sources": [_source_as_dict(source) for source in found]}, show)


def _options(feed: str, words: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for word in words:
        name, sign, value = word.partition("=")
        if not sign or not name.strip():
            raise click.UsageError(_BAD_OPTION.format(word=word))
        found[name.strip()] = value.strip()
    for name, value in found.items():
        try:
            named = urlsplit(value).username is not None and "://" in value
        except ValueError:
            named = False
        if named:
            raise FeedError(feed=feed, problem=_USER.filled(name=name))
    return found


def _enable(session: Session, ags: str, name: str, *, enabled: bool) -> None:
    with session.open() as twin:
        feed = replace(_one(twin, ags, name), enabled=enabled)
        save_feed(twin.registry, feed)
    text = _RESUMED if enabled else _PAUSED
    _tell(session, feed, text)


def _one(twin: Twin, ags: str, name: str) -> Feed:
    with twin.registry.read() as transaction:
        known = feeds(transaction, ags)
    for feed in known:
        if feed.name == name:
            return feed
    raise UnknownName(kind="feed", name=name, known=", ".join(feed.name for feed in known) or "–")


def _tell(session: Session, feed: Feed, text: Text) -> None:
    said = text.format(**asdict(feed))
    session.report({"feed": asdict(feed)}, lambda console: console.print(said, markup=False), remark=True)


def _source_as_dict(source: Source) -> dict[str, Any]:
    return {
        "name": source.name,
        "title": asdict(source.title),
        "description": asdict(source.description),
        "every": source.every,
        "secret": asdict(source.secret) if source.secret else None,
        "options": [asdict(one) for one in source.options],
        "example": source.example,
    }


def _explain(source: Source, console: Console) -> None:
    console.print(f"[bold]{escape(source.name)}[/]  {escape(str(source.title))}")
    console.print(f"  {escape(str(source.description))}")
    for one in source.options:
        note = f" [{_NEEDED}]" if one.required else f" [{_DEFAULT}: {one.default}]" if one.default else ""
        console.print(f"  --option {escape(one.name)}=…  {escape(str(one.title) + note)}")
    if source.secret:
        console.print(f"  --secret …  {_SECRET_HEAD}: {escape(str(source.secret))}")
    console.print(f"  --every {source.every}")
    console.print(f"  [dim]{escape(source.example)}[/]\n")


COMMAND: Command = Group(
    "feed",
    text=Text(
        "Datenströme: Quellen von Messwerten, die immer wieder gefragt werden. Anlegen, ansehen, laufen lassen.",
        "Feeds: sources of readings that are asked again and again. Declare them, see how they fare, let them run.",
    ),
    examples=(
        "twin feed sources",
        "twin feed add 05974040 ablage --source folder --option path=/srv/ablage",
        "twin feed run --health 127.0.0.1:8095",
    ),
    commands=(
        *(add_command, list_command, status_command, remove_command, pause_command, resume_command),
        *(sources_command, run_command, once_command),
    ),
)
