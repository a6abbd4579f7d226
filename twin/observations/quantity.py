"""What quantities and their units are called, for people."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from twin.language import Language
from twin.reference import reference_path


def sign(unit: str | None) -> str:
    """A UCUM code as people write the unit: ``°C`` for ``Cel``, nothing for ``1``; an unknown one as it stands."""
    signs: dict[str, str] = presentation()["signs"]
    return signs.get(unit or "", unit or "")


def word(code_list: str, code: str, language: Language) -> str:
    """What a code means, in words; empty where the list does not have it."""
    return words(code_list, language).get(code, "")


@cache
def words(code_list: str, language: Language) -> dict[str, str]:
    """All codes of a list and what they mean; German where there is no English."""
    found: dict[str, dict[str, str]] = json.loads(reference_path(f"codes/{code_list}.json").read_text("utf-8"))
    german = found["codes"]
    return german | found.get("en", {}) if language == "en" else german


@cache
def presentation() -> dict[str, Any]:
    """How readings are shown: signs of units, decimals, and how quantities are put together over a time."""
    found: dict[str, Any] = json.loads(reference_path("sensor/presentation.json").read_text("utf-8"))
    return found
