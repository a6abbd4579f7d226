from hypothesis import given
from hypothesis import strategies as st

from viewer.pages import markup
from viewer.pages.markup import data_table, definition_table, ramp, swatches

HOSTILE = "<img src=x onerror=alert(1)>\"'&"


@given(st.text())
def test_values_never_become_markup(value):
    table = definition_table([(value, value, value)])
    assert table.count("<") == definition_table([("", "", "")]).count("<") or not value


def test_every_piece_escapes():
    pieces = (
        definition_table([(HOSTILE, HOSTILE, HOSTILE)]),
        data_table(HOSTILE, [HOSTILE], [[HOSTILE]]),
        swatches([(HOSTILE, HOSTILE)]),
        ramp([(0.0, HOSTILE), (1.0, HOSTILE)], HOSTILE, ","),
    )
    for piece in pieces:
        assert "<img" not in piece
        assert '"x onerror' not in piece


def test_a_ramp_writes_numbers_as_the_reader_does():
    assert "<span>0,4</span>" in ramp([(0.0, "#000000"), (0.4, "#ffffff")], "", ",")
    assert "<span>0.4</span>" in ramp([(0.0, "#000000"), (0.4, "#ffffff")], "", ".")


def test_signs_and_folds_escape_what_they_show():
    html = markup.signs([("#C8443C", "<b>Schule</b>", 'M1 1"/><script>'), ("#000000", "Rest", "")])
    assert "<b>" not in html
    assert "<script>" not in html
    assert html.count("<svg") == 1
    folded = markup.folded("<i>", "<u>", "<p>content</p>", opened=True)
    assert "<details open>" in folded
    assert "&lt;i&gt;" in folded
    assert "&lt;u&gt;" in folded
    assert "<details>" in markup.folded("x", "", "", opened=False)
