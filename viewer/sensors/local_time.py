"""Moments as clocks in the district show them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from twin.language import Language
from viewer.sensors.period import ZONE


def local_ms(times: pd.Series[Any]) -> np.ndarray[Any, Any]:
    """Moments as the axis has them: what clocks in the district show. [ms]"""
    local = times.dt.tz_convert(ZONE).dt.tz_localize(None)
    found: np.ndarray[Any, Any] = local.to_numpy("datetime64[ms]").astype(np.int64).astype(float)
    return found


def moment(at: pd.Timestamp, language: Language, day_only: bool = False) -> str:
    """A moment as clocks in the district show it, with their name of summer and winter time."""
    return str(moments(pd.Series([at]), language, day_only).iloc[0])


def moments(times: pd.Series[Any], language: Language, day_only: bool = False) -> pd.Series[str]:
    """The same of many."""
    local = times.dt.tz_convert(ZONE)
    day = "%d.%m.%Y" if language == "de" else "%d %b %Y"
    if day_only:
        days: pd.Series[str] = local.dt.strftime(day)
        return days
    ahead = local.dt.tz_localize(None) - times.dt.tz_localize(None)
    summer, winter = ("MESZ", "MEZ") if language == "de" else ("CEST", "CET")
    zone = pd.Series(np.where(ahead > pd.Timedelta(hours=1), summer, winter), index=times.index)
    found: pd.Series[str] = local.dt.strftime(f"{day} %H:%M ") + zone
    return found
