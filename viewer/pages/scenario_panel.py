"""Choose a scenario and see what it changes."""

from __future__ import annotations

import panel as pn
import panel_material_ui as pmui

from twin.scenario.comparison import Comparison, compare
from twin.scenario.drafting import scenarios
from twin.scenario.scenario import Scenario
from viewer.pages import words
from viewer.pages.markup import STYLESHEET, data_table, escaped
from viewer.pages.state import MapState

MOST = 12
"""Rows of the comparison that are shown; the command line and SQL have them all."""


class ScenarioPanel:
    """The part of the sidebar for scenarios; empty where there are none.

    Parameters
    ----------
    state : MapState
        State of the page.
    """

    def __init__(self, state: MapState) -> None:
        self._state = state
        self._scenarios = {scenario.name: scenario for scenario in scenarios(state.twin)}
        if state.scenario not in self._scenarios:
            state.scenario = ""
        if not self._scenarios:
            self.view = pmui.Column()
            return
        titles = {scenario.title or name: name for name, scenario in self._scenarios.items()}
        chooser = pmui.Select(
            label=state.say(words.SCENARIO),
            options={state.say(words.STOCK): "", **titles},
            value=state.scenario,
            size="small",
            sizing_mode="stretch_width",
        )
        chooser.param.watch(lambda event: setattr(state, "scenario", event.new), "value")
        self.view = pmui.Column(
            pmui.Typography(state.say(words.SCENARIO), variant="overline", margin=(8, 10, 0, 10)),
            chooser,
            pn.bind(self._summary, state.param.scenario),
            sizing_mode="stretch_width",
        )

    def _summary(self, name: str) -> pn.viewable.Viewable:
        scenario = self._scenarios.get(name)
        if scenario is None:
            return pn.Spacer(height=0)
        return pn.pane.HTML(
            self._counts(scenario) + self._figures(compare(self._state.twin, name, "density")),
            stylesheets=[STYLESHEET],
            sizing_mode="stretch_width",
            margin=(0, 10),
        )

    def _counts(self, scenario: Scenario) -> str:
        wording = {"add": words.ADDED, "remove": words.REMOVED, "change": words.CHANGED}
        lines = [
            self._state.say(text, count=count)
            for kind, text in wording.items()
            if (count := sum(edit.kind == kind for edit in scenario.edits))
        ]
        return "".join(f'<p class="hint">{escaped(line)}</p>' for line in lines)

    def _figures(self, comparison: Comparison) -> str:
        say = self._state.say
        rows = [
            (
                row["flurstueckskennzeichen"].rstrip("_").replace("_", " "),
                self._change(row["grz_before"], row["grz_after"]),
                self._change(row["gfz_before"], row["gfz_after"]),
            )
            for row in comparison.rows[:MOST]
        ]
        caption = say(words.PARCELS_CHANGED, count=len(comparison.rows))
        table = data_table(caption, (say(words.PARCEL), "GRZ", "GFZ"), rows)
        return f"<h4>{escaped(say(words.COMPARE))}</h4>{table}<p class='hint'>{escaped(say(words.ESTIMATE))}</p>"

    def _change(self, before: float | None, after: float | None) -> str:
        return f"{self._number(before)} → {self._number(after)}"

    def _number(self, value: float | None) -> str:
        if value is None:
            return "–"
        text = f"{value:.2f}"
        return text.replace(".", ",") if self._state.language == "de" else text
