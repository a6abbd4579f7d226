"""What a list of edits comes to: which buildings are new, gone and changed in the end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from twin.scenario.edit import AddBuilding, ChangeBuilding, RemoveBuilding
from twin.scenario.scenario import Scenario

Key = tuple[str, str]
"""(ags, building_id)."""


@dataclass(slots=True)
class Outcome:
    """Edits of a scenario, summed up.

    Attributes
    ----------
    added : dict of (ags, building_id) to (place, AddBuilding)
        Buildings that are new.
    removed : set of (ags, building_id)
        Buildings of the stock that are gone.
    changed : dict of (ags, building_id) to dict of column to value
        Attributes that differ; also of new buildings.
    """

    added: dict[Key, tuple[int, AddBuilding]] = field(default_factory=dict)
    removed: set[Key] = field(default_factory=set)
    changed: dict[Key, dict[str, Any]] = field(default_factory=dict)


def outcome(scenario: Scenario) -> Outcome:
    """Apply the edits in order: a building that was added and removed again leaves nothing behind."""
    result = Outcome()
    for entry in scenario.edits:
        edit = entry.edit
        if isinstance(edit, AddBuilding):
            result.added[(entry.ags, scenario.building_id(entry.seq))] = (entry.seq, edit)
            continue
        key = (entry.ags, edit.building_id)
        if isinstance(edit, RemoveBuilding):
            result.changed.pop(key, None)
            if result.added.pop(key, None) is None:
                result.removed.add(key)
        elif isinstance(edit, ChangeBuilding) and key not in result.removed:
            result.changed.setdefault(key, {})[edit.column] = edit.value
    return result
