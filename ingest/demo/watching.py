"""What the demo's district and municipalities want to be told of their readings."""

from __future__ import annotations

import twin
from ingest.demo.places import DISTRICT
from ingest.demo.sensors import BROOK, GARAGE, GAUGE, SILENT, TOWN_KEY, sensor
from twin.alerts.rule import AlertRule, rules, save_rule

FLOOD = 240.0
"""Information level 1 of the gauge in the town. [cm]"""

RULES = (
    AlertRule(
        DISTRICT, "Hochwasser Muster (Meldestufe 1)", "above", sensor_id=sensor(GAUGE).sensor_id, threshold=FLOOD,
        release=FLOOD - 15, unit="cm", severity="alarm",
    ),
    AlertRule(
        TOWN_KEY, "Hainbach steigt", "above", sensor_id=sensor(BROOK).sensor_id, threshold=75.0, release=60.0,
        unit="cm",
    ),
    AlertRule(
        TOWN_KEY, "Becken Neue Gartenstadt schweigt", "silent", sensor_id=sensor(SILENT).sensor_id, silence=24 * 3600,
        severity="alarm",
    ),
    AlertRule(
        TOWN_KEY, "Quartiersgarage fast voll", "below", sensor_id=sensor(GARAGE).sensor_id, threshold=12.0,
        release=15.0, unit="1",
    ),
    AlertRule(TOWN_KEY, "Stickstoffdioxid über 200", "above", observed_property="no2", threshold=200.0, unit="ug/m3"),
)  # fmt: skip
"""Two are broken whenever the demo is opened: a garage that is let for good is full, and a basin has fallen silent."""


def save_rules(t: twin.Twin) -> int:
    """Save the rules that are not there; what somebody has changed stays as it is.

    Returns
    -------
    saved : int
        How many are new.
    """
    with t.registry.read() as transaction:
        known = {(rule.ags, rule.name) for rule in rules(transaction)}
    missing = [rule for rule in RULES if (rule.ags, rule.name) not in known]
    for rule in missing:
        save_rule(t.registry, rule)
    return len(missing)
