"""Figures as columns name them, and the list of them."""

from __future__ import annotations

import json
from collections import Counter

from ingest.statistic.indicator import bare, indicators
from twin.reference import codes, reference_path


def test_every_declared_figure_has_a_title_and_no_name_means_two():
    declared = json.loads(reference_path("statistic/indicators.json").read_text("utf-8"))["indicators"]
    assert {entry["indicator"] for entry in declared} == set(codes("statistic_indicator"))
    names = Counter((name, entry.get("file", "")) for entry in declared for name in entry["names"])
    assert [name for name, count in names.items() if count > 1] == []
    assert all(bare(name) == name for name, _ in names)


def test_no_figure_comes_twice():
    found = indicators(["Einwohner", "population", "x"], "a.csv")
    assert [(place, one.name) for place, one in found.items()] == [(0, "population")]
