"""Alert rules on the operations page."""

from __future__ import annotations

from collections.abc import Sequence

from twin.alerts.rule import AlertRule
from twin.language import Text
from twin.reference import codes
from viewer.pages import operations_words as words
from viewer.pages.alert_list import AlertView, badge
from viewer.pages.markup import escaped
from viewer.pages.moment import length
from viewer.sensors.datastream import Datastream
from viewer.sensors.quantity import value_text


def rule_table(found: Sequence[AlertRule], view: AlertView, district: str) -> str:
    """Rules as HTML, those that the visitor answers for with a button to remove them."""
    if not found:
        return (
            f'<p class="calm" data-key="none">{view.say(words.NO_RULES_YET)} '
            f"<code>{escaped(words.ADD_RULE)}</code>.</p>"
        )
    head = "".join(f'<th scope="col">{view.say(title)}</th>' for title in words.COLUMNS_RULES)
    body = "".join(_line(rule, view, district) for rule in found)
    return (
        f'<table class="wide rules" data-key="rules"><thead><tr>{head}<td></td></tr></thead>'
        f"<tbody>{body}</tbody></table>"
    )


def condition(rule: AlertRule, unit: str, view: AlertView) -> str:
    """When a rule tells, in words; HTML."""
    if rule.kind == "silent":
        return view.say(words.TELLS_SILENT, time=length(rule.silence or 0, view.language))
    wording = words.TELLS_ABOVE if rule.kind == "above" else words.TELLS_BELOW
    said = view.say(wording, threshold=value_text(rule.threshold, unit, view.language))
    if rule.release is None or rule.release == rule.threshold:
        return said
    return f"{said}<small>{view.say(words.RELEASED, value=value_text(rule.release, unit, view.language))}</small>"


def _line(rule: AlertRule, view: AlertView, district: str) -> str:
    sensor = _sensor(rule, view, district)
    unit = rule.unit or (sensor.unit if sensor else "")
    if sensor:
        about = sensor.title(view.language)
    elif rule.sensor_id:
        about = rule.sensor_id
    elif rule.observed_property:
        quantity = codes("observed_property").get(rule.observed_property)
        named = quantity.within(view.language) if isinstance(quantity, Text) else quantity
        about = words.ALL_OF.within(view.language).format(property=named or rule.observed_property)
    else:
        about = words.ANY_SENSOR.within(view.language)
    told = ", ".join(filter(None, (rule.email, "Webhook" if rule.webhook else ""))) or "–"
    remove = ""
    if view.tenants is None or rule.ags in view.tenants:
        remove = (
            f'<button type="button" data-ask="remove" data-of="{escaped(f"{rule.ags}/{rule.name}")}" '
            f'aria-label="{view.say(words.REMOVE_WHAT, name=rule.name)}">{view.say(words.REMOVE)}</button>'
        )
    place = escaped(view.names.get(rule.ags, rule.ags))
    return (
        f'<tr data-key="{escaped(rule.rule_id)}"><td>{badge(rule.severity, view)}</td>'
        f"<td><b>{escaped(rule.name)}</b><small>{place}</small></td><td>{escaped(about)}</td>"
        f'<td>{condition(rule, unit, view)}</td><td class="told">{escaped(told)}</td><td class="do">{remove}</td></tr>'
    )


def _sensor(rule: AlertRule, view: AlertView, district: str) -> Datastream | None:
    """The sensor of a rule; the district's rules are about sensors of others."""
    if not rule.sensor_id:
        return None
    own = view.sensors.get((rule.ags, rule.sensor_id))
    if own or rule.ags != district:
        return own
    return next((one for (_, sensor_id), one in view.sensors.items() if sensor_id == rule.sensor_id), None)
