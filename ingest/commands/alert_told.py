"""``twin alert status``, ``history`` and ``seen``: what there was to tell."""

from __future__ import annotations

from dataclasses import asdict

import click
from rich.console import Console

from ingest.alert.condition import described, severity
from ingest.alert.place import Place, places
from ingest.alert.quantity import amount, clock
from twin.alerts.alert import Alert, acknowledge, alerts
from twin.command import Session, command, option
from twin.language import Text, language

_SEEN = Text("Zur Kenntnis genommen: {alert_id}.", "Acknowledged: {alert_id}.")
_NO_ALERTS = Text("Keine Meldungen.", "No alerts.")
_GIVEN_UP = Text("nicht zugestellt", "not delivered")
_SEEN_BY = Text("gesehen von {who}, {moment}", "seen by {who}, {moment}")
_OPEN = Text("offen", "open")


@command("status", text=Text("Offene Meldungen nennen.", "List the alerts that are open."), reports=True)
@option("--ags", default="", metavar="KEY", text=Text("Nur die einer Gemeinde.", "Only those of a municipality."))
@click.pass_obj
def status_command(session: Session, *, ags: str) -> None:
    """List open alerts."""
    _list(session, ags, open_only=True, limit=1000)


@command(
    "history",
    text=Text("Meldungen nennen, auch die vorüber sind.", "List alerts, also those that are over."),
    reports=True,
)
@option("--ags", default="", metavar="KEY", text=Text("Nur die einer Gemeinde.", "Only those of a municipality."))
@option(
    "--limit", default=100, type=click.IntRange(1, 100_000), metavar="N", text=Text("So viele [100].", "So many [100].")
)
@click.pass_obj
def history_command(session: Session, *, ags: str, limit: int) -> None:
    """List alerts."""
    _list(session, ags, open_only=False, limit=limit)


@command("seen", text=Text("Eine Meldung zur Kenntnis nehmen.", "Acknowledge an alert."), reports=True)
@click.argument("alert_id", metavar="ALERT_ID")
@option("--by", default="", metavar="NAME", text=Text("Wer.", "Who."))
@click.pass_obj
def seen_command(session: Session, *, alert_id: str, by: str) -> None:
    """Acknowledge an alert."""
    with session.open() as twin:
        found = acknowledge(twin, alert_id, by)
    session.report(
        asdict(found), lambda console: console.print(_SEEN.format(alert_id=alert_id), markup=False), remark=True
    )


def _list(session: Session, ags: str, *, open_only: bool, limit: int) -> None:
    with session.open() as twin:
        with twin.registry.read() as transaction:
            found = alerts(transaction, ags, open_only=open_only, limit=limit)
        where = places(twin, {(one.ags, one.sensor_id) for one in found})

    def show(console: Console) -> None:
        if not found:
            console.print(str(_NO_ALERTS))
            return
        for one in found:
            for line in _lines(one, where[one.ags, one.sensor_id]):
                console.print(_plain(line), markup=False)

    session.report(
        {"alerts": [asdict(one) | {"place": where[one.ags, one.sensor_id].content()} for one in found]}, show
    )


def _lines(alert: Alert, place: Place) -> tuple[str, str]:
    """What an alert is about; and since when, until when, and by which id it is acknowledged."""
    said = described(alert, place.unit, language())
    if alert.kind != "silent":
        said = f"{amount(alert.extreme, place.unit, language())} ({said})"
    where = f"{place.title}, {place.where}" if place.where else place.title
    since = clock(alert.phenomenon_time or alert.opened_at, language())
    until = str(_OPEN) if alert.is_open else clock(alert.phenomenon_end or alert.closed_at, language())
    seen = _SEEN_BY.format(who=alert.seen_by or "–", moment=clock(alert.seen_at, language())) if alert.seen_at else ""
    more = [one for one in (seen, str(_GIVEN_UP) if alert.undelivered else "") if one]
    return (
        f"{severity(alert, language())}  {alert.name}  {where}: {said}",
        "  ".join(["   ", f"{since} – {until}", *more, f"[{alert.alert_id}]"]),
    )


def _plain(text: str) -> str:
    return "".join(one if one.isprintable() else " " for one in text)
