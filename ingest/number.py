"""Counts as people write them."""

from __future__ import annotations

from twin.language import language


def grouped(count: int) -> str:
    """`count` with its thousands set apart: ``4.706`` in German, ``4,706`` in English."""
    text = f"{count:,}"
    return text.replace(",", ".") if language() == "de" else text
