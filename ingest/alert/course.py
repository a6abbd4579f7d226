"""Course of readings past a threshold: where alerts begin and end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest.alert.readings import Readings


@dataclass(frozen=True, slots=True)
class Episode:
    """Readings of one sensor from where they pass the threshold to where they are back.

    Attributes
    ----------
    sensor : int
        Index of the sensor.
    first, last : int
        Time of the reading that passed the threshold, and of the one that came back, or of the last one if none has.
        Of an episode that went on already, `first` is that of its first reading here.
    result, extreme : float
        The reading that passed, and the furthest one.
    final : float
        The reading at `last`.
    went_on, goes_on : bool
        Whether it had begun before these readings, and whether it has not ended with them.
    """

    sensor: int
    first: int
    last: int
    result: float
    extreme: float
    final: float
    went_on: bool
    goes_on: bool


def episodes(
    readings: Readings,
    above: bool,
    limit: NDArray[np.float64],
    release: NDArray[np.float64],
    went_on: NDArray[np.bool_],
) -> list[Episode]:
    """Episodes of readings, by sensor and time.

    An episode begins with a reading beyond the limit and ends with the first one that is back at the release or
    further; a reading between the two changes nothing.

    Parameters
    ----------
    readings : Readings
        Of any number of sensors.
    above : bool
        Whether greater values are beyond, or lesser ones.
    limit, release : float array of shape (sensors,)
        Of each sensor; NaN for none.
    went_on : bool array of shape (sensors,)
        Whether an episode of the sensor is going on when its first reading comes.
    """
    owner, value = readings.owner, readings.value
    if not owner.size:
        return []
    own_limit, own_release = limit[owner], release[owner]
    beyond = value > own_limit if above else value < own_limit
    back = value <= own_release if above else value >= own_release
    starts = np.r_[True, owner[1:] != owner[:-1]]
    says = np.where(beyond, 1, np.where(back, -1, 0))
    says = np.where(starts & (says == 0), np.where(went_on[owner], 1, -1), says)
    state = says[np.maximum.accumulate(np.where(says != 0, np.arange(says.size), 0))] == 1
    before = np.where(starts, went_on[owner], np.r_[False, state[:-1]])
    ends = np.r_[owner[1:] != owner[:-1], True]
    # Of an episode: the reading that passes (or the first here), and the one that comes back (or the last here).
    begun = np.flatnonzero((state & ~before) | (starts & before))
    over = np.flatnonzero((~state & before) | (ends & state))
    furthest = np.maximum.reduceat if above else np.minimum.reduceat
    spans = np.c_[begun, over + 1].ravel()
    padded = np.r_[value, value[-1]]
    extremes = furthest(padded, spans)[::2] if begun.size else np.empty(0)
    return [
        Episode(
            int(owner[first]), int(readings.time[first]), int(readings.time[last]), float(value[first]), float(extreme),
            float(value[last]),            bool(starts[first] and before[first]), bool(state[last]),
        )
        for first, last, extreme in zip(begun, over, extremes, strict=True)
    ]  # fmt: skip
