"""The mapping assistant as a steward meets it: a guess, corrected column by column, and kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ingest.mapping.proposal import Proposal
from ingest.mapping.proposing import propose
from ingest.mapping.saved import save
from ingest.mapping.validation import layers, mappable
from twin import Twin
from twin.desk import Guess, Wish


def guess(path: Path, layer: str = "") -> Guess:
    """What a table seems to be.

    Raises
    ------
    twin.errors.TwinError
        If it is no table, or cannot fill that layer.
    """
    found = propose(path, layer=layer) if layer else propose(path)
    return Guess(
        name=found.mapping().name if found.layer else path.stem,
        table=found.table,
        count=found.count,
        layers=_candidates(found),
        layer=found.layer,
        wishes=_wishes(found),
        sources=tuple(found.sample.profiles),
        personal=found.personal,
        crs=found.place.crs,
        place=found.place.reason,
    )


def keep(twin: Twin, path: Path, corrected: Guess, ags: str, author: str) -> None:
    """Save a corrected guess: what the steward left as it was keeps units and translated codes.

    Raises
    ------
    twin.errors.TwinError
        If it makes no sense, or the municipality takes no part.
    """
    proposal = propose(path, layer=corrected.layer, table=corrected.table)
    proposed = {wish.column: wish for wish in _wishes(proposal)}
    columns: dict[str, Any] = {}
    for wish in corrected.wishes:
        before = proposed.get(wish.column, Wish(wish.column))
        if (wish.source, wish.value) != (before.source, before.value):
            columns[wish.column] = wish.source or ({"constant": wish.value} if wish.value else None)
    corrections: dict[str, Any] = {"columns": columns}
    if corrected.crs != proposal.place.crs:
        corrections["crs"] = corrected.crs
    save(twin, proposal.corrected(corrections, name=corrected.name), ags=ags, author=author)


def _candidates(found: Proposal) -> tuple[tuple[str, float], ...]:
    likely = [(one.layer, one.confidence) for one in found.layers]
    named = {name for name, _ in likely}
    return (*likely, *((name, 0.0) for name in layers() if name not in named))


def _wishes(found: Proposal) -> tuple[Wish, ...]:
    if not found.layer:
        return ()
    suggested = {one.column: one for one in found.columns}
    wishes = []
    for column in mappable(layers()[found.layer]):
        one = suggested.get(column.name)
        if one is None:
            wishes.append(Wish(column.name))
        else:
            constant = one.rule.constant
            value = "" if constant is None else str(constant)
            wishes.append(Wish(column.name, one.rule.source, value, one.reason))
    return tuple(wishes)
