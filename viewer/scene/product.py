"""What a drawn layer of a tenant becomes on disk, and when it is made again."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from viewer.scene.tenant import Tenant
from viewer.scene.tileset import (
    Box,
    Cell,
    Content,
    Refinement,
    Tileset,
    read_tileset,
    write_tileset,
    write_whole,
)

Tile = tuple[Cell, tuple[float, float, float], Box, bytes]
"""Cell, centre, bounds and GLB."""


@dataclass
class Plan:
    """What the tileset will hold, found out before any mesh is read.

    Attributes
    ----------
    wanted : dict of Cell to str
        Signature of every cell that has rows.
    make : callable
        ``(cells) -> tiles``: makes those cells. A cell for which nothing comes is empty.
    facts : dict
        What else the scene has to know.
    """

    wanted: dict[Cell, str]
    make: Callable[[set[Cell]], Iterable[Tile]]
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Product:
    """One tileset a tenant.

    Attributes
    ----------
    layer : str
        Name in URLs and of the folder.
    consent_class : str
        Whose consent covers it.
    refinement : Refinement
    plan : callable
        ``(tenant, folder) -> Plan``.
    how : str
        What the tiles hold where not the layer's name says it: ``tree``, ``pin`` or ``pipe``.
    """

    layer: str
    consent_class: str
    refinement: Refinement
    plan: Callable[[Tenant, Path], Plan]
    how: str = ""

    def folder(self, tenant: Tenant) -> Path:
        """Where the tileset of `tenant` is."""
        return tenant.folder(self.consent_class, self.layer)

    def is_stale(self, tenant: Tenant) -> bool:
        """Whether the tileset shows another state than the lake's."""
        before = read_tileset(self.folder(tenant))
        return before is None or before.head != tenant.head

    def update(self, tenant: Tenant) -> int:
        """Make what has changed; the number of tiles written.

        Tiles whose rows are as they were stay; the rest is written beside them under new names, and the new
        ``tileset.json`` replaces the old one at the end. A kill in between leaves the old tileset whole.
        """
        folder = self.folder(tenant)
        with tenant.twin.home.lock(f"tiles-{tenant.ags}-{self.layer}"):
            before = read_tileset(folder) or Tileset("")
            plan = self.plan(tenant, folder)
            contents = {
                cell: content
                for cell, content in before.contents.items()
                if plan.wanted.get(cell) == content.signature and (folder / content.name(cell)).is_file()
            }
            bare = {cell for cell, sign in plan.wanted.items() if before.facts.get("bare", {}).get(str(cell)) == sign}
            written = 0
            for cell, centre, box, data in plan.make(set(plan.wanted) - set(contents) - bare):
                content = Content(plan.wanted[cell], centre, box)
                write_whole(folder / content.name(cell), data)
                contents[cell] = content
                written += 1
            folder.mkdir(parents=True, exist_ok=True)
            # Cells whose rows draw nothing need not be tried again.
            nothing = {str(cell): sign for cell, sign in plan.wanted.items() if cell not in contents}
            facts = plan.facts | {"revision": _revision(contents), "bare": nothing}
            write_tileset(
                folder, Tileset(tenant.head, contents, facts), self.refinement, tenant.copyright(self.consent_class)
            )
        return written


def _revision(contents: dict[Cell, Content]) -> str:
    total = sum(int(content.signature, 16) * (zlib.crc32(str(cell).encode()) | 1) for cell, content in contents.items())
    return f"{total & (2**64 - 1):016x}"
