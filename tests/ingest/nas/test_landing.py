"""An NBA reaches the tables: what it deletes by gml:id is gone, whatever the layer's own key is."""

from __future__ import annotations

import twin
from ingest.job import ingest

STAMP = "20240101T000000Z"
DELETE = (
    '<wfs:Delete typeName="adv:AX_Flurstueck"><ogc:Filter>'
    f'<ogc:FeatureId fid="DENW000000000001{STAMP}"/></ogc:Filter></wfs:Delete>'
)


def test_a_deleted_parcel_leaves_and_its_history_stays(nas, tmp_path):
    with twin.init(tmp_path / "home", "05974") as t:
        t.join("05974040", "all", "open")
        beside = nas.surface(nas.square(10, 0))
        both = (nas.parcel(), nas.parcel("DENW000000000002", 9, geometry=beside))
        ingest(t, [str(nas.write(nas.extract(*both), "extract.xml").path)])
        assert t.sql("SELECT zaehler FROM parcel ORDER BY 1").fetchall() == [(8,), (9,)]
        (first,) = [entry.delivery_id for entry in t.history() if entry.delivery_id]
        report = ingest(t, [str(nas.write(nas.update(DELETE), "nba.xml").path)])
        assert report.deliveries[0].retired == {"parcel": 1}
        assert t.sql("SELECT zaehler FROM parcel").fetchall() == [(9,)]
        assert t.sql("SELECT count(*) FROM parcel", at=first).fetchall() == [(2,)]
