# ruff: noqa: E501 (a piece of GML is read as one line)
"""Nothing about a person leaves the reader: not in rows, rejects, facts, errors or logs."""

from __future__ import annotations

import logging
import re
import traceback

import pytest

from ingest.nas import persons
from twin.errors import InvalidDelivery

NAME, BORN, TOWN = "Mustermann-Geheim", "1944-03-05", "Hintertupfingen"


def person(nas) -> list[str]:
    key = "DENW0000000000X{}".format
    return [
        nas.thing(
            "AX_Person", key(1), f"<nachnameOderFirma>{NAME}</nachnameOderFirma><geburtsdatum>{BORN}</geburtsdatum>"
        ),
        nas.thing("AX_Anschrift", key(2), f"<ort_Post>{TOWN}</ort_Post>"),
        nas.thing(
            "AX_Namensnummer",
            key(3),
            f'<eigentuemerart>1000</eigentuemerart><benennt xlink:href="urn:adv:oid:{key(1)}"/>',
        ),
        nas.thing("AX_Buchungsblatt", key(4), f"<blattart>{NAME}</blattart>"),
        nas.thing(
            "AX_Buchungsstelle", key(5), f"<beschreibungDesUmfangsDerBuchung>{NAME}</beschreibungDesUmfangsDerBuchung>"
        ),
        nas.thing("AX_Verwaltung", key(6)),
        nas.thing("AX_Vertretung", key(7)),
        nas.thing("AX_PersonGruppe", key(8), f"<name>{NAME}</name>"),
    ]


def leaks(text: str) -> list[str]:
    return [secret for secret in (NAME, BORN, TOWN, "DENW0000000000X") if secret in text]


@pytest.mark.parametrize("change", [False, True])
def test_persons_are_dropped_and_counted(nas, change, caplog):
    caplog.set_level(logging.DEBUG)
    parcel = nas.parcel(inner='<istGebucht xlink:href="urn:adv:oid:DENW0000000000X5"/>')
    building = nas.building(inner='<gehoert xlink:href="urn:adv:oid:DENW0000000000X1"/>')
    objects = [*person(nas), parcel, building]
    text = nas.update(f"<wfs:Insert>{''.join(objects)}</wfs:Insert>") if change else nas.extract(*objects)
    found = nas.read(text)
    assert len(found.rows["parcel"]) == len(found.rows["building"]) == 1
    assert leaks(repr(found) + caplog.text) == []
    dropped = found.facts.dropped
    assert {kind: dropped.get(kind) for kind in persons.KINDS & dropped.keys()} == dict.fromkeys(
        (
            *("AX_Person", "AX_Anschrift", "AX_Namensnummer", "AX_Buchungsblatt", "AX_Buchungsstelle"),
            *("AX_Verwaltung", "AX_Vertretung", "AX_PersonGruppe"),
        ),
        1,
    )
    assert dropped["AX_Flurstueck.istGebucht"] == dropped["AX_Gebaeude.gehoert"] == 1


def test_replacing_and_deleting_a_person_leaves_no_trace(nas):
    changed = f'<wfsext:Replace>{person(nas)[0]}<ogc:Filter><ogc:FeatureId fid="DENW0000000000X1"/></ogc:Filter></wfsext:Replace>'
    gone = (
        '<wfs:Delete typeName="AX_Person"><ogc:Filter><ogc:FeatureId fid="DENW0000000000X9"/></ogc:Filter></wfs:Delete>'
    )
    found = nas.read(nas.update(changed, gone))
    assert (found.rows, found.retired, found.rejects) == ({}, {}, [])
    assert leaks(repr(found)) == []


@pytest.mark.parametrize(
    "damage",
    [
        f"<nachnameOderFirma>{NAME}</vorname>",
        f"<nachnameOderFirma>{NAME}",
        f"<{NAME} <",
        f"<vorname>&{NAME};</vorname>",
        f'<vorname a="{NAME}" a="{NAME}"/>',
        f"<{NAME}:vorname/>",
        f"<vorname>{NAME} \x01</vorname>",
    ],
)
def test_errors_near_a_person_repeat_nothing(nas, damage, caplog):
    caplog.set_level(logging.DEBUG)
    text = nas.extract(nas.parcel(), nas.thing("AX_Person", "DENW0000000000X1", damage))
    with pytest.raises(InvalidDelivery) as refused:
        nas.read(text)
    shown = "".join(traceback.format_exception(refused.value))
    assert leaks(str(refused.value) + repr(refused.value.fields) + shown.replace(damage, "") + caplog.text) == []
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__
    where = refused.value.fields["where"]
    assert where.de in {"Zeile 4", "Zeile 5"}
    assert where.en == where.de.replace("Zeile", "line")
    assert not re.search("ERR_|Error", str(refused.value.fields))


def test_bad_bytes_near_a_person_repeat_nothing(nas):
    text = nas.extract(nas.thing("AX_Person", "DENW0000000000X1", "<vorname>@</vorname>")).encode()
    with pytest.raises(InvalidDelivery) as refused:
        nas.read(text.replace(b"@", NAME.encode() + b"\xe4\x20" + NAME.encode()))
    assert leaks(str(refused.value)) == []


def test_a_person_where_an_object_is_expected_is_not_taken(nas):
    inside = nas.parcel(
        inner=f"<weistAuf><AX_Person gml:id='DENW0000000000X1'><name>{NAME}</name></AX_Person></weistAuf>"
    )
    assert leaks(repr(nas.read(nas.extract(inside)))) == []
