"""The list of land uses is whole: every class of both versions, and no code without its class."""

from __future__ import annotations

from ingest.nas import land_use
from twin.reference import codes

GROUPS = {
    "41": "Wohnbauflaeche IndustrieUndGewerbeflaeche Halde Bergbaubetrieb TagebauGrubeSteinbruch "
    "FlaecheGemischterNutzung FlaecheBesondererFunktionalerPraegung SportFreizeitUndErholungsflaeche Friedhof "
    "Siedlungsflaeche",
    "42": "Strassenverkehr Weg Platz Bahnverkehr Flugverkehr Schiffsverkehr",
    "43": "Landwirtschaft Wald Gehoelz Heide Moor Sumpf UnlandVegetationsloseFlaeche FlaecheZurZeitUnbestimmbar",
    "44": "Fliessgewaesser Hafenbecken StehendesGewaesser Meer",
}
"""GeoInfoDok 6.0.1 and 7.1.2: Siedlung, Verkehr, Vegetation, Gewässer."""


def test_every_class_of_the_actual_use_is_known():
    expected = {f"AX_{name}": group for group, names in GROUPS.items() for name in names.split()}
    assert land_use.kinds().keys() == expected.keys()
    assert all(number.startswith(expected[kind]) for kind, number in land_use.kinds().items())


def test_every_code_has_its_class_and_a_name():
    known, numbers = codes("land_use"), set(land_use.kinds().values())
    assert numbers <= known.keys()
    for code, name in known.items():
        number, _, kind = code.partition("_")
        assert number in numbers
        assert kind == "" or (len(kind) == 4 and kind.isdecimal())
        assert name.strip() == name != ""


def test_a_second_use_over_another_is_left_out_and_counted(nas):
    area = f"<position>{nas.surface(nas.square())}</position>"
    over = nas.thing("AX_Platz", "DENW0000000000U2", area + "<istWeitereNutzung>1000</istWeitereNutzung>")
    found = nas.read(nas.extract(nas.thing("AX_Friedhof", "DENW0000000000U1", area), over, version="7.1"))
    assert found.one("land_use")["land_use_class"] == "AX_Friedhof"
    assert found.facts.dropped == {"AX_Platz.istWeitereNutzung": 1}
