"""Search by address, parcel, municipality or name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import panel as pn
import panel_material_ui as pmui

from viewer.pages import words
from viewer.pages.markup import STYLESHEET, escaped
from viewer.pages.state import MapState
from viewer.server.search import Hit, search

SHORTEST = 2
"""Characters from which typing searches."""

MOST = 8
"""Hits that are shown."""

ICONS = {"municipality": "location_city", "address": "home", "parcel": "crop_square", "building": "apartment"} | {
    "street": "signpost",
    "plan": "map",
    "land_cover": "park",
    "transit_stop": "directions_bus",
    "utility_line": "plumbing",
    "utility_node": "plumbing",
    "sensor": "sensors",
}


class SearchPanel:
    """A field with a list of hits beneath.

    Parameters
    ----------
    state : MapState
        State of the page.
    go : callable
        Called with the hit that was chosen.
    """

    def __init__(self, state: MapState, go: Callable[[Hit], None]) -> None:
        self._state = state
        self._go = go
        self._hits: list[Hit] = []
        self._field = pmui.TextInput(
            label=state.say(words.SEARCH), size="small", sizing_mode="stretch_width", margin=(12, 10, 4, 10)
        )
        self._list = pmui.MenuList(items=[], dense=True, visible=False, sizing_mode="stretch_width", margin=(0, 10))
        self._none = pn.pane.HTML("", stylesheets=[STYLESHEET], visible=False, margin=(0, 10))
        self._field.param.watch(self._typed, "value_input")
        self._field.param.watch(self._entered, "enter_pressed")
        self._list.on_click(self._clicked)
        self.view = pmui.Column(self._field, self._list, self._none, sizing_mode="stretch_width")

    def _typed(self, event: Any) -> None:
        text = (event.new or "").strip()
        self._hits = search(self._state.twin, text, MOST) if len(text) >= SHORTEST else []
        self._list.items = [
            {"label": hit.title, "secondary": hit.subtitle, "icon": ICONS.get(hit.kind, "place"), "place": place}
            for place, hit in enumerate(self._hits)
        ]
        self._list.visible = bool(self._hits)
        self._none.visible = len(text) >= SHORTEST and not self._hits
        self._none.object = f'<p class="hint">{escaped(self._state.say(words.NO_HIT, text=text))}</p>'

    def _entered(self, _event: Any) -> None:
        if self._hits:
            self._choose(self._hits[0])

    def _clicked(self, item: dict[str, Any]) -> None:
        self._choose(self._hits[item["place"]])

    def _choose(self, hit: Hit) -> None:
        # Hits that are only hidden would still be there for a screen reader.
        self._list.param.update(items=[], visible=False)
        self._go(hit)
