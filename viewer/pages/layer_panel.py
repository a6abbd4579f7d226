"""Layer switches by group, each with its legend, and what buildings and parcels are coloured by."""

from __future__ import annotations

from typing import Any

import panel as pn
import panel_material_ui as pmui

from twin.consent import layers
from twin.discovery import discover
from twin.indicator import Indicator
from twin.language import Text
from twin.layer import Layer
from twin.number import written
from twin.style import GROUPS, Classes, Ramp, Theme, shapes
from viewer.pages import words
from viewer.pages.markup import STYLESHEET, escaped, folded, ramp, signs
from viewer.pages.state import MapState
from viewer.scene.feature_rows import default_theme
from viewer.scene.icons import icons
from viewer.scene.looks import is_sunk
from viewer.scene.units import UNITS
from viewer.sensors.legend import station_legend
from viewer.sensors.stations import SENSOR
from viewer.server.legend import classes_present, remarks, without_value


def drape_themes() -> dict[str, Ramp]:
    """Themes that parcels can be coloured by: `indicator.column` → ramp."""
    indicators: dict[str, Indicator] = discover("INDICATOR")
    return {
        f"{indicator.name}.{theme.name}": theme
        for indicator in indicators.values()
        if indicator.layer == "parcel"
        for theme in indicator.themes
    }


def legend(state: MapState, theme: Theme, unit: str, layer: Layer | None = None) -> str:
    """Legend of a theme as HTML; of classes those that there are in `layer`, if one is given."""
    if isinstance(theme, Classes):
        entries = classes_present(state.twin, layer, theme) if layer else theme.classes
        return signs((entry.colour, state.say(entry.title), icons().get(entry.icon, "")) for entry in entries)
    bar = ramp(theme.stops, UNITS.get(unit, unit), "," if state.language == "de" else ".")
    missing = without_value(state.twin, layer, theme) if layer else ()
    return bar + (signs((entry.colour, state.say(entry.title), "") for entry in missing) if missing else "")


class LayerPanel:
    """The part of the sidebar that says what is drawn, and how.

    Parameters
    ----------
    state : MapState
        State of the page.
    """

    def __init__(self, state: MapState) -> None:
        self._state = state
        self._building = layers()["building"]
        groups = [(title, self._entries(name)) for name, title in GROUPS.items()]
        parts: list[Any] = []
        for title, entries in groups:
            if entries:
                parts.append(_heading(state.say(title)))
            for entry in entries:
                parts += [LayerSwitch(state, entry).view, *self._colouring(entry["name"])]
        self.view = pmui.Column(*parts, sizing_mode="stretch_width")

    def _entries(self, group: str) -> list[dict[str, Any]]:
        # A scene of an older server says nothing of groups.
        return [entry for entry in self._state.scene["layers"] if entry.get("group", "base") == group]

    def _colouring(self, name: str) -> tuple[Any, ...]:
        """What buildings and parcels are coloured by, and its legend: chosen beneath their switch."""
        param = self._state.param
        if name == "building":
            choices = {"": words.PLAIN} | self._themes()
            return self._chooser(words.BUILDING_COLOUR, choices, "theme"), pn.bind(self._theme_legend, param.theme)
        if name == "parcel":
            choices = {"": words.NONE} | {key: found.title for key, found in drape_themes().items()}
            return self._chooser(words.PARCEL_COLOUR, choices, "drape"), pn.bind(self._drape_legend, param.drape)
        return ()

    def _chooser(self, label: Text, choices: dict[str, Text], parameter: str) -> pmui.Select:
        value = getattr(self._state, parameter)
        chooser = _select(self._state, label, choices, value)
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


class LayerSwitch:
    """The switch of one layer; while it is on, its legend beneath, and what else it can be coloured by.

    Parameters
    ----------
    state : MapState
    entry : dict
        What the scene says of the layer.
    """

    def __init__(self, state: MapState, entry: dict[str, Any]) -> None:
        self._state = state
        self._name = entry["name"]
        self._layer = layers().get(self._name)
        on = state.layers[self._name]
        switch = pmui.Switch(
            label=entry["title"][state.language], value=on, size="small", sizing_mode="stretch_width", margin=(0, 10)
        )
        switch.param.watch(self._switched, "value")
        # A search hit of a layer that is off switches it on.
        state.param.watch(lambda event: switch.param.update(value=bool(event.new.get(self._name))), "layers")
        self._legend = _html("", visible=False)
        self._themes = self._chooser(bool(entry.get("draped")) and not (self._layer and is_sunk(self._layer)))
        self._show(on)
        row = pmui.Row(switch, _count(state, entry.get("count")), sizing_mode="stretch_width")
        self.view = pmui.Column(row, self._themes, self._legend, sizing_mode="stretch_width")

    def _chooser(self, draped: bool) -> pmui.Select:
        style = self._layer.style if self._layer else None
        themes = style.themes if style and draped else ()
        choices = {theme.name: theme.title for theme in themes}
        chosen = self._state.by.get(self._name, "")
        chooser = _select(self._state, words.COLOURED_BY, choices, chosen or next(iter(choices), ""))
        chooser.param.watch(self._coloured, "value")
        return chooser

    def _switched(self, event: Any) -> None:
        self._state.layers = {**self._state.layers, self._name: event.new}
        self._show(event.new)

    def _coloured(self, event: Any) -> None:
        first = default_theme(self._layer) if self._layer else None
        others = {layer: theme for layer, theme in self._state.by.items() if layer != self._name}
        own = {} if first is not None and event.new == first.name else {self._name: event.new}
        self._state.by = others | own
        self._show(True)

    def _show(self, on: bool) -> None:
        """Show the legend, or not; it is made when it is first wanted."""
        layer = self._layer
        drawn = layer is not None and (layer.name == SENSOR or shapes(layer.style, layer.geometry))
        if on and layer is not None and layer.style is not None and drawn:
            self._legend.object = self._content(layer)
        self._legend.visible = bool(on and self._legend.object)
        self._themes.visible = bool(on and len(self._themes.options) > 1)

    def _content(self, layer: Layer) -> str:
        """Legend and remarks; folded away where the layer is shown to everybody from the start."""
        assert layer.style is not None
        content = self._entries(layer)
        return folded(self._state.say(words.LEGEND), "", content, opened=not layer.style.visible)

    def _entries(self, layer: Layer) -> str:
        assert layer.style is not None
        if layer.name == SENSOR:
            return station_legend(self._state.twin, self._state.language)
        chosen = self._state.by.get(self._name, "")
        theme = next((theme for theme in layer.style.themes if theme.name == chosen), default_theme(layer))
        notes = "".join(f'<p class="hint">{escaped(self._state.say(remark))}</p>' for remark in remarks(layer))
        if theme is None:
            return signs([(layer.style.colour[:7], self._state.say(layer.title), "")]) + notes
        # A ramp of numbers says nothing where no chooser names it.
        named = isinstance(theme, Ramp) and len(self._themes.options) < 2
        caption = f'<p class="hint">{escaped(self._state.say(theme.title))}</p>' if named else ""
        return caption + legend(self._state, theme, layer.column(theme.column).unit, layer) + notes


def _select(state: MapState, label: Text, choices: dict[str, Text], value: str) -> pmui.Select:
    return pmui.Select(
        label=state.say(label),
        options={state.say(title): key for key, title in choices.items()},
        value=value if value in choices else next(iter(choices), None),
        size="small",
        sizing_mode="stretch_width",
        margin=(12, 10, 5, 10),
    )


def _count(state: MapState, count: int | None) -> pn.pane.HTML:
    shown = "" if not count else written(count, state.language)
    return pn.pane.HTML(f'<span class="count">{shown}</span>', stylesheets=[STYLESHEET], width=64, margin=(4, 6, 0, 0))


def _heading(text: str) -> pmui.Typography:
    return pmui.Typography(text, variant="overline", margin=(8, 10, 0, 10), sizing_mode="stretch_width")


def _html(content: str, visible: bool = True) -> pn.pane.HTML:
    return pn.pane.HTML(
        content, stylesheets=[STYLESHEET], sizing_mode="stretch_width", margin=(0, 10, 4, 18), visible=visible
    )
