"""An NBA changes by key: insert, replace, delete, and the end of life set by an Update."""

from __future__ import annotations

import pytest

STAMP = "20240101T000000Z"


def insert(*objects: str) -> str:
    return f"<wfs:Insert>{''.join(objects)}</wfs:Insert>"


def replace(new: str, key: str, version: str = "6.0") -> str:
    if version == "6.0":
        chosen = f'<ogc:Filter><ogc:FeatureId fid="{key}{STAMP}"/></ogc:Filter>'
        return f'<wfsext:Replace vendorId="AdV" safeToIgnore="false">{new}{chosen}</wfsext:Replace>'
    return f'<wfs:Replace>{new}<fes:Filter><fes:ResourceId rid="{key}{STAMP}"/></fes:Filter></wfs:Replace>'


def delete(kind: str, *keys: str, version: str = "6.0") -> str:
    if version == "6.0":
        chosen = "".join(f'<ogc:FeatureId fid="{key}{STAMP}"/>' for key in keys)
        return f'<wfs:Delete typeName="adv:{kind}"><ogc:Filter>{chosen}</ogc:Filter></wfs:Delete>'
    chosen = "".join(f'<fes:ResourceId rid="{key}{STAMP}"/>' for key in keys)
    return f'<wfs:Delete typeNames="{kind}"><fes:Filter>{chosen}</fes:Filter></wfs:Delete>'


def end(kind: str, key: str, version: str = "6.0", attribute: str = "endet") -> str:
    path = f"adv:lebenszeitintervall/adv:AA_Lebenszeitintervall/adv:{attribute}"
    name, types, chosen = (
        ("Name", "typeName", f'<ogc:Filter><ogc:FeatureId fid="{key}"/></ogc:Filter>')
        if version == "6.0"
        else ("ValueReference", "typeNames", f'<fes:Filter><fes:ResourceId rid="{key}"/></fes:Filter>')
    )
    return (
        f'<wfs:Update {types}="adv:{kind}"><wfs:Property><wfs:{name}>{path}</wfs:{name}>'
        f"<wfs:Value>2024-05-01T00:00:00Z</wfs:Value></wfs:Property>"
        f"<wfs:Property><wfs:{name}>adv:anlass</wfs:{name}><wfs:Value>010102</wfs:Value></wfs:Property>{chosen}</wfs:Update>"
    )


@pytest.mark.parametrize("version", ["6.0", "7.1"])
def test_insert_replace_delete_and_end(nas, version):
    found = nas.read(
        nas.update(
            insert(nas.parcel(f"DENW000000000001{STAMP}", 1), nas.building()),
            replace(nas.parcel("DENW000000000002", 2), "DENW000000000002", version),
            delete("AX_Gebaeude", "DENW00000000000C", "DENW00000000000D", version=version),
            delete("AX_Landwirtschaft", "DENW0000000000U1", version=version),
            delete("AX_LagebezeichnungMitHausnummer", "DENW0000000000L1", version=version),
            delete("AX_BesondereFlurstuecksgrenze", "DENW0000000000F1", version=version),
            end("AX_Flurstueck", "DENW000000000003", version),
            version=version,
        )
    )
    assert found.facts.mode == "update"
    assert {row["flurstueckskennzeichen"]: row["parcel_id"] for row in found.rows["parcel"]} == {
        "05432002500001______": "DENW000000000001",
        "05432002500002______": "DENW000000000002",
    }
    assert found.retired == {
        "parcel": ("DENW000000000002", "DENW000000000003"),
        "building": ("DENW00000000000C", "DENW00000000000D"),
        "land_use": ("DENW0000000000U1",),
        "address": ("DENW0000000000L1",),
    }
    assert found.facts.dropped == {"AX_BesondereFlurstuecksgrenze (Delete)": 1}
    assert found.rejects == []


def test_the_last_word_on_an_object_counts(nas):
    gone, back, changed = "DENW000000000001", "DENW000000000002", "DENW000000000003"
    found = nas.read(
        nas.update(
            insert(nas.parcel(gone, 1)),
            delete("AX_Flurstueck", gone),
            delete("AX_Flurstueck", back),
            insert(nas.parcel(back, 2)),
            insert(nas.parcel(changed, 3, area=100)),
            replace(nas.parcel(changed, 3, area=101), changed),
        )
    )
    assert {row["parcel_id"]: row["amtliche_flaeche"] for row in found.rows["parcel"]} == {back: 100, changed: 101}
    assert set(found.retired["parcel"]) == {gone, back, changed}


def test_objects_delivered_as_ended_are_retired(nas):
    found = nas.read(nas.update(insert(nas.parcel(ends="<endet>2024-02-01T00:00:00Z</endet>"))))
    assert found.rows == {}
    assert found.retired == {"parcel": ("DENW000000000001",)}


def test_an_update_of_anything_else_is_rejected(nas):
    found = nas.read(nas.update(end("AX_Flurstueck", "DENW000000000001", attribute="beginnt"), delete("AX_Gebaeude")))
    assert found.retired == {}
    assert [reject.feature.split(",")[0] for reject in found.rejects] == [
        "wfs:Update AX_Flurstueck",
        "wfs:Delete AX_Gebaeude",
    ]


def test_an_update_without_changes_is_one(nas):
    found = nas.read(nas.update())
    assert (found.rows, found.retired, found.facts.mode) == ({}, {}, "update")
