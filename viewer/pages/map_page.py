"""The map page: the district in 3D with layers, search, inspector and scenarios."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import panel as pn
import panel_material_ui as pmui

from twin import Principal, Twin
from twin.language import Language
from viewer.engine.component import DistrictMap
from viewer.pages import data_words, words
from viewer.pages.address import Address, parse_address
from viewer.pages.alert_badge import AlertBadge
from viewer.pages.chart_panel import ChartPanel
from viewer.pages.frame import LINKS, PALETTE, page_template
from viewer.pages.inspector import Inspector
from viewer.pages.layer_panel import LayerPanel
from viewer.pages.markup import STYLESHEET, escaped
from viewer.pages.scenario_panel import ScenarioPanel
from viewer.pages.search_panel import SearchPanel
from viewer.pages.state import MapState
from viewer.sensors.drawing import COLOURS
from viewer.sensors.stations import SENSOR
from viewer.server.composition import compose
from viewer.server.search import Hit, ground_height

CLOSE_UP = {"building": 220.0, "address": 260.0, "parcel": 320.0, "municipality": 4500.0}
"""Distance that a search flies to. [m]"""


_WRITTEN = ["layers", "theme", "drape", "scenario", "by", "view", "chosen", "sensors", "period"]
"""What the address says."""


class MapPage:
    """One visitor's map page.

    Parameters
    ----------
    twin : Twin
        Opened for the visitor's principal.
    query : str
        Query string of the address.
    steward : bool
        Whether the visitor may bring data in: the header links to the data page.
    operations : Twin, optional
        Opened for whoever the operations page is for, whose open alerts the header counts; without one it does not
        link there.
    """

    def __init__(self, twin: Twin, query: str, *, steward: bool = False, operations: Twin | None = None) -> None:
        self._steward, self._operations = steward, operations
        address = parse_address(query)
        self.state = MapState(twin, compose(twin), address)
        self._inspector = Inspector(self.state)
        self._look_at_what_is_chosen()
        self._chart = ChartPanel(self.state)
        self._map = DistrictMap(
            scene_url="scene.json",
            language=address.language,
            layers=self._drawn(),
            theme=self.state.theme,
            scenario=self.state.scenario,
            view=self.state.view,
            sizing_mode="stretch_both",
            min_height=320,
        )
        self._page = pmui.Page(
            title=self._title(),
            meta_name=self._title(),
            template=page_template(address.language),
            theme_config=PALETTE,
            sidebar=[
                SearchPanel(self.state, self._go).view,
                ScenarioPanel(self.state).view,
                LayerPanel(self.state).view,
                self._sources(),
            ],
            sidebar_width=330,
            contextbar=[self._inspector.view],
            contextbar_open=self._inspector.card is not None,
            contextbar_width=380,
            contextbar_variant="persistent",
            sidebar_variant="persistent",
            header=[self._header()],
            main=[pmui.Column(self._map, self._chart.view, sizing_mode="stretch_both")],
            theme_toggle=True,
            busy_indicator="linear",
        )
        self._connect()
        self._highlight()
        self._ring()

    def view(self) -> pmui.Page:
        """The page for Panel to serve."""
        return self._page

    def _look_at_what_is_chosen(self) -> None:
        """Begin there, where the address names what is chosen and no view."""
        card = self._inspector.card
        if card is not None and card.place and not self.state.view:
            east, north = card.place
            height = ground_height(self.state.twin, east, north)
            view = {"east": east, "north": north, "height": height, "azimuth": 0.0, "tilt": 55.0}
            self.state.view = view | {"distance": CLOSE_UP.get(card.kind, 400.0)}

    def _connect(self) -> None:
        state = self.state
        self._map.param.watch(lambda event: self._picked(event.new), "picked")
        self._map.param.watch(lambda event: setattr(state, "view", event.new), "view")
        self._page.param.watch(lambda event: self._chart.darken(event.new), "dark_theme")
        state.param.watch(self._ring, "sensors")
        state.param.watch(self._redraw, ["layers", "theme", "drape", "scenario", "by"])
        state.param.watch(self._write_address, _WRITTEN)

    def _picked(self, picked: dict[str, Any] | None) -> None:
        if picked is None:
            return
        self._map.marker = None
        card = None
        east, north = picked["position"][:2]
        if picked["kind"] == "building":
            card = self._inspector.choose(f"building:{picked['ags']}:{picked['building_id']}", (east, north))
        elif picked["kind"] == "feature":
            card = self._inspector.choose(f"{picked['layer']}:{picked['ags']}:{picked['key']}")
            if picked["layer"] == SENSOR:
                self._chart.picked(str(picked["key"]))
        if card is None:
            card = self._inspector.at(east, north)
        self.state.chosen = f"{card.kind}:{card.ags}:{card.key}" if card else ""
        self._page.contextbar_open = True
        self._highlight()

    def _go(self, hit: Hit) -> None:
        self._map.marker = None if hit.kind == "municipality" else [hit.east, hit.north]
        self._map.view = {
            "east": hit.east,
            "north": hit.north,
            "height": hit.height,
            "distance": CLOSE_UP.get(hit.kind, 400.0),
            "azimuth": self.state.view.get("azimuth", 0.0),
            "tilt": 55.0,
        }
        if hit.kind == "address":
            card = self._inspector.at(hit.east, hit.north)
        else:
            card = None if hit.kind == "municipality" else self._inspector.choose(f"{hit.kind}:{hit.ags}:{hit.key}")
        if hit.kind == SENSOR:
            self.state.layers = {**self.state.layers, SENSOR: True}
            self._chart.picked(hit.key)
        self.state.chosen = f"{card.kind}:{card.ags}:{card.key}" if card else ""
        self._page.contextbar_open = self._page.contextbar_open or card is not None
        self._highlight()

    def _highlight(self) -> None:
        card = self._inspector.card
        building = card is not None and card.kind == "building"
        self._map.selection = {"ags": card.ags, "building_id": card.key} if card and building else None
        self._map.outline = card.outline if card and not building else []
        if card and card.kind == SENSOR:
            self._map.marker = None  # its own sign stands there
        elif card and card.place:
            self._map.marker = list(card.place)

    def _drawn(self) -> dict[str, bool | str]:
        themed = {f"{layer}:{theme}": True for layer, theme in self.state.by.items() if self.state.layers.get(layer)}
        # A layer that is coloured by another theme is asked for by that theme instead.
        drawn = {layer: shown and f"{layer}:{self.state.by.get(layer)}" not in themed for layer, shown in self._shown()}
        drape = f"parcel:{self.state.drape}" if self.state.drape else ""
        return {**drawn, **themed, **({drape: True} if drape else {})}

    def _ring(self, *_events: Any) -> None:
        self._map.charted = dict(zip(self.state.sensors, COLOURS, strict=False))

    def _shown(self) -> list[tuple[str, bool]]:
        return list(self.state.layers.items())

    def _redraw(self, *_events: Any) -> None:
        self._map.param.update(layers=self._drawn(), theme=self.state.theme, scenario=self.state.scenario)

    def _write_address(self, *_events: Any) -> None:
        location = pn.state.location
        if location is not None:
            location.search = self.state.address().query()

    def _title(self) -> str:
        return f"{self.state.say(words.TITLE)} {self.state.scene['name']}".strip()

    def _header(self) -> pmui.Row:
        other: Language = "en" if self.state.language == "de" else "de"
        principal = self.state.twin.principal
        names = {one.ags: one.name for one in self.state.twin.municipalities()}
        role = self.state.say(words.SEES[principal.role], name=names.get(principal.ags, principal.ags))

        def switch(_event: Any) -> None:
            location = pn.state.location
            if location is not None:
                location.param.update(search=self.state.address().with_(language=other).query(), reload=True)

        language = pmui.Button(label=other.upper(), variant="text", color="light", on_click=switch, margin=0)
        chip = pmui.Chip(label=role, variant="outlined", size="small", sx={"color": "inherit"}, margin=(0, 4))
        links = [AlertBadge(self._operations, self.state.language).view] if self._operations else []
        parts = [*links, *([self._data_link()] if self._steward else []), chip, language]
        for part in parts:
            part.align = "center"
        return pmui.Row(pn.layout.HSpacer(), *parts, sizing_mode="stretch_width")

    def _data_link(self) -> pn.pane.HTML:
        where = f"data{Address(language=self.state.language).query()}"
        return pn.pane.HTML(
            f'<nav class="links"><a href="{escaped(where)}">{escaped(self.state.say(data_words.DATA))}</a></nav>',
            stylesheets=[LINKS],
        )

    def _sources(self) -> pn.pane.HTML:
        lines = "".join(f"<li>{escaped(line)}</li>" for line in self.state.scene["attribution"])
        if not lines:
            return pn.pane.HTML(f'<p class="hint">{escaped(self.state.say(words.EMPTY))}</p>', stylesheets=[STYLESHEET])
        return pn.pane.HTML(
            f"<h4>{escaped(self.state.say(words.DATA_SOURCES))}</h4><ul class='legend'>{lines}</ul>",
            stylesheets=[STYLESHEET],
            sizing_mode="stretch_width",
            margin=(4, 10, 16, 10),
        )


def map_page(
    open_twin: Callable[[], Twin],
    steward: Principal | None = None,
    operations: Callable[[], Twin] | None = None,
) -> Callable[[], pmui.Page]:
    """A function that builds the page for each visitor, as `panel.serve` wants it."""

    def build() -> pmui.Page:
        location = pn.state.location
        query = location.search if location is not None else ""
        keeper = operations() if operations is not None else None
        return MapPage(open_twin(), query, steward=steward is not None, operations=keeper).view()

    return build
