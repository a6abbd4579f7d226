"""What a check finds in a delivery: one sentence about one feature, its place, and what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from twin.language import Text
from twin.number import written

Severity = Literal["error", "warning", "notice"]

SEVERITIES: tuple[Severity, ...] = get_args(Severity)
"""From grave to slight: the row was rejected; somebody should look; it was mended, or is merely said."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in a delivery that somebody should know of.

    Attributes
    ----------
    code : str
        What kind it is, for machines: ``<check>.<problem>``, such as ``geometry.self_intersection``.
    severity : {"error", "warning", "notice"}
        ``error`` where the row was rejected (a format that yields one takes no row beside it), ``warning`` where it is
        stored as it came and is doubtful, ``notice`` where it was mended or something is merely said.
    layer : str
        Layer of the feature; empty where it concerns the file.
    feature : str
        Its identifier. Never anything about a person.
    sentence : Text
        What was expected and what was found; numbers are put in by `said`.
    east, north : float or None
        Where, in the store's CRS. [m]
    line : int or None
        Line of the file, from 1, where it has lines.
    ags : str
        Municipality; empty where it is not known. The job fills it in where it knows more.
    file : str
        File of the delivery; the job fills it in.
    advice : Text or None
        What to do about it.
    content : str
        What a rejected row held, as JSON; empty for others and where nothing could be read. It goes into quarantine,
        never into a report.
    """

    code: str
    severity: Severity
    layer: str
    feature: str
    sentence: Text
    east: float | None = None
    north: float | None = None
    line: int | None = None
    ags: str = ""
    file: str = ""
    advice: Text | None = None
    content: str = ""

    def as_dict(self) -> dict[str, Any]:
        """As JSON knows it, in the language of the moment."""
        return {
            "code": self.code,
            "severity": self.severity,
            "layer": self.layer,
            "feature": self.feature,
            "ags": self.ags,
            "east": self.east,
            "north": self.north,
            "file": self.file,
            "line": self.line,
            "sentence": str(self.sentence),
            "advice": str(self.advice) if self.advice is not None else "",
        }


def said(text: Text, **values: object) -> Text:
    """Fill the braces of both wordings; numbers are written as the language writes them.

    Parameters
    ----------
    text : Text
        With braces: ``Text("{height} m hoch", "{height} m high")``.
    **values : object
        Integers get their thousands apart, floats at most three decimals; a `Text` is said in its language. What is
        no quantity (a year, a key) is passed as `str`.
    """
    return text.filled(**{name: _worded(value) for name, value in values.items()})


def _worded(value: object) -> Text:
    if isinstance(value, Text):
        return value
    if isinstance(value, int | float):
        return Text(written(value, "de"), written(value, "en"))
    return Text(str(value), str(value))


KEPT = 500
"""Findings of one code and layer that a file keeps one by one; beyond, they are only counted."""


@dataclass(slots=True)
class Findings:
    """Findings of a file or delivery: all are counted, so many of each kind are kept that a page can show them.

    Attributes
    ----------
    kept : list of Finding
        At most `KEPT` of each code and layer, the first ones.
    counts : Counter of (code, severity, layer)
        How many there were.
    """

    kept: list[Finding] = field(default_factory=list)
    counts: Counter[tuple[str, Severity, str]] = field(default_factory=Counter)

    def __len__(self) -> int:
        return self.counts.total()

    def add(self, finding: Finding) -> None:
        """Take in one."""
        kind = (finding.code, finding.severity, finding.layer)
        self.counts[kind] += 1
        if self.counts[kind] <= KEPT:
            self.kept.append(finding)

    def take(self, other: Findings, kept: Iterable[Finding]) -> None:
        """Take in those of a file, with what is kept of them (which may know more by now)."""
        self.kept += kept
        self.counts.update(other.counts)

    def sorted(self) -> list[Finding]:
        """What is kept, grave ones first, then by code."""
        return sorted(self.kept, key=lambda one: (SEVERITIES.index(one.severity), one.code, one.layer))

    def beyond(self, code: str, severity: Severity, layer: str, count: int) -> None:
        """Count findings that nobody has put into words."""
        self.counts[code, severity, layer] += count

    def severe(self, severity: Severity) -> int:
        """How many there are of one severity."""
        return sum(count for (_, own, _), count in self.counts.items() if own == severity)
