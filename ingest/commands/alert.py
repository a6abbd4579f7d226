"""``twin alert``: say what somebody wants to be told of readings, and see what there was to tell."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ingest.alert.condition import completed, condition, described, number, severity
from ingest.alert.message import try_out
from ingest.commands.alert_told import history_command, seen_command, status_command
from twin.alerts.rule import AlertRule, demand_sense, forget_rule, rules, save_rule
from twin.command import Command, Session, command, option
from twin.command_group import Group
from twin.errors import AlertError, UnknownName
from twin.language import Text, language

_KEPT = Text(
    "Melderegel „{name}“ von {ags} gespeichert ({sensors} Sensoren).",
    "Alert rule “{name}” of {ags} is kept ({sensors} sensors).",
)
_GONE = Text("Melderegel „{name}“ von {ags} gelöscht.", "Alert rule “{name}” of {ags} is removed.")
_NO_RULES = Text("Keine Melderegeln.", "No alert rules.")
_NO_CHANNEL = Text(
    "sie nennt weder Webhook noch E-Mail: Meldungen stehen nur im Zwilling.",
    "it names neither webhook nor e-mail: alerts are shown in the twin only.",
)
_SENT = Text("{channel}: gesendet", "{channel}: sent")
_NOT_SENT = Text("{channel}: {problem}", "{channel}: {problem}")
_ALL = Text("alle", "all")
_SILENT = Text(
    "Melden, wenn so lange nichts kommt: 90s, 30m, 2h, 1d.", "Tell when nothing comes for so long: 90s, 30m, 2h, 1d."
)
_RELEASE = Text(
    "Erst hier endet die Meldung [Vorgabe: an der Schwelle].", "The alert ends only here [default: at the threshold]."
)
_UNIT = Text(
    "Einheit der Schwelle; Messwerte in anderen werden umgerechnet.",
    "Unit of the threshold; readings in others are converted.",
)
_SECRET = Text(
    "Wo der Schlüssel des Webhooks liegt: env:NAME oder file:/Pfad.",
    "Where the webhook's token is: env:NAME or file:/path.",
)
_SIGN = Text(
    "Mit dem Schlüssel unterschreiben (HMAC), statt ihn zu senden.", "Sign with the secret (HMAC) rather than send it."
)
_ABOVE = Text("Melden, wenn ein Messwert größer ist.", "Tell when a reading is greater.")
_BELOW = Text("Melden, wenn ein Messwert kleiner ist.", "Tell when a reading is less.")
_PROPERTY = Text("Alle Sensoren einer Messgröße, etwa water_level.", "All sensors of a property, such as water_level.")
_SEVERITY = Text("Wie ernst es ist [warning].", "How bad it is [warning].")


@command(
    "add",
    text=Text(
        "Eine Melderegel speichern: Schwelle oder Stille, eines Sensors oder aller einer Messgröße. Eine gleichen "
        "Namens wird ersetzt. Schwellen gelten in der Einheit des Sensors.",
        "Keep an alert rule: threshold or silence, of a sensor or of all of a property. One of the same name is "
        "replaced. Thresholds are in the sensor's unit.",
    ),
    examples=(
        "twin alert add 05974040 Hochwasser --sensor pegel:1 --above 350 --release 300 --email wache@example.org",
        "twin alert add 05974040 Hitze --property air_temperature --above 35",
        "twin alert add 05974 Ausfall --silent 2h --webhook https://example.org/hook --secret env:TWIN_HOOK",
    ),
    reports=True,
)
@click.argument("ags", metavar="AGS")
@click.argument("name", metavar="NAME")
@option("--sensor", default="", metavar="ID", text=Text("Ein Sensor.", "One sensor."))
@option("--property", "observed_property", default="", metavar="PROPERTY", text=_PROPERTY)
@option("--above", default=None, metavar="X", text=_ABOVE)
@option("--below", default=None, metavar="X", text=_BELOW)
@option("--silent", default=None, metavar="TIME", text=_SILENT)
@option("--release", default=None, metavar="Y", text=_RELEASE)
@option("--unit", default="", metavar="UCUM", text=_UNIT)
@option("--severity", default="warning", type=click.Choice(["warning", "alarm"]), text=_SEVERITY)
@option("--webhook", default="", metavar="URL", text=Text("Wohin gemeldet wird.", "Where to tell."))
@option("--email", default="", metavar="ADDRESS", text=Text("Wem geschrieben wird.", "Whom to write to."))
@option("--secret", default="", metavar="REF", text=_SECRET)
@option("--sign", is_flag=True, text=_SIGN)
@option("--by", default="", metavar="NAME", text=Text("Wer es so will.", "Who wants it so."))
@click.pass_obj
def add_command(session: Session, /, **said: Any) -> None:
    """Keep a rule."""
    kind, threshold, silence = condition(said["name"], said["above"], said["below"], said["silent"])
    release = None if said["release"] is None else number(said["name"], said["release"])
    rule = AlertRule(
        said["ags"], said["name"], kind, sensor_id=said["sensor"], observed_property=said["observed_property"],
        threshold=threshold, release=release, unit=said["unit"], silence=silence, severity=said["severity"],
        webhook=said["webhook"], email=said["email"], secret=said["secret"], signed=said["sign"], saved_by=said["by"],
    )  # fmt: skip
    with session.open() as twin:
        demand_sense(rule)
        whole, count = completed(twin, rule)
        kept = save_rule(twin.registry, whole)
    session.report(
        {**asdict(kept), "sensors": count},
        lambda console: console.print(_KEPT.format(name=kept.name, ags=kept.ags, sensors=count), markup=False),
        remark=True,
    )


@command("list", text=Text("Melderegeln nennen.", "List the alert rules."), reports=True)
@option("--ags", default="", metavar="KEY", text=Text("Nur die einer Gemeinde.", "Only those of a municipality."))
@click.pass_obj
def list_command(session: Session, *, ags: str) -> None:
    """List rules."""
    with session.open() as twin, twin.registry.read() as transaction:
        found = rules(transaction, ags)

    def show(console: Console) -> None:
        if not found:
            console.print(str(_NO_RULES))
            return
        words = (Text("Sensoren", "sensors"), Text("meldet", "tells"), Text("Stufe", "severity"), Text("wem", "whom"))
        table = Table("AGS", "Name", *map(str, words), box=None)
        for one in found:
            said = described(one, one.unit, language())
            about = one.sensor_id or one.observed_property or str(_ALL)
            table.add_row(
                one.ags, *map(escape, (one.name, about, said, severity(one, language()))), ", ".join(one.channels)
            )
        console.print(table)

    session.report({"rules": [asdict(one) for one in found]}, show)


@command(
    "remove",
    text=Text("Eine Melderegel löschen; was gemeldet wurde, bleibt.", "Remove an alert rule; what was told stays."),
    reports=True,
)
@click.argument("ags", metavar="AGS")
@click.argument("name", metavar="NAME")
@click.pass_obj
def remove_command(session: Session, *, ags: str, name: str) -> None:
    """Remove a rule."""
    with session.open() as twin:
        forget_rule(twin.registry, ags, name)
    session.report(
        {"ags": ags, "name": name},
        lambda console: console.print(_GONE.format(ags=ags, name=name), markup=False),
        remark=True,
    )


@command(
    "test",
    text=Text(
        "Eine Probe an alle Empfänger einer Melderegel senden.", "Send a test to all receivers of an alert rule."
    ),
    reports=True,
)
@click.argument("ags", metavar="AGS")
@click.argument("name", metavar="NAME")
@click.pass_context
def test_command(context: click.Context, *, ags: str, name: str) -> None:
    """Send a test."""
    session: Session = context.obj
    with session.open() as twin, twin.registry.read() as transaction:
        known = rules(transaction, ags)
    rule = next((one for one in known if one.name == name), None)
    if rule is None:
        raise UnknownName(kind="alert rule", name=name, known=", ".join(one.name for one in known) or "–")
    if not rule.channels:
        raise AlertError(rule=name, problem=_NO_CHANNEL)
    found = try_out(rule)

    def show(console: Console) -> None:
        for one in found:
            said = _SENT if one.problem is None else _NOT_SENT
            console.print(said.format(channel=one.channel, problem=one.problem), markup=False)

    data = [{"channel": one.channel, "problem": None if one.problem is None else str(one.problem)} for one in found]
    session.report({"sent": data}, show)
    if any(one.problem is not None for one in found):
        context.exit(1)


COMMAND: Command = Group(
    "alert",
    text=Text(
        "Meldungen: wenn ein Messwert eine Schwelle passiert oder ein Sensor schweigt. Sie stehen im Zwilling und "
        "gehen an Webhook und E-Mail.",
        "Alerts: when a reading passes a threshold or a sensor falls silent. They are shown in the twin and sent by "
        "webhook and e-mail.",
    ),
    examples=("twin alert add 05974040 Hochwasser --sensor pegel:1 --above 350 --release 300", "twin alert status"),
    commands=(
        add_command,
        list_command,
        status_command,
        history_command,
        seen_command,
        remove_command,
        test_command,
    ),
)
