"""Parquet files that a reader makes for its own views: they go with it, and with the municipality that withdraws."""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable, Iterable
from itertools import count
from pathlib import Path

from twin.lake import remove_folder

_number = count(1)


class Scratch:
    """Files by what they hold, each made once.

    They lie in ``<temp>/<process>-view-<n>/<file>/<ags>/<layer>.parquet``, beside what the engine spills to the disk,
    where `twin.withdrawal` finds them by municipality and layer, and `twin.store` the ones of processes that died.

    Parameters
    ----------
    temp : Path
        Temporary folder of the home's engine.
    """

    def __init__(self, temp: Path) -> None:
        self._folder = temp / f"{os.getpid()}-view-{next(_number)}"
        self._files: dict[Hashable, Path] = {}
        self._next = count(1)

    def file(self, content: Hashable, ags: str, layer: str, write: Callable[[Path], None]) -> Path:
        """File with some content, written if it is not there."""
        known = self._files.get(content)
        if known is not None and known.exists():
            return known
        file = self._folder / str(next(self._next)) / ags / f"{layer}.parquet"
        file.parent.mkdir(parents=True)
        write(file)
        self._files[content] = file
        return file

    def keep(self, contents: Iterable[Hashable]) -> None:
        """Remove all other files."""
        kept = frozenset(contents)
        for content in [one for one in self._files if one not in kept]:
            remove_folder(self._files.pop(content).parents[1])

    def close(self) -> None:
        """Remove all files."""
        self._files.clear()
        remove_folder(self._folder)


def written_of(temp: Path, ags: str, layer: str) -> list[Path]:
    """Files of all readers, of whatever process, with rows of a layer of a municipality."""
    return list(temp.glob(f"*-view-*/*/{ags}/{layer}.parquet"))
