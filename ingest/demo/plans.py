"""Three plans of the demo: one in force over a quarter of the town, a draft for the housing field, a land-use plan."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from ingest.demo.cutting import faces, polygons
from ingest.demo.district import District
from ingest.demo.places import DATE, HOUSING_FIELD, OLD_BARN, TOWN, Municipality, municipality
from ingest.demo.scenario import EDGE, ROWS
from ingest.demo.xplan_document import PlanDocument

QUARTER = (TOWN[0] - 760.0, TOWN[1] - 330.0, TOWN[0] - 400.0, TOWN[1] + 20.0)
"""West, south, east and north of the quarter that the plan in force covers. [m]"""

QUARTER_NUMBER, DRAFT_NUMBER, LAND_USE_NUMBER = "31", "47", "2"

_DWELLING = {"villa": (1200, 0.4, 0.8, 2, 1000), "house": (1200, 0.4, 0.6, 2, 1000), "new": (1200, 0.35, 0.7, 2, 1000),
             "row": (1200, 0.4, 0.8, 2, 2000), "slab": (1200, 0.3, 1.2, 4, 3000), "village": (1500, 0.5, 0.9, 2, 1000),
             "core": (1500, 0.6, 1.2, 3, 2000), "industry": (1700, 0.8, 1.6, 3, 3000),
             "market": (1500, 0.6, 0.8, 2, 3000)}  # fmt: skip
"""BauNVO code, GRZ, GFZ, storeys and Bauweise of a kind of land."""


def documents(district: District) -> Iterator[tuple[str, bytes]]:
    """File name and content of each plan."""
    yield f"BP_{QUARTER_NUMBER}_Westviertel_xplan60.gml", in_force(district)
    yield f"BP_{DRAFT_NUMBER}_Neue_Gartenstadt_Entwurf_xplan60.gml", draft(district)
    yield f"FP_{LAND_USE_NUMBER}_Auenrode_xplan60.gml", land_use_plan(district)


def _own(ags: str, part: str) -> dict[str, object]:
    own = municipality(ags)
    return {"XP_Gemeinde": {"ags": ags, "gemeindeName": own.name} | ({"ortsteilName": part} if part else {})}


def _planner(own: Municipality) -> dict[str, object]:
    return {"XP_Plangeber": {"name": f"{own.kind} {own.name}", "kennziffer": own.ags}}


def in_force(district: District) -> bytes:
    """Plan no. 31 "Westviertel": what stands there, by quarters, with its streets."""
    window = shapely.box(*QUARTER)
    shapely.prepare(window)
    inside = [piece for piece in district.land.pieces if window.contains(piece.shape.representative_point())]
    inside = [
        piece for piece in inside if piece.kind in {*_DWELLING, "street", "lane", "garden", "park", "sport", "school"}
    ]
    area = _largest(shapely.coverage_union_all([piece.shape for piece in inside]))
    inside = [piece for piece in inside if area.contains(piece.shape.representative_point())]
    plan = PlanDocument(
        "BP", QUARTER_NUMBER, area,
        {"name": "Bebauungsplan Nr. 31 „Westviertel“", "nummer": QUARTER_NUMBER, "technHerstellDatum": "1998-05-12",
         "beschreibung": "Sicherung des Wohngebiets zwischen Ringstraße und Auenroder Straße.",
         "erstellungsMassstab": 1000},
        {"gemeinde": _own("05099010", "Musterstadt"), "plangeber": _planner(municipality("05099010")),
         "planArt": 1000, "verfahren": 1000, "rechtsstand": 4000, "aufstellungsbeschlussDatum": "1996-03-14",
         "auslegungsStartDatum": "1997-09-01", "auslegungsEndDatum": "1997-10-02",
         "satzungsbeschlussDatum": "1998-06-18", "inkrafttretensDatum": "1998-08-01"},
    )  # fmt: skip
    stores = plan.text("1.1", "Ausnahmen nach § 4 Abs. 3 BauNVO sind nicht Bestandteil des Bebauungsplans.")
    trees = plan.text("4.2", "Je angefangene 300 m² Grundstücksfläche ist ein standortgerechter Laubbaum zu pflanzen.")
    groups: dict[tuple[int, str], list[BaseGeometry]] = {}
    for piece in inside:
        kind = "garden" if piece.kind == "garden" else piece.kind
        groups.setdefault((piece.quarter, kind), []).append(piece.shape)
    for (_, kind), shapes in sorted(groups.items()):
        for part in polygons(shapely.coverage_union_all(shapes)):
            _quarter_part(plan, kind, part, (stores, trees))
    return plan.content()


def _largest(shape: BaseGeometry) -> shapely.Polygon:
    return max(polygons(shape), key=lambda part: part.area)


def _quarter_part(plan: PlanDocument, kind: str, part: shapely.Polygon, texts: tuple[str, str]) -> None:
    if kind in ("street", "lane"):
        plan.add("BP_StrassenVerkehrsFlaeche", part, True)
    elif kind in ("garden", "park"):
        purpose = {"XP_KomplexeZweckbestGruen": {"allgemein": 1000 if kind == "park" else 1200}}
        plan.add("BP_GruenFlaeche", part, True, zweckbestimmung=purpose, nutzungsform=2000 if kind == "park" else 1000)
    elif kind == "sport":
        plan.add(
            "BP_SpielSportanlagenFlaeche",
            part,
            True,
            zweckbestimmung={"XP_KomplexeZweckbestSpielSportanlage": {"allgemein": 1000}},
        )
    elif kind == "school":
        purpose = {"XP_KomplexeZweckbestGemeinbedarf": {"allgemein": 1200, "detail": 12000}}
        plan.add("BP_GemeinbedarfsFlaeche", part, True, zweckbestimmung=purpose)
    else:
        use, grz, gfz, storeys, method = _DWELLING[kind]
        plan.add(
            "BP_BaugebietsTeilFlaeche", part, True, texts, GFZ=gfz, GRZ=grz, Z=storeys,
            allgArtDerBaulNutzung=1000 if use < 1400 else 2000, besondereArtDerBaulNutzung=use, bauweise=method,
        )  # fmt: skip
        room = part.buffer(-3.0, join_style="mitre")
        window = room.difference(part.buffer(-21.0, join_style="mitre").buffer(1.5, join_style="mitre"))
        for one in polygons(window.simplify(0.2)):
            if one.area > 120:
                plan.add("BP_UeberbaubareGrundstuecksFlaeche", one, False)
                plan.add("BP_BauGrenze", shapely.LineString(one.exterior.coords))


def draft(district: District) -> bytes:
    """Plan no. 47 "Neue Gartenstadt": the field that the scenario builds on, and the plot of the old barn."""
    field = next(piece.shape for piece in district.land.pieces if piece.name == HOUSING_FIELD)
    barn = next(piece.shape for piece in district.land.pieces if piece.name == OLD_BARN)
    area = _largest(shapely.coverage_union_all([field, barn]))
    plan = PlanDocument(
        "BP", DRAFT_NUMBER, area,
        {"name": f"Bebauungsplan Nr. 47 „{HOUSING_FIELD}“", "nummer": DRAFT_NUMBER, "technHerstellDatum": DATE,
         "beschreibung": "Dreißig Wohnhäuser, eine Kita und eine Retentionsmulde an der Ostendorfer Straße.",
         "erstellungsMassstab": 500},
        {"gemeinde": _own("05099010", "Musterstadt"), "plangeber": _planner(municipality("05099010")),
         "planArt": 1000, "verfahren": 1000, "rechtsstand": 2400, "aufstellungsbeschlussDatum": "2024-11-21",
         "auslegungsStartDatum": "2025-06-16", "auslegungsEndDatum": "2025-07-18"},
    )  # fmt: skip
    quiet = plan.text("5.1", "Schlafräume an der Ostendorfer Straße erhalten schallgedämmte Lüftungen (DIN 4109-1).")
    green = plan.text("6.1", "Flachdächer und flach geneigte Dächer bis 10° sind extensiv zu begrünen.")
    rain = plan.text("7.1", "Niederschlagswasser ist auf den Grundstücken zurückzuhalten; Notüberlauf in die Mulde.")
    frame = _Rows(field)
    strips = [frame.band(v) for v in (1 / ROWS, 2 / ROWS)]
    lane, path = (3.25, 1.75)
    cuts = [
        frame.along(v * frame.deep + step * half)
        for v, half in zip((1 / ROWS, 2 / ROWS), (lane, path), strict=True)
        for step in (-1, 1)
    ]
    cuts += [frame.across(frame.long * 0.5 + step) for step in (-3.25, 3.25)]
    cuts += [frame.along(frame.deep + 2.0), frame.along(-2.0)]
    for part in faces(shapely.union_all([field.boundary, *cuts], grid_size=0.001)):
        point = part.representative_point()
        if not field.contains(point) or part.area < 0.5:
            continue
        u, v = frame.place(point)
        _draft_part(plan, part, u - frame.long / 2, v, frame, (green, rain))
    plan.add(
        "BP_GemeinbedarfsFlaeche", barn, True, Z=2, GRZ=0.4,
        zweckbestimmung={
            "XP_KomplexeZweckbestGemeinbedarf": {"allgemein": 1600, "textlicheErgaenzung": "Kindertagesstätte"}
        },
    )  # fmt: skip
    for row in range(ROWS):
        window = frame.window(row, 9.5).intersection(field.buffer(-3.0))
        for one in polygons(window):
            plan.add("BP_UeberbaubareGrundstuecksFlaeche", one, False, Z=2)
            plan.add("BP_BauGrenze", shapely.LineString(one.exterior.coords))
    noisy = frame.noisy(28.0).intersection(field)
    plan.add("BP_Immissionsschutz", _largest(noisy), False, (quiet,), laermpegelbereich=1200)
    for u in np.linspace(0.06, 0.94, 12) * frame.long:
        plan.add(
            "BP_AnpflanzungBindungErhaltung",
            frame.point(float(u), strips[0] + 2.6),
            None,
            massnahme=1000,
            gegenstand=1000,
        )
    middle = frame.point(frame.long * 0.9, frame.deep / 2)
    plan.circle("BP_SpielSportanlagenFlaeche", (middle.x, middle.y), 6.0,
                zweckbestimmung={"XP_KomplexeZweckbestSpielSportanlage": {"allgemein": 3000}})  # fmt: skip
    plan.add("BP_StrassenbegrenzungsLinie", frame.stretch(strips[0] - lane))
    return plan.content()


def _draft_part(
    plan: PlanDocument, part: shapely.Polygon, u: float, v: float, frame: _Rows, texts: tuple[str, ...]
) -> None:
    if abs(v - frame.band(1 / ROWS)) < 3.25 or abs(u) < 3.25:
        plan.add("BP_StrassenVerkehrsFlaeche", part, True)
    elif abs(v - frame.band(2 / ROWS)) < 1.75:
        purpose = {"BP_KomplexeZweckbestStrassenverkehr": {"allgemein": 1100}}
        plan.add("BP_VerkehrsflaecheBesondererZweckbestimmung", part, True, zweckbestimmung=purpose)
    elif v > frame.deep + 2.0 or v < -2.0:
        plan.add(
            "BP_GruenFlaeche",
            part,
            True,
            zweckbestimmung={"XP_KomplexeZweckbestGruen": {"allgemein": 1000}},
            nutzungsform=2000,
        )
    else:
        plan.add(
            "BP_BaugebietsTeilFlaeche", part, True, texts,
            dachgestaltung={"BP_Dachgestaltung": {"DNmin": 0, "DNmax": 45}},
            GFZ=0.8, GRZ=0.4, Z=2, allgArtDerBaulNutzung=1000, besondereArtDerBaulNutzung=1200, bauweise=1000,
        )  # fmt: skip


class _Rows:
    """The field in the frame of the scenario's houses: u runs along their rows, v across.

    Parameters
    ----------
    field : Polygon
    """

    def __init__(self, field: shapely.Polygon) -> None:
        room = shapely.buffer(field, -EDGE)
        corners = shapely.get_coordinates(shapely.minimum_rotated_rectangle(room))[:4]
        sides = np.roll(corners, -1, axis=0) - corners
        first = int(np.argmax(np.hypot(*sides.T)))
        across = sides[(first + 1) % 4]
        self.origin = corners[first]
        self.long, self.deep = float(np.hypot(*sides[first])), float(np.hypot(*across))
        self._u, self._v = sides[first] / self.long, across / self.deep

    def band(self, share: float) -> float:
        """How far across `share` of the depth is. [m]"""
        return share * self.deep

    def point(self, u: float, v: float) -> shapely.Point:
        """A place in the district's coordinates."""
        return shapely.Point((self.origin + u * self._u + v * self._v).round(3))

    def place(self, point: shapely.Point) -> tuple[float, float]:
        """How far along and across a point lies. [m]"""
        away = np.array([point.x, point.y]) - self.origin
        return float(away @ self._u), float(away @ self._v)

    def along(self, v: float) -> shapely.LineString:
        """A line right through, along the rows."""
        return shapely.LineString([self.point(-60, v), self.point(self.long + 60, v)])

    def across(self, u: float) -> shapely.LineString:
        """A line right through, across the rows."""
        return shapely.LineString([self.point(u, -60), self.point(u, self.deep + 60)])

    def stretch(self, v: float) -> shapely.LineString:
        """A line of the length of the rows."""
        return shapely.LineString([self.point(0, v), self.point(self.long, v)])

    def window(self, row: int, half: float) -> shapely.Polygon:
        """Where the houses of a row may stand."""
        v = (row + 0.5) / ROWS * self.deep
        return self._box(-6.0, v - half, self.long + 6.0, v + half)

    def noisy(self, reach: float) -> shapely.Polygon:
        """The land next to the road in the south."""
        south = self._v[1] > 0
        low, high = (-30.0, reach) if south else (self.deep - reach, self.deep + 30.0)
        return self._box(-40.0, low, self.long + 40.0, high)

    def _box(self, west: float, south: float, east: float, north: float) -> shapely.Polygon:
        corners = [(west, south), (east, south), (east, north), (west, north)]
        return shapely.Polygon([self.point(*corner) for corner in corners])


_LAND_USE: dict[str, tuple[str, dict[str, object]]] = {
    **dict.fromkeys(("house", "new", "row", "slab", "villa"), ("FP_BebauungsFlaeche", {"allgArtDerBaulNutzung": 1000})),
    **dict.fromkeys(("village", "core", "barn", "hall"), ("FP_BebauungsFlaeche", {"allgArtDerBaulNutzung": 2000})),
    **dict.fromkeys(("industry", "market"), ("FP_BebauungsFlaeche", {"allgArtDerBaulNutzung": 3000})),
    **dict.fromkeys(("road", "street", "lane", "square", "track"), ("FP_Strassenverkehr", {})),
    "garden": ("FP_Gruen", {"zweckbestimmung": {"XP_KomplexeZweckbestGruen": {"allgemein": 1200}}}),
    "park": ("FP_Gruen", {"zweckbestimmung": {"XP_KomplexeZweckbestGruen": {"allgemein": 1000}}}),
    "sport": ("FP_SpielSportanlage",
              {"zweckbestimmung": {"XP_KomplexeZweckbestSpielSportanlage": {"allgemein": 1000}}}),
    "cemetery": ("FP_Gruen", {"zweckbestimmung": {"XP_KomplexeZweckbestGruen": {"allgemein": 2600}}}),
    **dict.fromkeys(("church", "school", "clinic"), ("FP_Gemeinbedarf", {})),
    **dict.fromkeys(("arable", "meadow", "site", "farm"), ("FP_Landwirtschaft", {})),
    **dict.fromkeys(("forest", "copse"), ("FP_WaldFlaeche", {})),
    **dict.fromkeys(("river", "brook", "pond"), ("FP_Gewaesser", {})),
    **dict.fromkeys(("rail", "station"), ("SO_Schienenverkehrsrecht", {"artDerFestlegung": 1000})),
}  # fmt: skip
"""Object class and attributes by kind of land."""


def land_use_plan(district: District) -> bytes:
    """Land-use plan no. 2 of Auenrode: the whole municipality by what the land is for."""
    own = municipality("05099020")
    pieces = [parcel.piece for parcel in district.parcels if parcel.place.ags == own.ags]
    plan = PlanDocument(
        "FP", LAND_USE_NUMBER, district.borders[own.ags],
        {"name": f"Flächennutzungsplan der Gemeinde {own.name}", "nummer": LAND_USE_NUMBER,
         "technHerstellDatum": "2009-02-03", "erstellungsMassstab": 10000},
        {"gemeinde": _own(own.ags, ""), "plangeber": _planner(own), "planArt": 1000, "rechtsstand": 4000,
         "planbeschlussDatum": "2008-12-11", "wirksamkeitsDatum": "2009-03-01"},
    )  # fmt: skip
    groups: dict[str, list[BaseGeometry]] = {}
    for piece in pieces:
        kind, attributes = _LAND_USE[piece.kind]
        groups.setdefault(f"{kind} {attributes}", []).append(piece.shape)
    looks = {f"{kind} {attributes}": (kind, attributes) for kind, attributes in _LAND_USE.values()}
    for key in sorted(groups):
        kind, attributes = looks[key]
        for part in polygons(shapely.coverage_union_all(groups[key])):
            plan.add(kind, part, True, (), **attributes)
    return plan.content()
