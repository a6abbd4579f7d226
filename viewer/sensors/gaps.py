"""Where readings are missing for so long that no line may join them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from viewer.sensors.local_time import local_ms
from viewer.sensors.readings import STEPS, Series

GAP = 3.0
"""Intervals without a reading across which no line is drawn."""


def broken(rows: pd.DataFrame, series: Series) -> pd.DataFrame:
    """Rows with an empty one wherever readings are missing for so long that no line may join them."""
    times = rows["time"].to_numpy("datetime64[ms]").astype(np.int64) / 1000
    if len(times) < 2:
        return rows
    usual = float(series.stream.interval) or float(np.median(np.diff(times)))
    step = STEPS.get(series.step, 0)
    longest = GAP * usual
    if step:
        longest = max((1.2 if series.step == "month" else 1.5) * step, longest if usual > step else 0.0)
    # When clocks go back an hour comes twice: no line runs backwards.
    behind = np.diff(local_ms(rows["time"])) <= 0
    places = np.flatnonzero((np.diff(times) > longest) | behind)
    if not len(places):
        return rows
    empty = rows.iloc[places].assign(
        value=np.nan, lowest=np.nan, highest=np.nan, doubtful=0, text=None, time=rows["end"].iloc[places]
    )
    empty.index = empty.index + 0.5
    return pd.concat([rows, empty]).sort_index().reset_index(drop=True)
