"""A GLB of points with a property table: trees and pins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from viewer.scene.glb import POINTS, Glb, quantised, y_up
from viewer.scene.property_table import EXTENSIONS, feature_table

Array = npt.NDArray[Any]


def point_tile(
    layer: str, points: Array, attributes: Mapping[str, Array], texts: Mapping[str, pa.Array], copyright: str = ""
) -> bytes:
    """A tile with one feature a point.

    Parameters
    ----------
    layer : str
        Name of the property table.
    points : float array of shape (n, 3)
        About the tile's centre. [m]
    attributes : mapping of str to arrays of shape (n,) or (n, k)
        What each point carries beside, by the names of glTF.
    texts : mapping of str to text arrays of length n
        The property table's columns.
    copyright : str
        Attribution and licence.
    """
    glb = Glb(copyright)
    steps, scale = quantised(points)
    made = {"POSITION": glb.attribute(y_up(steps), bounds=True)}
    made |= {name: glb.attribute(np.ascontiguousarray(values)) for name, values in attributes.items()}
    # Without an attribute of its own a vertex is its own feature.
    features = {"featureIds": [{"featureCount": len(points), "propertyTable": 0}]}
    return glb.bytes(
        primitive={"attributes": made, "mode": POINTS, "extensions": {"EXT_mesh_features": features}},
        node={"scale": [scale, scale, scale]},
        extensions=feature_table(glb, layer, texts),
        used=["KHR_mesh_quantization", *EXTENSIONS],
        required=["KHR_mesh_quantization"],
    )
