"""Layer switches, themes and their legend."""

from __future__ import annotations

from typing import Any

import panel as pn
import panel_material_ui as pmui

from twin.discovery import discover
from twin.indicator import Indicator
from twin.language import Text
from twin.layer import Layer
from twin.style import Classes, Ramp, Theme
from viewer.pages import words
from viewer.pages.markup import STYLESHEET, ramp, swatches
from viewer.pages.state import MapState

UNITS = {"m": "m", "m2": "m²", "m3": "m³", "deg": "°", "1": "", "": ""}
"""UCUM codes of the declarations, as people write them."""


def drape_themes() -> dict[str, Ramp]:
    """Themes that parcels can be coloured by: `indicator.column` → ramp."""
    indicators: dict[str, Indicator] = discover("INDICATOR")
    return {
        f"{indicator.name}.{theme.name}": theme
        for indicator in indicators.values()
        if indicator.layer == "parcel"
        for theme in indicator.themes
    }


def legend(state: MapState, theme: Theme, unit: str) -> str:
    """Legend of a theme as HTML."""
    if isinstance(theme, Classes):
        return swatches((entry.colour, state.say(entry.title)) for entry in theme.classes)
    return ramp(theme.stops, UNITS.get(unit, unit), "," if state.language == "de" else ".")


class LayerPanel:
    """The part of the sidebar that says what is drawn, and how.

    Parameters
    ----------
    state : MapState
        State of the page.
    """

    def __init__(self, state: MapState) -> None:
        self._state = state
        self._building: Layer = discover("LAYER")["building"]
        switches = [self._switch(entry) for entry in state.scene["layers"]]
        theme = self._chooser(words.BUILDING_COLOUR, {"": words.PLAIN} | self._themes(), "theme")
        drape = self._chooser(
            words.PARCEL_COLOUR, {"": words.NONE} | {key: found.title for key, found in drape_themes().items()}, "drape"
        )
        self.view = pmui.Column(
            _heading(state.say(words.LAYERS)),
            *switches,
            _heading(state.say(words.COLOURS)),
            theme,
            pn.bind(self._theme_legend, state.param.theme),
            drape,
            pn.bind(self._drape_legend, state.param.drape),
            sizing_mode="stretch_width",
        )

    def _switch(self, entry: dict[str, Any]) -> pmui.Switch:
        name = entry["name"]
        switch = pmui.Switch(
            label=entry["title"][self._state.language],
            value=self._state.layers[name],
            size="small",
            sizing_mode="stretch_width",
            margin=(0, 10),
        )

        def switched(event: Any) -> None:
            self._state.layers = {**self._state.layers, name: event.new}

        switch.param.watch(switched, "value")
        return switch

    def _chooser(self, label: Text, choices: dict[str, Text], parameter: str) -> pmui.Select:
        say = self._state.say
        value = getattr(self._state, parameter)
        chooser = pmui.Select(
            label=say(label),
            options={say(title): key for key, title in choices.items()},
            value=value if value in choices else "",
            size="small",
            sizing_mode="stretch_width",
            margin=(12, 10, 5, 10),
        )
        chooser.param.watch(lambda event: setattr(self._state, parameter, event.new), "value")
        return chooser

    def _themes(self) -> dict[str, Text]:
        style = self._building.style
        found = {theme.name: theme.title for theme in style.themes} if style else {}
        return found | {"municipality": words.MUNICIPALITY}

    def _theme_legend(self, name: str) -> pn.viewable.Viewable:
        style = self._building.style
        theme = next((theme for theme in (style.themes if style else ()) if theme.name == name), None)
        if theme is None:
            return pn.Spacer(height=0)
        return _html(legend(self._state, theme, self._building.column(theme.column).unit))

    def _drape_legend(self, name: str) -> pn.viewable.Viewable:
        theme = drape_themes().get(name)
        if theme is None:
            return pn.Spacer(height=0)
        note = f'<p class="hint">{self._state.say(words.ESTIMATE)}</p>'
        return _html(legend(self._state, theme, "") + note)


def _heading(text: str) -> pmui.Typography:
    return pmui.Typography(text, variant="overline", margin=(8, 10, 0, 10), sizing_mode="stretch_width")


def _html(content: str) -> pn.pane.HTML:
    return pn.pane.HTML(content, stylesheets=[STYLESHEET], sizing_mode="stretch_width", margin=(0, 10))
