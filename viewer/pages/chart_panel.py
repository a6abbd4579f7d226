"""The drawer under the map: readings of chosen sensors over time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any

import pandas as pd
import panel as pn
import panel_material_ui as pmui

from twin.errors import TwinError
from twin.language import Text
from viewer.pages.markup import STYLESHEET, escaped
from viewer.pages.state import MapState
from viewer.scene.attribution import attribution
from viewer.sensors import chart_words as words
from viewer.sensors.chart import chart
from viewer.sensors.datastream import Datastream, datastreams, titles, together
from viewer.sensors.export import csv
from viewer.sensors.local_time import moment
from viewer.sensors.period import LENGTHS, ZONE, Period, parse_days, period
from viewer.sensors.readings import Series, latest, series
from viewer.sensors.thresholds import thresholds
from viewer.server.search import sensors

MOST = 8
"""Datastreams that are compared."""

FOUND = 8
"""Hits of a search for datastreams."""

REFRESH = 20_000
"""How often is looked whether anything new was read. [ms]"""


class ChartPanel:
    """A chart with its controls; hidden until a sensor is chosen.

    Parameters
    ----------
    state : MapState
        State of the page: its ``sensors`` and ``period`` say what is shown.
    """

    def __init__(self, state: MapState) -> None:
        self._state = state
        self._found: list[Series] = []
        self._hits: list[Datastream] = []
        self._drawn: tuple[object, ...] = ()
        self._filling = False
        self._dark = bool(pn.config.theme == "dark")
        self._chosen = pmui.MultiChoice(
            label=self._say(words.SENSORS), options={}, value=[], sizing_mode="stretch_width", margin=(10, 6, 2, 6),
            max_items=MOST,
        )  # fmt: skip
        self._search = pmui.TextInput(label=self._say(words.ADD), size="small", width=220, margin=(10, 6, 2, 6))
        self._list = pmui.MenuList(items=[], dense=True, visible=False, sizing_mode="stretch_width", margin=(0, 6))
        self._compare = pmui.Switch(
            label=self._say(words.COMPARE), value=False, size="small", margin=(18, 6, 0, 6),
            description=self._say(words.COMPARE_NOTE),
        )  # fmt: skip
        self._period = pmui.RadioButtonGroup(
            options={self._say(title): name for name, title in words.PERIODS.items()},
            value=state.period if state.period in LENGTHS else "free" if state.period else "week",
            size="small", margin=(10, 6, 2, 6),
        )  # fmt: skip
        first, last = parse_days(state.period) or _last_days(7)
        self._first = self._day(words.FROM, first)
        self._last = self._day(words.TO, last)
        self._step = pmui.Select(
            label=self._say(words.STEP), options={self._say(title): name for name, title in words.STEPS.items()},
            value="", size="small", width=140, margin=(10, 6, 2, 6),
        )  # fmt: skip
        self._known = pmui.DatetimePicker(
            label=self._say(words.KNOWN_AT), value=None, size="small", width=200, margin=(10, 6, 2, 6),
            clearable=True,
        )  # fmt: skip
        self._csv = pmui.FileDownload(
            callback=self._download, filename="messwerte.csv" if state.language == "de" else "readings.csv",
            label=self._say(words.DOWNLOAD), size="small", margin=(12, 6, 2, 6), width=90,
        )  # fmt: skip
        self._close = pmui.IconButton(
            icon="close", description=self._say(words.CLOSE), size="small", margin=(10, 8, 2, 2),
            on_click=lambda _event: self.close(),
        )  # fmt: skip
        self._note = pn.pane.HTML("", stylesheets=[STYLESHEET], sizing_mode="stretch_width", margin=(0, 10))
        self._picture = pn.pane.Bokeh(None, sizing_mode="stretch_width", margin=(0, 8))
        self.view = pmui.Column(
            pmui.Row(self._chosen, self._close, sizing_mode="stretch_width"),
            pmui.FlexBox(
                self._period, self._first, self._last, self._step, self._known, self._search, self._compare, self._csv,
                sizing_mode="stretch_width",
            ),
            self._list,
            self._note,
            # In a column of Bokeh's own a new drawing is measured only once it is there; in the others before.
            pn.Column(self._picture, sizing_mode="stretch_width"),
            sizing_mode="stretch_width",
            styles={"max-height": "56vh", "overflow-y": "auto"},
            visible=False,
        )  # fmt: skip
        self._connect()
        if state.sensors:
            self.show(list(state.sensors))
        if pn.state.curdoc is not None:
            pn.state.add_periodic_callback(self._look_again, REFRESH)

    @property
    def is_open(self) -> bool:
        """Whether it is seen."""
        return bool(self.view.visible)

    def picked(self, sensor_id: str) -> None:
        """A sensor was clicked: show it, or add it where clicks compare."""
        held = list(self._state.sensors) if self.is_open and self._compare.value else []
        self.show([*(key for key in held if key != sensor_id), sensor_id][-MOST:])

    def show(self, keys: list[str]) -> None:
        """Show these datastreams, as far as the visitor may see them; none closes the chart."""
        streams = datastreams(self._state.twin, keys)[:MOST]
        self._state.sensors = [stream.sensor_id for stream in streams]
        self._fill(streams)
        self.view.visible = bool(streams)
        self._draw()

    def darken(self, dark: bool) -> None:
        """Draw for a dark page, or for a light one."""
        self._dark = dark
        self._draw()

    def close(self) -> None:
        """Put the chart away."""
        self.show([])

    def _connect(self) -> None:
        self._chosen.param.watch(self._rechosen, "value")
        self._search.param.watch(self._typed, "value_input")
        self._list.on_click(lambda item: self._add(self._hits[item["place"]]))
        self._period.param.watch(self._another_period, "value")
        for widget in (self._first, self._last):
            widget.param.watch(self._another_period, "value")
        self._step.param.watch(lambda _event: self._draw(), "value")
        self._known.param.watch(lambda _event: self._draw(), "value")
        self._free(self._period.value == "free")

    def _fill(self, streams: list[Datastream]) -> None:
        """The list of what is chosen, and of what else the last one's station measures."""
        options = list(dict.fromkeys([*streams, *(together(self._state.twin, streams[-1]) if streams else [])]))
        said = titles(options, self._state.language)
        self._filling = True
        try:
            self._chosen.param.update(
                options={title: stream.sensor_id for title, stream in zip(said, options, strict=True)},
                value=[stream.sensor_id for stream in streams],
            )
        finally:
            self._filling = False

    def _rechosen(self, event: Any) -> None:
        if not self._filling and list(event.new) != list(self._state.sensors):
            self.show(list(event.new))

    def _typed(self, event: Any) -> None:
        text = (event.new or "").strip()
        self._hits = sensors(self._state.twin, text, FOUND) if len(text) > 1 else []
        language = self._state.language
        self._list.items = [
            {"label": title, "secondary": hit.provider or hit.name, "icon": "sensors", "place": place}
            for place, (title, hit) in enumerate(zip(titles(self._hits, language), self._hits, strict=True))
        ]
        self._list.visible = bool(self._hits)
        self._search.error_state = len(text) > 1 and not self._hits

    def _add(self, stream: Datastream) -> None:
        self._list.param.update(items=[], visible=False)
        self._search.param.update(value="", value_input="")
        self.show([*(key for key in self._state.sensors if key != stream.sensor_id), stream.sensor_id][-MOST:])

    def _another_period(self, _event: Any) -> None:
        free = self._period.value == "free"
        self._free(free)
        if free:
            first, last = self._first.value, self._last.value
            if first is None or last is None:
                return
            first, last = min(first, last), max(first, last)
            self._state.period = f"{first:%Y-%m-%d}..{last:%Y-%m-%d}"
        else:
            self._state.period = self._period.value
        self._draw()

    def _free(self, on: bool) -> None:
        self._first.visible = self._last.visible = on

    def _look_again(self) -> None:
        if self.is_open and self._moment() != self._drawn:
            self._draw()

    def _moment(self) -> tuple[object, ...]:
        """What changes with anything that was read, and as a period that ends now moves on."""
        reading = self._state.twin.reading()
        return reading.seq, reading.pairs, thresholds(self._state.twin).signature()

    def _draw(self) -> None:
        if not self.is_open:
            self._picture.object = None
            return
        state = self._state
        streams = datastreams(state.twin, state.sensors)
        self._drawn = self._moment()
        last = latest(state.twin, streams)
        chosen = period(state.period or "week", last)
        try:
            self._found = series(state.twin, streams, chosen, self._step.value or "", self._known_at())
        except TwinError as problem:
            self._found = []
            self._picture.object = None
            self._note.object = f'<p class="hint">{escaped(problem)}</p>'
            return
        limits = thresholds(state.twin)
        drawn = chart(self._found, chosen, [limits.of(stream) for stream in streams], state.language, self._dark)
        self._picture.object = drawn.model
        self._note.object = self._remarks(last, chosen, drawn.far)

    def _remarks(self, last: datetime | None, chosen: Period, far: list[str]) -> str:
        language = self._state.language
        said = []
        if last is None:
            said.append(self._say(words.NEVER_READ))
        elif not any(len(one.rows) for one in self._found):
            said.append(self._say(words.NO_READINGS))
        for step, how in dict.fromkeys((one.step, one.stream.aggregation) for one in self._found if len(one.rows)):
            kind = self._say(words.BY[step])
            said.append(f"{kind}, {self._say(words.HOW[how])}." if step else f"{kind}.")
        if last is not None:
            if (self._state.period or "week") in LENGTHS and chosen.end < datetime.now(UTC) - timedelta(minutes=1):
                said.append(self._say(words.ENDS_THERE))
            said.append(self._say(words.LAST_READ, moment=moment(pd.Timestamp(last), language)))
        known = self._known_at()
        if known is not None:
            said.append(self._say(words.KNOWN_NOTE, moment=moment(pd.Timestamp(known), language)))
        if far:
            said.append(self._say(words.FAR, limits="; ".join(far[:6])))
        return f'<p class="hint">{escaped(" ".join(dict.fromkeys(said)))}</p>'

    def _known_at(self) -> datetime | None:
        value: datetime | None = self._known.value
        if value is None:
            return None
        return (value if value.tzinfo else value.replace(tzinfo=ZONE)).astimezone(UTC)

    def _download(self) -> BytesIO:
        twin = self._state.twin
        shown = {(one.stream.ags, "sensor") for one in self._found}
        return BytesIO(csv(self._found, self._state.language, "; ".join(attribution(twin, shown))))

    def _day(self, label: Text, value: date) -> pmui.DatePicker:
        return pmui.DatePicker(
            label=self._say(label), value=value, size="small", width=150, visible=False, margin=(10, 6, 2, 6)
        )

    def _say(self, text: Text, **values: object) -> str:
        return self._state.say(text, **values)


def _last_days(count: int) -> tuple[date, date]:
    today = datetime.now(ZONE).date()
    return today - timedelta(days=count - 1), today
