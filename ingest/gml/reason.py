"""Why a geometry cannot be taken, in both languages; none of these sentences repeats what the document says."""

from __future__ import annotations

from twin.language import Text

NO_AREA = Text("erwartet eine Fläche als position, gefunden keine", "expected an area as position, found none")
NO_BOUNDARY = Text("erwartet eine Umrandung, gefunden keine", "expected a boundary, found none")
UNKNOWN_CRS = Text(
    "erwartet ein bekanntes Koordinatenreferenzsystem, gefunden ein anderes",
    "expected a known coordinate reference system, found another",
)
ODD = Text("erwartet zu jedem Rechts- einen Hochwert", "expected a northing for each easting")
NUMBERS = Text(
    "erwartet endliche Zahlen als Koordinaten, gefunden anderes", "expected finite numbers as coordinates, found others"
)
OUTSIDE = Text(
    "erwartet Koordinaten im Gebiet ihres Bezugssystems, gefunden andere",
    "expected coordinates in the area of their reference system, found others",
)
OPEN = Text("erwartet eine geschlossene Umrandung, gefunden eine Lücke", "expected a closed boundary, found a gap")
GAP = Text("erwartet aneinander schließende Linien, gefunden eine Lücke", "expected lines that join, found a gap")
FEW = Text(
    "erwartet eine Umrandung aus drei oder mehr Ecken, gefunden weniger",
    "expected a boundary of three corners or more, found fewer",
)
EMPTY = Text(
    "erwartet eine Fläche, gefunden eine Umrandung ohne Inhalt", "expected an area, found a boundary without one"
)
CURVE = Text(
    "erwartet eine Linie aus Geraden und Kreisbögen, gefunden eine andere",
    "expected a curve of straight lines and circular arcs, found another",
)
CIRCLE = Text(
    "erwartet Punkte eines Kreisbogens in der verlangten Anzahl, gefunden andere",
    "expected the points of a circular arc in the number it takes, found others",
)
DEEP = Text("erwartet höchstens 20-fach geschachtelte Linien", "expected curves nested 20 deep at most")
LARGE = Text(
    "erwartet höchstens eine Million Punkte je Umrandung, gefunden mehr",
    "expected a million points a boundary at most, found more",
)
LINK = Text(
    "erwartet das Ziel eines Verweises im selben Objekt, gefunden keines",
    "expected the target of an xlink in the same object, found none",
)


class Unusable(ValueError):
    """An object that cannot be taken.

    Parameters
    ----------
    reason : Text
        Why.
    """

    def __init__(self, reason: Text) -> None:
        self.reason = reason
        super().__init__(str(reason))
