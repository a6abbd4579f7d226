"""The first look at a file: where streets meet, and which relations are areas that we want."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import osmium
from numpy.typing import NDArray

from ingest.osm.road import is_street
from ingest.osm.tag_table import kinds

MULTIPOLYGON = "multipolygon"


@dataclass(frozen=True, slots=True)
class Relation:
    """A multipolygon.

    Attributes
    ----------
    number : int
        Its id.
    tags : dict of str to str
        Its tags.
    members : array of int
        Ids of the ways that bound it.
    """

    number: int
    tags: dict[str, str]
    members: array[int]


@dataclass(slots=True)
class Survey:
    """What has to be known before the first way can be read.

    Attributes
    ----------
    junctions : ndarray of int64
        Ids of nodes that two streets share or one passes twice, rising.
    relations : list of Relation
        Multipolygons of land cover and facilities.
    wanted : frozenset of int
        Ids of the ways that bound them.
    """

    junctions: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    relations: list[Relation] = field(default_factory=list)
    wanted: frozenset[int] = frozenset()


def area_keys() -> tuple[str, ...]:
    """Keys that make an area interesting."""
    return tuple(dict.fromkeys(kinds("facility").keys + kinds("land_cover").keys))


def survey(file: osmium.io.File, pool: osmium.io.ThreadPool) -> Survey:
    """Look at all ways and relations of a file."""
    found = Survey()
    uses = array("q")
    for thing in _ways_and_relations(file, pool):
        if isinstance(thing, osmium.osm.Way):
            if is_street(thing.tags.get("highway")):
                refs = [node.ref for node in thing.nodes]
                uses.extend(ref for place, ref in enumerate(refs) if not place or ref != refs[place - 1])
        elif thing.tags.get("type") == MULTIPOLYGON:
            tags = {tag.k: tag.v for tag in thing.tags}
            if kinds("land_cover").of(tags) or kinds("facility").of(tags):
                members = array("q", [member.ref for member in thing.members if member.type == "w"])
                found.relations.append(Relation(thing.id, tags, members))
    nodes, counts = np.unique(np.array(uses, np.int64), return_counts=True)
    found.junctions = nodes[counts > 1]
    found.wanted = frozenset(number for relation in found.relations for number in relation.members)
    return found


def _ways_and_relations(
    file: osmium.io.File, pool: osmium.io.ThreadPool
) -> Iterator[osmium.osm.Way | osmium.osm.Relation]:
    # Filters belong to the iterator, which does not keep them alive.
    interesting = osmium.filter.KeyFilter("highway", *area_keys())
    with osmium.io.Reader(file, osmium.osm.WAY | osmium.osm.RELATION, thread_pool=pool) as reader:
        yield from osmium.OsmFileIterator(reader, interesting)
