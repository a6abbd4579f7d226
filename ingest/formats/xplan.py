"""XPlanGML: zoning, land-use, landscape, regional and other plans of German municipalities."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.format import Format, Item, Options
from ingest.gml.prologue import prologue
from ingest.source_file import SourceFile
from ingest.xplan.document import Document
from ingest.xplan.reader import NAMESPACE, ROOTS, VERSIONS
from twin.language import Text


def recognise(source: SourceFile) -> bool:
    """Whether the root is an XPlanAuszug, or a FeatureCollection with XPlanGML's namespace near its beginning."""
    found = prologue(source.head)
    if found.root not in ROOTS:
        return False
    text = found.attributes if found.root == ROOTS[0] else source.head.decode("utf-8", errors="replace")
    return NAMESPACE.search(text) is not None


def read(source: SourceFile, options: Options) -> Iterator[Item]:
    """Plans and their objects; see `ingest.xplan`."""
    yield from Document(source, options).items()


FORMAT = Format(
    name="xplan",
    title=Text("XPlanGML", "XPlanGML"),
    versions=VERSIONS,
    layers=("plan", "plan_area"),
    recognise=recognise,
    read=read,
    ignored=Text(
        "Präsentationsobjekte (XP_PPO, XP_PTO …), Rasterpläne, Begründungen und Objekte ohne Geometrie: gezählt. "
        "Bilder und Dokumente neben dem Plan werden genannt, nicht gelesen. Codelisten, die eine Gemeinde selbst "
        "führt, bleiben Schlüssel. Linien und Flächen mit Splines werden zurückgewiesen.",
        "Presentation objects (XP_PPO, XP_PTO …), raster plans, explanatory statements and objects without geometry: "
        "counted. Pictures and documents beside the plan are named, not read. Code lists that a municipality "
        "keeps itself stay codes. Lines and areas with splines are rejected.",
    ),
    example="twin ingest bebauungsplan.zip",
    suffixes=(".gml", ".xml"),
    licence=Text(
        "Je nach Gemeinde; die Datei nennt keine: --licence.",
        "The municipality's; the file names none: --licence.",
    ),
)
