"""Figures of municipalities, as JSON and as CSV."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.format import Batch, Options, Reject
from ingest.formats.municipality_figures import FORMAT
from ingest.source_file import SourceFile
from ingest.statistic import municipality
from twin.errors import InvalidDelivery, UnsafeDelivery


@pytest.fixture
def load(tmp_path):
    def read(name, content):
        path = tmp_path / name
        path.write_text(content, "utf-8")
        assert FORMAT.recognise(SourceFile(path))
        items = list(FORMAT.read(SourceFile(path), Options()))
        rows = [row for item in items if isinstance(item, Batch) for row in item.table.to_pylist()]
        figures = {(row["ags"], row["indicator"]): row["value"] for row in rows}
        assert len(figures) == len(rows)
        return figures, [item for item in items if isinstance(item, Reject)], items[-1]

    return read


def test_regional_keys_lose_their_association_and_men_are_not_metres(load):
    soest = {"RS": "059740040040", "area": 85.81, "population": 47460, "population_m": 23100, "center_lon": "8,1"}
    figures, rejects, facts = load("gemeinden.json", json.dumps({"059740040040": soest}))
    assert figures == {
        **{("05974040", "population"): 47460.0, ("05974040", "population_male"): 23100.0},
        **{("05974040", "area"): 85.81},
    }
    assert not rejects
    assert not facts.notes


def test_numbers_may_be_texts_and_what_is_none_is_counted(load):
    entries = {"05974040": {"population": "47.460", "area": "85,81"}, "05974044": {"population": True, "area": None}}
    figures, _, facts = load("g.json", json.dumps(entries))
    assert figures == {("05974040", "population"): 47460.0, ("05974040", "area"): 85.81}
    assert "2" in facts.notes[0]


def test_a_key_that_is_none_or_comes_twice_is_rejected(load):
    text = '{"05974040": {"population": 1}, "x": {"population": 2}, "059740040040": {"population": 3}}'
    figures, rejects, _ = load("g.json", text)
    assert figures == {("05974040", "population"): 1.0}
    assert len(rejects) == 2


def test_a_table_with_keys_and_figures(load):
    lines = ["Gemeindeschlüssel;Name;Einwohner;Fläche (km²);Haushalte", "5974040;Soest;47.460;85,81;22.100"]
    figures, rejects, facts = load("g.csv", "\n".join([*lines, "05974044;Werl;30.772;76,3;-\n"]))
    assert figures["05974040", "area"] == 85.81
    assert figures["05974040", "population"] == 47460
    assert figures["05974040", "households"] == 22100
    assert figures["05974044", "population"] == 30772
    assert not rejects
    assert len(facts.notes) == 1


@pytest.mark.parametrize(
    "content",
    [
        "AGS;strasse;hausnummer;einwohner\n05974040;Hof;1;3\n",
        "AGS;einwohner\n05974040;1\n05974040;2\n05974040;2\n",
        "AGS;name\n05974040;Soest\n",
        "einwohner;haushalte\n1;2\n",
        '{"05974040": {"name": "Soest"}}',
        '{"type": "FeatureCollection"}',
    ],
)
def test_other_files_are_left_alone(tmp_path, content):
    path = tmp_path / "a"
    path.write_text(content)
    assert not FORMAT.recognise(SourceFile(path))


@pytest.mark.parametrize(
    "content",
    [
        '{"05974040": {"population": 1}, ',
        "[" * 100_000,
        '{"05974040": {"population": 1}}}',
        "[1]",
        "{}",
        '{"a": {"b": 1}}',
    ],
)
def test_damage_is_told(tmp_path, content):
    path = tmp_path / "a.json"
    path.write_text(content)
    with pytest.raises(InvalidDelivery) as error:
        list(FORMAT.read(SourceFile(path), Options()))
    assert "a.json" in str(error.value)


def test_not_a_number_and_the_immense_are_none(load):
    figures, _, _ = load(
        "g.json", '{"05974040": {"population": 5, "area": NaN}, "05974044": {"population": 1e308, "area": 1}}'
    )
    assert figures == {("05974040", "population"): 5.0, ("05974044", "area"): 1.0}


def test_a_document_beyond_all_municipalities_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(municipality, "LARGEST", 100)
    path = tmp_path / "a.json"
    path.write_text(json.dumps({f"0597404{number}": {"population": 1} for number in range(9)}))
    with pytest.raises(UnsafeDelivery):
        list(FORMAT.read(SourceFile(path), Options()))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(value=st.floats(0, 1e9).map(lambda value: round(value, 2)))
def test_comma_and_point_say_the_same(load, value):
    text = f"{value:.2f}"
    german, _, _ = load("g.json", json.dumps({"05974040": {"area": text.replace(".", ",")}}))
    english, _, _ = load("h.json", json.dumps({"05974040": {"area": text}}))
    assert german == english == {("05974040", "area"): float(text)}


def test_the_real_file(shared_data):
    path = shared_data / "boundaries" / "destatis_gemeinden_nrw.json"
    assert FORMAT.recognise(SourceFile(path))
    items = list(FORMAT.read(SourceFile(path), Options()))
    (table,) = [item.table for item in items if isinstance(item, Batch)]
    rows = table.to_pylist()
    assert len({row["ags"] for row in rows}) == 396
    duesseldorf = {row["indicator"]: (row["value"], row["unit"]) for row in rows if row["ags"] == "05111000"}
    assert duesseldorf["population"] == (619_294.0, "1")
    assert duesseldorf["area"] == (217.41, "km2")
    assert duesseldorf["population_male"][0] + duesseldorf["population_female"][0] == 619_294
    assert not [item for item in items if isinstance(item, Reject)]
