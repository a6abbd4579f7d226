"""Facilities: schools, doctors, shops, stops and whatever else people go to; one point each."""

from twin.language import Text
from twin.layer import Column, Layer
from twin.provenance import ODBL
from twin.style import Classes, ColourClass, Pin, Style

# A column is read as one line.
# fmt: off

CATEGORY = Classes(
    name="category",
    title=Text("Bereich", "Category"),
    column="category",
    classes=(
        ColourClass(Text("Bildung und Betreuung", "Education and care"), "#E0A100", ("education",), icon="school"),
        ColourClass(Text("Gesundheit", "Health"), "#D1344B", ("health",), icon="health"),
        ColourClass(Text("Sicherheit", "Safety"), "#8C1D40", ("safety",), icon="fire"),
        ColourClass(Text("Verwaltung", "Administration"), "#3D4F7C", ("administration",), icon="town_hall"),
        ColourClass(Text("Soziales und Gemeinschaft", "Social and community"), "#A05BA8", ("social",), icon="care"),
        ColourClass(Text("Einkauf und Handwerk", "Shopping and craft"), "#2F8F6B", ("shopping",), icon="shop"),
        ColourClass(Text("Dienste", "Services"), "#6E7F80", ("services",), icon="bank"),
        ColourClass(Text("Gastgewerbe", "Hospitality"), "#C9703D", ("hospitality",), icon="food"),
        ColourClass(Text("Kultur", "Culture"), "#7A5AC2", ("culture",), icon="culture"),
        ColourClass(Text("Sport und Spiel", "Sports and play"), "#6FA83A", ("sport",), icon="sport"),
        ColourClass(Text("Verkehr", "Transport"), "#2878B8", ("transport",), icon="stop"),
        ColourClass(Text("Sonstige", "Other"), "#8A8780"),
    ),
)

KIND = Classes(
    name="kind",
    title=Text("Art", "Kind"),
    column="kind",
    classes=(
        ColourClass(Text("Schule", "School"), "#E0A100", ("school",), icon="school"),
        ColourClass(Text("Kindertagesstätte", "Kindergarten"), "#F2C94C", ("kindergarten",), icon="kindergarten"),
        ColourClass(Text("Arzt, Zahnarzt", "Doctor, dentist"), "#E2657A", ("doctor", "dentist"), icon="health"),
        ColourClass(Text("Apotheke", "Pharmacy"), "#D1344B", ("pharmacy",), icon="pharmacy"),
        ColourClass(Text("Krankenhaus", "Hospital"), "#9E1030", ("hospital",), icon="hospital"),
        ColourClass(Text("Feuerwache, Rettungswache", "Fire and ambulance station"), "#B3202A", ("fire_station", "ambulance_station"), icon="fire"),
        ColourClass(Text("Polizei", "Police"), "#1F4E9E", ("police",), icon="police"),
        ColourClass(Text("Rathaus, Behörde", "Town hall, authority"), "#3D4F7C", ("town_hall", "government"), icon="town_hall"),
        ColourClass(Text("Pflegeheim, soziale Einrichtung", "Nursing home, social facility"), "#A05BA8", ("nursing_home", "social_facility"), icon="care"),
        ColourClass(Text("Supermarkt", "Supermarket"), "#1E7A55", ("supermarket",), icon="shop"),
        ColourClass(Text("Bäckerei, Fleischerei, Dorfladen", "Bakery, butcher, village shop"), "#58AE85", ("bakery", "butcher", "convenience", "marketplace"), icon="food"),
        ColourClass(Text("Übrige Läden", "Other shops"), "#9CCFB4", ("shop", "drugstore", "department_store", "craft"), icon="shop"),
        ColourClass(Text("Haltestelle", "Stop"), "#2878B8", ("stop", "station"), icon="stop"),
        ColourClass(Text("Ladestation", "Charging station"), "#27B0C4", ("charging_station",), icon="charging"),
        ColourClass(Text("Sonstige", "Other"), "#8A8780"),
    ),
)

LAYER = Layer(
    name="facility",
    title=Text("Einrichtungen", "Facilities"),
    row=Text("eine Einrichtung", "a facility"),
    description=Text(
        "Schulen, Kitas, Praxen, Läden, Wachen, Rathäuser und andere Orte, die Menschen aufsuchen. Von Flächen steht ein Punkt in ihnen. "
        "Haltestellen (`stop`) sind Masten der Karte; Haltestellen mit Abfahrten stehen in `transit_stop`: die beiden nicht zusammenzählen.",
        "Schools, kindergartens, practices, shops, stations, town halls and other places that people go to. Of areas there is a point within them. "
        "Stops (`stop`) are poles on the map; stops with departures are in `transit_stop`: do not add the two up.",
    ),
    columns=(
        Column("facility_id", "VARCHAR", Text("Kennung", "Facility id"), note=Text("Objekt der Quelle: node/…, way/…, relation/….", "Object of the source: node/…, way/…, relation/….")),
        Column("kind", "VARCHAR", Text("Art", "Kind"), codes="facility_kind"),
        Column("category", "VARCHAR", Text("Bereich", "Category"), codes="facility_category"),
        Column("name", "VARCHAR", Text("Name", "Name"), source="name"),
        Column("operator", "VARCHAR", Text("Träger", "Operator"), source="operator"),
        Column("address", "VARCHAR", Text("Adresse", "Address"), source="addr:*", note=Text("Straße Hausnummer, Postleitzahl Ort.", "Street number, postcode place.")),
        Column("capacity", "INTEGER", Text("Plätze", "Capacity"), unit="1", source="capacity, beds, rooms"),
        Column("opening_hours", "VARCHAR", Text("Öffnungszeiten", "Opening hours"), source="opening_hours", note=Text("In der Schreibweise von OpenStreetMap.", "In the notation of OpenStreetMap.")),
        Column("wheelchair", "VARCHAR", Text("Rollstuhlgerecht", "Wheelchair access"), codes="wheelchair", source="wheelchair"),
        Column("tag", "VARCHAR", Text("Tag der Quelle", "Tag of the source"), note=Text("Was die Art bestimmt, etwa amenity=kindergarten.", "What the kind comes from, such as amenity=kindergarten.")),
        Column("geom", "GEOMETRY", Text("Lage", "Position")),
    ),
    key=("facility_id",),
    geometry="point",
    style=Style(colour="#3D4F7C", order=55, visible=False, themes=(KIND, CATEGORY), group="traffic", shapes=(Pin(reach=5000.0),), label=("name", "kind"), searched=True),
    licence=ODBL,
    reference="OpenStreetMap, Map features; INSPIRE Utility and Governmental Services",
)
