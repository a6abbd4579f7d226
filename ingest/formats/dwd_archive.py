"""Station archives of the DWD."""

from __future__ import annotations

from ingest.delimited import first_lines
from ingest.format import Format
from ingest.sensor.dwd_archive import TITLE, read
from ingest.source_file import SourceFile
from twin.language import Text


def recognise(source: SourceFile) -> bool:
    """Whether it is a product: its first line begins with the station and the time of measurement."""
    lines = first_lines(source.head[:4096], 1)
    names = [name.strip().upper() for name in lines[0].split(";")] if lines else []
    return names[:2] == ["STATIONS_ID", "MESS_DATUM"] and len(names) > 2


FORMAT = Format(
    name="dwd_archive",
    title=TITLE,
    versions=("CDC",),
    layers=("sensor", "observation"),
    recognise=recognise,
    read=read,
    ignored=Text(
        "Fehlwerte (−999): gezählt. Geräte, Stationsnamen und frühere Lagen der Station.",
        "Missing values (−999): counted. Instruments, names and earlier places of the station.",
    ),
    example="twin ingest stundenwerte_RR_15000_akt.zip",
    suffixes=(".txt",),
    crs=Text("WGS 84, aus Metadaten_Geographie_….txt daneben.", "WGS 84, from Metadaten_Geographie_….txt beside it."),
    licence=Text("DWD Climate Data Center: cc-by-4.0.", "DWD Climate Data Center: cc-by-4.0."),
    limits=Text("Zeitstempel sind Enden der Intervalle, in UTC.", "Time stamps are ends of intervals, in UTC."),
)
