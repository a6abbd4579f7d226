"""Buildings as they are read, before anything is computed of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from lxml import etree
from numpy.typing import NDArray

from ingest.citygml.description import Description
from ingest.citygml.names import Names, Property
from ingest.citygml.pointing import pointed
from ingest.citygml.transcript import Transcript, lines
from layers.building_surface import KINDS

_GROUND = KINDS.index("ground")
_LEVELS = 8
UNKNOWN_KIND = 255
"""Kind of a polygon whose boundary surface the source does not name."""


class Garbled(ValueError):
    """An id or a list of coordinates holds lines that were taken for others."""


@dataclass(frozen=True)
class Gathering:
    """Buildings and all their polygons.

    Attributes
    ----------
    names : Names
        Vocabulary of the file.
    elements : sequence of lxml element
        The buildings, or the root of a model that has them.
    members : int
        How many members of such a model have them, from the first on.
    buildings, bodies : list of Description
        A building without geometry of its own has no polygon, but a body.
    building_of_body : ndarray of int64
        Place in `buildings`.
    transcript : Transcript
        Polygons and their coordinates.
    body, kind, rank : ndarray of int64
        Of each polygon: its body; its kind; level of detail × 2, plus 1 if a boundary surface holds it, -1 for what is
        not read.
    """

    names: Names
    elements: Sequence[etree._Element]
    members: int
    buildings: list[Description]
    bodies: list[Description]
    building_of_body: NDArray[np.int64]
    transcript: Transcript
    body: NDArray[np.int64]
    kind: NDArray[np.int64]
    rank: NDArray[np.int64]

    @classmethod
    def of(
        cls, buildings: Sequence[etree._Element], names: Names, root: etree._Element | None = None, members: int = 0
    ) -> Gathering:
        """Gather ``bldg:Building`` elements with their parts; with `root`, those of its first `members`."""
        elements = buildings if root is None else [root]
        transcript = Transcript.of(elements, names.version, members)
        bodies = [body for building in buildings for body in names.bodies(building)]
        if len(bodies) != len(transcript.is_part):
            raise Garbled
        said = [Description.of(body, names) for body in bodies]
        polygon = transcript.geometry_of_polygon
        body = transcript.body_of_geometry[polygon]
        own, kind, rank = _known(transcript)
        for number in _pointing(transcript, own):
            kinds = pointed(bodies[number], names)
            start, stop = np.searchsorted(body, [number, number + 1])
            for place in (start + np.flatnonzero(own[polygon[start:stop]])).tolist() if kinds else ():
                kind[place] = kinds.get(transcript.ids[place].as_py(), kind[place])
                rank[place] |= 1
        return cls(
            names=names,
            elements=elements,
            members=members,
            buildings=[one for one, is_part in zip(said, transcript.is_part.tolist(), strict=True) if not is_part],
            bodies=said,
            building_of_body=np.cumsum(~transcript.is_part) - 1,
            transcript=transcript,
            body=body,
            kind=kind,
            rank=rank,
        )

    @cached_property
    def line(self) -> list[int]:
        """Line of the file that each polygon begins in; asked for only where one has to be rejected."""
        return lines(self.elements, self.names.version, self.members)


def _known(transcript: Transcript) -> tuple[NDArray[np.bool_], NDArray[np.int64], NDArray[np.int64]]:
    """Whether each geometry property is a body's own, held by no boundary surface; kind and rank of each polygon."""
    named = [Property.named(*name.partition(" ")[::2]) for name in transcript.geometries.dictionary.to_pylist()]
    place = transcript.geometries.indices.to_numpy()
    level = np.array([one.level for one in named], np.int64)[place]
    kind = np.array([one.kind for one in named], np.int64)[place]
    solid = np.array([one.solid for one in named], bool)[place]
    polygon = transcript.geometry_of_polygon
    own = kind < 0
    # What a solid holds may be there once more as a multi-surface.
    of_level = transcript.body_of_geometry * _LEVELS + level
    filled = np.bincount(polygon, minlength=len(place)) > 0
    twice = own & ~solid & np.isin(of_level, of_level[own & solid & filled])
    rank = np.where((level < 0) | twice, -1, level * 2 + ~own)
    kind = np.where(own, np.where(level == 0, _GROUND, UNKNOWN_KIND), kind)
    return own, kind[polygon], rank[polygon]


def _pointing(transcript: Transcript, own: NDArray[np.bool_]) -> list[int]:
    """Bodies with a boundary surface that holds no polygon, and polygons of their own."""
    filled = np.bincount(transcript.geometry_of_polygon, minlength=len(own)) > 0
    body = transcript.body_of_geometry
    found: list[int] = np.intersect1d(body[~own & ~filled], body[own & filled]).tolist()
    return found
