"""Broadband by address as delimited text."""

from __future__ import annotations

from ingest.broadband.address import LAYER, columns, read
from ingest.format import Format
from ingest.source_file import SourceFile
from twin.language import Text


def recognise(source: SourceFile) -> bool:
    """Whether the first line names a position, a rate and a technology; see ``data/columns/broadband.json``."""
    return columns(source.head) is not None


FORMAT = Format(
    name="broadband_csv",
    title=Text("Breitband je Adresse (CSV)", "Broadband by address (CSV)"),
    versions=("CSV",),
    layers=(LAYER,),
    recognise=recognise,
    read=read,
    ignored=Text(
        "Alle Spalten außer Adresse, Kennung, Lage, Technik, Raten, FTTB/H, Anbieter, Haushalten, zugesagtem Ausbau und Stand.",  # noqa: E501
        "All columns but address, id, position, technology, rates, FTTB/H, provider, households, committed upgrade and date.",  # noqa: E501
    ),
    example="twin ingest gigabit-grundbuch.csv --crs EPSG:25832",
    suffixes=(".csv", ".txt"),
    crs=Text(
        "Aus den Spaltennamen (x_25832, Längengrad), aus der Zone vor dem Rechtswert, sonst --crs.",
        "From the names of the columns (x_25832, longitude), from the zone before the easting, else --crs.",
    ),
    licence=Text(
        "Nicht offen: Auszüge des Gigabit-Grundbuchs sind zweckgebunden; --licence internal.",
        "Not open: extracts of the Gigabit-Grundbuch are for a purpose; --licence internal.",
    ),
    limits=Text(
        "Raten bis 100 000 Mbit/s.",
        "Rates of up to 100 000 Mbit/s.",
    ),
)
