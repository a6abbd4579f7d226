"""Mappings are kept with a municipality, and gone with it."""

from pathlib import Path

import pytest
from delivering import SOEST, WERL

import twin
from twin.errors import MappingError, NotJoined, NotVisible, UnknownMunicipality, UnknownName
from twin.mappings import SavedMapping

SECRET = "Geheimspalte-4711"


def mapping(ags: str, name: str = "wasser", layer: str = "building", **content: object) -> SavedMapping:
    return SavedMapping(ags, name, layer, {"name": name, "fits": [SECRET], **content})


def _found(home: Path) -> list[str]:
    return [str(file) for file in home.rglob("*") if file.is_file() and SECRET.encode() in file.read_bytes()]


def test_a_mapping_is_kept_replaced_listed_and_forgotten(t: twin.Twin, home: Path) -> None:
    t.save_mapping(mapping(SOEST, a=1))
    t.save_mapping(mapping(SOEST, a=2))
    t.save_mapping(mapping(t.district, "kreis"))
    assert [(one.ags, one.name, one.content.get("a")) for one in t.mappings()] == [
        (t.district, "kreis", None),
        (SOEST, "wasser", 2),
    ]
    assert t.mappings(SOEST)[0].saved_at
    with twin.open(home) as again:
        assert [one.name for one in again.mappings(SOEST)] == ["wasser"]
    t.forget_mapping(SOEST, "wasser")
    assert t.mappings(SOEST) == []
    with pytest.raises(UnknownName):
        t.forget_mapping(SOEST, "wasser")


def test_a_mapping_needs_somebody_who_can_withdraw_it(t: twin.Twin) -> None:
    with pytest.raises(UnknownMunicipality):
        t.save_mapping(mapping("09162000"))
    with pytest.raises(NotJoined):
        t.save_mapping(mapping("05974004"))
    for name in ("", "../x", "a" * 81, "a\nb"):
        with pytest.raises(MappingError):
            t.save_mapping(mapping(SOEST, name))
    with pytest.raises(MappingError):
        t.save_mapping(mapping(SOEST, big="x" * (2 << 20)))


def test_only_the_operator_sees_mappings(home: Path) -> None:
    with twin.open(home, principal=twin.Principal.staff(SOEST)) as visitor, pytest.raises(NotVisible):
        visitor.mappings()


@pytest.mark.parametrize("layer", [None, "building"])
def test_a_withdrawal_takes_its_mappings_along_byte_for_byte(t: twin.Twin, home: Path, layer: str | None) -> None:
    t.save_mapping(mapping(SOEST))
    t.save_mapping(SavedMapping(WERL, "wasser", "building", {"name": "wasser"}))
    assert _found(home)
    receipt = t.withdraw(SOEST, layer)
    assert receipt.remains == ()
    assert _found(home) == []
    assert [one.ags for one in t.mappings()] == [WERL]


def test_what_is_withdrawn_is_one_layers_and_not_anothers(t: twin.Twin) -> None:
    t.join(SOEST, ["utility"], "internal")
    t.save_mapping(mapping(SOEST, "pipes", "utility_line"))
    t.save_mapping(mapping(SOEST, "shafts", "utility_node"))
    t.save_mapping(mapping(SOEST, "houses", "building"))
    t.withdraw(SOEST, "utility")
    assert [one.name for one in t.mappings(SOEST)] == ["houses"]
