from __future__ import annotations

import pickle

from ingest.finding import KEPT, Finding, Findings, said
from twin.language import Text, use_language


def finding(code: str = "a.b", severity: str = "warning", **values: object) -> Finding:
    return Finding(code, severity, "tree", "1", Text("eins", "one"), **values)  # type: ignore[arg-type]


def test_braces_are_filled_in_both_languages() -> None:
    text = said(
        Text("{height} m, {count}, {year}, {what}", "{height} m, {count}, {year}, {what}"),
        height=12.5, count=1200, year="2091", what=Text("Dach", "roof"),
    )  # fmt: skip
    assert text == Text("12,5 m, 1.200, 2091, Dach", "12.5 m, 1,200, 2091, roof")


def test_all_are_counted_and_some_are_kept() -> None:
    findings = Findings()
    for _ in range(KEPT + 20):
        findings.add(finding())
    findings.beyond("a.b", "warning", "tree", 5)
    assert len(findings.kept) == KEPT
    assert findings.counts["a.b", "warning", "tree"] == len(findings) == KEPT + 25
    assert findings.severe("warning") == KEPT + 25 and findings.severe("error") == 0


def test_grave_ones_come_first() -> None:
    findings = Findings()
    for severity in ("notice", "error", "warning"):
        findings.add(finding(severity=severity))
    assert [one.severity for one in findings.sorted()] == ["error", "warning", "notice"]


def test_the_report_says_it_in_the_language_of_the_moment_and_without_content() -> None:
    one = finding(content='{"a": 1}', advice=Text("tu", "do"))
    use_language("en")
    assert one.as_dict()["sentence"] == "one" and one.as_dict()["advice"] == "do"
    assert "content" not in one.as_dict()
    use_language(None)
    assert pickle.loads(pickle.dumps(one)) == one
