from ingest.line import at_line, spoken


def test_a_line_is_said_in_one_language_at_a_time():
    assert (at_line(3).de, at_line(3).en) == ("Zeile 3", "line 3")
    assert (at_line(3, 7).de, at_line(3, 7).en) == ("Zeile 3, Spalte 7", "line 3, column 7")


def test_a_feature_without_an_identifier_is_said_in_words():
    assert (spoken("line 4711").de, spoken("line 4711").en) == ("Zeile 4711", "line 4711")
    assert (spoken("feature 3").de, spoken("feature 3").en) == ("Objekt 3", "feature 3")


def test_an_identifier_is_the_same_in_every_language():
    for name in ("DENW1", "line", "pipeline 12", "line 12 b", ""):
        assert spoken(name).de == spoken(name).en == name
