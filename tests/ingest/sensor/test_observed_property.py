"""Observed properties."""

from __future__ import annotations

import json

import pytest

from ingest.plausibility import settings
from ingest.sensor.observed_property import observed_property, ranges
from twin.observations.unit import unit
from twin.reference import codes, reference_path


def test_bounds_hold_in_any_unit() -> None:
    assert ranges()["air_temperature"].within(unit("K")) == pytest.approx((213.15, 333.15))
    assert ranges()["water_level"].within(unit("m")) == pytest.approx((-10, 30))
    assert ranges()["water_level"].within(unit("W")) is None


@pytest.mark.parametrize(
    ("words", "written", "expected"),
    [
        (("WASSERSTAND ROHDATEN",), "cm", "water_level"),
        (("WASSERSTAND",), "m+NHN", "water_surface"),
        (("Photovoltaik Gesamtertrag elektrisch",), "Wh", "energy"),
        (("Photovoltaik Erzeugung elektrisch",), "W", "power"),
        (("Wassertemperatur",), "°C", "water_temperature"),
        (("Lufttemperatur",), "°C", "air_temperature"),
        (("Feinstaub PM2.5",), "µg/m³", "pm2_5"),
        (("Freie Parkplätze",), "1", "parking_free"),
        (("etwas",), "1", None),
    ],
)
def test_words_and_unit_tell_the_property(words: tuple[str, ...], written: str, expected: str | None) -> None:
    assert observed_property(words, unit(written), written) == expected


def test_the_lists_agree() -> None:
    known = set(codes("observed_property"))
    assert set(settings()["readings"]) <= known
    assert set(ranges()) == {name for name, entry in settings()["readings"].items() if entry["unit"]}
    declared = json.loads(reference_path("sensor/observed_properties.json").read_text("utf-8"))
    assert set(declared["patterns"]) <= known
    parameters = json.loads(reference_path("sensor/dwd_parameters.json").read_text("utf-8"))
    assert {entry["property"] for entry in parameters["parameters"].values()} <= known | {""}
    assert all(unit(entry["unit"]) for entry in parameters["parameters"].values())
    qualities = json.loads(reference_path("sensor/qualities.json").read_text("utf-8"))["patterns"]
    assert set(qualities) | set(parameters["quality"].values()) <= set(codes("observation_quality"))
    for name in ("observed_property", "observation_quality"):
        listed = json.loads(reference_path(f"codes/{name}.json").read_text("utf-8"))
        assert list(listed["codes"]) == list(listed["en"])
