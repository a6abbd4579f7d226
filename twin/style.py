"""How a layer is drawn: the words that a layer declaration uses for colours, classes and shapes on the map."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from twin.language import Text

GROUPS = {
    "cadastre": Text("Gebäude & Kataster", "Buildings & cadastre"),
    "planning": Text("Planung", "Planning"),
    "nature": Text("Natur", "Nature"),
    "traffic": Text("Verkehr & Einrichtungen", "Traffic & facilities"),
    "utility": Text("Leitungen & Breitband", "Utilities & broadband"),
    "base": Text("Grundlagen", "Base data"),
    "check": Text("Prüfung", "Checks"),
}
"""Groups of the layer switcher, in its order."""

Texture = Literal["", "field", "grass", "wood", "water", "settled"]


@dataclass(frozen=True, slots=True)
class ColourClass:
    """One entry of a legend.

    Attributes
    ----------
    title : Text
        What the legend says.
    colour : str
        ``#RRGGBB``.
    values : tuple of str
        Values of the column that belong here; empty for the class of everything else.
    prefix : bool
        Whether `values` are prefixes of codes rather than whole codes.
    icon : str
        Name of a sign in ``data/icons.json`` that a `Pin` bears; empty for none.
    width : float
        Width of a `Line`; 0 for the line's own. [m]
    dash : tuple of float
        Lengths of stroke and gap of a `Line`, by turns; empty for the line's own. [m]
    texture : str
        Grain of an `Area`, anchored in the landscape; empty for none.
    """

    title: Text
    colour: str
    values: tuple[str, ...] = ()
    prefix: bool = False
    icon: str = ""
    width: float = 0.0
    dash: tuple[float, ...] = ()
    texture: Texture = ""


@dataclass(frozen=True, slots=True)
class Classes:
    """Colour by the classes of a column.

    Attributes
    ----------
    name : str
        Name of the theme in URLs and in the interface's state.
    title : Text
        What the chooser shows.
    column : str
        Column of the layer's table.
    classes : tuple of ColourClass
        In the order of the legend; the last one takes what none before it takes.
    """

    name: str
    title: Text
    column: str
    classes: tuple[ColourClass, ...]


@dataclass(frozen=True, slots=True)
class Ramp:
    """Colour by a number.

    Attributes
    ----------
    name, title, column
        As in `Classes`.
    stops : tuple of (float, str)
        Value and ``#RRGGBB`` in rising order; colours between are interpolated, beyond the ends held. [unit of column]
    """

    name: str
    title: Text
    column: str
    stops: tuple[tuple[float, str], ...]


Theme = Classes | Ramp


@dataclass(frozen=True, slots=True)
class Related:
    """A column of another layer of the same municipality.

    Attributes
    ----------
    layer : str
        The other layer; of the same consent class.
    key : str
        Column that both have.
    column : str
        The column asked for.
    """

    layer: str
    key: str
    column: str


@dataclass(frozen=True, slots=True)
class Area:
    """Areas laid over the terrain.

    Attributes
    ----------
    opacity : float
        Of the fill; 0 for the outline alone. [1]
    outline : float
        Width of the outline, in `Style.outline`; never thinner than a pixel, 0 for none. [m]
    below : tuple of str
        Column and prefixes of its values, from below to above: rows of an earlier prefix are drawn first. Within one
        prefix large areas lie below small ones.
    overlay : str
        BOOLEAN column; rows where it is false lie over the others and let them shine through.
    tentative : Related or None
        BOOLEAN column; rows where it is false are drawn hatched: a plan that is not in force.
    """

    opacity: float = 0.7
    outline: float = 0.0
    below: tuple[str, ...] = ()
    overlay: str = ""
    tentative: Related | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """Lines laid over the terrain, never thinner than a pixel.

    Attributes
    ----------
    width : float
        Where neither a column nor the class says one. [m]
    column : str
        Column with the width; empty for none. [m]
    casing : str
        ``#RRGGBB`` of an edge beneath; empty for none.
    dash : tuple of float
        Lengths of stroke and gap, by turns; empty for a whole line. [m]
    opacity : float
        [1]
    """

    width: float = 1.0
    column: str = ""
    casing: str = ""
    dash: tuple[float, ...] = ()
    opacity: float = 1.0


@dataclass(frozen=True, slots=True)
class Sunk:
    """Pipes and shafts under the terrain: a line is a tube, a point a shaft from the ground down.

    Attributes
    ----------
    depth : str
        Column with the depth below the ground, positive downwards. [m]
    usual : float
        Depth where the column is empty. [m]
    diameter : str
        Column with the outer diameter, in its declared unit; empty for none.
    exaggeration : float
        How many times thicker than it is a tube is drawn, so that it can be seen. [1]
    least : float
        Least diameter that is drawn. [m]
    """

    depth: str = "depth"
    usual: float = 1.0
    diameter: str = ""
    exaggeration: float = 3.0
    least: float = 0.4


@dataclass(frozen=True, slots=True)
class Tree:
    """Trees that stand on the terrain, their shape by species (``data/tree_shapes.json``).

    Attributes
    ----------
    height, crown : str
        Columns with the height and the diameter of the crown. [m]
    species : tuple of str
        Columns with the species' name, the surest first.
    usual : float
        Height where neither height nor crown is known. [m]
    """

    height: str = "height"
    crown: str = "crown_diameter"
    species: tuple[str, ...] = ("species",)
    usual: float = 9.0


@dataclass(frozen=True, slots=True)
class Pin:
    """Signs that stand on the terrain: the icon of the class in a disc of its colour.

    Attributes
    ----------
    reach : float
        From how far away they are drawn. [m]
    icon : str
        Where the class has none.
    dots : bool
        Whether they are dots in the colour of the class wherever they stand, for what is counted in thousands.
    """

    reach: float = 6000.0
    icon: str = ""
    dots: bool = False


Shape = Area | Line | Sunk | Tree | Pin


@dataclass(frozen=True, slots=True)
class Style:
    """How the map draws a layer.

    Attributes
    ----------
    colour : str
        Plain colour of the layer, ``#RRGGBB``.
    outline : str
        Colour of lines and borders; empty for none.
    themes : tuple of Classes or Ramp
        What else the layer can be coloured by; the first is the default where there is one.
    visible : bool
        Whether the layer is shown when the map opens.
    order : int
        Place in the layer switcher and in drawing; larger is higher.
    group : str
        Group of the layer switcher, a key of `GROUPS`.
    shapes : tuple of shapes, or None
        What rows are drawn as, by their geometry; None for the plain one of the layer's geometry (`shapes`), an empty
        tuple where the viewer draws the layer in its own way or not at all.
    label : tuple of str
        Columns that name a feature: the first that holds something is the title of its card and what hovering shows.
    searched : bool
        Whether the search finds features by `label`.
    """

    colour: str
    outline: str = ""
    themes: tuple[Theme, ...] = field(default=())
    visible: bool = True
    order: int = 0
    group: str = "base"
    shapes: tuple[Shape, ...] | None = None
    label: tuple[str, ...] = ()
    searched: bool = False


_PLAIN: dict[str, tuple[Shape, ...]] = {"polygon": (Area(),), "line": (Line(),), "point": (Pin(),)}


def shapes(style: Style | None, geometry: str) -> tuple[Shape, ...]:
    """What rows of a layer with this style and geometry are drawn as."""
    if style is None:
        return ()
    return _PLAIN.get(geometry, ()) if style.shapes is None else style.shapes
