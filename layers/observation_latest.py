"""The latest reading of each sensor, kept at hand."""

from layers.observation import COLUMNS
from twin.language import Text
from twin.layer import Layer

LAYER = Layer(
    name="observation_latest",
    title=Text("Letzte Messwerte", "Latest observations"),
    row=Text("der jüngste Messwert eines Sensors", "the most recent reading of a sensor"),
    description=Text(
        "Je Sensor der Messwert mit der spätesten Zeit, wie er in `observation` steht. Jede Lieferung von Messwerten "
        "führt ihn nach; die ganze Geschichte muss dafür niemand lesen.",
        "Of each sensor the reading with the latest time, as it is in `observation`. Each delivery of readings brings "
        "it up to date; nobody has to read the whole history for it.",
    ),
    columns=COLUMNS,
    key=("sensor_id",),
    consent="sensor",
    latest=("phenomenon_time", "result_time"),
    reference="OGC SensorThings API 1.1 (18-088), Observation; ISO 19156",
)
