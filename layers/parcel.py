"""Parcels: the Flurstücke of the cadastre, without owners."""

from twin.language import Text
from twin.layer import Column, Layer
from twin.provenance import DL_DE_ZERO
from twin.style import Style

LAYER = Layer(
    name="parcel",
    title=Text("Flurstücke", "Parcels"),
    row=Text("ein Flurstück", "a cadastral parcel"),
    description=Text(
        "Flurstücke des Liegenschaftskatasters. Ein Flurstück ist nicht das Grundstück des Grundbuchs. Eigentümer sind nie enthalten.",
        "Parcels of the cadastre. A Flurstück is not the plot of the land register. Owners are never included.",
    ),
    columns=(
        Column(
            "flurstueckskennzeichen",
            "VARCHAR",
            Text("Flurstückskennzeichen", "Parcel key"),
            source="AX_Flurstueck.flurstueckskennzeichen",
            note=Text(
                "20 Stellen: Land 2, Gemarkung 4, Flur 3, Zähler 5, Nenner 4, Folge 2; Lücken als Unterstrich.",
                "20 characters: state 2, Gemarkung 4, Flur 3, Zähler 5, Nenner 4, suffix 2; gaps as underscores.",
            ),
        ),
        Column("parcel_id", "VARCHAR", Text("Objektkennung", "Object id"), source="gml:id"),
        Column(
            "gemarkung",
            "VARCHAR",
            Text("Gemarkung", "Gemarkung"),
            note=Text(
                "Name, wo die Lieferung ihn nennt, sonst der Schlüssel.",
                "Name where the delivery has it, else the key.",
            ),
        ),
        Column(
            "gemarkungsnummer",
            "VARCHAR",
            Text("Gemarkungsschlüssel", "Gemarkung key"),
            note=Text("Land und Nummer, 6 Stellen.", "State and number, 6 digits."),
        ),
        Column("flur", "INTEGER", Text("Flur", "Flur")),
        Column("zaehler", "INTEGER", Text("Zähler", "Numerator")),
        Column("nenner", "INTEGER", Text("Nenner", "Denominator")),
        Column(
            "amtliche_flaeche",
            "DOUBLE",
            Text("Amtliche Fläche", "Official area"),
            unit="m2",
            source="AX_Flurstueck.amtlicheFlaeche",
        ),
        Column("area", "DOUBLE", Text("Fläche der Geometrie", "Area of the geometry"), unit="m2"),
        Column(
            "area_deviation",
            "DOUBLE",
            Text("Abweichung der Flächen", "Deviation of areas"),
            unit="1",
            note=Text("(Geometrie − amtlich) / amtlich.", "(geometry − official) / official."),
        ),
        Column("location", "VARCHAR", Text("Lagebezeichnung", "Location")),
        Column(
            "land_use_areas",
            "VARCHAR",
            Text("Nutzungen", "Land uses"),
            source="ave:Flurstueck.tntxt",
            note=Text(
                "JSON: Nutzung zu Quadratmetern, wie das Register sie aufzählt.",
                "JSON: use to square metres, as the register lists them.",
            ),
        ),
        Column("recorded_on", "DATE", Text("Entstehung", "Recorded on"), source="zeitpunktDerEntstehung"),
        Column("geom", "GEOMETRY", Text("Fläche", "Area geometry")),
    ),
    key=("flurstueckskennzeichen",),
    retired_by="parcel_id",
    geometry="polygon",
    style=Style(colour="#00000000", outline="#B8860B", order=20, visible=False, group="cadastre", shapes=()),
    licence=DL_DE_ZERO,
    reference="AAA AX_Flurstueck (GeoInfoDok 7.1)",
)
