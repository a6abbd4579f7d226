"""The mapping assistant's form: which column of a table fills which column of a layer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import panel as pn
import panel_material_ui as pmui

from twin.desk import Guess, Wish
from twin.discovery import discover
from twin.language import Language, Text
from twin.layer import Column, Layer
from viewer.pages import data_words as words
from viewer.pages.markup import STYLESHEET, escaped
from viewer.scene.units import UNITS

CRS_CHOICES = ("EPSG:25832", "EPSG:25833", "EPSG:31466", "EPSG:31467", "EPSG:4326", "EPSG:3857")
_MOST_TEXT = 120


class MappingForm:
    """Shows a guess, takes corrections.

    Parameters
    ----------
    guess : Guess
        What the table seems to be.
    language : {"de", "en"}
        Of the visitor.
    on_layer : callable
        ``(layer) -> None``: the visitor says that the table fills another layer.
    on_keep : callable
        ``(Guess) -> None``: the corrected guess is to be kept.
    """

    def __init__(
        self, guess: Guess, language: Language, on_layer: Callable[[str], Any], on_keep: Callable[[Guess], Any]
    ) -> None:
        self._guess, self._language = guess, language
        self._sources: dict[str, pmui.Select] = {}
        self._values: dict[str, pmui.TextInput] = {}
        self._name = pmui.TextInput(
            label=self._say(words.MAPPING_NAME), value=guess.name, max_length=_MOST_TEXT, size="small", width=260
        )
        self._crs = pmui.Select(
            label=self._say(words.CRS),
            options={self._say(words.CRS_OF_FILE): "", **{one: one for one in (*CRS_CHOICES, guess.crs) if one}},
            value=guess.crs,
            size="small",
            width=320,
        )  # fmt: skip
        layer = pmui.Select(
            label=self._say(words.ASSISTANT_LAYER),
            options=self._layers(),
            value=guess.layer,
            size="small",
            width=320,
        )
        layer.param.watch(lambda event: on_layer(event.new), "value")
        keep = pmui.Button(label=self._say(words.KEEP), variant="contained", disabled=not guess.layer)
        keep.on_click(lambda _event: on_keep(self.corrected()))
        self.view = pmui.Column(
            pn.pane.HTML(self._introduction(), stylesheets=[STYLESHEET], sizing_mode="stretch_width"),
            pmui.Row(layer, self._crs),
            *(self._row(wish) for wish in guess.wishes),
            pmui.Row(self._name, keep),
            sizing_mode="stretch_width",
        )

    def corrected(self) -> Guess:
        """The guess as the form says now."""
        wishes = tuple(
            replace(
                wish,
                source=self._sources[wish.column].value,
                value="" if self._sources[wish.column].value else self._values[wish.column].value.strip(),
            )
            for wish in self._guess.wishes
        )
        return replace(
            self._guess, wishes=wishes, crs=self._crs.value, name=self._name.value.strip() or self._guess.name
        )

    def _say(self, text: Text) -> str:
        return text.within(self._language)

    def _layers(self) -> dict[str, str]:
        declared: dict[str, Layer] = discover("LAYER")
        options = {self._say(words.NO_SOURCE): ""} if not self._guess.layer else {}
        for name, confidence in self._guess.layers:
            title = self._say(declared[name].title)
            options[f"{title} ({confidence:.0%})" if confidence >= 0.05 else title] = name
        return options

    def _row(self, wish: Wish) -> pmui.Row:
        column: Column = discover("LAYER")[self._guess.layer].column(wish.column)
        unit = UNITS.get(column.unit, column.unit)
        label = f"{self._say(column.title)} [{unit}]" if unit else self._say(column.title)
        source = pmui.Select(
            label=label,
            options={self._say(words.NO_SOURCE): "", **{name: name for name in self._guess.sources}},
            value=wish.source if wish.source in self._guess.sources else "",
            description=self._say(wish.reason) if wish.reason else None,
            size="small",
            width=320,
            margin=(4, 10),
        )
        value = pmui.TextInput(
            label=self._say(words.CONSTANT),
            value=wish.value,
            max_length=_MOST_TEXT,
            size="small",
            width=200,
            margin=(4, 10),
            disabled=bool(source.value),
        )
        source.param.watch(lambda event: setattr(value, "disabled", bool(event.new)), "value")
        self._sources[wish.column], self._values[wish.column] = source, value
        return pmui.Row(source, value, align="start", sizing_mode="stretch_width")

    def _introduction(self) -> str:
        guess = self._guess
        place = self._say(guess.place)
        rows = self._say(words.SOURCE_ROWS).format(
            table=f"{guess.table}: " if guess.table else "", count=_count(guess.count, self._language), place=place
        )
        personal = (
            f'<p class="hint">{escaped(self._say(words.PERSONAL).format(names=", ".join(guess.personal)))}</p>'
            if guess.personal
            else ""
        )
        return (
            f"<h3>{escaped(self._say(words.ASSISTANT))}</h3><p>{escaped(self._say(words.ASSISTANT_HINT))}</p>"
            f'<p class="hint">{escaped(rows)}</p>{personal}'
        )


def _count(rows: int, language: Language) -> str:
    return "" if rows < 0 else words.ROWS.within(language).format(count=rows)
