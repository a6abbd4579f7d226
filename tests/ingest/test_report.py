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


def test_many_deliveries_are_summed_up_and_an_error_does_not_repeat_the_name(capsys):
    report = Report([DeliveryReport(f"a/{number}.gml", format="citygml") for number in range(6)])
    report.deliveries[0].load("building", "05974040", 3)
    report.deliveries[1].unchanged = True
    report.deliveries[2].error, report.deliveries[2].unknown = "a/2.gml: no data.", True
    report.deliveries[3].error = "3.gml: damaged."
    use_language("en")
    try:
        report.print(Console(width=200))
    finally:
        use_language(None)
    shown = capsys.readouterr().out
    assert "6 deliveries: 1 loaded, 1 unchanged, 2 with nothing for the twin, 1 no delivery, 1 refused" in shown
    assert "\n  no data.\n" in shown
    assert "\n  damaged.\n" in shown
