"""When pictures were taken, and in which colours."""

from __future__ import annotations

from datetime import date

import pytest

from ingest.imagery.flight import Flight, flight, is_infrared


@pytest.mark.parametrize(
    ("name", "metadata", "expected"),
    [
        ("dop10rgbi_32_438_5713_1_nw_2021.jp2", {}, Flight(2021)),
        ("dop20_2018_neu_2023.tif", {}, Flight(2023)),
        ("befliegung_20240412.tif", {}, Flight(2024, date(2024, 4, 12))),
        ("befliegung_2024-04-12.tif", {}, Flight(2024, date(2024, 4, 12))),
        ("32_438_5713.jp2", {}, Flight()),
        ("a_20249999.tif", {}, Flight()),
        ("a_2020.tif", {"ACQUISITIONDATETIME": "2023-06-01 10:00:00"}, Flight(2023, date(2023, 6, 1))),
        ("a_2020.tif", {"EXIF_DateTimeOriginal": "2022:07:15 10:00:00"}, Flight(2022, date(2022, 7, 15))),
        ("a_2020.tif", {"TIFFTAG_DATETIME": "2025:01:01 00:00:00"}, Flight(2020)),
        ("a.tif", {"ACQUISITIONDATETIME": "2023-02-31"}, Flight()),
    ],
)
def test_name_and_metadata_tell(name, metadata, expected):
    assert flight(name, metadata) == expected


def test_only_names_tell_false_colours():
    assert is_infrared("dop_cir_32_438.tif")
    assert is_infrared("DOP20CIR.tif")
    assert is_infrared("dop20_CIR_1.tif")
    assert not is_infrared("circus.tif")
    assert not is_infrared("dop10rgbi_32.jp2")
