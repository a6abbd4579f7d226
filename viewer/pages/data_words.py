"""The texts of the data page, in both languages."""

# ruff: noqa: E501 (a sentence is read as one line)

from __future__ import annotations

from twin.language import Text

TITLE = Text("Daten einbringen", "Bring in data")
FOR = {
    "staff": Text(
        "Für {name}. Objekte anderer Gemeinden bleiben außen vor.",
        "For {name}. Features of other municipalities stay out.",
    ),
    "county": Text(
        "Für Daten des Kreises selbst. Daten der Gemeinden bringen diese ein.",
        "For data of the district itself. Municipalities bring in their own.",
    ),
    "operator": Text("Für alle Gemeinden, die zugestimmt haben.", "For all municipalities that consent."),
}
DROP = Text("Dateien hierher ziehen oder auswählen", "Drop files here or choose them")
HINT = Text(
    "ALKIS, CityGML, XPlanung, OSM, GeoPackage, Shapefile, CSV, Excel, Luftbilder, Punktwolken … auch als ZIP, auch viele Gigabyte",
    "ALKIS, CityGML, XPlanung, OSM, GeoPackage, Shapefile, CSV, Excel, aerial photos, point clouds … zipped too, many gigabytes too",
)
CANCEL = Text("Abbrechen", "Cancel")
OFFLINE = Text("Der Server ist nicht zu erreichen.", "The server cannot be reached.")
CRS = Text("Koordinatensystem, falls die Datei keines nennt", "Coordinate system, where the file names none")
CRS_OF_FILE = Text("steht in der Datei", "as the file says")
PLACE = Text("Gemeinde, falls die Datei keine nennt", "Municipality, where the file names none")
PLACE_OF_FILE = Text("aus Datei und Grenzen", "from the file and the borders")
CHECKING = Text("wird geprüft …", "checking …")
PUBLISHING = Text("wird veröffentlicht …", "publishing …")
PUBLISH = Text("Veröffentlichen", "Publish")
AGAIN = Text("Erneut prüfen", "Check again")
CHOOSE_CRS = Text(
    "Oben das Koordinatensystem wählen und erneut prüfen.", "Choose the coordinate system above and check again."
)
DISCARD = Text("Verwerfen", "Discard")
REPORT = Text("Prüfbericht", "Report")
NOT_YET = Text(
    "Noch nicht veröffentlicht: Erst mit „Veröffentlichen“ wird der Zwilling geändert.",
    "Not published yet: only “Publish” changes the twin.",
)
FIRST = Text(
    "Die Karte zeigt die ersten {count} Objekte jeder Ebene.", "The map shows the first {count} features of each layer."
)
PUBLISHED = Text("Veröffentlicht.", "Published.")
DISCARDED = Text("Verworfen. Am Zwilling hat sich nichts geändert.", "Discarded. Nothing in the twin has changed.")
ON_MAP = Text("Auf der Karte ansehen", "Look at it on the map")
NOTHING = Text("Nichts davon kann gespeichert werden.", "Nothing of it can be stored.")
UNCHANGED = Text("unverändert, schon geladen", "unchanged, loaded before")
FAILED = Text("Das hat nicht geklappt: {problem}", "That did not work: {problem}")
LAYER = Text("Ebene", "Layer")
READ = Text("gelesen", "read")
TO_STORE = Text("zu speichern", "to store")
STORED = Text("gespeichert", "stored")
OUT = Text("Bleibt außen vor", "Stays out")
SEVERITIES = {
    "error": Text("abgewiesen", "rejected"),
    "warning": Text("zu prüfen", "to be looked at"),
    "notice": Text("Hinweise", "notices"),
}
CLEAN = Text("keine Beanstandungen", "nothing to object to")
MORE = Text("… und {count} weitere", "… and {count} more")
LAST = Text("Letzte Lieferungen", "Last deliveries")
NONE_YET = Text("Noch keine Lieferung.", "No delivery yet.")
DATA = Text("Daten", "Data")
ASSISTANT = Text("Was bedeuten die Spalten?", "What do the columns mean?")
ASSISTANT_HINT = Text(
    "Die Datei folgt keinem amtlichen Format. Der Vorschlag beruht auf Namen und Inhalt; bitte berichtigen. Die Zuordnung wird gemerkt und gilt für alle Dateien mit diesen Spalten.",
    "The file follows no official format. The proposal is based on names and content; please correct it. The mapping is remembered for all files with these columns.",
)
ASSISTANT_LAYER = Text("Die Zeilen sind", "The rows are")
MAPPING_NAME = Text("Name der Zuordnung", "Name of the mapping")
NO_SOURCE = Text("–", "–")
PERSONAL = Text("Nicht übernommen, weil personenbezogen: {names}", "Not taken, for it is personal: {names}")
KEEP = Text("Zuordnung merken und prüfen", "Remember the mapping and check")
SOURCE_ROWS = Text("{table}{count}Lage: {place}.", "{table}{count}Position: {place}.")
ROWS = Text("{count} Zeilen. ", "{count} rows. ")
CONSTANT = Text("oder fester Wert", "or a fixed value")
