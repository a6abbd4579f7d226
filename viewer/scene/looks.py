"""What the browser has to know of a layer's style, as JSON-able values."""

from __future__ import annotations

from typing import Any

from twin.language import Text
from twin.layer import Layer
from twin.style import Area, Classes, Line, Pin, Ramp, Sunk, Theme, shapes
from viewer.scene.colours import UNKNOWN_COLOUR
from viewer.scene.feature_rows import default_theme
from viewer.scene.icons import icons
from viewer.scene.units import UNITS


def is_draped(layer: Layer) -> bool:
    """Whether rows of the layer are laid over the terrain as a picture."""
    return any(
        isinstance(shape, Area | Line) or (isinstance(shape, Sunk) and layer.geometry == "line")
        for shape in shapes(layer.style, layer.geometry)
    )


def is_sunk(layer: Layer) -> bool:
    """Whether rows of the layer lie under the ground."""
    return any(isinstance(shape, Sunk) for shape in shapes(layer.style, layer.geometry))


def look(layer: Layer) -> dict[str, Any]:
    """Signs of a layer that is drawn as pins: one a class, or one for all."""
    assert layer.style is not None
    sign = next((shape.icon for shape in shapes(layer.style, layer.geometry) if isinstance(shape, Pin)), "")
    theme = default_theme(layer)
    if isinstance(theme, Classes):
        classes = [_class(entry.title, entry.colour, entry.icon or sign) for entry in theme.classes]
    elif isinstance(theme, Ramp):
        unit = UNITS.get(layer.column(theme.column).unit, layer.column(theme.column).unit)
        classes = [_class(_from(value, unit), colour, sign) for value, colour in theme.stops]
        classes.append(_class(Text("ohne Angabe", "not stated"), UNKNOWN_COLOUR, sign))
    else:
        classes = [_class(layer.title, layer.style.colour, sign)]
    pin = next((shape for shape in shapes(layer.style, layer.geometry) if isinstance(shape, Pin)), Pin())
    return {"order": layer.style.order, "classes": classes, "dots": pin.dots}


def _from(value: float, unit: str) -> Text:
    number = f"{value:g}"
    return Text(f"ab {number.replace('.', ',')} {unit}".strip(), f"from {number} {unit}".strip())


def swatches(layer: Layer, theme: Theme | None) -> list[dict[str, Any]]:
    """Entries of a layer's legend: colour, title and sign of each class, or of the layer as a whole."""
    assert layer.style is not None
    if isinstance(theme, Classes):
        return [_class(entry.title, entry.colour, entry.icon) for entry in theme.classes]
    return [] if theme is not None else [_class(layer.title, layer.style.colour, "")]


def _class(title: Text, colour: str, icon: str) -> dict[str, Any]:
    return {"title": words(title), "colour": colour, "icon": icons().get(icon, "")}


def words(text: Text) -> dict[str, str]:
    """A text in both languages."""
    return {"de": text.de, "en": text.en}
