"""Readings that were corrected later, as they had been known before."""

from layers.observation import COLUMNS
from twin.language import Text
from twin.layer import Column, Layer

REPLACED_BY = Column(
    "replaced_by",
    "VARCHAR",
    Text("Berichtigt durch", "Corrected by"),
    note=Text("Lieferung, die den Messwert berichtigt hat.", "The delivery that corrected the reading."),
)

CORRECTED_AT = Column(
    "corrected_at",
    "TIMESTAMP",
    Text("Berichtigt", "Corrected at"),
    note=Text("UTC; bis wann der Zwilling diese Fassung kannte.", "UTC; until when the twin knew this version."),
)

LAYER = Layer(
    name="observation_correction",
    title=Text("Berichtigte Messwerte", "Corrected observations"),
    row=Text("eine frühere Fassung eines Messwerts", "an earlier version of a reading"),
    description=Text(
        "Was von einem Messwert bekannt war, bevor ihn eine spätere Lieferung berichtigt hat. Was zu einem Zeitpunkt "
        "bekannt war, sagt die Sicht `observation_known` mit `known_from` und `known_until`.",
        "What was known of a reading before a later delivery corrected it. What was known at a moment is told by the "
        "view `observation_known` with `known_from` and `known_until`.",
    ),
    columns=(*COLUMNS, REPLACED_BY, CORRECTED_AT),
    key=("sensor_id", "phenomenon_time", "corrected_at"),
    consent="sensor",
    latest=("result_time",),
    reference="ISO 19156; OGC SensorThings API 1.1 (18-088)",
)
