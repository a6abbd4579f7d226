"""The figures of a chart: lines with a band, bars of sums, dots, thresholds, gaps and doubtful readings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from bokeh.models import (
    BoxZoomTool,
    ColumnDataSource,
    DatetimeTickFormatter,
    FactorRange,
    FixedTicker,
    HoverTool,
    Label,
    LinearAxis,
    Range1d,
    Span,
)
from bokeh.plotting import figure

from twin.language import Language
from twin.number import written
from twin.observations.quantity import word
from viewer.sensors import chart_words as words
from viewer.sensors.axis import alike, ticks
from viewer.sensors.gaps import broken
from viewer.sensors.local_time import local_ms, moments
from viewer.sensors.quantity import short, value_text, with_unit
from viewer.sensors.readings import Series
from viewer.sensors.thresholds import Threshold

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#7A5C00", "#56B4E9", "#6A3D9A", "#5B6770")
"""One a datastream, to be told apart also by who does not see red or green (after Okabe and Ito)."""

DASHES = ("solid", "dashed", "dotdash", "dotted") * 2

_LEVELS = {False: {"warning": "#9A6A00", "alarm": "#B3261E"}, True: {"warning": "#FFC857", "alarm": "#FF8A7A"}}
"""Colours of thresholds on a light page and on a dark one."""

_MOST_TEXTS = 12
HEIGHT = 270
"""Of a figure that stands alone. [px]"""

_TICKS = {
    "de": {"hours": "%H:%M", "days": "%d.%m.", "months": "%m.%Y", "years": "%Y"},
    "en": {"hours": "%H:%M", "days": "%d %b", "months": "%b %Y", "years": "%Y"},
}


def safe(text: str) -> str:
    """A text for the drawing: one line, and nothing that Bokeh takes for a formula and asks the network for."""
    return short(text.replace("$$", "$ $").replace("\\[", "[").replace("\\(", "("))


class Drawing:
    """What all figures of a chart have in common."""

    def __init__(
        self,
        found: Sequence[Series],
        names: Sequence[str],
        limits: Sequence[list[Threshold]],
        language: Language,
        dark: bool,
        span: tuple[float, float],
    ) -> None:
        self._found, self._names, self._limits, self._language = found, names, limits, language
        self._paper = "#121212" if dark else "#FFFFFF"
        self._levels_of = _LEVELS[dark]
        self._ink = "#E6EAED" if dark else "#22303A"
        self._lines = "rgba(255,255,255,0.16)" if dark else "rgba(20,30,40,0.12)"
        self._range = Range1d(*span)
        self.far: list[str] = []

    def figure(self, groups: Sequence[list[int]]) -> Any:
        """A figure with one axis a group of series, two at most."""
        plot = self._plain()
        renderers: list[list[Any]] = []
        for place, members in enumerate(groups):
            axis = "default" if place == 0 else "second"
            low, high = self._reach(members)
            bounds = self._bounds(members, low, high)
            said = safe(" / ".join(dict.fromkeys(self._found[n].stream.axis(self._language) for n in members)))
            if place == 0:
                plot.y_range = Range1d(*bounds)
                own = plot.yaxis[0]
                own.axis_label = said
            else:
                plot.extra_y_ranges["second"] = Range1d(*bounds)
                own = LinearAxis(y_range_name="second", axis_label=said)
                plot.add_layout(own, "right")
            # The drawing's own numbers have a decimal point in every language: ticks are chosen and written here.
            marks = ticks(*bounds)
            own.ticker = FixedTicker(ticks=marks)
            own.major_label_overrides = dict(zip(marks, alike(marks, self._language), strict=True))
            renderers += [self._series(plot, number, axis) for number in members]
            self._thresholds(plot, members, axis, bounds)
        for one in plot.yaxis:
            self._dress_axis(one)
        self._legend(plot)
        return plot

    def texts(self, number: int) -> Any:
        """A figure of a series whose readings are words: each word has its own line."""
        rows = self._found[number].rows
        rows = rows[rows["text"].notna()]
        said = rows["text"].map(lambda text: safe(str(text)))
        most = list(said.value_counts().index[:_MOST_TEXTS])
        rows, said = rows[said.isin(most)], said[said.isin(most)]
        plot = self._plain(y_range=FactorRange(factors=sorted(most)))
        data = self._columns(number, rows) | {"said": said.tolist(), "y": said.tolist()}
        marks = plot.scatter(
            "x",
            "y",
            source=ColumnDataSource(data),
            size=9,
            color=COLOURS[number],
            legend_label=safe(self._names[number]),
        )
        self._hover(plot, marks, "mouse")
        plot.yaxis.axis_label = safe(self._found[number].stream.what(self._language))
        self._dress_axis(plot.yaxis[0])
        self._legend(plot)
        return plot

    def _plain(self, **more: Any) -> Any:
        plot = figure(
            x_axis_type="datetime",
            x_range=self._range,
            sizing_mode="stretch_width",
            height=HEIGHT,
            tools="xpan,xwheel_zoom,reset,save",
            active_drag="xpan",
            toolbar_location="right",
            background_fill_alpha=0.0,
            border_fill_alpha=0.0,
            outline_line_color=None,
            **more,
        )
        plot.toolbar.logo = None
        plot.add_tools(BoxZoomTool(dimensions="width"))
        ticks = _TICKS[self._language]
        plot.xaxis.formatter = DatetimeTickFormatter(
            minutes=ticks["hours"], hourmin=ticks["hours"], hours=ticks["hours"], days=ticks["days"],
            months=ticks["months"], years=ticks["years"], context=None,
        )  # fmt: skip
        plot.xaxis.axis_label = words.TIME_AXIS.within(self._language)
        self._dress_axis(plot.xaxis[0])
        plot.grid.grid_line_color = self._lines
        plot.xaxis.ticker.desired_num_ticks = 10
        return plot

    def _series(self, plot: Any, number: int, axis: str) -> list[Any]:
        series, colour = self._found[number], COLOURS[number % len(COLOURS)]
        name = safe(self._names[number])
        usable = series.rows[~series.rows["quality"].isin(["bad", "missing"])]
        if series.stream.aggregation in ("direction", "mode"):
            drawn = self._dots(plot, number, usable[usable["value"].notna()], axis, colour, name)
        elif series.stream.summed:
            drawn = self._bars(plot, number, usable[usable["value"].notna()], axis, colour, name)
        else:
            drawn = self._line(plot, number, broken(usable[usable["value"].notna()], series), axis, colour, name)
        doubtful = series.rows[(series.rows["doubtful"] > 0) & series.rows["value"].notna()]
        if len(doubtful):
            source = ColumnDataSource(self._columns(number, doubtful))
            marks = plot.scatter(
                "x", "y", source=source, marker="x", size=9, line_width=2, color=self._ink, y_range_name=axis,
                legend_label=words.DOUBTFUL.within(self._language),
            )  # fmt: skip
            self._hover(plot, marks, "mouse")
            drawn.append(marks)
        return drawn

    def _line(self, plot: Any, number: int, rows: pd.DataFrame, axis: str, colour: str, name: str) -> list[Any]:
        source = ColumnDataSource(self._columns(number, rows))
        drawn = []
        if self._found[number].step:
            drawn.append(
                plot.varea("x", "low", "high", source=source, fill_color=colour, fill_alpha=0.18, y_range_name=axis,
                           legend_label=name)
            )  # fmt: skip
        line = plot.line(
            "x", "y", source=source, color=colour, line_width=1.8, line_dash=DASHES[number % len(DASHES)],
            y_range_name=axis, legend_label=name,
        )  # fmt: skip
        # What stands alone between two gaps would be no line at all.
        alone = rows[rows["value"].notna() & rows["value"].shift().isna() & rows["value"].shift(-1).isna()]
        if len(alone):
            dots = ColumnDataSource(self._columns(number, alone))
            drawn.append(
                plot.scatter("x", "y", source=dots, size=5, color=colour, y_range_name=axis, legend_label=name)
            )
        self._hover(plot, line, "vline")
        return [*drawn, line]

    def _dots(self, plot: Any, number: int, rows: pd.DataFrame, axis: str, colour: str, name: str) -> list[Any]:
        # No line leads from 359° to 1° across 180°, nor from one code to another.
        source = ColumnDataSource(self._columns(number, rows))
        dots = plot.scatter("x", "y", source=source, size=4, color=colour, y_range_name=axis, legend_label=name)
        self._hover(plot, dots, "mouse")
        return [dots]

    def _bars(self, plot: Any, number: int, rows: pd.DataFrame, axis: str, colour: str, name: str) -> list[Any]:
        data = self._columns(number, rows)
        left, right = local_ms(rows["time"]), local_ms(rows["end"])
        usual = (self._found[number].stream.interval or 600) * 1000.0
        right = np.where(right > left, right, left + usual)
        room = 0.06 * (right - left)
        data |= {"left": left + room, "right": right - room, "bottom": np.zeros(len(rows))}
        bars = plot.quad(
            left="left", right="right", bottom="bottom", top="y", source=ColumnDataSource(data), fill_color=colour,
            fill_alpha=0.55, level="underlay", line_color=colour, line_width=0.6, y_range_name=axis, legend_label=name,
        )  # fmt: skip
        self._hover(plot, bars, "mouse")
        return [bars]

    def _columns(self, number: int, rows: pd.DataFrame) -> dict[str, Any]:
        series, language = self._found[number], self._language
        unit, days = series.stream.unit, series.step in {"day", "week", "month"}
        x = local_ms(rows["time"])
        if series.step and not series.stream.summed:
            x = (x + local_ms(rows["end"])) / 2  # a mean stands in the middle of what it is of
        values = rows["value"].to_numpy(float)
        said = [value_text(value, unit, language) for value in values.tolist()]
        if series.step and series.stream.aggregation in ("mean", "level"):
            said = [
                f"{mean} ({value_text(low, unit, language)} … {value_text(high, unit, language)})"
                for mean, low, high in zip(said, rows["lowest"].tolist(), rows["highest"].tolist(), strict=True)
            ]
        when = self._when(rows, days)
        note = [
            self._note(quality, doubtful, series.step)
            for quality, doubtful in zip(rows["quality"], rows["doubtful"], strict=True)
        ]
        low, high = (rows[column].astype(float).to_numpy() for column in ("lowest", "highest"))
        return {
            "x": x, "y": values, "low": low, "high": high,
            "said": said, "when": when, "note": note, "name": [safe(self._names[number])] * len(rows),
        }  # fmt: skip

    def _when(self, rows: pd.DataFrame, days: bool) -> list[str]:
        """When each row is of: a moment, a time from when to when, a day or several."""
        time, end = rows["time"], rows["end"]
        single = (end - time) <= pd.Timedelta(hours=26 if days else 0)
        first = moments(time, self._language, days)
        last = moments(end - pd.Timedelta(hours=12) if days else end, self._language, days)
        return first.where(single, first + " – " + last).tolist()

    def _note(self, quality: Any, doubtful: Any, step: str) -> str:
        if isinstance(quality, str) and quality:
            return word("observation_quality", quality, self._language)
        return words.DOUBTFUL.within(self._language) if step and doubtful and doubtful > 0 else ""

    def _hover(self, plot: Any, renderer: Any, mode: str) -> None:
        # Bokeh puts columns into the page as text, whatever they hold.
        tooltips = "<div><b>@name</b><br>@when<br>@said <i>@note</i></div>"
        plot.add_tools(HoverTool(renderers=[renderer], tooltips=tooltips, mode=mode, visible=False))

    def _reach(self, members: Sequence[int]) -> tuple[float, float]:
        parts = []
        for number in members:
            series = self._found[number]
            usable = series.rows[["value"] if series.stream.summed else ["lowest", "highest", "value"]]
            parts.append(usable.astype(float).to_numpy().ravel())
            if series.stream.summed:
                parts.append(np.zeros(1))
        values = np.concatenate(parts)
        values = values[np.isfinite(values)]
        return (float(values.min()), float(values.max())) if len(values) else (0.0, 1.0)

    def _bounds(self, members: Sequence[int], low: float, high: float) -> tuple[float, float]:
        """Ends of an axis: the readings, and the thresholds that are not too far from them."""
        span = max(high - low, abs(high) * 0.02, 1e-9)
        near = [limit.limit for limit in self._levels(members) if low - 3 * span <= limit.limit <= high + 3 * span]
        bottom, top = min([low, *near]), max([high, *near])
        room = 0.06 * max(top - bottom, span)
        bars = all(self._found[number].stream.summed for number in members)
        return (bottom if bars and bottom >= 0 else bottom - room), top + room

    def _levels(self, members: Sequence[int]) -> Iterable[Threshold]:
        found = {}
        for number in members:
            series = self._found[number]
            # A threshold is held against single readings: sums of a day say nothing of it.
            if series.stream.summed and series.step:
                continue
            for limit in self._limits[number]:
                if limit.kind != "silent":
                    found[(limit.limit, limit.state)] = limit
        return found.values()

    def _thresholds(self, plot: Any, members: Sequence[int], axis: str, bounds: tuple[float, float]) -> None:
        unit = self._found[members[0]].stream.unit
        for limit in self._levels(members):
            level = words.LEVELS[limit.state].within(self._language)
            number = with_unit(written(limit.limit, self._language), unit)
            said = safe(f"{limit.name or level}: {'>' if limit.kind == 'above' else '<'} {number}")
            if not bounds[0] <= limit.limit <= bounds[1]:
                self.far.append(said)
                continue
            colour = self._levels_of[limit.state]
            high = limit.limit > bounds[1] - 0.14 * (bounds[1] - bounds[0])
            dash = "dashed" if limit.state == "warning" else "solid"
            plot.add_layout(
                Span(location=limit.limit, dimension="width", line_color=colour, line_width=1.5, line_dash=dash,
                     y_range_name=axis)
            )  # fmt: skip
            plot.add_layout(
                Label(x=6, x_units="screen", y=limit.limit, y_range_name=axis, text=said, text_color=colour,
                      text_font_size="11px", text_baseline="top" if high else "bottom",
                      background_fill_color=self._paper, background_fill_alpha=0.75)
            )  # fmt: skip

    def _dress_axis(self, axis: Any) -> None:
        axis.axis_label_text_color = axis.major_label_text_color = self._ink
        axis.axis_label_text_font_style = "normal"
        axis.axis_label_text_font_size = axis.major_label_text_font_size = "12px"
        axis.axis_line_color = axis.major_tick_line_color = self._lines
        axis.minor_tick_line_color = None

    def _legend(self, plot: Any) -> None:
        for legend in plot.legend:
            legend.orientation, legend.location = "horizontal", "left"
            legend.label_text_font_size, legend.label_text_color = "12px", self._ink
            legend.background_fill_alpha = legend.border_line_alpha = 0.0
            legend.margin, legend.padding, legend.spacing = 0, 2, 12
            legend.click_policy = "hide"
            plot.add_layout(legend, "above")
