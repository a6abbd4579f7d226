"""The inspector: what is known of what was clicked, and what else lies there."""

from __future__ import annotations

from typing import Any

import panel as pn

from twin.language import Text
from viewer.pages import words
from viewer.pages.markup import STYLESHEET, definition_table, escaped, folded
from viewer.pages.state import MapState
from viewer.server.inspection import Card, inspect, lying


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
        """What is shown first."""
        return self._card

    def choose(self, chosen: str, at: tuple[float, float] | None = None) -> Card | None:
        """Show the feature ``layer:ags:key``, if the visitor may see it.

        Parameters
        ----------
        chosen : str
        at : (float, float), optional
            Easting and northing of a place: what else lies there is listed beneath. [m]
        """
        kind, _, rest = chosen.partition(":")
        ags, _, key = rest.partition(":")
        card = inspect(self._state.twin, kind, ags=ags, key=key)
        return self._show(card, lying(self._state.twin, *at) if at and card else [])

    def at(self, east: float, north: float) -> Card | None:
        """Show what lies at a place. [m]"""
        cards = lying(self._state.twin, east, north)
        return self._show(cards[0], cards[1:]) if cards else self._show(None, [])

    def _show(self, card: Card | None, others: list[Card]) -> Card | None:
        self._card = card
        self.view.object = self._hint(words.NOTHING_HERE) if card is None else self._html(card, others)
        return card

    def _html(self, card: Card, others: list[Card]) -> str:
        language = self._state.language
        parts = [f"<h3>{escaped(card.title.within(language))}</h3>", self._sections(card)]
        if others:
            parts.append(f"<h4>{escaped(self._state.say(words.HERE))}</h4>")
        for other in others:
            kind = self._state.say(other.sections[0].title)
            shown = bool(self._state.layers.get(other.kind)) and other.kind != "land_use"
            parts.append(folded(other.title.within(language), kind, self._sections(other), shown))
        return "".join(parts)

    def _sections(self, card: Card) -> str:
        language = self._state.language
        parts = []
        for section in card.sections:
            rows = [(row.name.within(language), row.text(language), _note(row.note, language)) for row in section.rows]
            parts.append(f"<h4>{escaped(section.title.within(language))}</h4>{definition_table(rows)}")
        return "".join(parts)

    def _hint(self, text: Text) -> str:
        return f'<p class="hint">{escaped(self._state.say(text))}</p>'


def _note(note: Text | None, language: Any) -> str:
    return note.within(language) if note is not None else ""
