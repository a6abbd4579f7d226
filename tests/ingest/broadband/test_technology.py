"""Technologies as lists name them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.broadband.technology import technology
from twin.reference import codes


@pytest.mark.parametrize(
    ("text", "key"),
    [
        *(("FTTH", "fibre"), ("FTTB/H", "fibre"), ("Glasfaser (FTTB)", "fibre"), ("VDSL", "vdsl"), ("FTTC", "vdsl")),
        *(("DSL", "dsl"), ("ADSL2+", "dsl"), ("HFC", "cable"), ("Kabel (DOCSIS 3.1)", "cable"), ("LTE", "mobile")),
        *(
            ("5G", "mobile"),
            ("Mobilfunk (4G)", "mobile"),
            ("WLAN", "radio"),
            ("Richtfunk", "radio"),
            ("Satellit", "satellite"),
        ),
        *(("keine", "none"), ("unversorgt", "none"), ("", ""), ("Brieftaube", "other"), ("Super-Vectoring", "vdsl")),
    ],
)
def test_words_are_known(text, key):
    assert technology(text) == key


@given(st.text(max_size=300))
def test_any_text_gives_a_key_of_the_code_list(text):
    assert technology(text) in {"", *codes("broadband_technology")}
