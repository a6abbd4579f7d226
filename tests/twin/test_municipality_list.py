"""The list of municipalities that ships: Kreis Soest, whole and plausible."""

from __future__ import annotations

import json

from twin.reference import reference_path


def test_kreis_soest_has_its_fourteen_municipalities():
    known = json.loads(reference_path("municipalities.json").read_text("utf-8"))
    soest = known["district"]["05974"]
    rows = soest["municipalities"]
    assert "Destatis" in known["source"]
    assert soest["name"] == "Kreis Soest"
    assert len(rows) == len({row["ags"] for row in rows}) == len({row["name"] for row in rows}) == 14
    assert all(row["ags"].startswith("05974") and len(row["ags"]) == 8 for row in rows)
    # The district as a whole: 301 902 inhabitants on 1 328.63 km² (sum of the municipalities).
    assert sum(row["population"] for row in rows) == 301_902
    assert sum(row["area"] for row in rows) == 1_328_630_000
