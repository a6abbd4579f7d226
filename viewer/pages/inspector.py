"""The inspector: what is known of the building or parcel that was clicked."""

from __future__ import annotations

from typing import Any

import panel as pn

from twin.language import Text
from viewer.pages import words
from viewer.pages.markup import STYLESHEET, definition_table, escaped
from viewer.pages.state import MapState
from viewer.server.inspection import Card, inspect


class Inspector:
    """A card about the chosen feature.

    Parameters
    ----------
    state : MapState
        State of the page; its ``chosen`` says what is shown.
    """

    def __init__(self, state: MapState) -> None:
        self._state = state
        self._card: Card | None = None
        self.view = pn.pane.HTML(
            self._hint(words.CLICK), stylesheets=[STYLESHEET], sizing_mode="stretch_width", margin=(4, 14)
        )
        if state.chosen:
            self.choose(state.chosen)

    @property
    def card(self) -> Card | None:
        """What is shown now."""
        return self._card

    def choose(self, chosen: str) -> Card | None:
        """Show the feature ``kind:ags:id``, if the visitor may see it."""
        kind, _, rest = chosen.partition(":")
        ags, _, key = rest.partition(":")
        return self._show(inspect(self._state.twin, kind, ags=ags, key=key))

    def at(self, east: float, north: float) -> Card | None:
        """Show the parcel at a place. [m]"""
        return self._show(inspect(self._state.twin, "parcel", east=east, north=north))

    def _show(self, card: Card | None) -> Card | None:
        self._card = card
        self.view.object = self._hint(words.NOTHING_HERE) if card is None else self._html(card)
        return card

    def _html(self, card: Card) -> str:
        language = self._state.language
        parts = [f"<h3>{escaped(card.title.within(language))}</h3>"]
        for section in card.sections:
            rows = [(row.name.within(language), row.text(language), _note(row.note, language)) for row in section.rows]
            parts.append(f"<h4>{escaped(section.title.within(language))}</h4>{definition_table(rows)}")
        return "".join(parts)

    def _hint(self, text: Text) -> str:
        return f'<p class="hint">{escaped(self._state.say(text))}</p>'


def _note(note: Text | None, language: Any) -> str:
    return note.within(language) if note is not None else ""
