"""Broadband by address: which line is to be had where, and whether fibre lies in the house already."""

from twin.language import Text
from twin.layer import Column, Layer
from twin.style import Classes, ColourClass, Pin, Ramp, Style

SPEEDS = Ramp(
    name="broadband_download",
    title=Text("Breitband: Download", "Broadband: download"),
    column="download",
    stops=((0.0, "#B23A48"), (30.0, "#E07A3F"), (100.0, "#E9C46A"), (500.0, "#7FB069"), (1000.0, "#2A7F9E")),
)

TECHNOLOGIES = Classes(
    name="broadband_technology",
    title=Text("Breitband: Technik", "Broadband: technology"),
    column="technology",
    classes=(
        ColourClass(Text("Glasfaser (FTTB/H)", "Fibre (FTTB/H)"), "#2A7F9E", ("fibre",)),
        ColourClass(Text("Kabel (HFC)", "Cable (HFC)"), "#7FB069", ("cable",)),
        ColourClass(Text("VDSL (FTTC)", "VDSL (FTTC)"), "#E9C46A", ("vdsl",)),
        ColourClass(Text("DSL", "DSL"), "#E9A23B", ("dsl",)),
        ColourClass(Text("Funk und Satellit", "Radio and satellite"), "#9A7AA0", ("mobile", "radio", "satellite")),
        ColourClass(Text("keine Leitung", "no line"), "#B23A48", ("none",)),
        ColourClass(Text("Sonstige", "Other"), "#8C8C88"),
    ),
)

LAYER = Layer(
    name="broadband",
    title=Text("Breitband je Adresse", "Broadband by address"),
    row=Text(
        "ein Anschluss einer Technik und eines Anbieters an einer Adresse",
        "a line of one technology and provider at one address",
    ),
    description=Text(
        "Was an einer Adresse verfügbar ist, aus Gigabit-Grundbuch, Markterkundung oder einer Studie des Kreises. Eine Adresse kann mehrere Zeilen haben: "
        "für Lücken zählt die beste. Förderfähigkeit wird hier nicht entschieden; Raten, Glasfaser im Haus und zugesagter Ausbau stehen dafür bereit.",
        "What is to be had at an address, from the federal Gigabit-Grundbuch, a market enquiry or a county's study. An address may have several rows: gaps are a matter "
        "of the best. Eligibility is not decided here; rates, fibre in the house and committed upgrades are there for it.",
    ),
    columns=(
        Column(
            "broadband_id",
            "VARCHAR",
            Text("Kennung", "Id"),
            note=Text(
                "Adresskennung oder Adresse, Technik und Anbieter.", "Address id or address, technology and provider."
            ),
        ),
        Column(
            "address_id",
            "VARCHAR",
            Text("Adresskennung", "Address id"),
            note=Text("Leer, wo die Quelle keine nennt.", "Empty where the source names none."),
        ),
        Column(
            "address",
            "VARCHAR",
            Text("Adresse", "Address"),
            note=Text(
                "Straße und Hausnummer, PLZ und Ort, soweit genannt.",
                "Street and house number, postcode and place, as far as named.",
            ),
        ),
        Column("technology", "VARCHAR", Text("Technik", "Technology"), codes="broadband_technology"),
        Column("technology_source", "VARCHAR", Text("Technik im Wortlaut", "Technology as written")),
        Column(
            "download",
            "DOUBLE",
            Text("Download", "Download"),
            unit="Mbit/s",
            note=Text(
                "Höchste angebotene Rate; 0, wo es keine Leitung gibt.",
                "Highest rate offered; 0 where there is no line.",
            ),
        ),
        Column(
            "upload",
            "DOUBLE",
            Text("Upload", "Upload"),
            unit="Mbit/s",
            note=Text("Leer, wo die Quelle keinen nennt.", "Empty where the source names none."),
        ),
        Column(
            "fibre",
            "BOOLEAN",
            Text("Glasfaser im Haus", "Fibre in the house"),
            note=Text(
                "FTTB oder FTTH; wo die Quelle es nicht sagt, aus der Technik. Leer, wo beides fehlt.",
                "FTTB or FTTH; where the source does not say, from the technology. Empty where both are missing.",
            ),
        ),
        Column("provider", "VARCHAR", Text("Anbieter", "Provider")),
        Column(
            "households",
            "INTEGER",
            Text("Haushalte", "Households"),
            unit="1",
            note=Text(
                "An der Adresse; leer, wo die Quelle keine nennt.", "At the address; empty where the source names none."
            ),
        ),
        Column(
            "planned_until",
            "DATE",
            Text("Ausbau zugesagt bis", "Upgrade committed until"),
            note=Text(
                "Bis wann jemand eine bessere Leitung zugesagt hat (Markterkundung); von einem Jahr allein der letzte Tag. Leer: niemand.",
                "Until when somebody has committed to a better line (market enquiry); of a year alone its last day. Empty: nobody.",
            ),
        ),
        Column(
            "date",
            "DATE",
            Text("Stand", "As of"),
            note=Text("Von einem Jahr allein der letzte Tag.", "Of a year alone its last day."),
        ),
        Column("geom", "GEOMETRY", Text("Lage", "Position")),
    ),
    key=("broadband_id",),
    geometry="point",
    style=Style(
        colour="#2A7F9E",
        order=62,
        visible=False,
        themes=(SPEEDS, TECHNOLOGIES),
        group="utility",
        shapes=(Pin(reach=4000.0, icon="wifi", dots=True),),
        label=("address", "provider"),
    ),
    reference="Gigabit-Grundbuch des Bundes; Gigabit-Rahmenregelung des Bundes",
)
