"""Which sensors a rule is about."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest.alert.readings import Sensors
from twin.alerts.rule import AlertRule
from twin.consent import Principal, visible_in
from twin.feeds.feed import CONSENT
from twin.registry import Transaction, scalar


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose sensors the rules of whom are about, by what consent says now.

    Attributes
    ----------
    tenants : dict of str to frozenset of str
        Owner of rules → tenants: a municipality's are its own, the district's those that the county may see.
    """

    tenants: dict[str, frozenset[str]]

    def covers(self, rule: AlertRule, ags: str) -> bool:
        """Whether a rule may be about sensors of a tenant."""
        return ags in self.tenants.get(rule.ags, frozenset())

    def sensors(self, rule: AlertRule, sensors: Sensors) -> NDArray[np.bool_]:
        """Which of `sensors` a rule is about."""
        found = sensors.owned(self.tenants.get(rule.ags, frozenset()))
        if rule.observed_property:
            found &= sensors.measuring(rule.observed_property)
        if rule.sensor_id:
            found &= sensors.called(rule.sensor_id)
        return found


def scope(transaction: Transaction, owners: set[str], moment: str) -> Scope:
    """Scope of the rules of `owners` at a moment."""
    district = str(scalar(transaction, "SELECT value FROM setting WHERE name = 'district'"))
    found = {}
    for owner in owners:
        asks = Principal.county() if owner == district else Principal.staff(owner)
        shared = {ags for ags, layer in visible_in(transaction, asks, moment) if layer == CONSENT}
        found[owner] = frozenset(shared | {district} if owner == district else shared & {owner})
    return Scope(found)
