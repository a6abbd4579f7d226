"""What buildings can be coloured by, and the colours of a tenant's buildings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from twin.consent import layers
from twin.discovery import discover
from twin.errors import UnknownName
from twin.indicator import Indicator
from twin.language import Text
from twin.style import Classes, ColourClass, Theme
from viewer.scene.colours import GHOST, SHOWN, by_slot, colours, distinct
from viewer.scene.products import PRODUCTS
from viewer.scene.slots import places, read_slots
from viewer.scene.tenant import Tenant

if TYPE_CHECKING:
    from twin import Twin

MUNICIPALITY = "municipality"


def themes(twin: Twin) -> dict[str, Theme]:
    """Themes of buildings by name: those that the layer declares, those of indicators about buildings
    (as ``indicator.theme``), and the municipality.
    """
    style = layers()["building"].style
    found: dict[str, Theme] = {theme.name: theme for theme in (style.themes if style else ())}
    indicators: dict[str, Indicator] = discover("INDICATOR")
    for indicator in indicators.values():
        if indicator.layer == "building":
            found |= {f"{indicator.name}.{theme.name}": theme for theme in indicator.themes}
    return found | {MUNICIPALITY: _municipalities(twin)}


def theme(twin: Twin, name: str) -> Theme:
    """The theme called `name`.

    Raises
    ------
    UnknownName
        If there is none.
    """
    found = themes(twin)
    if name not in found:
        raise UnknownName(kind="theme", name=name, known=", ".join(found))
    return found[name]


def unit(chosen: Theme) -> str:
    """UCUM code of the column that a theme shows; empty if it has none."""
    columns = list(layers()["building"].all_columns)
    for indicator in discover("INDICATOR").values():
        columns += indicator.columns
    return next((column.unit for column in columns if column.name == chosen.column), "")


def building_colours(twin: Twin, ags: str, name: str = "", scenario: str = "") -> bytes:
    """RGBA of each slot of a tenant.

    Parameters
    ----------
    twin : Twin
    ags : str
        The tenant.
    name : str
        Theme; empty for white, where just the alpha counts.
    scenario : str
        A scenario's state: what it removes is a ghost, in the colour that it has in the stock.

    Raises
    ------
    UnknownName
        If there is no such theme or scenario.
    """
    product = next(product for product in PRODUCTS if product.layer == "building")
    slots = read_slots(product.folder(Tenant(twin, ags)))
    stock = _shades(twin, ags, name, "")
    table, alpha = stock, np.full(stock.num_rows, SHOWN, np.uint8)
    if scenario:
        changed = _shades(twin, ags, name, scenario)
        gone = pc.invert(pc.is_in(stock.column("building_id"), changed.column("building_id").combine_chunks()))
        removed = stock.filter(gone)
        alpha = np.concatenate([np.full(changed.num_rows, SHOWN, np.uint8), np.full(removed.num_rows, GHOST, np.uint8)])
        table = pa.concat_tables([changed, removed], promote_options="permissive")
    white = np.full((table.num_rows, 3), 255, np.uint8)
    shades = colours(theme(twin, name), table.column("value")) if name else white
    return by_slot(places(table.column("building_id").combine_chunks(), slots), shades, alpha, len(slots))


def figures(twin: Twin, indicator: Indicator, scenario: str = "") -> Any:
    """Relation of an indicator's rows, of the stock or of a scenario.

    Raises
    ------
    UnknownName
        If there is no such scenario.
    """
    if scenario:
        # Names come from URLs and become part of a statement: only those that exist get that far.
        twin.table(indicator.layer, scenario=scenario)
    # The query is our own, over views of just the visible rows.
    return twin.reading().query(indicator.sql(f"scenario_{scenario}" if scenario else ""))


def _shades(twin: Twin, ags: str, name: str, scenario: str) -> pa.Table:
    """``building_id`` and the ``value`` that decides the colour, of the stock or of a scenario."""
    relation: Any = twin.table("building", scenario=scenario or None)
    column = theme(twin, name).column if name else "NULL"
    if "." in name:
        indicator: Indicator = discover("INDICATOR")[name.partition(".")[0]]
        relation = figures(twin, indicator, scenario)
    return pa.table(relation.filter(f"ags = '{Tenant(twin, ags).ags}'").project(f"building_id, {column} AS value"))


def _municipalities(twin: Twin) -> Classes:
    rows = twin.table("municipality").order("ags").project("ags, name").fetchall()
    classes = [
        ColourClass(Text(name or ags, name or ags), colour, (ags,))
        for (ags, name), colour in zip(rows, distinct(len(rows)), strict=True)
    ]
    rest = ColourClass(Text("Sonstige", "Other"), "#D9D5CC")
    return Classes(MUNICIPALITY, Text("Gemeinde", "Municipality"), "ags", (*classes, rest))
