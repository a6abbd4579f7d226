"""The texts of the pages, in both languages."""

from __future__ import annotations

from twin.language import Text

TITLE = Text("Digitaler Zwilling", "Digital twin")
LAYERS = Text("Ebenen", "Layers")
BUILDING_COLOUR = Text("Gebäude färben nach", "Colour buildings by")
PARCEL_COLOUR = Text("Flurstücke färben nach", "Colour parcels by")
PLAIN = Text("Architekturmodell", "Architectural model")
NONE = Text("nicht gefärbt", "not coloured")
MUNICIPALITY = Text("Gemeinde", "Municipality")
SEARCH = Text("Adresse, Flurstück, Name suchen", "Find an address, parcel or name")
NO_HIT = Text("Nichts gefunden zu „{text}“.", "Nothing found for “{text}”.")
NOTHING_HERE = Text(
    "Hier liegt nichts, was für Sie freigegeben ist.",
    "There is nothing here that is shared with you.",
)
CLICK = Text(
    "Ein Gebäude, einen Baum, ein Zeichen oder den Boden anklicken.", "Click a building, a tree, a sign or the ground."
)
COLOURED_BY = Text("Färben nach", "Coloured by")
LEGEND = Text("Legende", "Legend")
HERE = Text("Was hier liegt", "What lies here")
SCENARIO = Text("Szenario", "Scenario")
STOCK = Text("Bestand (ohne Szenario)", "As it stands (no scenario)")
ADDED = Text("{count} Gebäude neu", "{count} buildings added")
REMOVED = Text("{count} Gebäude entfallen", "{count} buildings removed")
CHANGED = Text("{count} Angaben geändert", "{count} attributes changed")
COMPARE = Text("Dichte im Vergleich", "Density compared")
PARCELS_CHANGED = Text("{count} Flurstücke ändern sich", "{count} parcels change")
PARCEL = Text("Flurstück", "Parcel")
EMPTY = Text(
    "Der Zwilling ist noch leer. Mit „twin join“ und „twin ingest“ kommen Daten hinein.",
    "The twin is still empty. “twin join” and “twin ingest” bring data in.",
)
DATA_SOURCES = Text("Datenquellen", "Data sources")
SEES = {
    "public": Text("Öffentliche Ansicht", "Public view"),
    "county": Text("Ansicht des Kreises", "County's view"),
    "staff": Text("Ansicht der Gemeinde {name}", "View of municipality {name}"),
    "operator": Text("Ansicht des Betreibers", "Operator's view"),
}
ESTIMATE = Text(
    "Schätzung aus LoD2 – keine baurechtliche Feststellung.", "Estimate from LoD2 – no finding of building law."
)
