"""Drafting: checked edits on a scenario, as page, command line and Python make them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from twin.discovery import find
from twin.engine import text
from twin.errors import ScenarioError
from twin.language import Text
from twin.scenario.edit import AddBuilding, Edit, RemoveBuilding, add_building, change_building
from twin.scenario.scenario import Scenario, append, create, scenario_in, scenarios_in
from twin.scenario.site import ground_height, municipality_of

if TYPE_CHECKING:
    from twin import Twin

_NO_BUILDING = Text("ein Gebäude {building_id} gibt es darin nicht.", "there is no building {building_id} in it.")


@dataclass(frozen=True, slots=True)
class NewBuilding:
    """What a planner says of a new building.

    Attributes
    ----------
    footprint : str
        Polygon as WKT in EPSG:25832. [m]
    storeys : int or None
        Storeys above ground.
    height : float or None
        Height to the eaves. [m]
    roof : str
        ``flat``, ``pent``, ``gable`` or ``hip``.
    function_code : str
        Code of the function.
    ags : str
        Municipality; empty to find it by the borders.
    """

    footprint: str
    storeys: int | None = None
    height: float | None = None
    roof: str = "gable"
    function_code: str = "31001_1010"
    ags: str = ""


def scenarios(twin: Twin) -> list[Scenario]:
    """All scenarios, with those of their edits that the twin's principal may see."""
    return scenarios_in(twin.registry, twin.visible())


def scenario(twin: Twin, name: str) -> Scenario:
    """One scenario.

    Raises
    ------
    UnknownName
        If there is none of this name.
    """
    return scenario_in(twin.registry, twin.visible(), name)


def begin(twin: Twin, name: str, title: str = "", at: datetime | str | None = None, author: str = "") -> Scenario:
    """Begin a scenario on a moment of the history: a time, a delivery id, or now.

    Raises
    ------
    ScenarioError
        If the name is taken or not allowed, or there is no such moment.
    """
    if isinstance(at, str):
        committed = {entry.delivery_id: entry.at for entry in twin.history() if entry.delivery_id}
        at = committed.get(at, at)
    create(twin.registry, name, title, at, author)
    return scenario(twin, name)


def add(twin: Twin, name: str, buildings: Iterable[NewBuilding]) -> list[str]:
    """Add buildings to a scenario: all or none.

    Returns
    -------
    ids : list of str
        Keys of the new buildings.

    Raises
    ------
    ScenarioError, NotJoined, UnknownName
        If one cannot be built, its municipality does not share its buildings, or there is no such scenario.
    """
    found = scenario(twin, name)
    edits: list[tuple[str, Edit]] = []
    for new in buildings:
        edit: AddBuilding = add_building(
            name, new.footprint, storeys=new.storeys, height=new.height, roof=new.roof, function_code=new.function_code
        )
        ags = municipality_of(twin, found, edit.polygon, new.ags)
        edits.append((ags, replace(edit, ground_height=ground_height(twin, edit.polygon))))
    return [found.building_id(seq) for seq in append(twin.registry, name, edits)]


def remove(twin: Twin, name: str, building_ids: Iterable[str]) -> None:
    """Tear buildings down: of the stock, or such as the scenario itself has added.

    Raises
    ------
    ScenarioError
        If there is no such building in the scenario.
    """
    found = scenario(twin, name)
    append(twin.registry, name, [(_owner(twin, found, key), RemoveBuilding(key)) for key in building_ids])


def change(twin: Twin, name: str, building_id: str, values: dict[str, str]) -> None:
    """Set attributes of a building.

    Raises
    ------
    ScenarioError
        If there is no such building in the scenario, or a column or value is wrong.
    """
    found = scenario(twin, name)
    ags = _owner(twin, found, building_id)
    layer = find("LAYER", "building")
    edits = [(ags, change_building(name, layer, building_id, column, value)) for column, value in values.items()]
    append(twin.registry, name, edits)


def _owner(twin: Twin, found: Scenario, building_id: str) -> str:
    sql = f"SELECT ags FROM {found.schema}.building WHERE building_id = {text(building_id)}"
    rows = twin.sql(sql).fetchall()
    if not rows:
        raise ScenarioError(scenario=found.name, problem=_NO_BUILDING.filled(building_id=building_id))
    return str(rows[0][0])
