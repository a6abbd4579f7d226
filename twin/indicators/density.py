"""Density: site occupancy (GRZ), floor area ratio (GFZ) and cubic index (BMZ) of each parcel."""

from __future__ import annotations

from collections.abc import Mapping

from twin.indicator import Indicator
from twin.language import Text
from twin.layer import Column
from twin.style import Ramp

STOREY_HEIGHT = 3.0
"""Storey height that a storey count is derived with where the source has none. [m]"""

SLENDER, TALL = 2.6, 3.6
"""Storey heights that the band is drawn with: low storeys give many, tall storeys few. [m]"""

ATTIC = 2.3
"""Rise of a roof from which the attic may be a full storey, so that the upper end of the band counts it. [m]"""

OUTBUILDINGS = ("31001_2463", "31001_2461", "31001_2462", "31001_2464", "31001_2465", "31001_1313", "31001_2723")
"""Garages, car parks and sheds: BauNVO § 19 (4) counts them apart from the main buildings."""


def _query(tables: Mapping[str, str]) -> str:
    outbuildings = ", ".join(f"'{code}'" for code in OUTBUILDINGS)
    # A building across a border counts on each parcel with its share of the footprint. Slivers under 1 m² are
    # the noise of two surveys lying on each other, not a building on the neighbour's land.
    return f"""
WITH land AS (
    SELECT ags, flurstueckskennzeichen, geom,
           coalesce(nullif(amtliche_flaeche, 0), nullif(ST_Area(geom), 0)) AS plot_area
    FROM {tables["parcel"]} WHERE geom IS NOT NULL
), house AS (
    SELECT geom, ST_Area(geom) AS drawn_area, footprint_area, volume, measured_height,
           coalesce(function_code IN ({outbuildings}), false) AS outbuilding,
           -- The eaves of a building with parts are those of its lowest part: its mean height says more.
           CASE WHEN part_count > 0 AND volume > 0 THEN volume / footprint_area
                ELSE coalesce(eaves_height, measured_height) END AS eaves,
           CASE WHEN part_count > 0 THEN 0 ELSE coalesce(measured_height - eaves_height, 0) END AS roof_rise,
           storeys_above_ground AS stated
    FROM {tables["building"]} WHERE geom IS NOT NULL
), storey AS (
    SELECT *,
           -- greatest() passes over NULL, so an unknown height has to be kept unknown by CASE.
           coalesce(stated, CASE WHEN eaves IS NOT NULL THEN greatest(1, round(eaves / {STOREY_HEIGHT})) END) AS storeys,
           coalesce(stated, CASE WHEN eaves IS NOT NULL THEN greatest(1, floor(eaves / {TALL})) END) AS fewest,
           coalesce(stated, CASE WHEN eaves IS NOT NULL THEN greatest(1, ceil(eaves / {SLENDER})) END)
               + CASE WHEN roof_rise >= {ATTIC} THEN 1 ELSE 0 END AS most,
           coalesce(volume, drawn_area * measured_height) AS built,
           drawn_area * eaves AS built_to_eaves
    FROM house WHERE drawn_area > 0
), piece AS (
    SELECT land.ags, land.flurstueckskennzeichen, plot_area, storey.* EXCLUDE (geom),
           -- Most buildings lie within one parcel, and then there is nothing to cut.
           CASE WHEN ST_Within(storey.geom, land.geom) THEN storey.drawn_area
                ELSE ST_Area(ST_Intersection(land.geom, storey.geom)) END AS covered
    FROM land JOIN storey ON ST_Intersects(land.geom, storey.geom)
), on_plot AS (
    SELECT ags, flurstueckskennzeichen, any_value(plot_area) AS plot_area,
           count(*)::INTEGER AS building_count,
           count(*) FILTER (storeys IS NULL AND NOT outbuilding)::INTEGER AS without_height,
           sum(covered) FILTER (NOT outbuilding) AS main_area,
           sum(covered) AS whole_area,
           sum(covered * storeys) FILTER (NOT outbuilding) AS floor_area,
           sum(covered * fewest) FILTER (NOT outbuilding) AS floor_area_low,
           sum(covered * most) FILTER (NOT outbuilding) AS floor_area_high,
           -- A sum passes over NULL: one building of unknown volume leaves the volume of the whole parcel unknown.
           CASE WHEN count(*) = count(built) THEN sum(covered / drawn_area * built) END AS built_volume,
           CASE WHEN count(*) = count(built)
                THEN sum(covered / drawn_area * least(built, built_to_eaves)) END AS built_volume_low
    FROM piece WHERE covered >= 1.0 GROUP BY ags, flurstueckskennzeichen
)
SELECT land.flurstueckskennzeichen, land.ags, land.plot_area,
       coalesce(building_count, 0) AS building_count,
       coalesce(without_height, 0) AS without_height,
       coalesce(main_area, 0) / land.plot_area AS grz,
       coalesce(main_area, 0) / land.plot_area AS grz_low,
       coalesce(whole_area, 0) / land.plot_area AS grz_high,
       CASE WHEN coalesce(without_height, 0) = 0 THEN coalesce(floor_area, 0) / land.plot_area END AS gfz,
       CASE WHEN coalesce(without_height, 0) = 0 THEN coalesce(floor_area_low, 0) / land.plot_area END AS gfz_low,
       CASE WHEN coalesce(without_height, 0) = 0 THEN coalesce(floor_area_high, 0) / land.plot_area END AS gfz_high,
       CASE WHEN building_count IS NULL THEN 0 ELSE built_volume END / land.plot_area AS bmz,
       CASE WHEN building_count IS NULL THEN 0 ELSE built_volume_low END / land.plot_area AS bmz_low,
       CASE WHEN building_count IS NULL THEN 0 ELSE built_volume END / land.plot_area AS bmz_high
FROM land LEFT JOIN on_plot USING (ags, flurstueckskennzeichen)
WHERE land.plot_area > 0
"""


_ESTIMATE = Text(
    "Schätzung aus LoD2, keine baurechtliche Feststellung: LoD2 kennt keine Vollgeschosse.",
    "Estimate from LoD2, no finding of building law: LoD2 does not know which storeys are full.",
)
_VOLUME = Text(
    f"Offen, wo ein Gebäude weder Volumen noch Höhe hat. {_ESTIMATE.de}",
    f"Left open where a building has neither volume nor height. {_ESTIMATE.en}",
)


def _ramp(column: str, title: Text, *stops: tuple[float, str]) -> Ramp:
    return Ramp(column, title, column, stops)


INDICATOR = Indicator(
    name="density",
    title=Text("Bauliche Dichte", "Building density"),
    description=Text(
        "GRZ, GFZ und BMZ je Flurstück nach dem Bestand, mit dem Band, das LoD2 zulässt. Bezugsfläche ist das Flurstück, nicht das "
        "Grundstück. Keine baurechtliche Feststellung.",
        "GRZ, GFZ and BMZ of each parcel as built, with the band that LoD2 allows. The reference area is the cadastral parcel, not "
        "the plot of the land register. No finding of building law.",
    ),
    layer="parcel",
    tables=("parcel", "building"),
    columns=(
        Column("plot_area", "DOUBLE", Text("Bezugsfläche", "Reference area"), unit="m2"),
        Column("building_count", "INTEGER", Text("Gebäude", "Buildings"), unit="1"),
        Column(
            "without_height",
            "INTEGER",
            Text("Gebäude ohne Höhe", "Buildings without height"),
            unit="1",
            note=Text("Und ohne Geschosszahl: die GFZ bleibt offen.", "And without storeys: the GFZ is left open."),
        ),
        Column(
            "grz",
            "DOUBLE",
            Text("GRZ", "GRZ"),
            unit="1",
            note=Text("Hauptgebäude, § 19 (2) BauNVO.", "Main buildings, § 19 (2) BauNVO."),
        ),
        Column("grz_low", "DOUBLE", Text("GRZ mindestens", "GRZ at least"), unit="1"),
        Column(
            "grz_high",
            "DOUBLE",
            Text("GRZ höchstens", "GRZ at most"),
            unit="1",
            note=Text("Mit Garagen und Nebengebäuden, § 19 (4).", "With garages and outbuildings, § 19 (4)."),
        ),
        Column("gfz", "DOUBLE", Text("GFZ", "GFZ"), unit="1", note=_ESTIMATE),
        Column("gfz_low", "DOUBLE", Text("GFZ mindestens", "GFZ at least"), unit="1", note=_ESTIMATE),
        Column("gfz_high", "DOUBLE", Text("GFZ höchstens", "GFZ at most"), unit="1", note=_ESTIMATE),
        Column("bmz", "DOUBLE", Text("BMZ", "BMZ"), unit="1", note=_VOLUME),
        Column(
            "bmz_low",
            "DOUBLE",
            Text("BMZ mindestens", "BMZ at least"),
            unit="1",
            note=Text("Nur bis zur Traufe.", "Up to the eaves only."),
        ),
        Column("bmz_high", "DOUBLE", Text("BMZ höchstens", "BMZ at most"), unit="1", note=_ESTIMATE),
    ),
    query=_query,
    themes=(
        _ramp(
            "grz",
            Text("GRZ (Flurstück)", "GRZ (parcel)"),
            (0.0, "#FBF6E3"),
            (0.2, "#F3D488"),
            (0.4, "#E58E47"),
            (0.6, "#C2453A"),
            (0.8, "#6D1A36"),
        ),
        _ramp(
            "gfz",
            Text("GFZ (Flurstück)", "GFZ (parcel)"),
            (0.0, "#F2F5E9"),
            (0.4, "#BCD7A6"),
            (0.8, "#6CAE9A"),
            (1.2, "#2F7A8C"),
            (2.4, "#1B3A63"),
        ),
        _ramp(
            "bmz",
            Text("BMZ (Flurstück)", "BMZ (parcel)"),
            (0.0, "#F5F1EA"),
            (2.0, "#D6C3D9"),
            (5.0, "#9A7BB0"),
            (10.0, "#4B2D73"),
        ),
    ),
    reference="BauNVO §§ 17, 19, 20, 21",
)
