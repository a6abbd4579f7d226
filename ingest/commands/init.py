"""``twin init``: make a twin."""

from __future__ import annotations

import json
from dataclasses import asdict

import click
from rich.console import Console

import twin
from ingest.job import ingest
from ingest.report import Report
from twin.command import Session, command, option
from twin.home import CONFIG
from twin.language import Text

_ABOUT = Text(
    "Einen Zwilling anlegen. Die Gemeinden des Kreises Soest (05974) sind bekannt; die eines anderen Kreises kommen "
    "mit --boundaries oder, eine nach der anderen, mit 'twin join KEY --name …'.",
    "Make a twin. The municipalities of Kreis Soest (05974) are known; those of another district come with "
    "--boundaries or, one by one, with 'twin join KEY --name …'.",
)
_DISTRICT = Text("Kreisschlüssel, 5 Stellen.", "Key of the district, 5 digits.")
_NAME = Text("Name des Kreises.", "Name of the district.")
_BOUNDARIES = Text("Gemeindegrenzen, die gleich eingelesen werden.", "Municipal boundaries to ingest at once.")
_REGISTRY = Text(
    "Register auf einem PostgreSQL-Server statt im Ordner: postgresql+psycopg://NUTZER@HOST/DATENBANK; "
    "das Passwort steht in ~/.pgpass.",
    "Registry on a PostgreSQL server rather than in the folder: postgresql+psycopg://USER@HOST/DATABASE; "
    "the password is in ~/.pgpass.",
)
_DONE = Text(
    "Zwilling von {name} ({district}) mit {count} Gemeinden: {home}",
    "Twin of {name} ({district}) with {count} municipalities: {home}",
)
_WRONG = Text("ein Kreisschlüssel hat 5 Ziffern", "a district's key has 5 digits")


@command("init", text=_ABOUT, examples=("twin init --district 05974",), reports=True)
@option("--district", required=True, metavar="KEY", text=_DISTRICT)
@option("--name", default="", text=_NAME)
@option("--boundaries", default="", metavar="FILE|URL", text=_BOUNDARIES)
@option("--registry", default="", metavar="URL", text=_REGISTRY)
@click.pass_obj
def COMMAND(session: Session, *, district: str, name: str, boundaries: str, registry: str) -> int:  # noqa: N802 – discovery's word
    """Make a twin, and ingest its boundaries."""
    if not (len(district) == 5 and district.isdecimal()):
        raise click.BadParameter(str(_WRONG), param_hint="--district")
    report = Report()
    config = CONFIG.replace('registry = ""', f"registry = {json.dumps(registry)}")
    with twin.init(session.home, district, name, config) as made:
        if boundaries:
            report = ingest(made, [boundaries])
        found = {
            "home": str(made.home.path),
            "district": district,
            "name": made.registry.setting("district_name"),
            "municipalities": [asdict(one) for one in made.municipalities()],
            **report.as_dict(),
        }

    def show(console: Console) -> None:
        report.print(console)
        count = len(found["municipalities"])
        console.print(
            _DONE.format(name=found["name"], district=district, count=count, home=found["home"]), markup=False
        )

    session.report(found, show, remark=True)
    return 0 if report.succeeded or not boundaries else 1
