"""A chart of readings: which series share a figure and an axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from bokeh.layouts import gridplot

from twin.language import Language
from viewer.sensors.datastream import titles
from viewer.sensors.drawing import HEIGHT, Drawing
from viewer.sensors.local_time import local_ms
from viewer.sensors.period import Period
from viewer.sensors.readings import Series
from viewer.sensors.thresholds import Threshold

_LEAST = 140  # [px] height of one of several figures


@dataclass(slots=True)
class Chart:
    """What a chart is made of.

    Attributes
    ----------
    model : bokeh.model.Model or None
        For Panel to show; None where there is nothing to draw.
    far : list of str
        Thresholds that lie too far from the readings to be drawn.
    """

    model: Any
    far: list[str] = field(default_factory=list)


def chart(
    found: Sequence[Series], period: Period, limits: Sequence[list[Threshold]], language: Language, dark: bool = False
) -> Chart:
    """A chart of series: those of one unit share an axis, a second unit has one of its own, more are drawn beneath.

    Parameters
    ----------
    found : sequence of Series
    period : Period
    limits : sequence of list of Threshold
        Of each series.
    language : {"de", "en"}
    dark : bool
        Whether it stands on a dark page.
    """
    names = titles([one.stream for one in found], language)
    scales: dict[str, list[int]] = {}
    for number, one in enumerate(found):
        if len(one.rows):
            texts = one.rows["value"].isna().all() and one.rows["text"].notna().any()
            scales.setdefault(f"text:{number}" if texts else one.stream.scale, []).append(number)
    if not scales:
        return Chart(None)
    drawing = Drawing(found, names, limits, language, dark, _span(period))
    plain = [scale for scale in scales if not scale.startswith("text:")]
    if len(scales) <= 2 and len(plain) == len(scales):
        figures = [drawing.figure([scales[scale] for scale in plain])]
    else:
        figures = [
            drawing.texts(members[0]) if scale.startswith("text:") else drawing.figure([members])
            for scale, members in scales.items()
        ]
    for one in figures[:-1]:
        one.xaxis.visible = False
    height = max(_LEAST, HEIGHT // len(figures)) if len(figures) > 1 else HEIGHT
    for one in figures:
        one.height = height
        one.x_range = figures[0].x_range
    model = figures[0] if len(figures) == 1 else gridplot(
        [[one] for one in figures], sizing_mode="stretch_width", toolbar_location="right", merge_tools=True
    )  # fmt: skip
    return Chart(model, drawing.far)


def _span(period: Period) -> tuple[float, float]:
    edges = pd.Series(pd.to_datetime([period.start, period.end], utc=True))
    first, last = local_ms(edges)
    return float(first), float(last)
