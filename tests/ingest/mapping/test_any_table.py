"""Whatever stands in a table, the assistant answers in words, and what it proposes can be read."""

import json

import geopandas
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.finding import Finding
from ingest.format import Batch, Facts, Options, Reject
from ingest.mapping import Mapping, preview, propose
from ingest.mapping.reading import read
from ingest.mapping.validation import layers
from ingest.source_file import SourceFile
from twin.discovery import find
from twin.errors import DeliveryError, TwinError

NAMES = st.one_of(
    st.sampled_from(
        ["ID", "Nr", "DN", "Tiefe", "x", "y", "lon", "lat", "WKT", "AGS", "Baujahr", "Sparte", "Höhe", "Name"]
    ),
    st.text(alphabet="abcäöüß _-1.", min_size=1, max_size=8),
)
CELLS = st.one_of(
    st.sampled_from(
        ["", "-", "1,5", "440000", "5713000", "8.1", "51.5", "Gas", "ja", "31.12.2024", "1e308", "nan", "05974040"]
    ),
    st.sampled_from(["POINT (440000 5713000)", "LINESTRING (0 0", "POLYGON EMPTY", "HQ100", "=1+1", "1987"]),
    st.integers(-(10**20), 10**20).map(str),
    st.text(alphabet="abc1;,.'\" \t-", max_size=8),
)


@st.composite
def table(draw):
    names = draw(st.lists(NAMES, min_size=1, max_size=6))
    rows = draw(st.lists(st.lists(CELLS, min_size=len(names), max_size=len(names)), max_size=8))
    return "\n".join(";".join(cell.replace(";", "").replace('"', "") for cell in line) for line in [names, *rows])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=120, deadline=None)
@given(text=table(), layer=st.sampled_from(["", *sorted(layers())]))
def test_any_table_into_any_layer(tmp_path, text, layer):
    path = tmp_path / "tabelle.csv"
    path.write_text(text, "utf-8")
    try:
        found = propose(path, layer=layer)
        json.dumps(found.as_dict())
        if not found.layer:
            return
        mapping = found.corrected({})
        assert Mapping.from_dict(json.loads(json.dumps(mapping.as_dict()))) == mapping
        preview(path, mapping, 5, crs="EPSG:25832").as_dict()
        items = list(read(SourceFile(path), Options(crs="EPSG:25832", mappings=(mapping,))))
    except TwinError as error:
        assert str(error)
        return
    assert isinstance(items[-1], Facts)
    schema = find("LAYER", mapping.layer).read_schema
    for item in items[:-1]:
        assert isinstance(item, Batch | Reject | Finding)
        if isinstance(item, Batch):
            assert item.table.schema == schema


@pytest.mark.parametrize(
    "shape",
    [
        None,
        shapely.Point(),
        shapely.Point(float("nan"), 1),
        shapely.Point(1e300, 1e300),
        shapely.LineString([(440_000, 5_713_000), (440_001, 5_713_000)]),
        shapely.GeometryCollection([shapely.Point(440_000, 5_713_000)]),
        shapely.MultiPoint([(440_000, 5_713_000), (440_001, 5_713_000)]),
    ],
)
def test_odd_shapes_are_rejected_and_the_others_stay(tmp_path, shape):
    path = tmp_path / "schaechte.gpkg"
    good = [shapely.Point(440_000 + n, 5_713_000, 88.0) for n in range(3)]
    geopandas.GeoDataFrame({"SchachtNr": range(4)}, geometry=[*good, shape], crs=25832).to_file(path)
    mapping = propose(path, layer="utility_node").mapping()
    items = list(read(SourceFile(path), Options(mappings=(mapping,))))
    rows = [row for item in items if isinstance(item, Batch) for row in item.table.to_pylist()]
    rejects = [item for item in items if isinstance(item, Reject)]
    assert len(rows) + len(rejects) == 4
    assert len(rows) == (4 if shape is not None and shape.geom_type == "MultiPoint" else 3)
    assert not any(shapely.from_wkb(row["geom"]).has_z for row in rows)


def test_areas_become_points_where_the_layer_wants_points(tmp_path):
    path = tmp_path / "stationen.gpkg"
    areas = [shapely.box(440_000 + 9 * n, 5_713_000, 440_005 + 9 * n, 5_713_005) for n in range(3)]
    geopandas.GeoDataFrame({"Nr": range(3), "Art": "Trafostation"}, geometry=areas, crs=25832).to_file(path)
    found = propose(path, layer="utility_node")
    items = list(read(SourceFile(path), Options(mappings=(found.mapping(),))))
    (batch,) = (item for item in items if isinstance(item, Batch))
    assert set(batch.table.column("kind").to_pylist()) == {"transformer_station"}
    assert all(
        area.contains(shapely.from_wkb(wkb))
        for area, wkb in zip(areas, batch.table.column("geom").to_pylist(), strict=True)
    )
    assert any("3" in note for note in items[-1].notes)


def test_without_a_mapping_reading_is_refused(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("a;b\n1;2\n")
    with pytest.raises(DeliveryError, match=r"a\.csv"):
        list(read(SourceFile(path), Options()))
