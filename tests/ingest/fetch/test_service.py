"""A product of a web feature service comes by the box of the municipality, and is compared with what is here."""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from ingest.fetch.fetching import Fetching

from .conftest import Noted
from .made_portal import SOEST, Hosted

Make = Callable[..., Fetching]
SERVICE = "wfs_nw_alkis_vereinfacht"


def reply(*parcels: str) -> bytes:
    members = "".join(f'<wfs:member><ave:Flurstueck gml:id="{name}"/></wfs:member>' for name in parcels)
    return (
        '<wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs/2.0" xmlns:gml="http://www.opengis.net/gml/3.2" '
        'xmlns:ave="http://repository.gdi-de.org/schemas/adv/produkt/alkis-vereinfacht/2.0" '
        f'numberMatched="{len(parcels)}">{members}</wfs:FeatureCollection>'
    ).encode()


def test_a_service_is_asked_for_each_type_and_compared(hosted: Hosted, fetching: Make) -> None:
    hosted.files[SERVICE] = reply("F1", "F2")
    call = fetching("alkis_wfs")
    found = call.run(Noted())
    assert [path.name.split("-")[:2] for path in found] == [
        [SOEST, "Flurstueck"], [SOEST, "GebaeudeBauwerk"], [SOEST, "Nutzung"],
    ]  # fmt: skip
    assert len(list(etree.parse(next(iter(found))).getroot())) == 2
    assert all("BBOX=440100.00,5710100.00,441900.00,5711900.00" in kept.url for kept in found.values())
    assert call.report.products[0].fates == {"fetched": 3}

    again = fetching("alkis_wfs")
    assert list(again.run(Noted())) == list(found)
    assert again.report.products[0].fates == {"kept": 3}

    hosted.files[SERVICE] = reply("F1", "F3")
    changed = fetching("alkis_wfs")
    changed.run(Noted())
    assert changed.report.products[0].fates == {"changed": 3}
    assert not list(call.folder.rglob(".coming*"))


def test_a_service_that_breaks_off_is_asked_again(hosted: Hosted, fetching: Make) -> None:
    hosted.files[SERVICE] = reply("F1", "F2")
    hosted.cuts[SERVICE] = [100]
    hosted.answers[SERVICE] = [(503, {})]
    assert len(fetching("alkis_wfs").run(Noted())) == 3


def test_a_service_that_is_none_is_said_and_the_rest_comes(hosted: Hosted, fetching: Make) -> None:
    hosted.files[SERVICE] = b"<html/>"
    call = fetching("lod2", "alkis_wfs")
    assert len(call.run(Noted())) == 3
    assert not call.report.succeeded


def test_what_a_service_gave_is_purged_with_its_municipality(hosted: Hosted, fetching: Make) -> None:
    hosted.files[SERVICE] = reply("F1")
    fetching("alkis_wfs").run(Noted())
    call = fetching("alkis_wfs")
    call.purge()
    assert call.report.products[0].fates["purged"] == 3
    assert not list((call.folder / "alkis_wfs").iterdir())


def test_a_dry_run_asks_no_service(hosted: Hosted, fetching: Make) -> None:
    call = fetching("alkis_wfs")
    call.run(Noted(), dry_run=True)
    assert call.report.products[0].coming == 3
    assert not hosted.asked
