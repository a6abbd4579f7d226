"""Real addresses and trees: what each file gives."""

import collections

import pytest
import shapely

from ingest.format import Batch, Options, Reject
from ingest.recognition import recognise
from ingest.source_file import SourceFile
from twin.errors import MissingCRS


def load(path, crs=""):
    source = SourceFile(path)
    format_ = recognise(source)
    items = list(format_.read(source, Options(crs=crs)))
    rows = [row for item in items if isinstance(item, Batch) for row in item.table.to_pylist()]
    return format_.name, rows, [item for item in items if isinstance(item, Reject)], items[-1]


@pytest.mark.parametrize(
    ("name", "format_", "version", "count", "crs", "ags", "box"),
    [
        (
            *("hauskoordinaten_3.1_adressen_test.csv", "house_coordinates", "HK 3.1", 9, "EPSG:25832", "07111000"),
            (398_100, 5_579_400, 398_400, 5_579_800),
        ),
        ("hauskoordinaten_3.1_kopfzeile_test.csv", "house_coordinates", "HK 3.1", 0, "", None, None),
        (
            *("hauskoordinaten_5.0_adressen-testdaten.csv", "house_coordinates", "HK 5.0", 13, "EPSG:25832"),
            *("07111000", (395_000, 5_570_000, 405_000, 5_590_000)),
        ),
        (
            *("essen_wfs_070.gml", "address_wfs", "WFS 2.0", 1000, "ESRI:102329", None),
            (355_000, 5_690_000, 375_000, 5_710_000),
        ),
    ],
)
def test_addresses(shared_data, name, format_, version, count, crs, ags, box):
    found, rows, rejects, facts = load(shared_data / "addresses" / name)
    assert (found, facts.version, facts.crs, len(rows), len(rejects)) == (format_, version, crs, count, 0)
    assert {row["ags"] for row in rows} <= {ags}
    assert all(row["street"] and row["geom"] for row in rows)
    assert len({row["address_id"] for row in rows}) == count
    if box:
        west, south, east, north = shapely.total_bounds(shapely.from_wkb([row["geom"] for row in rows]))
        assert box[0] < west <= east < box[2] and box[1] < south <= north < box[3]


def test_essen_s_numbers_have_their_suffix(shared_data):
    _, rows, _, _ = load(shared_data / "addresses" / "essen_wfs_070.gml")
    assert sum(row["house_number"] is None for row in rows) == 30
    assert sum(row["house_number"] is not None and row["house_number"][-1].isalpha() for row in rows) > 100


def test_wesel_s_trees(shared_data):
    path = shared_data / "trees" / "Baumkataster_Wesel.csv"
    with pytest.raises(MissingCRS):
        load(path)
    found, rows, rejects, facts = load(path, "EPSG:25832")
    assert (found, len(rows), len(rejects)) == ("tree_csv", 14_380, 0)
    heights = [row["height"] for row in rows]
    assert heights.count(None) == 496 and max(filter(None, heights)) == 40
    assert [note for note in facts.notes if "495" in note] and [note for note in facts.notes if "110" in note]
    kinds = collections.Counter(row["species_german"] for row in rows)
    assert kinds[None] == 1446 and kinds["Sumpfeiche"] > 100
    girth = [row["trunk_girth"] for row in rows]
    assert girth.count(None) == 1138
    assert len({row["tree_id"] for row in rows}) == 14_380
