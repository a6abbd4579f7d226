"""CityJSON 1.0 to 2.0 and CityJSONSeq."""

from __future__ import annotations

import re

from ingest.cityjson.reader import read
from ingest.format import Format
from ingest.source_file import SourceFile
from twin.language import Text

_TYPE = re.compile(rb'"type"\s*:\s*"CityJSON(?:Feature)?"')
_OBJECTS = re.compile(rb'"CityObjects"\s*:\s*\{')


def recognise(source: SourceFile) -> bool:
    """Whether this is a JSON object that calls itself CityJSON, or begins with city objects or compressed vertices.

    The members of an object have no order: some writers put the type after the objects, beyond the first bytes.
    """
    head = source.head.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n\x1e")
    if not head.startswith(b"{"):
        return False
    return _TYPE.search(head) is not None or _OBJECTS.search(head) is not None


FORMAT = Format(
    name="cityjson",
    title=Text("CityJSON und CityJSONSeq", "CityJSON and CityJSONSeq"),
    versions=("1.0", "1.1", "2.0", "CityJSONSeq 1.1", "CityJSONSeq 2.0"),
    layers=("building", "building_part", "building_surface", "building_mesh", "land_use"),
    recognise=recognise,
    read=read,
    ignored=Text(
        "Von mehreren Detaillierungsgraden alle bis auf den feinsten bis 2.2; Texturen, Innenräume, Erweiterungen. "
        "Straßen, Gewässer, Pflanzen, Brücken und alle anderen Objektarten werden gezählt und genannt, "
        "Landnutzung ohne Angabe der Nutzung auch.",
        "Of several levels of detail all but the finest up to 2.2; textures, interiors, extensions. "
        "Roads, water, plants, bridges and all other kinds of objects are counted and named, as is land use "
        "that does not say which.",
    ),
    example="twin ingest gebaeude.city.json --crs EPSG:25832",
    suffixes=(".json", ".jsonl", ".cityjson", ".city.json", ".city.jsonl"),
    crs=Text(
        "metadata.referenceSystem; fehlt es, wird --crs verlangt und nie geraten.",
        "metadata.referenceSystem; where it is missing, --crs is asked for and never guessed.",
    ),
    licence=Text(
        "Die Datei nennt selten eine: --licence.",
        "The file seldom names one: --licence.",
    ),
    limits=Text(
        "Ein Dokument bis 1 GB; CityJSONSeq unbegrenzt.",
        "A document of up to 1 GB; CityJSONSeq without limit.",
    ),
)
