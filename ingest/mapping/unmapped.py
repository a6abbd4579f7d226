"""The error for a readable table that no mapping fits: it says what it may be, and which command makes a mapping."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from ingest.mapping.mapping import Mapping
from ingest.mapping.proposing import propose
from ingest.source_file import SourceFile
from ingest.table.opening import kind
from twin.discovery import find
from twin.errors import TwinError, UnmappedTable
from twin.language import Text

LARGEST = 256 << 20
"""Size up to which a file that nobody knows is looked into. [B]"""

_NONE = Text("keine gespeicherte Zuordnung passt zu ihren Spalten", "no saved mapping fits its columns")
_NOT_THESE = Text("die Zuordnung {names} passt nicht", "mapping {names} does not fit")
_LIKELY = Text("{title} ({layer}, {share:.0%})", "{title} ({layer}, {share:.0%})")
_UNLIKELY = Text("keine Ebene erkannt", "no layer recognised")


def unmapped(source: SourceFile, tried: Sequence[Mapping] = ()) -> UnmappedTable:
    """The error for a file, whether or not it holds tables at all."""
    likely: object = _UNLIKELY
    layer = ""
    name = "NAME"
    if kind(source) is not None and source.size <= LARGEST:
        try:
            found = propose(source)
        except TwinError:
            found = None
        if found is not None and found.layer:
            title = find("LAYER", found.layer).title
            words = {"layer": found.layer, "share": found.confidence}
            likely = Text(_LIKELY.de.format(title=title.de, **words), _LIKELY.en.format(title=title.en, **words))
            layer, name = found.layer, found.mapping().name
    remedy = f"twin mapping propose {shlex.quote(str(source.path))} --save {name}"
    if not layer:
        remedy += " --layer LAYER"
    names = ", ".join(f"„{mapping.name}“" for mapping in tried[:3])
    return UnmappedTable(
        file=source.name,
        kind=kind(source) or "–",
        found=Text(_NOT_THESE.de.format(names=names), _NOT_THESE.en.format(names=names)) if tried else _NONE,
        likely=likely,
        remedy=remedy,
        expected="–",
    )
