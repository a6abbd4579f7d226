"""Statistics by municipality: one official figure of one municipality."""

from twin.language import Text
from twin.layer import Column, Layer
from twin.provenance import DL_DE_BY

LAYER = Layer(
    name="municipality_statistic",
    title=Text("Statistik je Gemeinde", "Statistics by municipality"),
    row=Text("eine Kennzahl einer Gemeinde", "a figure of a municipality"),
    description=Text(
        "Amtliche, offene Kennzahlen der Gemeinden des Kreises. Einwohner und Fläche in municipality ändern sich dadurch nicht: hier führt jede Zahl zu ihrer Lieferung zurück.",
        "Official open figures of the district's municipalities. Population and area in municipality do not change by them: here each number leads back to its delivery.",
    ),
    columns=(
        Column(
            "statistic_id",
            "VARCHAR",
            Text("Kennung", "Id"),
            note=Text("Gemeinde, Kennzahl und Stichtag.", "Municipality, figure and reference date."),
        ),
        Column("indicator", "VARCHAR", Text("Kennzahl", "Figure"), codes="statistic_indicator"),
        Column(
            "value",
            "DOUBLE",
            Text("Wert", "Value"),
            note=Text("In der Einheit der Spalte unit.", "In the unit that column unit names."),
        ),
        Column(
            "unit",
            "VARCHAR",
            Text("Einheit", "Unit"),
            note=Text("UCUM; 1 für Anzahlen und Anteile.", "UCUM; 1 for counts and shares."),
        ),
        Column(
            "date",
            "DATE",
            Text("Stichtag", "Reference date"),
            note=Text("Leer, wo die Datei keinen nennt.", "Empty where the file names none."),
        ),
    ),
    key=("statistic_id",),
    consent="municipality",
    placement="district",
    licence=DL_DE_BY,
    reference="Destatis, Gemeindeverzeichnis (GV-ISys)",
)
