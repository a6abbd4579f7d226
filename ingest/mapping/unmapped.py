"""The error for a readable table that no mapping fits: it says what it may be, and which command makes a mapping."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from ingest.mapping.mapping import Mapping
from ingest.mapping.proposal import Proposal
from ingest.mapping.proposing import propose
from ingest.source_file import SourceFile
from ingest.table.opening import kind
from twin.discovery import find
from twin.errors import TwinError, UnmappedTable
from twin.language import Text

_SIMILAR = 0.5
_SHOWN = 8

LARGEST = 256 << 20
"""Size up to which a file that nobody knows is looked into. [B]"""

_NONE = Text("keine gespeicherte Zuordnung passt zu ihren Spalten", "no saved mapping fits its columns")
_NOT_THESE = Text("die Zuordnung {names} passt nicht", "mapping {names} does not fit")
_CHANGED = Text(
    "die Zuordnung „{name}“ passt nicht mehr (es fehlen: {gone}; neu sind: {new})",
    "mapping “{name}” does not fit any more (gone: {gone}; new: {new})",
)
_LIKELY = Text("{title} ({layer}, {share:.0%})", "{title} ({layer}, {share:.0%})")
_UNLIKELY = Text("keine Ebene erkannt", "no layer recognised")


def unmapped(source: SourceFile, tried: Sequence[Mapping] = (), kept: Sequence[Mapping] = ()) -> UnmappedTable:
    """The error for a file, whether or not it holds tables at all.

    Parameters
    ----------
    source : SourceFile
        The file.
    tried : sequence of Mapping
        Mappings that the user named.
    kept : sequence of Mapping
        Mappings that were looked at: one that nearly fits is named, with what has changed.
    """
    proposal = _proposed(source)
    likely: object = _UNLIKELY
    remedy = f"twin mapping propose {shlex.quote(str(source.path))} --save "
    if proposal is None or not proposal.layer:
        remedy += "NAME --layer LAYER"
    else:
        title = find("LAYER", proposal.layer).title
        words = {"layer": proposal.layer, "share": proposal.confidence}
        likely = Text(_LIKELY.de.format(title=title.de, **words), _LIKELY.en.format(title=title.en, **words))
        remedy += proposal.mapping().name
    found: object = _NONE
    near = _nearest(proposal, kept)
    if tried:
        names = ", ".join(f"„{mapping.name}“" for mapping in tried[:3])
        found = Text(_NOT_THESE.de.format(names=names), _NOT_THESE.en.format(names=names))
    elif proposal is not None and near is not None:
        found = _changed(near, proposal)
        if near.needs <= set(proposal.signature):
            remedy = f"twin ingest {shlex.quote(str(source.path))} --mapping {shlex.quote(near.name)}"
    title_of_kind = kind(source) or "–"
    return UnmappedTable(file=source.name, kind=title_of_kind, found=found, likely=likely, remedy=remedy, expected="–")


def _proposed(source: SourceFile) -> Proposal | None:
    if kind(source) is None or source.size > LARGEST:
        return None
    try:
        return propose(source)
    except TwinError:
        return None


def _nearest(proposal: Proposal | None, kept: Sequence[Mapping]) -> Mapping | None:
    """The mapping that was made for the most similar columns; None if none is similar."""
    if proposal is None:
        return None
    own = set(proposal.signature)
    shares = [len(own & set(mapping.fits)) / max(1, len(own | set(mapping.fits))) for mapping in kept]
    best = max(range(len(kept)), key=shares.__getitem__, default=-1)
    return kept[best] if best >= 0 and shares[best] >= _SIMILAR else None


def _changed(mapping: Mapping, proposal: Proposal) -> Text:
    before, now = set(mapping.fits), set(proposal.signature)
    words = {
        "name": mapping.name,
        "gone": ", ".join(sorted(before - now)[:_SHOWN]) or "–",
        "new": ", ".join(sorted(now - before)[:_SHOWN]) or "–",
    }
    return Text(_CHANGED.de.format(**words), _CHANGED.en.format(**words))
