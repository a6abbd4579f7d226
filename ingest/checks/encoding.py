"""Encoding: text whose letters a wrong character set has ruined."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from ingest.check import Check, Problem
from ingest.sheet import Sheet
from twin.language import Text
from twin.layer import Layer

_TWICE = r"[ÃÂ][\x{80}-\x{BF}ŒœŠšŸŽžƒˆ˜–—‘’‚“”„†‡•…‰‹›€™]|â[\x{80}€][\x{80}-\x{BF}œž™“”˜¦]"
"""UTF-8 that was read as Latin-1 or Windows-1252: ``Ã¤`` for ä, ``ÃŸ`` for ß, ``â€“`` for –."""

_LOST = "\ufffd"
_QUESTIONED = r"(?:^|[\s(,;-])[A-Za-zÄÖÜäöüß]+\?[a-zäöüß]+(?:$|[\s),;.-])"
"""``Stra?e``: a letter that no character set had."""

_SIGNS_TWICE = tuple(letter.encode() for letter in "ÃÂâ")
_SIGNS_LOST = (_LOST.encode(), b"?")

_LONGEST = 80

PROBLEMS = {
    "mojibake": Problem(
        "notice",
        Text("Zeichen doppelt kodiert", "Characters encoded twice"),
        Text("{column}: „{value}“ gelesen als „{mended}“.", "{column}: “{value}” read as “{mended}”."),
        Text("Die Datei mit der Zeichenkodierung UTF-8 ausgeben.", "Export the file with character encoding UTF-8."),
    ),
    "ruined": Problem(
        "warning",
        Text("Zeichen falsch kodiert", "Characters wrongly encoded"),
        Text(
            "{column}: „{value}“ enthält falsch kodierte Zeichen.",
            "{column}: “{value}” holds wrongly encoded characters.",
        ),
        Text("Die Datei mit der Zeichenkodierung UTF-8 ausgeben.", "Export the file with character encoding UTF-8."),
    ),
    "lost": Problem(
        "warning",
        Text("Zeichen verloren", "Characters lost"),
        Text(
            "{column}: in „{value}“ sind Buchstaben verloren gegangen.",
            "{column}: letters of “{value}” have been lost.",
        ),
        Text(
            "Den Text aus der Quelle neu ausgeben (UTF-8); verlorene Buchstaben lassen sich nicht wiederherstellen.",
            "Export the text from its source again (UTF-8); letters that are lost cannot be made up.",
        ),
    ),
}


def _run(sheet: Sheet) -> None:
    for column in sheet.layer.columns:
        if column.type != "VARCHAR":
            continue
        if sheet.holds(column.name, _SIGNS_TWICE) and sheet.matching(column.name, _TWICE).any():
            _twice(sheet, column.name)
        if not sheet.holds(column.name, _SIGNS_LOST):
            continue
        values = sheet.column(column.name)
        lost = sheet.matching(column.name, _LOST) | sheet.matching(column.name, _QUESTIONED)
        if lost.any():
            sheet.find("lost", lost, column=column.title, value=_shown(values))


def _twice(sheet: Sheet, name: str) -> None:
    values = sheet.column(name).to_pylist()
    wrong = sheet.matching(name, _TWICE)
    mended = [undone(value) if bad and value else None for value, bad in zip(values, wrong.tolist(), strict=True)]
    good = wrong & [text is not None for text in mended]
    title = sheet.layer.column(name).title
    # A key that changes would be another feature.
    if name in sheet.layer.key:
        good[:] = False
    shown = _shown(pa.array(values, pa.string()))
    sheet.find("mojibake", good, column=title, value=shown, mended=[(text or "")[:_LONGEST] for text in mended])
    sheet.find("ruined", wrong & ~good, column=title, value=shown)
    if good.any():
        sheet.put(name, pc.if_else(pa.array(good), pa.array(mended, pa.string()), pa.array(values, pa.string())))


def undone(text: str) -> str | None:
    """`text` as it was before UTF-8 was read as Windows-1252; None if it cannot have been that."""
    raw = bytearray()
    for letter in text:
        try:
            raw += letter.encode("cp1252")
        except UnicodeEncodeError:
            # Five bytes have no letter in Windows-1252 and stay as they are.
            if ord(letter) > 0xFF:
                return None
            raw.append(ord(letter))
    try:
        found = raw.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return found if found != text else None


def _shown(values: pa.Array) -> list[str]:
    return [(value or "")[:_LONGEST] for value in values.to_pylist()]


def _applies(layer: Layer) -> bool:
    return layer.placement == "feature" and not layer.consent


CHECK = Check("encoding", Text("Zeichenkodierung", "Encoding"), PROBLEMS, _run, _applies, order=30)
