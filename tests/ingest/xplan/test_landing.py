"""A plan reaches the tables: where its municipality is, under the consent for plans, replaced by its next delivery."""

from __future__ import annotations

import zipfile

import twin
from ingest.job import ingest

SOEST = (
    "<xplan:gemeinde><xplan:XP_Gemeinde><xplan:ags>05974040</xplan:ags><xplan:gemeindeName>Soest</xplan:gemeindeName>"
    "</xplan:XP_Gemeinde></xplan:gemeinde>"
)


def test_a_zipped_plan_lands_whole_and_is_replaced_by_the_next(xplan, tmp_path):
    archive = tmp_path / "anger.zip"

    def deliver(t: twin.Twin, *objects: str, ags: str = SOEST) -> object:
        with zipfile.ZipFile(archive, "w") as packed:
            packed.writestr("xplan.gml", xplan.text(xplan.plan(inner=ags), xplan.section(), *objects))
            packed.writestr("anger.png", b"\x89PNG")
        (report,) = ingest(t, [str(archive)]).deliveries
        return report

    with twin.init(tmp_path / "home", "05974") as t:
        t.join("05974040", ["plan"], "open")
        use = "<xplan:besondereArtDerBaulNutzung>1200</xplan:besondereArtDerBaulNutzung>"
        report = deliver(t, xplan.area(inner=use), xplan.area("BP_GruenFlaeche", "A2"))
        assert report.loaded == {"plan": {"05974040": 1}, "plan_area": {"05974040": 2}}
        joined = "SELECT planzeichen, name FROM plan_area JOIN plan USING (ags, plan_id) ORDER BY 1"
        assert t.sql(joined).fetchall() == [("WA", "Am Anger"), ("gruen", "Am Anger")]
        deliver(t, xplan.area(inner=use.replace("1200", "1500")))
        assert t.sql(joined).fetchall() == [("MI", "Am Anger")]
        report = deliver(t, ags=SOEST.replace("05974040", "05974052"))
        assert report.refused == {"no_consent:plan:05974052": 1}
