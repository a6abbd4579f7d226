"""Why rows were not stored, in words."""

from __future__ import annotations

from collections.abc import Iterable

from twin.language import Text

_REASONS = {
    "no_consent": Text("keine Zustimmung", "no consent"),
    "not_yours": Text("gehört einer anderen Gemeinde", "belongs to another municipality"),
    "unplaced": Text("keiner Gemeinde zuzuordnen", "in no municipality"),
    "outside": Text("außerhalb des Kreises", "outside the district"),
    "kept_better": Text("bessere Fassung behalten", "better version kept"),
    "personal_data": Text("personenbezogen, verworfen", "personal, dropped"),
}


def reason_text(kind: str) -> Text:
    """A reason in words; its own name where it is not known."""
    return _REASONS.get(kind, Text(kind, kind))


def refusal_parts(refused: Iterable[tuple[str, int]]) -> list[tuple[str, str, str, int]]:
    """Reason, layer (or class of objects), municipality and count of each entry of `DeliveryReport.refused`."""
    found = []
    for reason, count in sorted(refused):
        kind, _, rest = reason.partition(":")
        layer, _, ags = rest.partition(":")
        found.append((kind, layer, ags, count))
    return found
