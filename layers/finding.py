"""Findings: what the checks have to say about the deliveries that stand now."""

from twin.language import Text
from twin.layer import Column, Layer
from twin.provenance import INTERNAL
from twin.style import Classes, ColourClass, Pin, Style

LAYER = Layer(
    name="finding",
    title=Text("Befunde", "Findings"),
    row=Text("ein Befund zu einem Objekt einer Lieferung", "a finding about a feature of a delivery"),
    description=Text(
        "Was die Prüfungen an den geltenden Lieferungen gefunden haben: Abgewiesenes, Zweifelhaftes, Berichtigtes. Sehen kann es nur, wem die Daten gehören, "
        "und wer den Zwilling betreibt; freigeben lässt es sich nicht. Die Befunde einer Lieferung gehen, sobald eine neue sie ablöst.",
        "What the checks found in the deliveries that stand: rejected, doubtful, mended. Only those whose data it is can see it, and whoever runs the twin; it cannot "
        "be shared. The findings of a delivery go as soon as another takes its place.",
    ),
    columns=(
        Column("finding_id", "VARCHAR", Text("Kennung", "Id")),
        Column(
            "code",
            "VARCHAR",
            Text("Art", "Code"),
            note=Text(
                "Prüfung und Problem, etwa geometry.self_intersection.",
                "Check and problem, such as geometry.self_intersection.",
            ),
        ),
        Column(
            "severity",
            "VARCHAR",
            Text("Schwere", "Severity"),
            note=Text(
                "error: abgewiesen; warning: zweifelhaft, gespeichert wie geliefert; notice: berichtigt oder nur gesagt.",
                "error: rejected; warning: doubtful, stored as delivered; notice: mended or merely said.",
            ),
        ),
        Column(
            "layer",
            "VARCHAR",
            Text("Schicht", "Layer"),
            note=Text(
                "Des Objekts; leer, wo es die Datei betrifft.", "Of the feature; empty where it concerns the file."
            ),
        ),
        Column("feature", "VARCHAR", Text("Objekt", "Feature"), note=Text("Kennung oder Zeile.", "Id or line.")),
        Column("line", "INTEGER", Text("Zeile", "Line")),
        Column("sentence", "VARCHAR", Text("Befund", "Finding")),
        Column("sentence_english", "VARCHAR", Text("Befund, englisch", "Finding, English")),
        Column("advice", "VARCHAR", Text("Was zu tun ist", "What to do")),
        Column("advice_english", "VARCHAR", Text("Was zu tun ist, englisch", "What to do, English")),
        Column(
            "quarantined",
            "BOOLEAN",
            Text("In Quarantäne", "In quarantine"),
            note=Text(
                "Ob der Inhalt des abgewiesenen Objekts aufgehoben ist.",
                "Whether the content of the rejected feature is kept.",
            ),
        ),
        Column("geom", "GEOMETRY", Text("Stelle", "Place")),
    ),
    key=("finding_id",),
    geometry="point",
    placement="registry",
    style=Style(
        colour="#C8443C",
        order=70,
        visible=False,
        group="check",
        shapes=(Pin(reach=8000.0, icon="info"),),
        label=("sentence", "code"),
        themes=(
            Classes(
                name="finding_severity",
                title=Text("Schwere", "Severity"),
                column="severity",
                classes=(
                    ColourClass(Text("Fehler", "Error"), "#C8443C", ("error",), icon="error"),
                    ColourClass(Text("Warnung", "Warning"), "#E9A23B", ("warning",), icon="warning"),
                    ColourClass(Text("Hinweis", "Note"), "#2878B8", icon="info"),
                ),
            ),
        ),
    ),
    licence=INTERNAL,
    reference="ISO 19157 (Geographic information – Data quality)",
)
