"""Where the pictures on the terrain come from: visible areas of a square, drawn once and kept for a while."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from twin.consent import layers
from twin.discovery import discover
from twin.errors import UnknownName
from twin.indicator import Indicator
from twin.layer import Layer
from twin.scenario import drafting
from twin.style import Ramp, Related, Theme
from viewer.scene import sheets
from viewer.scene.areas import Areas
from viewer.scene.colours import ramp
from viewer.scene.drape import PIXELS, Sheet, Square, drape
from viewer.scene.feature_rows import default_theme
from viewer.scene.looks import is_draped
from viewer.scene.tenant import heads
from viewer.scene.themes import figures

if TYPE_CHECKING:
    from twin import Twin

Key = tuple[Any, ...]

INDICATOR_OPACITY = 0.7

BLOCK = 4096.0
"""Edge of the squares that areas are read and kept by; pictures of squares within one share it. [m]"""

_BLOCKS = 96  # kept
_FIGURES = 8  # kept

Rows = tuple[pa.Table, Any]
"""Attributes and shapes."""


class Drapes:
    """Pictures of squares; what is kept is kept by what was visible and by the state of the lakes.

    Attributes
    ----------
    LARGEST : float
        Longest edge of a square. [m]
    MOST : int
        Most layers in one picture.
    """

    LARGEST: ClassVar[float] = 70_000.0
    MOST: ClassVar[int] = 24

    def __init__(self, kept_bytes: int = 64 << 20) -> None:
        self._limit = kept_bytes
        self._pictures: OrderedDict[Key, bytes] = OrderedDict()
        self._figures: OrderedDict[Key, pa.Table] = OrderedDict()
        self._blocks: OrderedDict[Key, tuple[pa.Table, Any, Any]] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def prepare(self, twin: Twin, square: Square, names: tuple[str, ...], scenario: str = "") -> Callable[[], bytes]:
        """Read what is to be drawn; the function that draws it needs no database.

        Parameters
        ----------
        twin : Twin
        square : Square
        names : tuple of str
            ``<layer>``, ``<layer>:<theme>``, or ``<layer>:<indicator>.<theme>``; they lie above each other in the order
            of their layers' styles.
        scenario : str
            State that indicators are computed on.

        Raises
        ------
        UnknownName
            If there is no such layer, indicator or scenario.
        """
        # A scenario's edits leave the lakes' heads as they are: they are part of the state themselves.
        edits = drafting.scenario(twin, scenario) if scenario else None
        state = (twin.visible(), tuple(sorted(heads(twin).items())), edits)
        names = tuple(sorted(names, key=_order))
        key = (*square, names, state)
        with self._lock:
            found = self._pictures.get(key)
            if found is not None:
                self._pictures.move_to_end(key)
                return lambda: found
        painted = [sheet for name in names for sheet in self._sheets(twin, square, name, scenario, state)]

        def draw() -> bytes:
            picture = drape(painted, square)
            self._keep(key, picture)
            return picture

        return draw

    def _keep(self, key: Key, picture: bytes) -> None:
        with self._lock:
            if key not in self._pictures:
                self._size += len(picture)
            self._pictures[key] = picture
            while self._size > self._limit:
                _, old = self._pictures.popitem(last=False)
                self._size -= len(old)

    def _sheets(self, twin: Twin, square: Square, name: str, scenario: str, state: Key) -> list[Sheet]:
        layer_name, _, rest = name.partition(":")
        layer = layers().get(layer_name)
        if "." in rest:
            return [self._indicated(twin, square, layer_name, rest, scenario, state)]
        if layer is None or not is_draped(layer):
            raise UnknownName(kind="drape", name=name, known=", ".join(n for n, x in layers().items() if is_draped(x)))
        theme = _theme(layer, rest)
        if layer_name == "land_use" and theme is default_theme(layer):
            rows = self._rows(twin, layer_name, "land_use_id, land_use_class, land_use_code", square, state)
            return [(_land_use(rows, square), 1.0)]
        pixel = square[2] / PIXELS
        if sheets.widest(layer, theme) < sheets.LEAST * pixel:
            return []
        names = sheets.columns(layer)
        related = sheets.related(layer)
        key = f"ags || '/' || \"{related.key}\"" if related else "NULL"
        wanted = ", ".join([f"{key} AS related_key", *(f'"{column}"' for column in names)])
        table, shapes = self._rows(twin, layer_name, wanted, square, state)
        if not table.num_rows:
            return []
        tentative = np.zeros(table.num_rows, bool)
        if related:
            found = pc.is_in(table.column("related_key"), self._tentative(twin, related, state))
            tentative = pc.fill_null(found, False).to_numpy()
        return list(sheets.sheets(layer, theme, sheets.Rows(table, shapes, tentative), pixel))

    def _indicated(self, twin: Twin, square: Square, layer: str, rest: str, scenario: str, state: Key) -> Sheet:
        """Areas filled by an indicator's ramp."""
        indicator, _, column = rest.partition(".")
        declared: Indicator | None = discover("INDICATOR").get(indicator)
        if layer != "parcel" or declared is None or declared.layer != "parcel":
            raise UnknownName(kind="drape", name=f"{layer}:{rest}", known="parcel:<indicator>.<theme>")
        theme = next((theme for theme in declared.themes if column in (theme.name, theme.column)), None)
        if theme is None:
            raise UnknownName(kind="theme", name=column, known=", ".join(theme.name for theme in declared.themes))
        rows = self._rows(twin, layer, "ags || '/' || flurstueckskennzeichen AS key", square, state)
        return _parcels(rows, theme, self._indicator(twin, declared, scenario, state)), INDICATOR_OPACITY

    def _tentative(self, twin: Twin, related: Related, state: Key) -> pa.Array:
        """Keys of what is not in force yet, or no more."""
        key = (related, *state[:2])
        if key not in self._figures:
            said_no = twin.table(related.layer).filter(f'NOT "{related.column}"')
            self._figures[key] = pa.table(said_no.project(f"ags || '/' || \"{related.key}\" AS key"))
            while len(self._figures) > _FIGURES:
                self._figures.popitem(last=False)
        return self._figures[key].column("key").combine_chunks()

    def _rows(self, twin: Twin, layer: str, columns: str, square: Square, state: Key) -> Rows:
        """Visible rows of a layer that touch a square; read by the block that it lies in."""
        west, south, size = square
        column, row = west // BLOCK, south // BLOCK
        if ((west + size - 1e-6) // BLOCK, (south + size - 1e-6) // BLOCK) != (column, row):
            table = _in_square(twin, layer, columns, square)
            return table, _shapes(table)
        key = (layer, columns, column, row, *state[:2])
        if key not in self._blocks:
            table = _in_square(twin, layer, columns, (column * BLOCK, row * BLOCK, BLOCK))
            shapes = _shapes(table)
            self._blocks[key] = (table, shapes, shapely.bounds(shapes).reshape(-1, 4))
            while len(self._blocks) > _BLOCKS:
                self._blocks.popitem(last=False)
        self._blocks.move_to_end(key)
        table, shapes, bounds = self._blocks[key]
        near = (bounds[:, 0] <= west + size) & (bounds[:, 2] >= west)
        near &= (bounds[:, 1] <= south + size) & (bounds[:, 3] >= south)
        return table.filter(pa.array(near)), shapes[near]

    def _indicator(self, twin: Twin, indicator: Indicator, scenario: str, state: Key) -> pa.Table:
        key = (indicator.name, state)
        if key not in self._figures:
            names = ", ".join(dict.fromkeys(theme.column for theme in indicator.themes))
            owner = layers()[indicator.layer].key[0]
            found = figures(twin, indicator, scenario).project(f"ags || '/' || {owner} AS key, {names}")
            self._figures[key] = pa.table(found)
            while len(self._figures) > _FIGURES:
                self._figures.popitem(last=False)
        return self._figures[key]


def _order(name: str) -> tuple[int, bool, str]:
    layer = layers().get(name.partition(":")[0])
    return (layer.style.order if layer is not None and layer.style is not None else 0), ":" in name, name


def _theme(layer: Layer, name: str) -> Theme | None:
    if not name:
        return default_theme(layer)
    themes = layer.style.themes if layer.style else ()
    found = next((theme for theme in themes if theme.name == name), None)
    if found is None:
        raise UnknownName(kind="theme", name=name, known=", ".join(theme.name for theme in themes))
    return found


def _parcels(rows: Rows, theme: Ramp, table: pa.Table) -> Areas:
    found, shapes = rows
    values = table.column(theme.column).take(pc.index_in(found.column("key"), table.column("key").combine_chunks()))
    known = np.flatnonzero(pc.is_valid(values).to_numpy())
    return Areas.plain(shapes[known], ramp(theme, values.take(pa.array(known))))


def _land_use(rows: Rows, square: Square) -> Areas:
    table, shapes = rows
    if not table.num_rows:
        return Areas.plain(np.zeros(0, object), np.zeros((0, 3)))
    ids, classes, codes = (
        table.column(name).fill_null("").to_pandas().to_numpy(object) for name in table.column_names[:3]
    )
    return Areas.of_land_use(ids, classes, codes, shapes, (square[2] / PIXELS) ** 2 / 4)


def _in_square(twin: Twin, layer: str, columns: str, square: Square) -> pa.Table:
    """Visible rows of a layer that touch a square, geometry as WKB."""
    west, south, size = square
    touching = (
        f"ST_XMax(geom) >= {west!r} AND ST_XMin(geom) <= {west + size!r} "
        f"AND ST_YMax(geom) >= {south!r} AND ST_YMin(geom) <= {south + size!r}"
    )
    return pa.table(twin.table(layer).filter(touching).project(f"{columns}, ST_AsWKB(geom) AS geom"))


def _shapes(table: pa.Table) -> Any:
    return shapely.from_wkb(table.column("geom").to_pandas().to_numpy(object))
