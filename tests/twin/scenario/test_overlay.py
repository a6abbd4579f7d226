import pytest
import shapely

import twin
from layers.building import LAYER as BUILDING
from twin.discovery import discover
from twin.errors import ScenarioError, UnknownName
from twin.scenario import drafting
from twin.scenario.comparison import compare
from twin.scenario.drafting import NewBuilding
from twin.scenario.scenario import delete, undo
from twin.scratch import written_of

WEST, EAST = "97001001", "97001002"
NEW = shapely.box(430_205, 5_710_008, 430_215, 5_710_016)  # on the eleventh parcel, which is empty


def ids(t, schema="main"):
    return {row[0] for row in t.sql(f"SELECT building_id FROM {schema}.building").fetchall()}


def new(footprint=NEW, **settings):
    return NewBuilding(footprint.wkt, ags=EAST, **{"storeys": 2, **settings})


@pytest.fixture
def field(street):
    drafting.begin(street, "field", "Am Feld")
    return street


def test_tables_have_the_columns_of_the_real_ones(field):
    drafting.add(field, "field", [new()])
    drafting.remove(field, "field", ["H1"])
    drafting.change(field, "field", "H2", {"storeys_above_ground": "4"})
    for layer in discover("LAYER").values():
        real, laid_over = (field.table(layer.name), field.table(layer.name, scenario="field"))
        assert (laid_over.columns, laid_over.types) == (real.columns, real.types)


def test_an_added_building_has_surfaces_and_a_mesh(field):
    (key,) = drafting.add(field, "field", [new(height=6.0, roof="gable")])
    building = field.sql(f"SELECT * FROM scenario_field.building WHERE building_id = '{key}'").df().iloc[0]
    assert building["ags"] == EAST
    assert building["footprint_area"] == pytest.approx(80)
    assert building["storeys_above_ground"] == 2
    assert building["volume"] > 80 * 6
    kinds = field.sql(
        f"SELECT kind, count(*) FROM scenario_field.building_surface WHERE building_id = '{key}' GROUP BY 1"
    ).fetchall()
    assert dict(kinds) == {"wall": 4, "roof": 2, "ground": 1}
    meshes = field.sql(f"SELECT len(faces) FROM scenario_field.building_mesh WHERE building_id = '{key}'").fetchall()
    assert meshes[0][0] > 0


def test_a_removed_building_takes_its_surfaces_along(field):
    drafting.remove(field, "field", ["H1"])
    for table in ("building", "building_surface", "building_mesh"):
        assert field.sql(f"SELECT count(*) FROM scenario_field.{table} WHERE building_id = 'H1'").fetchall() == [(0,)]


def test_the_base_answers_as_before(field):
    before = field.sql("SELECT * EXCLUDE (geom) FROM building ORDER BY building_id").df()
    drafting.add(field, "field", [new()])
    drafting.remove(field, "field", ["H1"])
    drafting.change(field, "field", "H2", {"function_code": "31001_2721"})
    assert field.sql("SELECT * EXCLUDE (geom) FROM building ORDER BY building_id").df().equals(before)


def test_a_change_touches_one_value_of_one_row(field):
    drafting.change(field, "field", "H2", {"storeys_above_ground": "4", "name": ""})
    sql = "SELECT * EXCLUDE (geom) FROM {}.building WHERE building_id = 'H2'"
    before, after = (field.sql(sql.format(schema)).df().iloc[0] for schema in ("main", "scenario_field"))
    differing = [column for column in before.index if str(before[column]) != str(after[column])]
    assert differing == ["storeys_above_ground"]
    assert after["storeys_above_ground"] == 4


def test_what_was_added_can_be_removed_and_changed_again(field):
    first, second = drafting.add(field, "field", [new(), new(shapely.box(430_225, 5_710_008, 430_235, 5_710_016))])
    drafting.change(field, "field", second, {"name": "Neubau"})
    drafting.remove(field, "field", [first])
    assert ids(field, "scenario_field") == {f"H{n}" for n in range(8)} | {second}
    names = field.sql(f"SELECT name FROM scenario_field.building WHERE building_id = '{second}'").fetchall()
    assert names == [("Neubau",)]


def test_density_changes_on_exactly_the_parcels_touched(field):
    drafting.add(field, "field", [new()])
    drafting.remove(field, "field", ["H1"])
    comparison = compare(field, "field", "density")
    rows = {row["flurstueckskennzeichen"]: row for row in comparison.rows}
    assert set(rows) == {f"050001001{number + 1:05d}______" for number in (1, 10)}
    gone, built = rows["05000100100002______"], rows["05000100100011______"]
    assert (gone["grz_before"], gone["grz_after"]) == (pytest.approx(80 / 600), 0.0)
    assert (built["grz_before"], built["grz_after"]) == (0.0, pytest.approx(80 / 600))
    assert (built["gfz_before"], built["gfz_after"]) == (0.0, pytest.approx(160 / 600))


def test_a_building_across_a_border_counts_on_both_parcels(field):
    drafting.add(field, "field", [new(shapely.box(430_195, 5_710_008, 430_205, 5_710_018))])
    comparison = compare(field, "field", "density")
    assert len(comparison.rows) == 2
    assert all(row["grz_after"] - row["grz_before"] == pytest.approx(50 / 600) for row in comparison.rows)


def test_a_scenario_keeps_the_moment_it_sits_on(field):
    field.withdraw(WEST, "parcel")
    drafting.begin(field, "later")
    with field.stage(twin.DeliveryHeader(file="fire", format="test")) as staging:
        staging.file(0, "fire")
        staging.retire("building", ["H7"])
        staging.commit()
    assert "H7" not in ids(field)
    assert "H7" in ids(field, "scenario_field")
    assert "H7" in ids(field, "scenario_later_base")


def test_edits_leave_with_the_municipality(field):
    drafting.add(field, "field", [new()])
    drafting.remove(field, "field", ["H1"])
    field.withdraw(EAST)
    assert [entry.ags for entry in drafting.scenario(field, "field").edits] == [WEST]
    assert ids(field, "scenario_field") == {"H0", "H2", "H3", "H4", "H5"}


def test_whoever_may_not_see_a_municipality_sees_no_edits_in_it(field):
    drafting.add(field, "field", [new()])
    field.join(EAST, "building", "internal")
    field.join(EAST, "all", "internal")
    with twin.open(field.home.path, principal=twin.Principal.public()) as visitor:
        assert drafting.scenario(visitor, "field").edits == ()
        rows = visitor.table("building", scenario="field").fetchall()
        assert len(rows) == 6


def test_two_scenarios_do_not_meet(field):
    drafting.begin(field, "other")
    drafting.remove(field, "other", ["H0"])
    assert ids(field, "scenario_field") == {f"H{n}" for n in range(8)}


def test_an_edit_is_taken_back(field):
    drafting.remove(field, "field", ["H1", "H2"])
    undo(field.registry, "field", 1)
    assert "H1" in ids(field, "scenario_field")
    with pytest.raises(ScenarioError):
        undo(field.registry, "field", 1)


def test_what_is_not_there_is_said(field):
    with pytest.raises(ScenarioError, match="H99"):
        drafting.remove(field, "field", ["H99"])
    with pytest.raises(UnknownName):
        drafting.scenario(field, "nowhere")
    with pytest.raises(ScenarioError):
        drafting.begin(field, "field")
    delete(field.registry, "field")
    with pytest.raises(UnknownName):
        field.table("building", scenario="field")
    assert BUILDING.key == ("building_id",)


def test_buildings_leave_files_that_deletions_have_thinned_already(field):
    with field.stage(twin.DeliveryHeader(file="fire", format="test")) as staging:
        staging.file(0, "fire")
        staging.retire("building", ["H3", "H7"])
        staging.commit()
    drafting.begin(field, "later")
    drafting.remove(field, "later", ["H0", "H6"])
    drafting.change(field, "later", "H4", {"name": "Rathaus"})
    for table in ("building", "building_surface", "building_mesh"):
        left = field.sql(f"SELECT DISTINCT building_id FROM scenario_later.{table}").fetchall()
        assert {row[0] for row in left} == {"H1", "H2", "H4", "H5"}
    assert field.sql("SELECT count(*) FROM scenario_later.building WHERE name = 'Rathaus'").fetchall() == [(1,)]


def test_a_withdrawal_takes_the_files_of_other_readers_along(street):
    drafting.begin(street, "field")
    drafting.change(street, "field", "H1", {"name": "Zeugnis4711"})
    temp = street.home.temp
    with twin.open(street.home.path) as other:
        assert other.sql("SELECT count(*) FROM scenario_field.building").fetchall() == [(8,)]
        held = [file for ags in ("97001001", "97001002") for file in written_of(temp, ags, "building")]
        assert held
        (ags,) = {file.parent.name for file in held}
        street.withdraw(ags)
        assert not written_of(temp, ags, "building")
        assert not other.sql(f"SELECT * FROM scenario_field.building WHERE ags = '{ags}'").fetchall()


def test_the_files_of_a_reader_go_when_it_closes(street):
    drafting.begin(street, "field")
    drafting.remove(street, "field", ["H1"])
    with twin.open(street.home.path) as other:
        other.sql("SELECT count(*) FROM scenario_field.building").fetchall()
        mine = other.home.temp
        before = len(list(mine.glob("*-view-*/*/*/*.parquet")))
        assert before
    assert len(list(mine.glob("*-view-*/*/*/*.parquet"))) < before


def test_a_rewritten_file_lets_windows_skip_it(street):
    """The boxes of geometries stand in the footer as in the lakes' own files; GeoParquet 1 has none."""
    drafting.begin(street, "field")
    drafting.remove(street, "field", ["H1"])
    street.sql("SELECT count(*) FROM scenario_field.building").fetchall()
    (file,) = written_of(street.home.temp, WEST, "building")
    boxes = street.reading().fetch(
        f"SELECT geo_bbox FROM parquet_metadata('{file}') WHERE path_in_schema = 'geom' AND geo_bbox IS NOT NULL"
    )
    assert boxes
