"""Quality of readings: what sources say of them, as ``data/codes/observation_quality.json`` has it."""

from __future__ import annotations

import json
import re
from functools import cache, lru_cache

from twin.reference import reference_path

_LONGEST = 500


def quality(stated: object) -> str | None:
    """The quality that a text, or an object of texts, names; None if it names none that is known."""
    if stated is None or stated == "":
        return None
    return _of_text(stated if isinstance(stated, str) else json.dumps(stated, ensure_ascii=False, default=str))


@lru_cache(maxsize=4096)
def _of_text(text: str) -> str | None:
    return next((name for name, pattern in _patterns().items() if pattern.search(text[:_LONGEST])), None)


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    declared = json.loads(reference_path("sensor/qualities.json").read_text("utf-8"))["patterns"]
    return {name: re.compile(pattern, re.IGNORECASE) for name, pattern in declared.items()}
