"""From a file of the simplified schema to batches: GML by our own walk, tables by OGR."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ingest.alkis_simple.document import NAMESPACE, TITLE, Document
from ingest.alkis_simple.features import Features, Group
from ingest.alkis_simple.kinds import CUT_LAND_USE, LAND_USE, kind
from ingest.column_names import meanings, synonyms
from ingest.format import Facts, Item, Options, Reject
from ingest.gml.prologue import prologue
from ingest.source_file import SourceFile
from ingest.vector.areas import areas
from ingest.vector.chunks import OGR_UNREADABLE, chunks, damaged
from ingest.vector.container import VERSIONS, container, info, layer_names, readable
from twin.errors import InvalidDelivery
from twin.geometry.crs import reference, require
from twin.language import Text
from twin.number import grouped

_INCOMPLETE = Text(
    "Die Antwort enthält {found} von {all} Objekten: der Dienst liefert nur teilweise.",
    "The reply holds {found} of {all} features: the service delivers in parts.",
)
_TYPES = Text("Flurstueck, Nutzung oder GebaeudeBauwerk", "Flurstueck, Nutzung or GebaeudeBauwerk")
_LAYERS = Text("Ebenen", "layers")


@dataclass(frozen=True, slots=True)
class _Layer:
    name: str
    kind: str
    columns: dict[str, str]
    crs: str


def recognise(source: SourceFile) -> bool:
    """Whether this is GML with the schema's namespace, or a vector file with its columns; the latter is opened."""
    head = source.head
    if prologue(head).root == "FeatureCollection":
        return bool(NAMESPACE.search(head.decode("utf-8", "replace")))
    container_kind = container(head)
    if not container_kind or container_kind == "gml":
        return False
    try:
        with readable(source, container_kind) as path:
            return bool(_layers(path))
    except OGR_UNREADABLE:
        return False


def read(source: SourceFile, options: Options) -> Iterator[Item]:
    """Rows of ``parcel``, ``land_use`` and the layers of buildings, rejects, and the facts.

    Raises
    ------
    twin.errors.DeliveryError
        If the file is damaged, holds nothing of the schema, or is in no known CRS.
    """
    container_kind = container(source.head)
    if container_kind and container_kind != "gml":
        yield from _tables(source, options, container_kind)
    else:
        yield from _document(source, options)


def _document(source: SourceFile, options: Options) -> Iterator[Item]:
    document, features = Document(source, options), Features()
    for found in document.groups():
        if isinstance(found, Reject):
            yield found
        else:
            yield from features.take(found)
    notes = features.notes()
    if document.walk.matched > document.taken + document.walk.dropped.total():
        counts = grouped(document.taken), grouped(document.walk.matched)
        notes = (*notes, _INCOMPLETE.format(found=counts[0], all=counts[1]))
    yield Facts(
        version=f"ave {document.version}",
        crs=", ".join(document.met),
        date=features.date,
        dropped=dict(sorted((features.dropped + document.walk.dropped).items())),
        notes=notes,
    )


def _tables(source: SourceFile, options: Options, container_kind: str) -> Iterator[Item]:
    features, met = Features(), dict[str, None]()
    try:
        with readable(source, container_kind) as path:
            layers = _layers(path)
            if not layers:
                raise InvalidDelivery(
                    file=source.name, format=TITLE, where=str(_LAYERS), expected=str(_TYPES), found="–"
                )
            kinds = {layer.kind for layer in layers}
            for layer in layers:
                if layer.kind == CUT_LAND_USE and LAND_USE in kinds:
                    # The same land once more, cut along the parcels.
                    features.dropped[CUT_LAND_USE] += int(info(path, layer.name)["features"])
                    continue
                crs = reference(layer.crs) or require(options.crs, source.name)
                met[crs.name] = None
                for group in _groups(path, layer, crs.name):
                    yield from features.take(group)
    except OGR_UNREADABLE as damage:
        raise damaged(source, TITLE, damage) from None
    yield Facts(
        version=f"ave, {VERSIONS[container_kind]}",
        crs=", ".join(met),
        date=features.date,
        dropped=dict(sorted(features.dropped.items())),
        notes=features.notes(),
    )


def _groups(path: Path, layer: _Layer, crs: str) -> Iterator[Group]:
    own = require(crs, layer.name)
    for chunk in chunks(path, layer.name, list(layer.columns.values())):
        found = areas(chunk.shapes, own)
        said = {meaning: chunk.texts(layer.columns.get(meaning, "")) for meaning in synonyms("alkis_simple")}
        places = [f"{layer.name} {chunk.first + number + 1}" for number in range(len(chunk))]
        yield Group(layer.kind, said, found.shapes, found.refused, places, set(found.mended.tolist()))


def _layers(path: Path) -> list[_Layer]:
    found = []
    for name in layer_names(path):
        facts = info(path, name)
        fields = [str(field) for field in facts["fields"]]
        which = kind(name, fields) if facts["geometry_type"] is not None else ""
        if which:
            columns = {meaning: fields[place] for meaning, place in meanings("alkis_simple", fields).items()}
            found.append(_Layer(name, which, columns, str(facts["crs"] or "")))
    return found
