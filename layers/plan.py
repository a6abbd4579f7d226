"""Plans of spatial planning: one row a plan, whatever its kind."""

from twin.language import Text
from twin.layer import Column, Layer
from twin.style import Area, Classes, ColourClass, Related, Style

# A column is read as one line.
# fmt: off

LAYER = Layer(
    name="plan",
    title=Text("Pläne", "Plans"),
    row=Text("ein Plan", "a plan"),
    description=Text(
        "Bebauungs-, Flächennutzungs-, Landschafts-, Raumordnungs- und sonstige Pläne mit Geltungsbereich, Rechtsstand und Daten des Verfahrens. "
        "Verbindlich ist allein der ausgefertigte Plan der Gemeinde.",
        "Zoning, land-use, landscape, regional and other plans with their area, legal status and the dates of the procedure. "
        "Binding is the signed plan of the municipality alone.",
    ),
    columns=(
        Column("plan_id", "VARCHAR", Text("Plankennung", "Plan id"), source="gml:id"),
        Column("kind", "VARCHAR", Text("Planwerk", "Kind"), codes="xplan_kind", note=Text("BP, FP, LP, RP oder SO.", "BP (zoning plan), FP (land-use plan), LP (landscape plan), RP (regional plan) or SO (other).")),
        Column("name", "VARCHAR", Text("Name", "Name"), source="XP_Plan.name"),
        Column("number", "VARCHAR", Text("Nummer", "Number"), source="XP_Plan.nummer"),
        Column("plan_type_code", "VARCHAR", Text("Schlüssel der Planart", "Plan type code"), source="planArt"),
        Column("plan_type", "VARCHAR", Text("Planart", "Plan type"), codes="xplan_plan_type"),
        Column("legal_status_code", "VARCHAR", Text("Schlüssel des Rechtsstands", "Legal status code"), source="rechtsstand", note=Text("Ordnungszahl: bis unter 3000 im Verfahren, 3000 beschlossen, 4000 in Kraft, darüber ganz oder teilweise außer Kraft; bei Raumordnungsplänen ist 5000 eine Planungsabsicht.", "Ordinal: below 3000 in the making, 3000 adopted, 4000 in force, above wholly or partly out of force; of regional plans 5000 is an intention.")),
        Column("legal_status", "VARCHAR", Text("Rechtsstand", "Legal status"), codes="xplan_legal_status"),
        Column("in_force", "BOOLEAN", Text("In Kraft", "In force"), note=Text("Nach dem Rechtsstand; schweigt er oder ist der Plan erst beschlossen, wahr mit Datum des Inkrafttretens, falsch mit Datum des Untergangs, sonst leer.", "By the legal status; where it is silent or the plan just adopted, true with a date of coming into force, false with a date of expiry, else empty.")),
        Column("procedure_code", "VARCHAR", Text("Schlüssel des Verfahrens", "Procedure code"), source="verfahren"),
        Column("procedure", "VARCHAR", Text("Verfahren", "Procedure"), codes="xplan_procedure"),
        Column("municipality", "VARCHAR", Text("Gemeinde", "Municipality"), source="XP_Gemeinde.gemeindeName", note=Text("Mehrere mit Strichpunkt.", "Several with semicolons.")),
        Column("district_part", "VARCHAR", Text("Ortsteil", "Part of the municipality"), source="XP_Gemeinde.ortsteilName"),
        Column("authority", "VARCHAR", Text("Plangeber", "Planning authority"), source="XP_Plangeber.name, planungstraeger"),
        Column("aufstellungsbeschluss", "DATE", Text("Aufstellungsbeschluss", "Decision to draw up"), source="aufstellungsbeschlussDatum"),
        Column("auslegung_start", "DATE", Text("Beginn der Auslegung", "Start of public display"), source="auslegungsStartDatum", note=Text("Die erste von mehreren.", "The first of several.")),
        Column("auslegung_end", "DATE", Text("Ende der Auslegung", "End of public display"), source="auslegungsEndDatum", note=Text("Die letzte von mehreren.", "The last of several.")),
        Column("satzungsbeschluss", "DATE", Text("Satzungs- oder Planbeschluss", "Adoption"), source="satzungsbeschlussDatum, planbeschlussDatum"),
        Column("genehmigung", "DATE", Text("Genehmigung", "Approval"), source="genehmigungsDatum"),
        Column("rechtsverordnung", "DATE", Text("Rechtsverordnung", "Ordinance"), source="rechtsverordnungsDatum"),
        Column("ausfertigung", "DATE", Text("Ausfertigung", "Signature"), source="ausfertigungsDatum"),
        Column("inkrafttreten", "DATE", Text("Inkrafttreten", "Coming into force"), source="inkrafttretensDatum, wirksamkeitsDatum, inkrafttretenDatum, datumDesInkrafttretens"),
        Column("untergang", "DATE", Text("Untergang", "Expiry"), source="untergangsDatum"),
        Column("veraenderungssperre_end", "DATE", Text("Ende der Veränderungssperre", "End of the development freeze"), source="veraenderungssperreEndDatum, BP_VeraenderungssperreDaten.endDatum"),
        Column("made_on", "DATE", Text("Technisch hergestellt", "Drawn on"), source="technHerstellDatum"),
        Column("scale", "INTEGER", Text("Maßstab", "Scale"), unit="1", source="erstellungsMassstab", note=Text("Nenner: 1000 für 1 : 1000.", "Denominator: 1000 for 1 : 1000.")),
        Column("baunvo", "VARCHAR", Text("Fassung der BauNVO", "Version of the BauNVO"), source="versionBauNVO, versionBauNVODatum, versionBauNVOText"),
        Column("description", "VARCHAR", Text("Beschreibung", "Description"), source="beschreibung"),
        Column("text", "VARCHAR", Text("Textliche Festsetzungen", "Textual provisions"), source="XP_TextAbschnitt", note=Text("Schlüssel und Text je Absatz; höchstens 200 000 Zeichen.", "Key and text a paragraph; 200 000 characters at most.")),
        Column("documents", "VARCHAR", Text("Dokumente", "Documents"), source="XP_ExterneReferenz", note=Text("Namen oder Adressen, je Zeile eines; sie werden nicht geholt.", "Names or addresses, one a line; they are not fetched.")),
        Column("changes", "VARCHAR", Text("Ändert", "Changes"), source="aendert, aendertPlan", note=Text("Namen oder Nummern geänderter Pläne, mit Strichpunkt.", "Names or numbers of changed plans, with semicolons.")),
        Column("sections", "INTEGER", Text("Bereiche", "Sections"), unit="1", source="XP_Bereich"),
        Column("xplan_version", "VARCHAR", Text("XPlanGML", "XPlanGML"), note=Text("Version, etwa 5.4.", "Version, such as 5.4.")),
        Column("area", "DOUBLE", Text("Fläche", "Area"), unit="m2"),
        Column("geom", "GEOMETRY", Text("Geltungsbereich", "Area of validity"), source="raeumlicherGeltungsbereich"),
    ),
    key=("plan_id",),
    geometry="polygon",
    style=Style(
        colour="#00000000",
        outline="#4A4A4A",
        order=32,
        visible=False,
        group="planning",
        shapes=(Area(opacity=0.12, outline=2.5, below=("kind", "RP", "FP", "LP", "SO", "BP"), tentative=Related("plan", "plan_id", "in_force")),),
        label=("name", "number", "plan_id"),
        searched=True,
        themes=(
            Classes(
                name="plan_kind",
                title=Text("Planwerk", "Kind of plan"),
                column="kind",
                classes=(
                    ColourClass(Text("Bebauungsplan", "Zoning plan"), "#C8553D", ("BP",)),
                    ColourClass(Text("Flächennutzungsplan", "Land-use plan"), "#E8B04B", ("FP",)),
                    ColourClass(Text("Landschaftsplan", "Landscape plan"), "#5C8A50", ("LP",)),
                    ColourClass(Text("Raumordnungsplan", "Regional plan"), "#7D6B91", ("RP",)),
                    ColourClass(Text("Sonstiger Plan", "Other plan"), "#9A958B"),
                ),
            ),
            Classes(
                name="plan_status",
                title=Text("Rechtsstand", "Legal status"),
                column="legal_status_code",
                classes=(
                    ColourClass(Text("In Kraft", "In force"), "#2E7D4F", ("4000",)),
                    ColourClass(Text("Beschlossen", "Adopted"), "#8DB255", ("3000",)),
                    ColourClass(Text("Im Verfahren", "In the making"), "#E9A23B", ("1", "2"), prefix=True),
                    ColourClass(Text("Ganz oder teilweise außer Kraft", "Wholly or partly out of force"), "#8C8579", ("45", "5", "6", "7"), prefix=True),
                    ColourClass(Text("Ohne Angabe", "Not stated"), "#C9C7C2"),
                ),
            ),
        ),
    ),
    reference="XPlanung 4.1 bis 6.1 (XP_Plan)",
)
