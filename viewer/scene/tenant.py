"""One tenant of a twin as the scene reads it: rows as Arrow tables, state of its lake, its name and licences."""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from twin.registry import rows
from twin.terrain import Terrain
from viewer.scene.attribution import attribution

if TYPE_CHECKING:
    from twin import Twin

KEY = re.compile(r"[0-9]{5}|[0-9]{8}")


class Tenant:
    """A municipality, or the district itself.

    Parameters
    ----------
    twin : Twin
        Whatever this gives is what the twin's principal may see.
    ags : str
        Its key.

    Raises
    ------
    ValueError
        If `ags` is no key.
    """

    def __init__(self, twin: Twin, ags: str) -> None:
        if not KEY.fullmatch(ags):
            raise ValueError(f"a key has 5 or 8 digits, not {ags!r}")
        self.twin = twin
        self.ags = ags

    def table(self, name: str) -> Any:
        """Relation of the tenant's rows of a layer; makes this a source of `twin.terrain.Terrain`."""
        return self.twin.table(name).filter(f"ags = '{self.ags}'")

    def rows(self, layer: str, columns: str, where: str = "") -> pa.Table:
        """The tenant's rows of `layer`; geometry has to be asked for as WKB.

        Parameters
        ----------
        layer : str
        columns, where : str
            SQL.
        """
        relation = self.table(layer)
        if where:
            relation = relation.filter(where)
        return pa.table(relation.project(columns))

    def folder(self, consent_class: str, layer: str) -> Path:
        """Where the tiles of a layer are."""
        return Path(self.twin.home.derived("tiles", self.ags, consent_class)) / layer

    @cached_property
    def head(self) -> str:
        """State of the lake that readers see; empty if there is none."""
        return heads(self.twin).get(self.ags, "")

    @cached_property
    def terrain(self) -> Terrain:
        """The tenant's own terrain."""
        return Terrain(self)

    def copyright(self, consent_class: str) -> str:
        """Who and under which licence, for ``asset.copyright``."""
        return "; ".join(attribution(self.twin, {(self.ags, consent_class)}))


def heads(twin: Twin) -> dict[str, str]:
    """State of each lake that readers see, by key."""
    statement = "SELECT ags, snapshot FROM head h WHERE seq = (SELECT max(seq) FROM head WHERE ags = h.ags)"
    with twin.registry.read() as transaction:
        return {str(row["ags"]): str(row["snapshot"]) for row in rows(transaction, statement)}
