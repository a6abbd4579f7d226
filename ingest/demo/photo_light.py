"""Light of the aerial photograph: shadows of all that stands, and the slopes of the land."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ingest.demo.landscape import height
from ingest.demo.photo_texture import SUN

Singles = npt.NDArray[np.float32]

MARGIN = 40
"""What stands so far beside a tile may throw its shadow into it. [m]"""


def shadow(above: Singles, cell: float) -> Singles:
    """How much of the sun is kept off each place by what stands towards it, 0 to 1."""
    found = np.zeros_like(above)
    flat = float(np.hypot(SUN[0], SUN[1]))
    rise = SUN[2] / flat * cell
    for step in range(1, int(MARGIN / cell)):
        right, down = round(SUN[0] / flat * step), round(-SUN[1] / flat * step)
        blocking = above[down:, right:] - rise * step
        rows, columns = blocking.shape
        reached = found[:rows, :columns]
        np.maximum(reached, blocking - above[:rows, :columns], out=reached)
    return np.asarray(np.clip(found / 1.2, 0.0, 1.0), np.float32)


def relief(east: Singles, north: Singles) -> Singles:
    """Light on the slopes of the land."""
    coarse = np.ix_(np.arange(0, len(north) + 10, 10), np.arange(0, len(east) + 10, 10))
    step = float(east[1] - east[0]) * 10
    x = east[0] + step * np.arange(coarse[1].size)
    y = north[0] - step * np.arange(coarse[0].size)
    z = height(x[None, :], y[:, None])
    down, right = np.gradient(z, step)
    shade = (SUN[2] + SUN[1] * down - SUN[0] * right) / np.sqrt(1 + down**2 + right**2) / SUN[2]
    shade = 1.0 + 0.7 * (shade - 1.0)
    rows, columns = np.arange(len(north)) / 10, np.arange(len(east)) / 10
    low, left = rows.astype(int), columns.astype(int)
    v, h = (rows - low)[:, None], columns - left
    upper = shade[low][:, left] * (1 - h) + shade[low][:, left + 1] * h
    lower = shade[low + 1][:, left] * (1 - h) + shade[low + 1][:, left + 1] * h
    return np.asarray(upper * (1 - v) + lower * v, np.float32)
