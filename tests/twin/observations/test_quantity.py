from __future__ import annotations

import json

from twin.observations.quantity import sign, word
from twin.reference import reference_path


def test_every_unit_that_sources_may_have_is_written_without_brackets_of_the_code():
    known = json.loads(reference_path("sensor/units.json").read_text("utf-8"))["units"]
    for code in known:
        assert not set("[]^{}") & set(sign(code)), code
        assert "u" not in sign(code).replace("FNU", ""), code


def test_quantities_have_words_in_both_languages():
    assert word("observed_property", "water_level", "de") == "Wasserstand"
    assert word("observed_property", "water_level", "en") == "water level"
    assert word("observed_property", "none such", "en") == ""
