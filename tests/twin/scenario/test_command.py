"""``twin scenario``, as it is typed."""

from __future__ import annotations

import pytest
import shapely

from twin.cli import main
from twin.language import use_language

HOUSE = shapely.box(430_005.0, 5_710_018.0, 430_015.0, 5_710_026.0).wkt


@pytest.fixture
def run(street, capsys):
    home = str(street.home.path)

    def call(language, *words):
        code = main(["--home", home, "--lang", language, "scenario", *words])
        return code, "".join(capsys.readouterr())

    yield call
    use_language(None)


WRONG = (
    (("new", "field"), "es gibt schon", "already"),
    (("new", "Not a name"), "ein Name", "a name"),
    (("new", "other", "--at", "gestern"), "ein Zeitpunkt", "a moment"),
    (("add", "field", "--wkt", "nonsense"), "kein WKT", "not WKT"),
    (("add", "field", "--wkt", "POLYGON ((0 0, 1 1, 1 0, 0 1, 0 0))", "--storeys", "1"), "gültiges Polygon", "valid"),
    (("add", "field", "--wkt", "POLYGON ((0 0, 1 0, 1 1, 0 0))", "--storeys", "1"), "0.5 m²", "0.5 m²"),
    (("add", "field", "--wkt", HOUSE), "braucht Geschosse", "needs storeys"),
    (("add", "field", "--wkt", HOUSE, "--storeys", "-3"), "eines oder mehr", "one or more"),
    (("add", "field", "--wkt", "POLYGON ((0 0, 9 0, 9 9, 0 0))", "--storeys", "1"), "keine Gemeindegrenze", "border"),
    (("add", "field", "--file", __file__), "keine Vektordatei", "vector file"),
    (("remove", "field", "H99"), "Gebäude H99 gibt es", "no building H99"),
    (("change", "field", "H1", "geom=x"), "nicht zu ändern", "cannot be changed"),
    (("change", "field", "H1", "measured_height=tall"), "vom Typ DOUBLE", "is DOUBLE"),
    (("undo", "field", "9"), "Bearbeitung 9", "no edit 9"),
)


@pytest.mark.parametrize(("words", "german", "english"), WRONG, ids=[row[2] for row in WRONG])
def test_what_cannot_be_done_is_said_in_both_languages(run, words, german, english):
    assert run("de", "new", "field")[0] == 0
    for language, expected in (("de", german), ("en", english)):
        code, said = run(language, *words)
        assert code == 1
        assert expected in said


def test_a_comparison_shows_the_band(run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")
    run("de", "new", "field")
    assert run("de", "add", "field", "--wkt", HOUSE, "--storeys", "2", "--ags", "97001001")[0] == 0
    german, english = (run(language, "compare", "field")[1] for language in ("de", "en"))
    assert "0,133 → 0,267" in german
    assert "0.133 → 0.267" in english
    # One line below: at least to at most, before and after.
    assert "0,133–0,133 → 0,267–0,267" in german


@pytest.mark.parametrize(
    ("storeys", "geometry", "german", "english"),
    [
        ("2", "null", "Zeile 2 hat keine Geometrie", "row 2 has no geometry"),
        ('"drei"', None, "Zeile 2, storeys: erwartet eine Zahl, gefunden drei", "expected a number, found drei"),
    ],
)
def test_a_row_of_a_file_that_is_no_building_is_named(run, tmp_path, storeys, geometry, german, english):
    shape = shapely.to_geojson(shapely.box(8.1, 51.57, 8.1001, 51.5701))
    feature = '{{"type": "Feature", "properties": {{"storeys": {}}}, "geometry": {}}}'.format
    rows = ", ".join([feature(2, shape), feature(storeys, geometry or shape)])
    file = tmp_path / "houses.geojson"
    file.write_text(f'{{"type": "FeatureCollection", "features": [{rows}]}}', "utf-8")
    run("de", "new", "field")
    for language, expected in (("de", german), ("en", english)):
        code, said = run(language, "add", "field", "--file", str(file), "--ags", "97001001")
        assert code == 1
        assert expected in said.replace("\n", "")
