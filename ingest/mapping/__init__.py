"""Mappings: how anybody's tables become rows of a layer; proposed by looking at the content, corrected, kept.

>>> from ingest.mapping import propose, preview, save
>>> proposal = propose("leitungen.gpkg")                                                # doctest: +SKIP
>>> mapping = proposal.corrected({"columns": {"owner": {"constant": "Stadtwerke"}}}, name="wasser")  # doctest: +SKIP
>>> preview("leitungen.gpkg", mapping, 20).frame                                        # doctest: +SKIP
>>> save(twin.open("twin-home"), mapping, ags="05974040")                               # doctest: +SKIP
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ingest.mapping.mapping import ColumnRule, Mapping
    from ingest.mapping.previewing import Preview, preview
    from ingest.mapping.proposal import Proposal
    from ingest.mapping.proposing import propose, propose_all
    from ingest.mapping.saved import load, named, save

__all__ = ["ColumnRule", "Mapping", "Preview", "Proposal", "load", "named", "preview", "propose", "propose_all", "save"]

_HOMES = {
    "ColumnRule": "mapping",
    "Mapping": "mapping",
    "Preview": "previewing",
    "Proposal": "proposal",
    "load": "saved",
    "named": "saved",
    "preview": "previewing",
    "propose": "proposing",
    "propose_all": "proposing",
    "save": "saved",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for: readers of other formats need none of it."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(importlib.import_module(f"ingest.mapping.{_HOMES[name]}"), name)
    globals()[name] = found
    return found
