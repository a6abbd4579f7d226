"""How a layer is drawn: the words that a layer declaration uses for colours and classes."""

from __future__ import annotations

from dataclasses import dataclass, field

from twin.language import Text


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
    """

    title: Text
    colour: str
    values: tuple[str, ...] = ()
    prefix: bool = False


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
    """

    colour: str
    outline: str = ""
    themes: tuple[Theme, ...] = field(default=())
    visible: bool = True
    order: int = 0
