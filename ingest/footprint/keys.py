"""Keys of footprints: the source's own, told apart where it uses one twice, or made of the place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray


@dataclass
class Keys:
    """Keys given out so far in a file.

    Attributes
    ----------
    prefix : str
        Put before every key, for ids of one source are not unique beside those of another; empty for none.
    """

    prefix: str = ""
    # By hash: a state's millions of footprints shall not be kept as text.
    _times: dict[int, int] = field(default_factory=dict)
    _seen: set[int] = field(default_factory=set)

    def of(self, given: Sequence[str | None], shapes: NDArray[np.object_]) -> list[str | None]:
        """A key for each shape; None for one that came before, with the same id and outline.

        A second shape of one id is another building (the Hausumringe have such): it gets the id and a number.
        """
        centres = shapely.centroid(shapes)
        places = np.column_stack([shapely.get_x(centres), shapely.get_y(centres)]).tolist()
        outlines = shapely.to_wkb(shapely.normalize(shapes))
        keys: list[str | None] = []
        for own, (east, north), outline in zip(given, places, outlines, strict=True):
            key = f"{self.prefix}{own}" if own else f"{self.prefix}E{east:.2f}N{north:.2f}"
            known = hash((key, outline))
            if known in self._seen:
                keys.append(None)
                continue
            self._seen.add(known)
            times = self._times.get(hash(key), 0) + 1
            self._times[hash(key)] = times
            keys.append(key if times == 1 else f"{key}_{times}")
        return keys
