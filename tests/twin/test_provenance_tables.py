"""The tables ``delivery`` and ``consent``, as whoever asks may see them."""

from __future__ import annotations

from delivering import DISTRICT, SOEST, TILE, WERL, buildings, deliver

import twin


def test_a_file_of_a_delivery_knows_its_municipality(t: twin.Twin) -> None:
    """The district's key stands where rows of several lie in one file, and only what is visible counts."""
    alone = deliver(t, ["a"], file="soest.gml")
    with t.stage(twin.DeliveryHeader(file="both.gml", format="citygml")) as staging:
        staging.file(0, "both.gml", extent=TILE)
        staging.add(SOEST, "building", buildings(["b"]))
        staging.add(WERL, "building", buildings(["c"]))
        both = staging.commit()
    asked = "SELECT delivery_id, ags FROM delivery"
    assert dict(t.sql(asked).fetchall()) == {alone.delivery_id: SOEST, both.delivery_id: DISTRICT}
    with twin.open(t.home.path, principal=twin.Principal.public()) as visitor:
        # Werl shares with everyone, Soest does not.
        assert visitor.sql(asked).fetchall() == [(both.delivery_id, WERL)]
