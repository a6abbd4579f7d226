"""How a twin stands: who takes part with what, how many rows there are, what came last."""

from __future__ import annotations

from typing import Any

from twin.consent import ALL, Consent, Pair, consents, layers
from twin.deliveries import last_deliveries
from twin.engine import name as quoted
from twin.municipalities import Municipality, municipalities
from twin.reading import Reading
from twin.registry import Transaction, rows

_SHOWN = ("layer", "audience", "purpose", "valid_from", "valid_until", "granted_by")


def status(transaction: Transaction, reading: Reading, pairs: frozenset[Pair]) -> dict[str, Any]:
    """District, municipalities with consents and row counts, and the last deliveries, as far as visible."""
    counts: dict[str, dict[str, int]] = {}
    for layer in layers():
        for ags, number in reading.fetch(f"SELECT ags, count(*) FROM {reading.base}.{quoted(layer)} GROUP BY ags"):
            counts.setdefault(ags, {})[layer] = number
    settings = {row["name"]: row["value"] for row in rows(transaction, "SELECT name, value FROM setting")}
    given = consents(transaction)
    district = settings["district"]
    tenants = municipalities(transaction)
    if district in {consent.ags for consent in given}:
        tenants.append(Municipality(district, settings["district_name"]))
    return {
        "district": district,
        "name": settings["district_name"],
        "municipalities": [
            _entry(one, [consent for consent in given if consent.ags == one.ags], pairs, counts.get(one.ags, {}))
            for one in tenants
        ],
        "rows": {layer: sum(own.get(layer, 0) for own in counts.values()) for layer in layers()},
        "deliveries": last_deliveries(transaction, pairs),
    }


def _entry(one: Municipality, own: list[Consent], pairs: frozenset[Pair], counts: dict[str, int]) -> dict[str, Any]:
    seen = {layer for ags, layer in pairs if ags == one.ags}
    shown = [consent for consent in own if seen and consent.layer in {ALL, *seen}]
    return {
        "ags": one.ags,
        "name": one.name,
        "population": one.population,
        "area": one.area,
        "joined": bool(own),
        "consents": [{name: getattr(consent, name) for name in _SHOWN} for consent in shown],
        "rows": counts,
    }
