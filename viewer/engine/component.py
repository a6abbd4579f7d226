"""The browser's 3D engine as a Panel component."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import param
from panel.custom import JSComponent


class DistrictMap(JSComponent):
    """A district in 3D: terrain, buildings, parcels and borders, drawn by the bundled engine.

    Everything is fetched from the host that serves the page; what `scene_url` leaves out is not shown.
    Coordinates are easting, northing [m] in EPSG:25832 and height [m] in DHHN2016.
    """

    scene_url = param.String(default="/scene.json", doc="Where `scene.json` is, relative to the page.")
    layers = param.Dict(default={}, doc="Layer → shown. A layer that is not named is shown if it has a tileset.")
    theme = param.String(default="", doc="Theme that `/colours` is asked for; empty for the plain look.")
    scenario = param.String(default="", doc="Scenario that `/colours` and `added.glb` are asked for; empty for none.")
    revision = param.Integer(default=0, doc="Counts up when tiles or colours have changed; the engine fetches again.")
    selection = param.Dict(default=None, allow_None=True, doc='`{"ags", "building_id"}`, highlighted; None for none.')
    marker = param.List(default=None, allow_None=True, doc="`[east, north]` of a pin on the ground; None for none.")
    outline = param.List(default=[], doc="Rings `[[east, north], …]`, draped on the terrain as a highlighted line.")
    charted = param.Dict(
        default={}, doc="Datastream → `#RRGGBB`: stations whose readings are drawn beside the map get a ring of it."
    )
    view = param.Dict(
        default={},
        doc="""What the camera looks at and from where: `east`, `north`, `height` of the point looked at [m],
        `distance` of the camera from it [m], `azimuth` of the line of sight, clockwise from north [°],
        `tilt` of the line of sight from straight down [°]. Set by the page to move the camera, which flies there;
        set by the engine a moment after a movement has ended. Missing entries keep their value.""",
    )
    home = param.Dict(default={}, doc="View of the whole district; empty lets the engine fit the scene's extent.")
    quality = param.Selector(default="fast", objects=["fast", "beautiful"], doc="How much the picture may cost.")
    quality_adapts = param.Boolean(
        default=True, doc="Whether the engine may choose `quality` by itself until the user has chosen one."
    )
    picked = param.Dict(
        default=None,
        allow_None=True,
        doc="""What was clicked last: `{"kind": "building", "ags", "building_id", "position", "count"}`,
        `{"kind": "feature", "layer", "ags", "key", "position", "count"}` for a tree, sign or pipe, or
        `{"kind": "ground", "position": [east, north, height], "count"}`; None where the sky was clicked.
        `count` rises with every click, so that the same place clicked twice is two events.""",
    )
    state = param.Dict(
        default={"loading": True, "tiles": 0, "error": ""},
        doc='`{"loading": bool, "tiles": n, "error": str}`, set by the engine.',
    )
    language = param.Selector(default="de", objects=["de", "en"], doc="Language of the controls on the map.")

    # Panel serves the bundle from its own resource handler, so the page needs neither eval nor another host.
    _bundle: ClassVar[Path] = Path(__file__).parent / "dist" / "engine.js"
