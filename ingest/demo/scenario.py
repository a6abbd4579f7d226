"""The demo's scenario: thirty houses on a field at the edge of the town, and an old barn beside it gone."""

from __future__ import annotations

import numpy as np
import shapely
from shapely.geometry import Polygon

import twin
from ingest.demo.places import HOUSING_FIELD, OLD_BARN, SEED
from twin.scenario import drafting
from twin.scenario.drafting import NewBuilding

NAME = "gartenstadt"
TITLE = HOUSING_FIELD
ROWS, COLUMNS = 3, 10
"""Houses in depth and along the field."""

EDGE = 9.0
"""Distance kept from the edge of the field. [m]"""

KINDS = (
    (9.0, 11.0, 2, "gable"),
    (8.0, 12.0, 1, "gable"),
    (10.0, 10.0, 2, "hip"),
    (8.5, 13.0, 2, "gable"),
    (9.0, 12.0, 2, "flat"),
)
"""Width along the lane [m], depth [m], storeys and roof of the kinds of houses."""


def draw_up(t: twin.Twin) -> bool:
    """Begin the scenario in the demo's twin, unless it is there.

    Returns
    -------
    drawn : bool
        Whether it is new.
    """
    if NAME in {scenario.name for scenario in drafting.scenarios(t)}:
        return False
    fields = t.read("parcel")
    field = fields.loc[fields["location"] == HOUSING_FIELD, "geom"].iloc[0]
    barns = t.sql("SELECT building_id FROM building WHERE name = ?", values=[OLD_BARN]).fetchall()
    drafting.begin(t, NAME, TITLE)
    drafting.add(t, NAME, houses(field))
    drafting.remove(t, NAME, [str(row[0]) for row in barns])
    return True


def houses(field: Polygon) -> list[NewBuilding]:
    """Detached houses in rows along the field's longer side, each turned a little its own way.

    Parameters
    ----------
    field : Polygon
        In EPSG:25832. [m]
    """
    random = np.random.default_rng(SEED)
    room = shapely.buffer(field, -EDGE)
    corners = shapely.get_coordinates(shapely.minimum_rotated_rectangle(room))[:4]
    sides = np.roll(corners, -1, axis=0) - corners
    along = int(np.argmax(np.hypot(*sides.T)))
    origin, long = corners[along], sides[along]
    deep = sides[(along + 1) % 4]
    turn = np.degrees(np.arctan2(long[1], long[0]))
    found = []
    for row in range(ROWS):
        for column in range(COLUMNS):
            width, depth, storeys, roof = KINDS[int(random.integers(len(KINDS)))]
            place = origin + long * (column + 0.5) / COLUMNS + deep * (row + 0.5) / ROWS
            place = place + random.uniform(-1.2, 1.2, 2)
            box = shapely.box(-width / 2, -depth / 2, width / 2, depth / 2)
            turned = shapely.affinity.rotate(box, turn + random.uniform(-4, 4), origin=(0, 0))
            footprint = shapely.affinity.translate(turned, *place)
            # The field is no rectangle: what would overhang moves to its middle until it fits.
            for _ in range(20):
                if room.contains(footprint):
                    break
                step = (np.array(room.centroid.coords[0]) - np.array(footprint.centroid.coords[0])) * 0.06
                footprint = shapely.affinity.translate(footprint, *step)
            found.append(NewBuilding(footprint.wkt, storeys=storeys, roof=roof))
    return found
