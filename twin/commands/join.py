"""``twin join``: record what a municipality shares."""

from __future__ import annotations

from datetime import datetime

import click
from rich.console import Console

from twin.command import Session, command, demand_key, option
from twin.consent import AUDIENCES, Audience
from twin.language import Text

_ABOUT = Text(
    "Festhalten, was eine Gemeinde teilt, mit wem, wofür und wie lange; ihr Datenraum entsteht dabei. Eine spätere "
    "Zustimmung zu derselben Ebene und demselben Zweck ersetzt die frühere.",
    "Record what a municipality shares, with whom, what for and how long; its lake is made. A later consent to the "
    "same layer and purpose replaces the earlier one.",
)
_EXAMPLES = (
    "twin join 05974040 --layer building --layer parcel --audience district",
    "twin join 05974099 --name Musterdorf --layer all --audience open",
)
_NAME = Text("Name einer Gemeinde, die keine Liste kennt.", "Name of a municipality that no list knows.")
_LAYER = Text("Ebene, mehrfach möglich; all für alle.", "Layer, may be repeated; all for every one.")
_AUDIENCE = Text(
    "Mit wem: eigenes Personal, alle Teilnehmer und der Kreis, alle.",
    "With whom: own staff, all participants and the county, everyone.",
)
_PURPOSE = Text("Wofür.", "What for.")
_FROM = Text("Ab wann, ISO 8601.", "From when, ISO 8601.")
_UNTIL = Text("Ab wann nicht mehr, ISO 8601.", "From when no more, ISO 8601.")
_GRANTED_BY = Text("Wer es gesagt hat (Amt oder Rolle).", "Who said so (office or role).")
_DONE = Text("{name} ({ags}) teilt {layers} mit: {audience}.", "{name} ({ags}) shares {layers} with: {audience}.")
_SINCE = Text(" Ab {moment:%Y-%m-%d %H:%M}.", " From {moment:%Y-%m-%d %H:%M}.")
_TILL = Text(" Bis {moment:%Y-%m-%d %H:%M}.", " Until {moment:%Y-%m-%d %H:%M}.")
_NEVER = Text("liegt nicht nach --from: die Zustimmung gälte nie", "is not after --from: the consent would never hold")
_MOMENT = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])


@command("join", text=_ABOUT, examples=_EXAMPLES, reports=True)
@click.argument("ags", metavar="KEY")
@option("--name", default="", text=_NAME)
@option("--layer", "layers", multiple=True, required=True, metavar="LAYER|all", text=_LAYER)
@option("--audience", required=True, type=click.Choice(AUDIENCES), text=_AUDIENCE)
@option("--purpose", default="", text=_PURPOSE)
@option("--from", "valid_from", type=_MOMENT, metavar="DATE", text=_FROM)
@option("--until", "valid_until", type=_MOMENT, metavar="DATE", text=_UNTIL)
@option("--granted-by", default="", text=_GRANTED_BY)
@click.pass_obj
def COMMAND(  # noqa: N802 – discovery's word
    session: Session,
    *,
    ags: str,
    name: str,
    layers: tuple[str, ...],
    audience: Audience,
    purpose: str,
    valid_from: datetime | None,
    valid_until: datetime | None,
    granted_by: str,
) -> None:
    """Record what a municipality shares."""
    demand_key(ags, "KEY")
    if valid_from and valid_until and valid_until <= valid_from:
        raise click.BadParameter(str(_NEVER), param_hint="--until")
    with session.open() as twin:
        twin.join(
            ags,
            layers,
            audience,
            name=name,
            purpose=purpose,
            valid_from=valid_from,
            valid_until=valid_until,
            granted_by=granted_by,
        )
        names = {one.ags: one.name for one in twin.municipalities()}
        names.setdefault(twin.district, str(twin.registry.setting("district_name") or twin.district))
    found = {"ags": ags, "name": names.get(ags, ""), "layers": list(layers), "audience": audience}

    def show(console: Console) -> None:
        shared = ", ".join(layers)
        bounds = [(_SINCE, valid_from), (_TILL, valid_until)]
        validity = "".join(text.format(moment=moment) for text, moment in bounds if moment)
        told = _DONE.format(name=found["name"], ags=ags, layers=shared, audience=audience)
        console.print(told + validity, markup=False)

    session.report(found, show, remark=True)
