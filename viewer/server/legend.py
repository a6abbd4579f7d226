"""Legends of layers: which classes there are, and what the drawing itself means."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING

from twin.language import Text
from twin.layer import Layer
from twin.style import Area, Classes, ColourClass, Ramp, Sunk, Tree, shapes
from viewer.scene.colours import UNKNOWN_COLOUR, class_of
from viewer.scene.tenant import heads

if TYPE_CHECKING:
    from twin import Twin

_MOST = 5000  # distinct values that are looked at

NOT_STATED = Text("ohne Angabe", "not stated")

_KEPT = 256
_known: OrderedDict[tuple[object, ...], tuple[ColourClass, ...]] = OrderedDict()
_lock = threading.Lock()


def without_value(twin: Twin, layer: Layer, theme: Ramp) -> tuple[ColourClass, ...]:
    """Class of the visible rows of which a ramp knows no number; none where every row has one."""
    key = (twin.home.path, layer.name, theme.name, twin.visible(), tuple(sorted(heads(twin).items())))
    missing = twin.table(layer.name).filter(f'"{theme.column}" IS NULL').limit(1)
    return _kept(key, lambda: (ColourClass(NOT_STATED, UNKNOWN_COLOUR),) if missing.fetchall() else ())


def classes_present(twin: Twin, layer: Layer, theme: Classes) -> tuple[ColourClass, ...]:
    """Classes of a theme that the visible rows of a layer have, in the legend's order."""
    key = (twin.home.path, layer.name, theme.name, twin.visible(), tuple(sorted(heads(twin).items())))

    def present() -> tuple[ColourClass, ...]:
        relation = twin.table(layer.name).project(f'"{theme.column}"::VARCHAR AS value').distinct().limit(_MOST)
        numbers = {class_of(theme, value or "") for (value,) in relation.fetchall()}
        return tuple(entry for number, entry in enumerate(theme.classes) if number in numbers)

    return _kept(key, present)


def _kept(key: tuple[object, ...], find: Callable[[], tuple[ColourClass, ...]]) -> tuple[ColourClass, ...]:
    with _lock:
        if key in _known:
            return _known[key]
    found = find()
    with _lock:
        _known[key] = found
        while len(_known) > _KEPT:
            _known.popitem(last=False)
    return found


def remarks(layer: Layer) -> list[Text]:
    """What a reader of the map has to know of how a layer is drawn."""
    found = []
    for shape in shapes(layer.style, layer.geometry):
        if isinstance(shape, Area) and shape.tentative:
            found.append(Text("Schraffiert: nicht in Kraft.", "Hatched: not in force."))
        if isinstance(shape, Tree):
            found.append(
                Text(
                    "Blasse Bäume: Höhe unbekannt, geschätzt gezeichnet.",
                    "Pale trees: height unknown, drawn by estimate.",
                )
            )
        if isinstance(shape, Sunk) and layer.geometry == "line":
            times = f"{shape.exaggeration:g}"
            found.append(
                Text(
                    f"Unter der Erde {times}-fach verdickt; ohne Angabe {_german(shape.usual)} m tief gezeichnet.",
                    f"{times} times thicker under the ground; drawn {shape.usual:g} m deep where no depth is given.",
                )
            )
    return found


def _german(value: float) -> str:
    return f"{value:g}".replace(".", ",")
