"""The municipalities of a district: what the reference data lists, and what was registered beside."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from twin.reference import reference_path
from twin.registry import Transaction, execute, rows


@dataclass(frozen=True, slots=True)
class Municipality:
    """A municipality.

    Attributes
    ----------
    ags : str
        Amtlicher Gemeindeschlüssel, 8 digits.
    name : str
        Its name.
    population : int or None
        Inhabitants.
    area : float or None
        Territory. [m²]
    """

    ags: str
    name: str
    population: int | None = None
    area: float | None = None


def listed(district: str) -> tuple[str, list[Municipality]]:
    """Name and municipalities of a district in ``data/municipalities.json``; empty where it is not listed."""
    try:
        known = json.loads(reference_path("municipalities.json").read_text("utf-8"))["district"]
    except FileNotFoundError:
        return "", []
    entry = known.get(district)
    if entry is None:
        return "", []
    found = [
        Municipality(one["ags"], one["name"], one.get("population"), one.get("area")) for one in entry["municipalities"]
    ]
    return str(entry["name"]), found


def register(transaction: Transaction, entries: Iterable[Municipality]) -> None:
    """Add municipalities, or bring them up to date; what an entry leaves open stays as it is."""
    sql = """INSERT INTO municipality (ags, name, population, area) VALUES (:ags, :name, :population, :area)
             ON CONFLICT (ags) DO UPDATE SET name = excluded.name,
                 population = coalesce(excluded.population, municipality.population),
                 area = coalesce(excluded.area, municipality.area)"""
    for one in entries:
        execute(transaction, sql, ags=one.ags, name=one.name, population=one.population, area=one.area)


def municipalities(transaction: Transaction) -> list[Municipality]:
    """All that are registered, by key."""
    return [Municipality(**row) for row in rows(transaction, "SELECT * FROM municipality ORDER BY ags")]
