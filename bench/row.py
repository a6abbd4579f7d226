"""One line of the table that `make bench` prints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bench.measuring import Measured


@dataclass(frozen=True, slots=True)
class Row:
    """A comparison, measured in one run on the same input.

    Attributes
    ----------
    task : str
        What was done, on what.
    ours, peer : float
        Figure of the twin and of the peer, in `unit`.
    unit : str
        Unit of both; a rate ends in ``/s``, and then more is better.
    against : str
        Who the peer is.
    goal : float
        Smallest ratio ours ÷ peer that we want of a rate, largest of a duration; 0 for none.
    peak, peer_peak : float
        Largest resident memory of either. [MB]; 0 where it was not measured.
    work : float
        Processor time of ours ÷ processor time of the peer, which hardly depends on what else the machine does;
        0 where it was not measured.
    """

    task: str
    ours: float
    peer: float
    unit: str
    against: str
    goal: float = 0.0
    peak: float = 0.0
    peer_peak: float = 0.0
    work: float = 0.0

    @property
    def ratio(self) -> float:
        """Ours ÷ peer."""
        return self.ours / self.peer

    @property
    def verdict(self) -> str:
        """Whether the goal was reached."""
        if not self.goal:
            return ""
        reached = self.ratio >= self.goal if self.unit.endswith("/s") else self.ratio <= self.goal
        return "reached" if reached else "missed"


def rate(task: str, amount: float, unit: str, both: Sequence[Measured], against: str, goal: float = 0.0) -> Row:
    """Row of two rates: `amount` of `unit` in the seconds of ours and of the peer."""
    ours, peer = both
    figures = amount / ours.seconds, amount / peer.seconds
    return Row(task, *figures, f"{unit}/s", against, goal, ours.peak, peer.peak, _work(ours, peer))


def duration(task: str, both: Sequence[Measured], against: str, goal: float = 0.0) -> Row:
    """Row of two durations, ours and the peer's, in milliseconds or seconds."""
    ours, peer = both
    scale, unit = (1.0, "s") if max(ours.seconds, peer.seconds) >= 1 else (1e3, "ms")
    figures = ours.seconds * scale, peer.seconds * scale
    return Row(task, *figures, unit, against, goal, ours.peak, peer.peak, _work(ours, peer))


def _work(ours: Measured, peer: Measured) -> float:
    return ours.work / peer.work if ours.work and peer.work else 0.0
