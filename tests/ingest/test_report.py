from __future__ import annotations

import io
from collections import Counter

import pytest
from rich.console import Console

from ingest.report import DeliveryReport, Report
from twin.language import Language, use_language


@pytest.mark.parametrize(("chosen", "read", "loaded"), [("de", "4.706", "1.234.567"), ("en", "4,706", "1,234,567")])
def test_thousands_are_set_apart_as_the_language_does(chosen: Language, read: str, loaded: str) -> None:
    use_language(chosen)
    delivery = DeliveryReport("a.gml", read=Counter(building=4706), loaded={"building": Counter({"05974040": 1234567})})
    delivery.refused["no_consent:building:05974052"] = 4706
    shown = io.StringIO()
    Report([delivery]).print(Console(file=shown, width=200))
    use_language(None)
    assert f"{read} " in shown.getvalue()
    assert f"{loaded} " in shown.getvalue()
    assert f"05974052: {read} " in shown.getvalue()
