"""What the layer switcher offers to a principal."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from twin.consent import layers
from twin.language import Text
from viewer.scene.looks import is_draped, is_sunk, words
from viewer.scene.tenant import heads

if TYPE_CHECKING:
    from twin import Twin

UNDERGROUND = "underground"
"""Name of the switch that makes the ground a veil; no layer is called so."""

_UNDERGROUND = Text("Blick unter die Erde", "View under the ground")

_KEPT = 256
_counts: OrderedDict[tuple[object, ...], int] = OrderedDict()
_lock = threading.Lock()


def layer_list(twin: Twin, drawn: set[str]) -> list[dict[str, Any]]:
    """What is drawn and visible, and the borders, which always are; the uppermost first.

    Parameters
    ----------
    twin : Twin
    drawn : set of str
        Layers of which there is something to see.
    """
    found = []
    for layer in layers().values():
        if layer.style is None or layer.name not in drawn | {"municipality"}:
            continue
        found.append(
            {
                "name": layer.name,
                "title": words(layer.title),
                "visible": layer.style.visible,
                "order": layer.style.order,
                "group": layer.style.group,
                "draped": is_draped(layer),
                "count": row_count(twin, layer.name),
                "themes": [{"name": theme.name, "title": words(theme.title)} for theme in layer.style.themes],
            }
        )
    if any(is_sunk(layers()[str(entry["name"])]) for entry in found):
        found.append(
            {
                "name": UNDERGROUND,
                "title": words(_UNDERGROUND),
                "visible": False,
                "order": 1000,
                "group": "utility",
                "draped": False,
                "count": None,
                "themes": [],
            }
        )
    return sorted(found, key=lambda entry: -entry["order"])


def row_count(twin: Twin, layer: str) -> int:
    """Number of visible rows of a layer, kept for as long as nothing has changed."""
    key = (twin.home.path, layer, twin.visible(), tuple(sorted(heads(twin).items())))
    with _lock:
        if key in _counts:
            return _counts[key]
    count = int(twin.table(layer).aggregate("count(*)").fetchall()[0][0])
    with _lock:
        _counts[key] = count
        while len(_counts) > _KEPT:
            _counts.popitem(last=False)
    return count
