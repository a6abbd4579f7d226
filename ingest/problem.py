"""Codes of findings in words: what reports say above them."""

from __future__ import annotations

from ingest.check import Check, Problem
from twin.discovery import discover
from twin.language import Text

UNREAD = "read.rejected"
"""Code of a feature that its format could not take."""

REPAIR = Text(
    "Das Objekt in der Quelle berichtigen und die Datei neu liefern.",
    "Put the feature right in its source and deliver the file again.",
)
_UNREAD = Text("Objekt nicht lesbar", "Feature that cannot be read")


def title_of(code: str) -> Text:
    """Heading of a code; the code itself where no check declares it."""
    problem = _problem(code)
    if problem is not None:
        return problem.title
    return _UNREAD if code == UNREAD else Text(code, code)


def advice_of(code: str) -> Text | None:
    """What to do; None where no check says so."""
    problem = _problem(code)
    if problem is not None:
        return problem.advice
    return REPAIR if code == UNREAD else None


def _problem(code: str) -> Problem | None:
    name, _, kind = code.partition(".")
    check: Check | None = discover("CHECK").get(name)
    return check.problems.get(kind) if check is not None else None
