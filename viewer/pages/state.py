"""State of one open map page; every panel reads and writes it, and the address bar follows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import param

from twin.language import Language, Text
from viewer.pages.address import Address

if TYPE_CHECKING:
    from twin import Twin


class MapState(param.Parameterized):
    """What one visitor looks at.

    Parameters
    ----------
    twin : Twin
        Opened for the visitor's principal.
    address : Address
        Where the page starts.
    """

    layers = param.Dict(default={}, doc="Layer → shown.")
    theme = param.String(default="", doc="What buildings are coloured by; empty for the plain look.")
    drape = param.String(default="", doc="What parcels are coloured by, as `indicator.column`; empty for nothing.")
    by = param.Dict(default={}, doc="Layer → theme that it is coloured by, where that is not its first.")
    scenario = param.String(default="", doc="Name of the scenario shown; empty for none.")
    view = param.Dict(default={}, doc="Camera, as in `DistrictMap.view`.")
    sensors = param.List(default=[], item_type=str, doc="Ids of the datastreams in the chart, in its order.")
    period = param.String(default="", doc="Period of the chart, as `viewer.sensors.period` reads it.")
    chosen = param.String(default="", doc="What is inspected: `layer:ags:key`; empty for nothing.")

    def __init__(self, twin: Twin, scene: dict[str, Any], address: Address) -> None:
        self.twin = twin
        self.scene = scene
        self.language: Language = address.language
        self._defaults = {entry["name"]: bool(entry["visible"]) for entry in scene["layers"]}
        layers = {
            name: (shown or name in address.shown) and name not in address.hidden
            for name, shown in self._defaults.items()
        }
        super().__init__(
            layers=layers,
            theme=address.theme,
            drape=address.drape,
            by=dict(address.by),
            scenario=address.scenario,
            view=address.view,
            chosen=address.chosen,
            sensors=list(address.sensors),
            period=address.period,
        )

    def say(self, text: Text, /, **values: object) -> str:
        """`text` in this visitor's language, its braces filled."""
        wording = text.within(self.language)
        return wording.format(**values) if values else wording

    def address(self) -> Address:
        """The address that restores this state."""
        return Address(
            language=self.language,
            view=self.view,
            theme=self.theme,
            drape=self.drape,
            scenario=self.scenario,
            by=tuple(self.by.items()),
            shown=tuple(name for name, shown in self.layers.items() if shown and not self._defaults[name]),
            hidden=tuple(name for name, shown in self.layers.items() if not shown and self._defaults[name]),
            chosen=self.chosen,
            sensors=tuple(self.sensors),
            period=self.period,
        )
