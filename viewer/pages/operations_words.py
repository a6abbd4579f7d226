"""The texts of the operations page, in both languages."""

from __future__ import annotations

from twin.language import Text

TITLE = Text("Betrieb", "Operations")

ALERTS = Text("Alarme", "Alerts")
OPEN_ALERTS = {
    0: Text("Keine offenen Alarme", "No open alerts"),
    1: Text("Ein offener Alarm", "One open alert"),
    2: Text("{count} offene Alarme", "{count} open alerts"),
}
OPEN_ALERTS_TILE = Text("Offene Alarme", "Open alerts")
SEVERITIES = {"alarm": Text("Alarm", "Alarm"), "warning": Text("Warnung", "Warning")}
ABOVE = Text("über der Schwelle von {threshold}", "above the threshold of {threshold}")
BELOW = Text("unter der Schwelle von {threshold}", "below the threshold of {threshold}")
SILENT = Text("meldet sich nicht", "is silent")
SILENT_SINCE = Text("letzter Messwert {time}", "last reading {time}")
SILENT_LONGER = Text("länger als {time}", "for longer than {time}")
EXTREME = Text("äußerster Wert {value}", "most extreme {value}")
SINCE = Text("seit {time}", "since {time}")
SEEN, SEEN_BY = Text("gesehen {time}", "seen {time}"), Text("gesehen {time} von {who}", "seen {time} by {who}")
WHO = {
    "staff": Text("Gemeinde {name}", "municipality {name}"),
    "county": Text("Kreis", "district"),
    "operator": Text("Betreiber", "operator"),
}
UNDELIVERED = {
    1: Text("eine Nachricht kam nicht an", "one message could not be delivered"),
    2: Text("{count} Nachrichten kamen nicht an", "{count} messages could not be delivered"),
}
ACKNOWLEDGE = Text("Als gesehen melden", "Acknowledge")
ACKNOWLEDGE_WHAT = Text("Als gesehen melden: {what}", "Acknowledge: {what}")
ON_MAP = Text("Auf der Karte zeigen", "Show on the map")
RULE = Text("Regel „{name}“", "Rule “{name}”")
ALL_WELL = Text("Alles ruhig: kein Messwert verletzt eine Regel.", "All quiet: no reading breaks a rule.")
NO_RULES_YET = Text(
    "Noch keine Regel. Unten wird eine angelegt, oder mit",
    "No rule yet. Add one below, or with",
)
NOTHING_WATCHED = Text(
    "Für die Sensoren, die Sie sehen dürfen, liegt kein Alarm vor.",
    "There is no alert for the sensors that you may see.",
)

HISTORY = Text("Verlauf", "History")
PLACE = Text("Gemeinde", "Municipality")
EVERYWHERE = Text("alle Gemeinden", "all municipalities")
PERIOD = Text("Zeitraum", "Period")
PERIODS = {
    "1": Text("letzte 24 Stunden", "last 24 hours"),
    "7": Text("letzte 7 Tage", "last 7 days"),
    "30": Text("letzte 30 Tage", "last 30 days"),
    "366": Text("letztes Jahr", "last year"),
}
NO_HISTORY = Text("In diesem Zeitraum ging kein Alarm zu Ende.", "No alert ended in this period.")
MORE_HISTORY = Text("Gezeigt werden die letzten {count}.", "The last {count} are shown.")
COLUMNS_HISTORY = (
    Text("Stufe", "Severity"),
    Text("Sensor", "Sensor"),
    Text("Meldung", "Message"),
    Text("Beginn", "Began"),
    Text("Dauer", "Lasted"),
    Text("Gesehen", "Seen"),
)

FEEDS = Text("Datenströme", "Feeds")
FEEDS_RUNNING = Text("{ok} von {all} laufen", "{ok} of {all} run")
NO_FEEDS = Text("Noch kein Datenstrom. Ein Pegel etwa kommt mit", "No feed yet. A gauge, for instance, comes with")
STANDINGS = {
    "ok": (Text("läuft", "ok"), "✓"),
    "late": (Text("verspätet", "late"), "◔"),
    "failing": (Text("gestört", "failing"), "✕"),
    "paused": (Text("angehalten", "paused"), "❚❚"),
    "no consent": (Text("ohne Zustimmung", "no consent"), "⊘"),
    "new": (Text("noch nie abgerufen", "not asked yet"), "○"),
}
READINGS = Text("Messwerte", "Readings")
STORED = Text("Gespeichert", "Stored")
REJECTED = Text("Abgewiesen", "Rejected")
QUARANTINED = Text("In Quarantäne", "Quarantined")
REPORT = Text("Prüfbericht", "Report")
COLUMNS_FEEDS = (
    Text("Zustand", "State"),
    Text("Datenstrom", "Feed"),
    Text("Neue Messwerte", "New readings"),
    Text("Letzter Erfolg", "Last success"),
    Text("Nächster Abruf", "Next try"),
    READINGS,
)
FAILURES = {
    1: Text("1 Fehlversuch", "1 failure"),
    2: Text("{count} Fehlversuche in Folge", "{count} failures in a row"),
}
SOON = Text("gleich", "any moment")
EVERY = Text("alle {time}", "every {time}")
PAUSE = Text("Anhalten", "Pause")
RESUME = Text("Fortsetzen", "Resume")
PAUSE_WHAT = Text("Datenstrom {name} anhalten", "Pause feed {name}")
RESUME_WHAT = Text("Datenstrom {name} fortsetzen", "Resume feed {name}")
PULSES = {
    "running": Text("läuft", "running"),
    "resting": Text("nach Plan", "on schedule"),
    "stopped": Text("steht", "stopped"),
}
RUNNER = Text("Abruf der Datenströme", "Runner of the feeds")
START = Text(
    "Der Abruf steht: Kein Datenstrom wird abgerufen. Starten mit",
    "The runner has stopped: no feed is asked. Start it with",
)
LATEST = Text("Letzte neue Messwerte", "Last new readings")
NEVER = Text("noch keine", "none yet")

DELIVERIES = Text("Lieferungen der Datenströme", "Deliveries of the feeds")
MONTHLY = Text(
    "Was ein Datenstrom in einem Monat bringt, ist eine Lieferung.", "What a feed brings in a month is one delivery."
)
NO_DELIVERIES = Text("Noch keine Lieferung.", "No delivery yet.")
COLUMNS_DELIVERIES = (
    Text("Monat", "Month"),
    Text("Datenstrom", "Feed"),
    Text("Zuletzt", "Last landing"),
    STORED,
    REJECTED,
    QUARANTINED,
    REPORT,
)

RULES = Text("Regeln", "Rules")
RULES_HINT = Text("Wann jemand Bescheid bekommt.", "When somebody is told.")
REMOVE = Text("Entfernen", "Remove")
REMOVE_WHAT = Text("Regel „{name}“ entfernen", "Remove rule “{name}”")
COLUMNS_RULES = (
    Text("Stufe", "Severity"),
    Text("Regel", "Rule"),
    Text("Sensor", "Sensor"),
    Text("Meldet", "Tells"),
    Text("Benachrichtigt", "Notifies"),
)
TELLS_ABOVE = Text("über {threshold}", "above {threshold}")
TELLS_BELOW = Text("unter {threshold}", "below {threshold}")
TELLS_SILENT = Text("{time} ohne Messwert", "{time} without a reading")
RELEASED = Text("Entwarnung bei {value}", "released at {value}")
ANY_SENSOR = Text("alle Sensoren", "all sensors")
ALL_OF = Text("alle: {property}", "all: {property}")

NEW_RULE = Text("Neue Regel", "New rule")
NAME = Text("Name", "Name")
SENSOR = Text("Sensor suchen (Name, Messgröße, Messstelle)", "Find a sensor (name, quantity, station)")
NO_SENSORS = Text("Kein Sensor heißt so, den Sie sehen dürfen.", "No sensor that you may see is called so.")
KIND = Text("Meldet, wenn der Messwert", "Tells when the reading")
KINDS = {
    "above": Text("über der Schwelle liegt", "is above the threshold"),
    "below": Text("unter der Schwelle liegt", "is below the threshold"),
    "silent": Text("ausbleibt", "fails to come"),
}
THRESHOLD = Text("Schwelle{unit}", "Threshold{unit}")
RELEASE = Text("Entwarnung bei{unit}, leer: Schwelle", "Released at{unit}, empty: threshold")
SILENCE = Text("Ausbleiben länger als [min]", "Silent for longer than [min]")
SEVERITY = Text("Stufe", "Severity")
EMAIL = Text("E-Mail an (freiwillig)", "E-mail to (optional)")
WEBHOOK = Text("Webhook-Adresse (freiwillig)", "Webhook address (optional)")
SAVE = Text("Regel anlegen", "Add rule")
SAVED = Text("Regel „{name}“ gilt ab jetzt.", "Rule “{name}” holds from now on.")
NO_NUMBER = Text("erwartet eine Zahl, gefunden „{found}“.", "expected a number, found “{found}”.")
CHOOSE_SENSOR = Text("Bitte einen Sensor aus der Liste wählen.", "Please choose a sensor from the list.")
FAILED = Text("Das hat nicht geklappt: {problem}", "That did not work: {problem}")
REPLACES = Text(
    "Eine Regel dieses Namens gibt es schon; sie würde ersetzt. Bitte anders nennen oder die alte entfernen.",
    "There is a rule of this name already, and it would be replaced. Call it something else or remove the old one.",
)

ADD_FEED = "twin feed add"
RUN_FEEDS = "twin feed run"
ADD_RULE = "twin alert add"
