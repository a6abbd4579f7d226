"""What somebody is told: of one alert, or of many by the same rule at once."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from ingest.alert.place import Place
from ingest.alert.quantity import amount, clock, span
from twin.alerts.alert import Alert
from twin.alerts.rule import AlertRule
from twin.language import LANGUAGES, Language, Text
from twin.observations.quantity import word

_SHOWN = 50  # alerts that one letter describes; further ones are counted

_SEVERITY = {"warning": Text("Warnung", "Warning"), "alarm": Text("Alarm", "Alarm")}
_TEST = Text("Probe", "Test")
_OVER = Text("Entwarnung", "All clear")
_FORMER = Text("vorüber", "over")
_ABOUT = {
    "above": Text("über {limit}", "above {limit}"),
    "below": Text("unter {limit}", "below {limit}"),
    "silent": Text("seit mehr als {silence} nichts gemeldet", "not heard of for more than {silence}"),
}
_LABELS = {
    "sensor": Text("Sensor", "Sensor"),
    "place": Text("Ort", "Place"),
    "value": Text("Messwert", "Reading"),
    "extreme": Text("Äußerster Wert", "Furthest reading"),
    "limit": Text("Schwelle", "Threshold"),
    "last": Text("Zuletzt gemeldet", "Last heard of"),
    "ended": Text("Zu Ende", "Ended"),
    "link": Text("Karte", "Map"),
    "id": Text("Kennung", "Id"),
}
_AT = Text("{value} am {moment}", "{value} at {moment}")
_NEVER = Text("noch nie", "never")
_SEVERAL = Text("{count} Meldungen", "{count} alerts")
_MORE = Text("… und {count} weitere Meldungen dieser Regel.", "… and {count} more alerts by this rule.")
_ENGLISH = "– – –\nEnglish:"
_PROBE = Text(
    "Dies ist eine Probe der Regel „{name}“. Es ist nichts geschehen.",
    "This is a test of the rule “{name}”. Nothing has happened.",
)
_FOOT = Text(
    "Digitaler Zwilling, Melderegel „{name}“ ({ags}). Zeiten in deutscher Ortszeit.",
    "Digital twin, alert rule “{name}” ({ags}). Times are local in Germany.",
)


@dataclass(frozen=True, slots=True)
class Event:
    """One alert, what became of it, and where its sensor is.

    Attributes
    ----------
    occasion : str
        ``opened``, ``closed`` or ``passed``.
    alert : Alert
        As it is now.
    place : Place
        The sensor.
    """

    occasion: str
    alert: Alert
    place: Place

    @property
    def event_id(self) -> str:
        """Id that stays, however often it is sent: receivers know by it what they have already."""
        return f"{self.alert.alert_id}-{self.occasion}"


@dataclass(frozen=True, slots=True)
class Letter:
    """What is sent in one piece.

    Attributes
    ----------
    rule : AlertRule
        Whose receivers it goes to.
    events : tuple of Event
        What has happened; none in a test.
    """

    rule: AlertRule
    events: tuple[Event, ...] = ()

    @property
    def letter_id(self) -> str:
        """Id that stays for as long as the same events are sent."""
        return self.events[0].event_id + (f"-{len(self.events)}" if len(self.events) > 1 else "") if self.events else ""

    def subject(self, language: Language = "de") -> str:
        """One line without control characters."""
        if not self.events:
            head, about = _TEST, self.rule.name
        elif len(self.events) > 1:
            head = _OVER if all(one.occasion == "closed" for one in self.events) else _SEVERITY[self.rule.severity]
            about = f"{self.rule.name}: {_SEVERAL.within(language).format(count=len(self.events))}"
        else:
            (event,) = self.events
            head = _OVER if event.occasion == "closed" else _SEVERITY[event.alert.severity]
            about = f"{self.rule.name}: {event.place.title}, {_about(event, language)}"
            if event.occasion == "passed":
                about = f"{about} ({_FORMER.within(language)})"
        return one_line(f"[{head.within(language)}] {about}", 200)

    def text(self) -> str:
        """Plain text, German first."""
        return f"{self._within('de')}\n\n{_ENGLISH}\n\n{self._within('en')}\n"

    def content(self) -> dict[str, Any]:
        """What a webhook is given."""
        return {
            "version": 1,
            "test": not self.events,
            "rule": {"ags": self.rule.ags, "name": self.rule.name, "severity": self.rule.severity},
            "subject": {language: self.subject(language) for language in LANGUAGES},
            "events": [_event(one) for one in self.events],
        }

    def _within(self, language: Language) -> str:
        said = [self.subject(language)]
        if not self.events:
            said.append(_PROBE.within(language).format(name=one_line(self.rule.name)))
        said += ["\n".join(_lines(one, language)) for one in self.events[:_SHOWN]]
        if len(self.events) > _SHOWN:
            said.append(_MORE.within(language).format(count=len(self.events) - _SHOWN))
        said.append(_FOOT.within(language).format(name=one_line(self.rule.name), ags=self.rule.ags))
        return "\n\n".join(said)


def one_line(text: str, longest: int = 300) -> str:
    """A text of foreign origin on one line: nothing in it steers a mail's header or a terminal."""
    plain = "".join(one if one.isprintable() else " " for one in text[: 4 * longest])
    short = " ".join(plain.split())
    return short if len(short) <= longest else short[: longest - 1] + "…"


def _about(event: Event, language: Language) -> str:
    alert, unit = event.alert, event.place.unit
    limit = amount(alert.threshold, unit, language)
    about = _ABOUT[alert.kind].within(language).format(limit=limit, silence=span(alert.silence or 0, language))
    measured = word("observed_property", event.place.observed_property, language) if alert.kind != "silent" else ""
    return f"{measured} {about}".strip()


def _lines(event: Event, language: Language) -> list[str]:
    alert, place = event.alert, event.place
    rows = {"sensor": f"{place.title} ({alert.sensor_id})" if place.title != alert.sensor_id else place.title}
    rows["place"] = place.where
    if alert.kind == "silent":
        rows["last"] = clock(alert.phenomenon_time, language) if alert.phenomenon_time else _NEVER.within(language)
    else:
        value = amount(alert.result, place.unit, language)
        rows["value"] = _AT.within(language).format(value=value, moment=clock(alert.phenomenon_time, language))
        if alert.extreme != alert.result:
            rows["extreme"] = amount(alert.extreme, place.unit, language)
    rows["limit"] = _about(event, language)
    if alert.closed_at:
        rows["ended"] = clock(alert.phenomenon_end or alert.closed_at, language)
    rows["link"] = link(alert)
    rows["id"] = event.event_id
    return [f"{_LABELS[name].within(language) + ':':<18}{one_line(value)}" for name, value in rows.items() if value]


def link(alert: Alert) -> str:
    """Where the map shows the sensor: ``TWIN_URL`` is where the twin is served; empty if that is not said."""
    base = os.environ.get("TWIN_URL", "").rstrip("/")
    if urlsplit(base).scheme not in ("http", "https"):
        return ""
    chosen = f"sensor:{alert.ags}:{alert.sensor_id}"
    return f"{base}/?{urlencode({'chosen': chosen, 'shown': 'sensor', 'sensor': alert.sensor_id}, safe=':')}"


def _event(event: Event) -> dict[str, Any]:
    alert, place = event.alert, event.place
    return {
        "id": event.event_id,
        "occasion": event.occasion,
        "alert_id": alert.alert_id,
        "open": alert.is_open,
        "kind": alert.kind,
        "severity": alert.severity,
        "threshold": alert.threshold,
        "silence": alert.silence,
        "result": alert.result,
        "extreme": alert.extreme,
        "unit": place.unit,
        "phenomenon_time": alert.phenomenon_time or None,
        "phenomenon_end": alert.phenomenon_end or None,
        "opened_at": alert.opened_at,
        "closed_at": alert.closed_at or None,
        "sensor": {"id": alert.sensor_id, "ags": alert.ags, **place.content()},
        "link": link(alert) or None,
        "text": {language: "\n".join(_lines(event, language)) for language in LANGUAGES},
    }
