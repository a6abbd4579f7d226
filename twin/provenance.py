"""Licences and sources: what travels with every row and every export."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence of data.

    Attributes
    ----------
    key : str
        Short name, as in DCAT-AP.de, for instance ``dl-de/zero-2-0``.
    title : str
        Full title.
    url : str
        URI of the licence.
    attribution : bool
        Whether the source has to be named where the data is shown.
    """

    key: str
    title: str
    url: str
    attribution: bool


DL_DE_ZERO = Licence(
    "dl-de/zero-2-0", "Datenlizenz Deutschland – Zero – Version 2.0", "https://www.govdata.de/dl-de/zero-2-0", False
)
DL_DE_BY = Licence(
    "dl-de/by-2-0", "Datenlizenz Deutschland – Namensnennung – Version 2.0", "https://www.govdata.de/dl-de/by-2-0", True
)
CC_BY = Licence(
    "cc-by-4.0",
    "Creative Commons Namensnennung 4.0 International",
    "https://creativecommons.org/licenses/by/4.0/",
    True,
)
ODBL = Licence("odbl-1.0", "Open Database License 1.0", "https://opendatacommons.org/licenses/odbl/1-0/", True)
INTERNAL = Licence("internal", "Nur für den Dienstgebrauch", "", False)
UNSTATED = Licence("unstated", "Nicht angegeben", "", False)

LICENCES: dict[str, Licence] = {
    licence.key: licence for licence in (DL_DE_ZERO, DL_DE_BY, CC_BY, ODBL, INTERNAL, UNSTATED)
}
