"""Why an object cannot be taken, in both languages; none of these sentences repeats what the document says."""

from __future__ import annotations

from twin.language import Text

KEY = Text(
    "erwartet ein gültiges Flurstückskennzeichen oder seine Teile, gefunden keines",
    "expected a valid Flurstückskennzeichen or its parts, found none",
)
UPDATE = Text(
    "erwartet ein Update, das endet setzt, gefunden ein anderes", "expected an Update that sets endet, found another"
)
FILTER = Text(
    "erwartet einen Filter mit Objektkennungen, gefunden keinen", "expected a filter of object identifiers, found none"
)
