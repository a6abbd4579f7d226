"""Texts of coordinates to numbers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.citygml.coordinates import numbers

_NUMBERS = st.floats(-1e7, 1e7, allow_subnormal=False)
_BLANKS = st.sampled_from([" ", "  ", "\n", "\t", "\r\n\t "])


@settings(deadline=None)
@given(st.lists(st.lists(st.tuples(_NUMBERS, _BLANKS), max_size=8), max_size=6), _BLANKS)
def test_all_numbers_come_back_with_their_texts(drawn, before):
    texts = [before + "".join(f"{value!r}{blank}" for value, blank in text) for text in drawn]
    values, counts = numbers(texts)
    assert counts.tolist() == [len(text) for text in drawn]
    assert values.tolist() == [value for text in drawn for value, _ in text]


def test_what_is_no_number_is_nan_and_sinks_nothing():
    values, counts = numbers(["1 zwei 3", "+4 5e1 ٣ NaN"])
    assert counts.tolist() == [3, 4]
    assert values[[0, 2, 3, 4]].tolist() == [1, 3, 4, 50]
    assert np.isnan(values[[1, 5, 6]]).all()


@pytest.mark.parametrize("texts", [[], [""], ["", " "]])
def test_nothing_is_nothing(texts):
    values, counts = numbers(texts)
    assert len(values) == 0 and counts.tolist() == [0] * len(texts)
