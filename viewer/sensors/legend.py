"""Legend of stations: a shape and a colour for each state, a picture for each quantity that there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.consent import layers
from twin.language import Language
from twin.style import Classes
from viewer.pages.markup import escaped, signs
from viewer.scene.icons import icons
from viewer.sensors import chart_words as words
from viewer.sensors.stations import SENSOR
from viewer.server.legend import classes_present

if TYPE_CHECKING:
    from twin import Twin

# As `viewer/engine/src/station_signs.ts` draws them, on a sheet of 32 × 32: fill, outline, path.
SIGNS = {
    "normal": ("#0b6aa6", "none", "M16 3a13 13 0 1 1 0 26 13 13 0 0 1 0-26z"),
    "warning": ("#e69f00", "none", "M16 1.5 31 29H1z"),
    "alarm": ("#b3261e", "none", "M16 .5 31.5 16 16 31.5.5 16z"),
    "stale": ("#ffffff", "#6b7780", "M16 3a13 13 0 1 1 0 26 13 13 0 0 1 0-26z"),
}

_INK = "#47545D"


def station_legend(twin: Twin, language: Language) -> str:
    """What the signs of stations mean, as HTML."""
    layer = layers()[SENSOR]
    states = "".join(f"<li>{_sign(name)}{escaped(words.STATES[name].within(language))}</li>" for name in SIGNS)
    style = layer.style
    assert style is not None
    theme = style.themes[0]
    assert isinstance(theme, Classes)
    pictures = signs(
        (_INK, entry.title.within(language), icons().get(entry.icon, ""))
        for entry in classes_present(twin, layer, theme)
    )
    return f'<ul class="legend">{states}</ul>{pictures}<p class="hint">{escaped(words.STALE_NOTE.within(language))}</p>'


def _sign(name: str) -> str:
    fill, outline, path = SIGNS[name]
    dashes = ' stroke-dasharray="4 2.6" stroke-width="2.2"' if outline != "none" else ""
    return (
        '<svg viewBox="0 0 32 32" width="20" height="20" aria-hidden="true" style="flex:none">'
        f'<path d="{path}" fill="{fill}" stroke="{outline}"{dashes}/></svg>'
    )
