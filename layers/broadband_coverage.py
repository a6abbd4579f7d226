"""Broadband by municipality: shares of households per technology and speed, as the federal atlas publishes them."""

from twin.language import Text
from twin.layer import Column, Layer

LAYER = Layer(
    name="broadband_coverage",
    title=Text("Breitband je Gemeinde", "Broadband by municipality"),
    row=Text(
        "der Anteil der Haushalte einer Gemeinde mit einer Technik ab einer Rate",
        "the share of a municipality's households with a technology from a rate on",
    ),
    description=Text(
        "Amtliche, offene Eckdaten des Breitbandatlas: private Haushalte. Klassen schließen die höheren ein. Gemeindefreie Gebiete ohne Haushalte haben überall 0.",
        "Official open figures of the federal broadband atlas: private households. Classes include the higher ones. Areas without households have 0 throughout.",
    ),
    columns=(
        Column(
            "broadband_coverage_id",
            "VARCHAR",
            Text("Kennung", "Id"),
            note=Text("Gemeinde, Stand, Technik und Rate.", "Municipality, date, technology and rate."),
        ),
        Column("technology", "VARCHAR", Text("Technik", "Technology"), codes="broadband_technology"),
        Column("download", "DOUBLE", Text("Download mindestens", "Download at least"), unit="Mbit/s"),
        Column(
            "share",
            "DOUBLE",
            Text("Anteil der Haushalte", "Share of households"),
            unit="1",
            note=Text("0 bis 1.", "0 to 1."),
        ),
        Column(
            "date",
            "DATE",
            Text("Stand", "As of"),
            note=Text(
                "Aus dem Dateinamen (Mitte: 30.6., Ende: 31.12.); leer, wo er keinen nennt.",
                "From the file's name (Mitte: 30 June, Ende: 31 December); empty where it says none.",
            ),
        ),
        Column(
            "dialect",
            "VARCHAR",
            Text("Fassung", "Edition"),
            note=Text(
                "Welche Fassung der Veröffentlichung die Spalten nennt.",
                "Which edition of the publication names the columns.",
            ),
        ),
    ),
    key=("broadband_coverage_id",),
    consent="municipality",
    placement="district",
    reference="Breitbandatlas des Bundes",
)
