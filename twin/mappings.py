"""Mappings that read a municipality's own tables: saved with it, and gone with it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from twin.consent import demand_participant
from twin.errors import MappingError, UnknownName
from twin.language import Text
from twin.registry import Registry, Transaction, execute, insert, now, rows

LARGEST = 1 << 20
"""Longest mapping that is saved. [B]"""

_NAME = re.compile(r"[\w][\w .-]{0,79}")
_BAD_NAME = Text(
    "erwartet ein Name aus Buchstaben, Ziffern, Leerstellen, Punkt und Strich, höchstens 80 Zeichen",
    "expected a name of letters, digits, spaces, dots and dashes, 80 characters at most",
)
_TOO_LARGE = Text("größer als {limit} Zeichen", "longer than {limit} characters")


@dataclass(frozen=True, slots=True)
class SavedMapping:
    """A mapping as the registry keeps it; what it says is the business of whoever reads deliveries.

    Attributes
    ----------
    ags : str
        Whose it is: key of a municipality, or of the district, whose mappings serve all.
    name : str
        Its name, unique within the tenant.
    layer : str
        Layer that it fills.
    content : dict
        The mapping itself.
    saved_at : str
        When; ISO 8601, UTC.
    saved_by : str
        Who; empty if nobody said so.
    """

    ags: str
    name: str
    layer: str
    content: dict[str, Any]
    saved_at: str = ""
    saved_by: str = ""


def mappings(transaction: Transaction, ags: str = "") -> list[SavedMapping]:
    """Saved mappings, of one tenant or of all, by tenant and name."""
    sql = "SELECT * FROM mapping WHERE :ags IN ('', ags) ORDER BY ags, name"
    return [
        SavedMapping(
            row["ags"], row["name"], row["layer"], json.loads(row["content"]), row["saved_at"], row["saved_by"]
        )
        for row in rows(transaction, sql, ags=ags)
    ]


def save_mapping(registry: Registry, mapping: SavedMapping) -> None:
    """Keep a mapping; one of the same tenant and name is replaced.

    Raises
    ------
    UnknownMunicipality
        If nobody knows its municipality.
    NotJoined
        If its municipality takes no part: what it leaves behind could not be withdrawn.
    MappingError
        If its name is none, or it is far too long.
    """
    content = json.dumps(mapping.content, ensure_ascii=False)
    if not _NAME.fullmatch(mapping.name):
        raise MappingError(mapping=mapping.name[:80], problem=_BAD_NAME)
    if len(content) > LARGEST:
        raise MappingError(mapping=mapping.name, problem=_TOO_LARGE.format(limit=LARGEST))
    entry = {
        "ags": mapping.ags,
        "name": mapping.name,
        "layer": mapping.layer,
        "content": content,
        "saved_at": now(),
        "saved_by": mapping.saved_by,
    }
    with registry.write() as transaction:
        demand_participant(transaction, mapping.ags)
        execute(
            transaction, "DELETE FROM mapping WHERE ags = :ags AND name = :name", ags=mapping.ags, name=mapping.name
        )
        insert(transaction, "mapping", [entry])


def forget_mapping(registry: Registry, ags: str, name: str) -> None:
    """Remove a mapping.

    Raises
    ------
    UnknownName
        If the tenant has none of this name.
    """
    with registry.write() as transaction:
        sql = "DELETE FROM mapping WHERE ags = :ags AND name = :name"
        if execute(transaction, sql, ags=ags, name=name).rowcount:
            return
        known = ", ".join(mapping.name for mapping in mappings(transaction, ags)) or "–"
    raise UnknownName(kind="mapping", name=name, known=known)


def withdraw_mappings(transaction: Transaction, ags: str, layers: list[str], *, whole: bool) -> None:
    """Remove the mappings of a tenant that withdraws these layers, or all."""
    if whole:
        execute(transaction, "DELETE FROM mapping WHERE ags = :ags", ags=ags)
    for layer in layers:
        execute(transaction, "DELETE FROM mapping WHERE ags = :ags AND layer = :layer", ags=ags, layer=layer)
