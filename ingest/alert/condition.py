"""What a rule says, as it is written on the command line, and whether there is a sensor that it is about."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from ingest.alert.quantity import amount, span
from twin.alerts.alert import Alert
from twin.alerts.rule import AlertRule, Kind
from twin.errors import AlertError, UnknownName
from twin.language import Language, Text
from twin.observations.unit import unit

if TYPE_CHECKING:
    from twin import Twin

_SPAN = re.compile(r"(\d{1,9})\s*(s|min|m|h|d)?")
_SECONDS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400, None: 1}
_CLOSE = 5  # names that an error suggests
_ONE_CONDITION = Text(
    "Bitte genau eines: --above X, --below X oder --silent DAUER.",
    "Please give exactly one: --above X, --below X or --silent TIME.",
)
_BAD_SPAN = Text("„{word}“: erwartet eine Dauer wie 90s, 30m, 2h oder 1d.", "“{word}”: expected 90s, 30m, 2h or 1d.")
_BAD_NUMBER = Text("„{word}“: erwartet eine Zahl.", "“{word}”: expected a number.")
_WHOSE = Text(
    "der Sensor {sensor} gehört zu {found}: 'twin alert add {found} …'.",
    "the sensor {sensor} belongs to {found}: 'twin alert add {found} …'.",
)
_UNITS = Text(
    "die Sensoren dieser Messgröße messen in {units}: bitte eine nennen (--unit).",
    "the sensors of this property measure in {units}: please name one (--unit).",
)
_CONDITION = {
    "above": Text("über {limit}", "above {limit}"),
    "below": Text("unter {limit}", "below {limit}"),
    "silent": Text("still länger als {silence}", "silent for more than {silence}"),
}
_SEVERITY = {"warning": Text("Warnung", "warning"), "alarm": Text("Alarm", "alarm")}


def described(one: AlertRule | Alert, code: str, language: Language) -> str:
    """What a rule is about, or an alert was: ``über 350 cm``."""
    limit = amount(one.threshold, code, language)
    return _CONDITION[one.kind].within(language).format(limit=limit, silence=span(one.silence or 0, language))


def severity(one: AlertRule | Alert, language: Language) -> str:
    """How bad it is, in a word."""
    return _SEVERITY[one.severity].within(language)


def condition(
    rule: str, above: str | None, below: str | None, silent: str | None
) -> tuple[Kind, float | None, int | None]:
    """Kind, threshold and silence.

    Raises
    ------
    AlertError
        If not exactly one of them is given, or it is none.
    """
    given: list[tuple[Kind, str | None]] = [("above", above), ("below", below), ("silent", silent)]
    said = [(kind, word) for kind, word in given if word is not None]
    if len(said) != 1:
        raise AlertError(rule=rule, problem=_ONE_CONDITION)
    ((kind, word),) = said
    return (kind, None, seconds(rule, word)) if kind == "silent" else (kind, number(rule, word), None)


def seconds(rule: str, word: str) -> int:
    """A time such as ``2h``. [s]"""
    found = _SPAN.fullmatch(word.strip().lower())
    if found is None:
        raise AlertError(rule=rule, problem=_BAD_SPAN.filled(word=word[:40]))
    return int(found[1]) * _SECONDS[found[2]]


def number(rule: str, word: str) -> float:
    """A number, with a decimal point or comma."""
    try:
        found = float(word.strip().replace(",", "."))
    except ValueError:
        found = math.nan
    if not math.isfinite(found):
        raise AlertError(rule=rule, problem=_BAD_NUMBER.filled(word=word[:40]))
    return found


def completed(twin: Twin, rule: AlertRule) -> tuple[AlertRule, int]:
    """A rule with its unit, and how many sensors it is about now.

    Raises
    ------
    UnknownName
        If there is no such sensor; the error names those whose ids are near.
    AlertError
        If it is somebody else's, whose rule it would have to be, or if the unit is not clear or fits none.
    """
    sensors = twin.sql("SELECT ags, sensor_id, observed_property, coalesce(unit, '') FROM sensor").fetchall()
    if rule.sensor_id:
        owners = sorted({ags for ags, sensor_id, _, _ in sensors if sensor_id == rule.sensor_id})
        if not owners:
            near = get_close_matches(rule.sensor_id, sorted({one[1] for one in sensors}), _CLOSE, 0.4)
            raise UnknownName(kind="sensor", name=rule.sensor_id, known=", ".join(near) or "–")
        if rule.ags not in owners:
            raise AlertError(rule=rule.name, problem=_WHOSE.filled(sensor=rule.sensor_id, found=owners[0]))
    about = [
        found_unit
        for ags, sensor_id, measured, found_unit in sensors
        if rule.ags in (ags, twin.district)
        and rule.sensor_id in ("", sensor_id)
        and rule.observed_property in ("", measured)
    ]
    units = sorted(set(about))
    if rule.kind == "silent" or not units:
        return rule, len(about)
    fitting = [one for one in units if _fits(rule.unit, one)]
    if (not rule.unit and len(units) > 1) or not fitting:
        raise AlertError(rule=rule.name, problem=_UNITS.filled(units=", ".join(one or "–" for one in units)))
    return replace(rule, unit=rule.unit or units[0]), sum(one in fitting for one in about)


def _fits(wanted: str, found: str) -> bool:
    if wanted in ("", found):
        return True
    own, other = unit(wanted), unit(found)
    return own is not None and other is not None and own.dimension == other.dimension
