"""Stations of the DWD: name, place and parameters, from the texts that lie beside their readings."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.delimited import number
from ingest.source_file import UNREADABLE, SourceFile
from twin.errors import DeliveryError

_LARGEST = 4 << 20
"""Largest text about a station that is read. [B]"""


@dataclass(frozen=True, slots=True)
class Station:
    """What the DWD says of a station: of a place that has moved, the last.

    Attributes
    ----------
    position : (float, float) or None
        Longitude and latitude. [deg]
    height : float or None
        Above sea level. [m]
    units : dict of str to str
        Column to unit, as written.
    titles : dict of str to str
        Column to description.
    """

    name: str
    position: tuple[float, float] | None
    height: float | None
    units: dict[str, str]
    titles: dict[str, str]


def station(source: SourceFile, number_: str, product: str) -> Station:
    """What the texts beside a product say of its station.

    Parameters
    ----------
    source : SourceFile
        The product, on disk or in its archive.
    number_ : str
        The station's number, as the names of the files write it (``00020``).
    product : str
        What the product is called, such as ``rr_stunde``.
    """
    places = _table(source, f"Metadaten_Geographie_{number_}.txt")
    last = max(places, key=lambda row: row.get("von_datum", ""), default={})
    longitude, latitude = number(last.get("geogr.laenge", "")), number(last.get("geogr.breite", ""))
    height = number(last.get("stationshoehe", ""))
    parameters = _table(source, f"Metadaten_Parameter_{product}_{number_}.txt")
    known = [row for row in parameters if row.get("parameter")]
    return Station(
        last.get("stationsname", ""),
        (longitude, latitude) if abs(longitude) <= 180 and abs(latitude) <= 90 else None,
        height if abs(height) < 10_000 else None,
        {row["parameter"]: row.get("einheit", "") for row in known},
        {row["parameter"]: row.get("parameterbeschreibung", "") for row in known},
    )


def _table(source: SourceFile, name: str) -> list[dict[str, str]]:
    """Rows of a text in Latin-1; none where it is missing or damaged: the readings stand without it."""
    try:
        beside = source.beside(name)
        if beside is None:
            return []
        with beside.open() as stream:
            lines = stream.read(_LARGEST).decode("cp1252", "replace").splitlines()
    except (DeliveryError, *UNREADABLE):
        return []
    names = [column.strip().lower() for column in lines[0].split(";")] if lines else []
    rows = [[value.strip() for value in line.split(";")] for line in lines[1:]]
    return [dict(zip(names, row, strict=False)) for row in rows if len(row) >= len(names) - 1 > 0]
