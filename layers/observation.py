"""Observations: readings of sensors."""

from twin.language import Text
from twin.layer import STORED_AT, Column, Layer

# A column is read as one line.
# fmt: off

COLUMNS = (
    Column("sensor_id", "VARCHAR", Text("Sensor", "Sensor"), source="SensorThings Datastream @iot.id"),
    Column("phenomenon_time", "TIMESTAMP", Text("Zeit", "Time"), note=Text("UTC; eines Zeitraums sein Beginn. Summen des DWD gelten für den Takt davor.", "UTC; of a period its beginning. Sums of the DWD are of the interval before."), source="phenomenonTime"),
    Column("phenomenon_end", "TIMESTAMP", Text("Ende des Zeitraums", "End of the period"), note=Text("UTC; leer bei einem Zeitpunkt.", "UTC; empty for an instant."), source="phenomenonTime"),
    Column("result", "DOUBLE", Text("Messwert", "Result"), note=Text("In der Einheit `sensor.unit`.", "In the unit `sensor.unit`."), source="result"),
    Column("result_text", "VARCHAR", Text("Befund", "Result as text"), note=Text("Wo der Wert keine Zahl ist.", "Where the value is no number."), source="result"),
    Column("quality", "VARCHAR", Text("Güte", "Quality"), codes="observation_quality", source="resultQuality"),
    Column("result_time", "TIMESTAMP", Text("Stand des Messwerts", "Time of the result"), note=Text("UTC; wann die Quelle den Wert bestimmt oder berichtigt hat.", "UTC; when the source determined or corrected the value."), source="resultTime"),
    STORED_AT,
)

LAYER = Layer(
    name="observation",
    title=Text("Messwerte", "Observations"),
    row=Text("ein Messwert eines Sensors", "a reading of a sensor"),
    description=Text(
        "Messwerte, jeder in der Einheit seines Sensors. Zeiten in UTC. Kommt ein Messwert wieder, gilt der mit der spätesten `result_time`, gleich in welcher Reihenfolge geliefert wird; "
        "nennt die Quelle keine, gilt die spätere Lieferung. Kein Messwert verdrängt einen anderer Zeit. Was in der Zukunft, außerhalb des Messbereichs oder in unbekannter Einheit liegt, fehlt und steht im Bericht.",
        "Readings, each in the unit of its sensor. Times are in UTC. Where a reading comes again, the one with the latest `result_time` counts, in whatever order they are delivered; "
        "where the source names none, the later delivery does. No reading takes the place of one of another time. What lies in the future, off scale or in an unknown unit is missing and stands in the report.",
    ),
    columns=COLUMNS,
    key=("sensor_id", "phenomenon_time"),
    consent="sensor",
    latest=("result_time", "quality", "result", "result_text", "phenomenon_end"),
    moment="phenomenon_time",
    newest="observation_latest",
    former="observation_correction",
    reference="OGC SensorThings API 1.1 (18-088), Observation; ISO 19156",
)
