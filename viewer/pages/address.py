"""What the address of the map page says: the state that a link restores."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl, urlencode

from twin.language import LANGUAGES, Language
from viewer.sensors.period import is_period

_VIEW = ("east", "north", "height", "distance", "azimuth", "tilt")
_DIGITS = {"azimuth": 1, "tilt": 1}
_MOST = 8  # datastreams
_LARGEST = 1e8
"""No coordinate or distance is larger; what is, was tampered with. [m]"""


@dataclass(frozen=True, slots=True)
class Address:
    """State of the map page as its URL holds it.

    Attributes
    ----------
    language : {"de", "en"}
        Language of the interface.
    view : dict of str to float
        Camera, as in `DistrictMap.view`; empty for the view of the whole district.
    theme : str
        What buildings are coloured by; empty for the plain look.
    drape : str
        What parcels are coloured by; empty for nothing.
    scenario : str
        Name of the scenario shown; empty for none.
    by : tuple of (str, str)
        Layer and the theme that it is coloured by, where that is not its first.
    shown, hidden : tuple of str
        Layers that are switched on or off against their own default.
    chosen : str
        What is inspected: ``<layer>:<ags>:<key>``, such as ``parcel:05974040:0554…``.
    sensors : tuple of str
        Datastreams in the chart; each is a ``sensor`` of its own in the URL.
    period : str
        Period of the chart: ``day``, ``week``, ``month``, ``year`` or days, such as ``2026-01-01..2026-01-31``.
    """

    language: Language = "de"
    view: dict[str, float] = field(default_factory=dict)
    theme: str = ""
    drape: str = ""
    scenario: str = ""
    by: tuple[tuple[str, str], ...] = ()
    shown: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    chosen: str = ""
    sensors: tuple[str, ...] = ()
    period: str = ""

    def with_(self, **changes: object) -> Address:
        """The same address with some values changed."""
        return replace(self, **changes)  # type: ignore[arg-type]

    def query(self) -> str:
        """The address as a query string, ``?`` included; empty values are left out."""
        values: dict[str, str | list[str]] = {}
        if self.language != "de":
            values["lang"] = self.language
        if all(name in self.view for name in _VIEW):
            values["view"] = ",".join(f"{self.view[name]:.{_DIGITS.get(name, 0)}f}" for name in _VIEW)
        for name in ("theme", "drape", "scenario", "chosen", "period"):
            if value := getattr(self, name):
                values[name] = value
        if self.by:
            values["by"] = ",".join(f"{layer}:{theme}" for layer, theme in self.by)
        for name in ("shown", "hidden"):
            if names := getattr(self, name):
                values[name] = ",".join(names)
        if self.sensors:
            values["sensor"] = list(self.sensors)
        return f"?{urlencode(values, doseq=True, safe=',:')}" if values else ""


def parse_address(query: str, default_language: Language = "de") -> Address:
    """Address from a query string; what is not understood is left out, never an error.

    Parameters
    ----------
    query : str
        With or without ``?``.
    default_language : {"de", "en"}
        Where the query names none.
    """
    pairs = parse_qsl(query.lstrip("?"), max_num_fields=40) if query.count("&") < 40 else []
    values = dict(pairs)
    named = values.get("lang", "")
    language: Language = next((known for known in LANGUAGES if known == named), default_language)
    return Address(
        language=language,
        view=_parse_view(values.get("view", "")),
        theme=_word(values.get("theme", "")),
        drape=_word(values.get("drape", "")),
        scenario=_word(values.get("scenario", "")),
        by=_pairs(values.get("by", "")),
        shown=_words(values.get("shown", "")),
        hidden=_words(values.get("hidden", "")),
        chosen=values.get("chosen", "")[:200],
        sensors=tuple(dict.fromkeys(value for name, value in pairs if name == "sensor" and len(value) <= 200))[:_MOST],
        period=values.get("period", "") if is_period(values.get("period", "")) else "",
    )


def _parse_view(text: str) -> dict[str, float]:
    try:
        numbers = [float(number) for number in text.split(",")]
    except ValueError:
        return {}
    if len(numbers) != len(_VIEW) or not all(math.isfinite(number) and abs(number) < _LARGEST for number in numbers):
        return {}
    return dict(zip(_VIEW, numbers, strict=True))


def _word(text: str) -> str:
    return text if text.isascii() and text.replace("_", "").replace(".", "").isalnum() and len(text) <= 80 else ""


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    halves = [part.split(":") for part in text.split(",")[:40]]
    return tuple((_word(pair[0]), _word(pair[1])) for pair in halves if len(pair) == 2 and all(map(_word, pair)))


def _words(text: str) -> tuple[str, ...]:
    return tuple(word for part in text.split(",")[:40] if (word := _word(part)))
