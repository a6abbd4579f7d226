"""Addresses: street, house number, place, position. Never who lives there."""

from twin.language import Text
from twin.layer import Column, Layer
from twin.provenance import DL_DE_ZERO
from twin.style import Style

LAYER = Layer(
    name="address",
    title=Text("Adressen", "Addresses"),
    row=Text("eine Hausadresse", "a house address"),
    description=Text(
        "Lagebezeichnungen mit Hausnummer. Angaben zu Personen werden beim Einlesen verworfen.",
        "Addresses with house numbers. Anything about persons is dropped while reading.",
    ),
    columns=(
        Column("address_id", "VARCHAR", Text("Adresskennung", "Address id"), source="gml:id"),
        Column("street", "VARCHAR", Text("Straße", "Street")),
        Column(
            "house_number",
            "VARCHAR",
            Text("Hausnummer", "House number"),
            note=Text("Mit Zusatz, etwa 12a.", "With suffix, such as 12a."),
        ),
        Column("postcode", "VARCHAR", Text("Postleitzahl", "Postcode")),
        Column("place", "VARCHAR", Text("Ort", "Place")),
        Column(
            "building_id",
            "VARCHAR",
            Text("Gebäudekennung", "Building id"),
            note=Text("Leer, wo die Quelle keines nennt.", "Empty where the source names none."),
        ),
        Column(
            "flurstueckskennzeichen",
            "VARCHAR",
            Text("Flurstückskennzeichen", "Parcel key"),
            note=Text("Leer, wo die Quelle keines nennt.", "Empty where the source names none."),
        ),
        Column("geom", "GEOMETRY", Text("Lage", "Position")),
    ),
    key=("address_id",),
    geometry="point",
    style=Style(colour="#3B3A36", order=60, visible=False, shapes=()),
    licence=DL_DE_ZERO,
    reference="AAA AX_LagebezeichnungMitHausnummer; INSPIRE Addresses",
)
