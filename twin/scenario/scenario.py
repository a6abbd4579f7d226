"""Scenarios: an ordered list of edits on the tables of a moment, kept in the registry."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from twin.errors import ScenarioError, UnknownName
from twin.language import Text
from twin.registry import Registry, Transaction, execute, insert, moment_text, now, rows, scalar
from twin.scenario.edit import Edit, check_name, from_payload, to_payload

if TYPE_CHECKING:
    from collections.abc import Iterable

    from twin.consent import Pair

LAYER = "building"
"""Consent class of the tables that edits change."""

_NO_MOMENT = Text(
    "ein Zeitpunkt ist ISO 8601 oder eine Lieferung, gefunden {at}.",
    "a moment is ISO 8601 or a delivery, found {at}.",
)
_TAKEN = Text("es gibt schon eines dieses Namens.", "there is one of this name already.")
_NO_EDIT = Text("eine Bearbeitung {seq} gibt es nicht.", "there is no edit {seq}.")


@dataclass(frozen=True, slots=True)
class Entry:
    """An edit in its place.

    Attributes
    ----------
    seq : int
        Place in the scenario, from 1; a place that was taken back stays empty.
    ags : str
        Municipality that the edit is made in.
    edit : AddBuilding, RemoveBuilding or ChangeBuilding
        What is done.
    """

    seq: int
    ags: str
    edit: Edit

    @property
    def kind(self) -> str:
        """``add``, ``remove`` or ``change``."""
        return self.edit.kind


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario.

    Attributes
    ----------
    name : str
        Name in SQL (``scenario_<name>``) and in URLs.
    title : str
        Name for people.
    at : str
        Moment of the history that it sits on, ISO 8601.
    created_at, created_by : str
        When and by whom.
    edits : tuple of Entry
        In order; only those in municipalities that the asking principal may see.
    """

    name: str
    title: str
    at: str
    created_at: str
    created_by: str
    edits: tuple[Entry, ...] = ()

    @property
    def schema(self) -> str:
        """Schema of its tables in SQL."""
        return f"scenario_{self.name}"

    @property
    def base_schema(self) -> str:
        """Schema of the tables that it sits on."""
        return f"scenario_{self.name}_base"

    def building_id(self, seq: int) -> str:
        """Key of the building that the edit at place `seq` adds."""
        return f"{self.schema}_{seq}"


def scenarios_in(registry: Registry, pairs: Iterable[Pair]) -> list[Scenario]:
    """All scenarios, by name, with those of their edits that `pairs` let through."""
    seen = frozenset(ags for ags, layer in pairs if layer == LAYER)
    with registry.read() as transaction:
        heads = rows(transaction, "SELECT * FROM scenario ORDER BY name")
        found = rows(transaction, "SELECT * FROM scenario_edit ORDER BY scenario, seq")
    entries: dict[str, list[Entry]] = {}
    for row in found:
        if row["ags"] in seen:
            edit = from_payload(row["kind"], json.loads(row["payload"]))
            entries.setdefault(row["scenario"], []).append(Entry(int(row["seq"]), row["ags"], edit))
    return [
        Scenario(
            row["name"], row["title"], row["at_moment"], row["created_at"], row["created_by"],
            tuple(entries.get(row["name"], ())),
        )
        for row in heads
    ]  # fmt: skip


def scenario_in(registry: Registry, pairs: Iterable[Pair], name: str) -> Scenario:
    """The scenario called `name`.

    Raises
    ------
    UnknownName
        If there is none.
    """
    found = {scenario.name: scenario for scenario in scenarios_in(registry, pairs)}
    if name not in found:
        raise UnknownName(kind="scenario", name=name, known=", ".join(found) or "–")
    return found[name]


def create(registry: Registry, name: str, title: str = "", at: datetime | str | None = None, author: str = "") -> None:
    """Begin a scenario on the moment `at`; now, if None.

    Raises
    ------
    ScenarioError
        If the name is taken or not allowed, or `at` is no moment.
    """
    check_name(name)
    try:
        moment = moment_text(at if at is not None else datetime.now(UTC))
    except ValueError:
        raise ScenarioError(scenario=name, problem=_NO_MOMENT.filled(at=at)) from None
    with registry.write() as transaction:
        if _exists(transaction, name):
            raise ScenarioError(scenario=name, problem=_TAKEN)
        entry = {"name": name, "title": title, "at_moment": moment, "created_at": now(), "created_by": author}
        insert(transaction, "scenario", [entry])


def append(registry: Registry, name: str, edits: Iterable[tuple[str, Edit]]) -> list[int]:
    """Add edits, each with its municipality, to the end of a scenario: all or none.

    Returns
    -------
    places : list of int
        Their places in the scenario.
    """
    with registry.write() as transaction:
        if not _exists(transaction, name):
            raise UnknownName(kind="scenario", name=name, known="–")
        last = int(scalar(transaction, "SELECT max(seq) FROM scenario_edit WHERE scenario = :name", name=name) or 0)
        entries = [
            {
                "scenario": name,
                "seq": seq,
                "kind": edit.kind,
                "ags": ags,
                "layer": LAYER,
                "target": getattr(edit, "building_id", ""),
                "payload": json.dumps(to_payload(edit), ensure_ascii=False),
            }
            for seq, (ags, edit) in enumerate(edits, last + 1)
        ]
        insert(transaction, "scenario_edit", entries)
    return [int(entry["seq"]) for entry in entries]


def undo(registry: Registry, name: str, seq: int) -> None:
    """Take one edit back.

    Raises
    ------
    ScenarioError
        If there is no edit at this place.
    """
    with registry.write() as transaction:
        sql = "DELETE FROM scenario_edit WHERE scenario = :name AND seq = :seq"
        if execute(transaction, sql, name=name, seq=seq).rowcount == 0:
            raise ScenarioError(scenario=name, problem=_NO_EDIT.filled(seq=seq))


def delete(registry: Registry, name: str) -> None:
    """Remove a scenario with all its edits.

    Raises
    ------
    UnknownName
        If there is none of this name.
    """
    with registry.write() as transaction:
        execute(transaction, "DELETE FROM scenario_edit WHERE scenario = :name", name=name)
        if execute(transaction, "DELETE FROM scenario WHERE name = :name", name=name).rowcount == 0:
            raise UnknownName(kind="scenario", name=name, known="–")


def _exists(transaction: Transaction, name: str) -> bool:
    return bool(scalar(transaction, "SELECT 1 FROM scenario WHERE name = :name", name=name))
