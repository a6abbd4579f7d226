"""What goes of rules and alerts when a tenant withdraws its sensors."""

from __future__ import annotations

from twin.feeds.feed import CONSENT
from twin.registry import Transaction, execute, scalar

_OWNERS = {
    "alert_message": "ags = :ags OR alert_id IN (SELECT alert_id FROM alert WHERE rule_ags = :ags)",
    "alert": "ags = :ags OR rule_ags = :ags",
    "alert_mark": "ags = :ags",
    "alert_rule": "ags = :ags",
}
"""Tables in the order they are emptied in, and what of them belongs to a tenant: what was told of its readings by
whoever's rule, and what its own rules told of others'."""


def withdraw_alerts(transaction: Transaction, ags: str, layers: list[str], *, whole: bool) -> None:
    """Remove rules of a tenant that withdraws its sensors, and alerts and messages that are its own or about them."""
    for table, owned in _OWNERS.items() if whole or CONSENT in layers else ():
        execute(transaction, f"DELETE FROM {table} WHERE {owned}", ags=ags)


def alerts_left(transaction: Transaction, ags: str) -> list[str]:
    """Tables that still hold something of a tenant."""
    return [
        table
        for table, owned in _OWNERS.items()
        if scalar(transaction, f"SELECT count(*) FROM {table} WHERE {owned}", ags=ags)
    ]
