"""Buildings: one row a building, with its parts' values added up."""

from twin.language import Text
from twin.layer import Column, Layer, Overlap
from twin.provenance import DL_DE_ZERO
from twin.style import Classes, ColourClass, Ramp, Style

FUNCTIONS = Classes(
    name="function",
    title=Text("Nutzung", "Function"),
    column="function_code",
    classes=(
        ColourClass(
            Text("Wohnen", "Residential"), "#E8B04B", ("31001_10", "31001_11", "31001_12", "10", "11", "12"), True
        ),
        ColourClass(
            Text("Handel, Büro, Gastgewerbe", "Retail, office, hospitality"),
            "#C8553D",
            ("31001_20", "31001_205", "20"),
            True,
        ),
        ColourClass(Text("Gewerbe, Industrie, Lager", "Trade, industry, storage"), "#7D6B91", ("31001_21", "21"), True),
        ColourClass(Text("Garage", "Garage"), "#B8B4AA", ("31001_246", "246"), True),
        ColourClass(
            Text("Verkehr, Ver- und Entsorgung", "Transport and utilities"),
            "#5C7F92",
            ("31001_24", "31001_25", "31001_26", "24", "25", "26"),
            True,
        ),
        ColourClass(Text("Landwirtschaft", "Agriculture"), "#8A9A5B", ("31001_27", "27"), True),
        ColourClass(
            Text("Verwaltung, Bildung, Kultur, Gesundheit", "Public, education, culture, health"),
            "#3E7CB1",
            ("31001_3", "3"),
            True,
        ),
        ColourClass(Text("Sonstiges, ohne Angabe", "Other, not stated"), "#D9D5CC"),
    ),
)

ROOFS = Classes(
    name="roof",
    title=Text("Dachform", "Roof type"),
    column="roof_code",
    classes=(
        ColourClass(Text("Flachdach", "Flat"), "#8D99AE", ("1000",)),
        ColourClass(Text("Pultdach", "Pent"), "#E9C46A", ("2100", "2200")),
        ColourClass(Text("Satteldach", "Gable"), "#C1502E", ("3100",)),
        ColourClass(Text("Walm- und Krüppelwalmdach", "Hip and half-hip"), "#7B2D26", ("3200", "3300")),
        ColourClass(Text("Mansarddach", "Mansard"), "#9A5B8C", ("3400",)),
        ColourClass(Text("Zeltdach, Turm", "Tent, tower"), "#2A6F6B", ("3500", "3600", "3700", "3800", "3900", "4000")),
        ColourClass(Text("Mischform", "Mixed"), "#5C8A50", ("5000",)),
        ColourClass(Text("Sonstiges, ohne Angabe", "Other, not stated"), "#D9D5CC"),
    ),
)

HEIGHTS = Ramp(
    name="height",
    title=Text("Höhe", "Height"),
    column="measured_height",
    stops=((0.0, "#F4E9CD"), (6.0, "#E9C46A"), (12.0, "#E07A3F"), (20.0, "#B23A48"), (40.0, "#5B1A4A")),
)

LAYER = Layer(
    name="building",
    title=Text("Gebäude", "Buildings"),
    row=Text("ein Gebäude", "a building"),
    description=Text(
        "Gebäude mit Nutzung, Dachform, Höhe und Volumen. Werte eines Gebäudes mit Teilen fassen die Teile zusammen: Volumen und "
        "Grundfläche als Summe, Höhe vom tiefsten Boden zum höchsten First. LoD2-Höhen sind auf etwa 1 m genau.",
        "Buildings with function, roof, height and volume. A building with parts sums up its parts: volume and footprint area as "
        "sums, height from the lowest ground to the highest ridge. LoD2 heights are accurate to about 1 m.",
    ),
    columns=(
        Column("building_id", "VARCHAR", Text("Gebäudekennung", "Building id"), source="gml:id"),
        Column("function_code", "VARCHAR", Text("Nutzungsschlüssel", "Function code"), source="bldg:function"),
        Column("function", "VARCHAR", Text("Nutzung", "Function"), codes="building_function"),
        Column("roof_code", "VARCHAR", Text("Dachformschlüssel", "Roof code"), source="bldg:roofType"),
        Column("roof_type", "VARCHAR", Text("Dachform", "Roof type"), codes="roof_type"),
        Column(
            "measured_height",
            "DOUBLE",
            Text("Höhe", "Height"),
            unit="m",
            source="bldg:measuredHeight",
            note=Text(
                "Tiefster Punkt bis höchster Punkt; berechnet, wo die Quelle schweigt.",
                "Lowest to highest point; computed where the source is silent.",
            ),
        ),
        Column(
            "storeys_above_ground", "INTEGER", Text("Geschosse", "Storeys"), unit="1", source="bldg:storeysAboveGround"
        ),
        Column(
            "ground_height",
            "DOUBLE",
            Text("Bodenhöhe", "Ground height"),
            unit="m",
            note=Text("Tiefster Punkt über DHHN2016.", "Lowest point above DHHN2016."),
        ),
        Column(
            "eaves_height",
            "DOUBLE",
            Text("Traufhöhe", "Eaves height"),
            unit="m",
            note=Text("Tiefster Punkt des Daches über dem Boden.", "Lowest point of the roof above the ground."),
        ),
        Column(
            "roof_height",
            "DOUBLE",
            Text("Firsthöhe", "Ridge height"),
            unit="m",
            note=Text("Höchster Punkt über DHHN2016.", "Highest point above DHHN2016."),
        ),
        Column(
            "volume",
            "DOUBLE",
            Text("Volumen", "Volume"),
            unit="m3",
            note=Text(
                "Aus der Hülle; leer, wo sie nicht geschlossen ist und auch nicht zu schließen war.",
                "From the shell; empty where it neither is closed nor could be closed.",
            ),
        ),
        Column(
            "closed",
            "BOOLEAN",
            Text("Hülle geschlossen", "Shell closed"),
            note=Text(
                "Ob jede Kante der gelieferten Hülle zwei Flächen hat.",
                "Whether every edge of the delivered shell has two faces.",
            ),
        ),
        Column(
            "missing_surfaces",
            "VARCHAR",
            Text("Fehlende Flächen", "Missing surfaces"),
            note=Text(
                "Flächenarten, die der Hülle fehlen (wall, roof, ground), durch Komma getrennt.",
                "Kinds that the shell lacks (wall, roof, ground), comma separated.",
            ),
        ),
        Column("footprint_area", "DOUBLE", Text("Grundfläche", "Footprint area"), unit="m2"),
        Column(
            "surface_area",
            "DOUBLE",
            Text("Oberfläche", "Surface area"),
            unit="m2",
            note=Text("Summe aller Flächen ohne Abschlussflächen.", "Sum of all surfaces but closure surfaces."),
        ),
        Column("part_count", "INTEGER", Text("Gebäudeteile", "Parts"), unit="1"),
        Column("address", "VARCHAR", Text("Adresse", "Address"), source="xAL:Address"),
        Column("name", "VARCHAR", Text("Name", "Name"), source="gml:name"),
        Column(
            "year_of_construction", "INTEGER", Text("Baujahr", "Year of construction"), source="bldg:yearOfConstruction"
        ),
        Column(
            "height_source",
            "VARCHAR",
            Text("Quelle der Dachhöhe", "Source of roof height"),
            codes="height_source",
            source="DatenquelleDachhoehe",
            note=Text(
                "Grundrisse ohne gemessene Höhe: 2000 aus Geschossen zu 3 m, 3000 Standardwert der Nutzung; stated nennt die Lieferung.",
                "Footprints without a measured height: 2000 from storeys of 3 m, 3000 a default of the function; stated is the delivery's own.",
            ),
        ),
        Column(
            "ground_source",
            "VARCHAR",
            Text("Quelle der Bodenhöhe", "Source of ground height"),
            codes="ground_source",
            note=Text(
                "Nur bei Grundrissen: ihre Lieferung kennt keine Bodenhöhe.",
                "Of footprints only: their delivery knows no ground height.",
            ),
        ),
        Column(
            "attributes",
            "VARCHAR",
            Text("Weitere Angaben", "Further attributes"),
            note=Text("Generische Attribute der Quelle als JSON.", "Generic attributes of the source as JSON."),
        ),
        Column("lod", "INTEGER", Text("Detaillierungsgrad", "Level of detail"), unit="1"),
        Column(
            "source_object",
            "VARCHAR",
            Text("Herkunft", "Origin"),
            note=Text(
                "citygml (dreidimensional); Grundrisse: alkis, hausumringe, osm oder footprint.",
                "citygml (three-dimensional); footprints: alkis, hausumringe, osm or footprint.",
            ),
        ),
        Column("geom", "GEOMETRY", Text("Grundriss", "Footprint")),
    ),
    key=("building_id",),
    geometry="polygon",
    precedence="lod",
    overlap=Overlap("building_match", "source_object", ("footprint", "osm", "hausumringe", "alkis")),
    style=Style(
        colour="#EEE8DC",
        outline="#8C8579",
        themes=(FUNCTIONS, HEIGHTS, ROOFS),
        order=40,
        group="cadastre",
        shapes=(),
        label=("name", "address", "function"),
    ),
    licence=DL_DE_ZERO,
    reference="OGC CityGML 2.0 Building; AdV LoD2",
)
