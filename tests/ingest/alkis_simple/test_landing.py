"""The simplified schema in the twin: parcels, land use and buildings of one municipality, each once."""

from __future__ import annotations

from pathlib import Path

import pytest
from made_stock import BUILDINGS, PARCELS, STOCK, frame, reply

import twin
from ingest.job import Request, ingest

SOEST = "05974040"


@pytest.fixture
def t(tmp_path: Path):
    with twin.init(tmp_path / "home", "05974", name="Kreis Soest") as opened:
        opened.join(SOEST, ["building", "parcel", "land_use"], "open", name="Soest")
        yield opened


def counts(t: twin.Twin) -> list[int]:
    return [
        t.sql(f"SELECT count(*) FROM {layer}").fetchall()[0][0] for layer in ("parcel", "building", "building_mesh")
    ]


def test_a_reply_and_a_geopackage_of_the_same_are_stored_once(t: twin.Twin, tmp_path: Path) -> None:
    (tmp_path / "reply.gml").write_bytes(reply(STOCK))
    for name, rows in STOCK.items():
        frame(rows).to_file(tmp_path / "gemeinde.gpkg", layer=name)
    for file in ("reply.gml", "gemeinde.gpkg"):
        (delivery,) = ingest(t, [str(tmp_path / file)], Request(workers=1)).deliveries
        assert not delivery.error
        assert delivery.format == "alkis_simple"
        assert counts(t) == [2, 2, 2]
    assert t.sql("SELECT DISTINCT ags FROM parcel").fetchall() == [(SOEST,)]
    # Land use names no municipality, and no border is known that would.
    assert delivery.refused["unplaced:land_use"] == 2


def test_a_parcel_that_is_no_longer_delivered_goes(t: twin.Twin, tmp_path: Path) -> None:
    path = tmp_path / "gemeinde.gpkg"
    frame(PARCELS).to_file(path, layer="Flurstueck")
    frame(BUILDINGS).to_file(path, layer="GebaeudeBauwerk")
    ingest(t, [str(path)], Request(workers=1))
    path.unlink()
    frame(PARCELS[:1]).to_file(path, layer="Flurstueck")
    frame(BUILDINGS).to_file(path, layer="GebaeudeBauwerk")
    (delivery,) = ingest(t, [str(path)], Request(workers=1)).deliveries
    assert delivery.retired == {"parcel": 1}
    assert counts(t) == [1, 2, 2]
