"""``twin formats`` lists what the declarations say."""

import json

from twin.cli import main
from twin.discovery import discover


def test_all_are_listed(capsys):
    assert main(["--lang", "en", "formats"]) == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name in discover("FORMAT"))


def test_one_is_told_in_full(capsys):
    assert main(["--lang", "en", "formats", "boundaries"]) == 0
    shown = capsys.readouterr().out
    assert "Reference system" in shown
    assert "(beside: .shx .dbf .prj .cpg)" in shown
    assert "citygml" not in shown


def test_as_json(capsys):
    assert main(["--json", "formats", "broadband_csv"]) == 0
    (found,) = json.loads(capsys.readouterr().out)["formats"]
    assert found["layers"] == ["broadband"]
    assert found["suffixes"] == [".csv", ".txt"]
    assert found["companions"] == []
    assert found["licence"]


def test_an_unknown_one_is_wrong_usage(capsys):
    assert main(["formats", "nosuch"]) == 2
    assert "nosuch" in capsys.readouterr().err
