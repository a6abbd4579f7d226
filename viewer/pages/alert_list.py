"""Alerts on the operations page: what is open, and what has been."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from twin.alerts.alert import Alert
from twin.language import Language, Text
from viewer.pages import operations_words as words
from viewer.pages.address import Address
from viewer.pages.markup import escaped
from viewer.pages.moment import age, clock, length, moment, time_tag
from viewer.sensors.datastream import Datastream
from viewer.sensors.quantity import value_text

_SIGNS = {
    "alarm": "M12 2 1 21h22L12 2zm-1 7h2v6h-2V9zm0 8h2v2h-2v-2z",
    "warning": "M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zm-1 5h2v7h-2V7zm0 9h2v2h-2v-2z",
}
"""Signs differ in shape as well as in colour."""


@dataclass(frozen=True, slots=True)
class AlertView:
    """What the lists need to know beside the alerts.

    Attributes
    ----------
    language : {"de", "en"}
        Of the visitor.
    present : datetime
        Now.
    names : mapping of str to str
        Tenants' names by key.
    sensors : mapping of (str, str) to Datastream
        By (ags, sensor_id).
    tenants : tuple of str or None
        Whose alerts may be acknowledged; None for everybody's.
    """

    language: Language
    present: datetime
    names: Mapping[str, str]
    sensors: Mapping[tuple[str, str], Datastream] = field(default_factory=dict)
    tenants: tuple[str, ...] | None = ()

    def say(self, text: Text, **values: object) -> str:
        """A text as HTML."""
        wording = text.within(self.language)
        return escaped(wording.format(**values) if values else wording)

    def title(self, alert: Alert) -> str:
        """What the sensor is called."""
        sensor = self.sensors.get((alert.ags, alert.sensor_id))
        return sensor.title(self.language) if sensor else alert.sensor_id

    def value(self, alert: Alert, value: float | None) -> str:
        """A value in the sensor's unit."""
        sensor = self.sensors.get((alert.ags, alert.sensor_id))
        return value_text(value, sensor.unit if sensor else "", self.language)

    def who(self, author: str) -> str:
        """Somebody who acknowledged: principals by what they are, others as they call themselves."""
        role, _, ags = author.partition(" ")
        said = words.WHO.get(role)
        return said.within(self.language).format(name=self.names.get(ags, ags)) if said else author

    def may_acknowledge(self, alert: Alert) -> bool:
        """Whether the visitor answers for it."""
        return self.tenants is None or bool({alert.ags, alert.rule_ags} & set(self.tenants))

    def on_map(self, alert: Alert) -> str:
        """Address of the map at the sensor, with its readings."""
        chosen = f"sensor:{alert.ags}:{alert.sensor_id}"
        here = Address(language=self.language, shown=("sensor",), chosen=chosen, sensors=(alert.sensor_id,))
        return "./" + here.query()


def open_alerts(found: Sequence[Alert], view: AlertView, empty: str) -> str:
    """Alerts that go on, the gravest first; `empty` (HTML) where there are none."""
    ordered = sorted(found, key=lambda one: (bool(one.seen_at), one.severity != "alarm"))
    if not ordered:
        return f'<div class="calm" data-key="calm">{empty}</div>'
    return f'<ul class="alerts" data-key="open">{"".join(_card(one, view) for one in ordered)}</ul>'


def past_alerts(found: Sequence[Alert], view: AlertView) -> str:
    """A table of alerts that are over."""
    if not found:
        return f'<p class="hint" data-key="none">{view.say(words.NO_HISTORY)}</p>'
    head = "".join(f'<th scope="col">{view.say(title)}</th>' for title in words.COLUMNS_HISTORY)
    body = "".join(_line(one, view) for one in found)
    return f'<table class="wide" data-key="past"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def badge(severity: str, view: AlertView) -> str:
    """Sign and word of a severity."""
    sign = f'<svg viewBox="0 0 24 24" aria-hidden="true"><path d="{_SIGNS.get(severity, _SIGNS["warning"])}"/></svg>'
    word = words.SEVERITIES.get(severity)
    return f'<span class="severity {escaped(severity)}">{sign}{view.say(word) if word else escaped(severity)}</span>'


def reason(alert: Alert, view: AlertView) -> str:
    """What the matter is: value and threshold, or since when nothing came; HTML."""
    if alert.kind == "silent":
        last = moment(alert.phenomenon_time)
        parts = [view.say(words.SILENT)]
        if last is not None:
            parts.append(view.say(words.SILENT_SINCE, time=clock(last, view.language, view.present)))
        if alert.silence:
            parts.append(view.say(words.SILENT_LONGER, time=length(alert.silence, view.language)))
        return f"<strong>{parts[0]}</strong> " + " · ".join(parts[1:])
    wording = words.ABOVE if alert.kind == "above" else words.BELOW
    threshold = view.say(wording, threshold=view.value(alert, alert.threshold))
    furthest = ""
    if alert.extreme is not None and alert.extreme != alert.result:
        furthest = f" · {view.say(words.EXTREME, value=view.value(alert, alert.extreme))}"
    return f"<strong>{escaped(view.value(alert, alert.result))}</strong> {threshold}{furthest}"


def _card(alert: Alert, view: AlertView) -> str:
    title, key = view.title(alert), escaped(alert.alert_id)
    opened = moment(alert.opened_at)
    began = moment(alert.phenomenon_time) if alert.kind != "silent" else opened
    since = began or opened
    when = ""
    if since is not None:
        exact = view.say(words.SINCE, time=clock(since, view.language, view.present))
        when = f"{exact} · {escaped(age(since, view.language, view.present))}"
    about = " · ".join((escaped(view.names.get(alert.ags, alert.ags)), view.say(words.RULE, name=alert.name), when))
    answer = ""
    if alert.seen_at:
        seen = moment(alert.seen_at)
        time = clock(seen, view.language, view.present) if seen else ""
        said = words.SEEN_BY if alert.seen_by else words.SEEN
        answer = f'<span class="seen">✓ {view.say(said, time=time, who=view.who(alert.seen_by))}</span>'
    elif view.may_acknowledge(alert):
        label = view.say(words.ACKNOWLEDGE_WHAT, what=title)
        answer = (
            f'<button type="button" data-ask="acknowledge" data-of="{key}" aria-label="{label}">'
            f"{view.say(words.ACKNOWLEDGE)}</button>"
        )
    where = escaped(view.on_map(alert))
    if alert.undelivered:
        lost = words.UNDELIVERED[min(alert.undelivered, 2)]
        about += f' · <span class="wrong">{view.say(lost, count=alert.undelivered)}</span>'
    return (
        f'<li class="alert {escaped(alert.severity)}{" answered" if alert.seen_at else ""}" data-key="{key}">'
        f'{badge(alert.severity, view)}<div class="what"><a href="{where}" title="{view.say(words.ON_MAP)}">'
        f'{escaped(title)}</a><p class="reason">{reason(alert, view)}</p><p class="about">{about}</p></div>'
        f'<div class="answer">{answer}</div></li>'
    )


def _line(alert: Alert, view: AlertView) -> str:
    began, ended = moment(alert.opened_at), moment(alert.closed_at)
    lasted = _span((ended - began).total_seconds(), view.language) if began and ended else "–"
    seen = time_tag(alert.seen_at, view.language, view.present, ago=False)
    where = escaped(view.on_map(alert))
    place = escaped(view.names.get(alert.ags, alert.ags))
    return (
        f'<tr data-key="{escaped(alert.alert_id)}"><td>{badge(alert.severity, view)}</td>'
        f'<td><a href="{where}">{escaped(view.title(alert))}</a><small>{place}</small></td>'
        f"<td>{reason(alert, view)}<small>{view.say(words.RULE, name=alert.name)}</small></td>"
        f"<td>{time_tag(alert.opened_at, view.language, view.present, ago=False)}</td><td>{escaped(lasted)}</td>"
        f"<td>{seen}<small>{escaped(view.who(alert.seen_by))}</small></td></tr>"
    )


def _span(seconds: float, language: Language) -> str:
    """A duration, as exact as people care: minutes below two hours, hours below two days."""
    size = 60 if seconds < 7200 else 3600 if seconds < 172_800 else 86_400
    return length(max(size, round(seconds / size) * size) if seconds >= 1 else 1, language)
