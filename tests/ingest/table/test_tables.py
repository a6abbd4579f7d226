"""Tables are found in whatever holds them, and what would do harm is refused."""

import sqlite3
import zipfile
from datetime import date

import geopandas
import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.source_file import SourceFile
from ingest.table import spreadsheet
from ingest.table.delimited_table import separator
from ingest.table.heading import heading
from ingest.table.opening import kind, tables
from ingest.table.table import unique_names
from twin.errors import DeliveryError, InvalidDelivery, UnsafeDelivery

CELL = '<c r="{ref}" t="inlineStr"><is><t>{text}</t></is></c>'


def read(path, most=-1):
    with tables(SourceFile(path)) as found:
        return {
            one.name: (one.columns, [row for rows in one.rows(most) for row in rows.values.to_numpy().tolist()])
            for one in found
        }


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_texts_in_every_delimiter_and_encoding(tmp_path, delimiter, encoding):
    path = tmp_path / "a.csv"
    lines = [["Straße", "Höhe [m]", "Nr"], ["Ährenweg", "1", "a"], ["Am Markt", "2", "b"]]
    path.write_bytes("\r\n".join(delimiter.join(line) for line in lines).encode(encoding))
    assert read(path) == {"": (("Straße", "Höhe [m]", "Nr"), lines[1:])}


def test_titles_above_the_names_and_empty_names_are_passed_over(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("Leitungen der Stadtwerke;;\nStand 2024;;\nNr;DN;\n1;100;x\n2;150;y\n")
    assert read(path) == {"": (("Nr", "DN", "column 3"), [["1", "100", "x"], ["2", "150", "y"]])}


def test_without_names_columns_are_numbered(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("1;440000,5;5713000,1\n2;440001,5;5713001,1\n")
    assert read(path)[""][0] == ("column 1", "column 2", "column 3")
    assert len(read(path)[""][1]) == 2


def test_rows_of_another_width_are_named(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("a;b;c\n1;2;3;;\n4;5\n6;7;8;9\n1;2;3\n1;2;3\n1;2;3\n")
    with tables(SourceFile(path)) as (table,):
        (rows,) = table.rows()
    assert rows.broken == {1: 2, 2: 4}
    assert rows.numbers.tolist() == [2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize("head", [b"", b"hello", b"{}", b"<a/>", b"\0\1\2;;\n", b"one line of prose, and no more"])
def test_what_is_no_table_is_none(head):
    assert separator(head) == "" or head.count(b",") == 1


@pytest.mark.parametrize(
    ("rows", "place"),
    [
        ([["a", "b"], ["1", "2"]], 0),
        ([["Titel", ""], ["a", "b"], ["1", "2"]], 1),
        ([["1", "2"], ["3", "4"]], -1),
        ([["AGS", "300_1", "300_2"], ["05911000", "1", "2"]], 0),
        ([["Art", 2020.0, 2021.0], ["x", 1.0, 2.0]], -1),
        ([["Jahr", "2020", "2021"], ["5", "1", "2"]], 0),
        ([], -1),
    ],
)
def test_where_the_names_stand(rows, place):
    assert heading(rows) == place


@given(st.lists(st.text(max_size=5)))
def test_names_are_unique(names):
    found = unique_names(names)
    assert len(set(found)) == len(found) == len(names)
    assert all(found)


def workbook(path, cells, *, extra=""):
    """An XLSX of one sheet, made by hand: references to (text or number)."""
    rows = {}
    for ref, value in cells.items():
        number = int("".join(filter(str.isdigit, ref)))
        cell = (
            f'<c r="{ref}"><v>{value}</v></c>' if isinstance(value, int | float) else CELL.format(ref=ref, text=value)
        )
        rows.setdefault(number, []).append(cell)
    data = "".join(f'<row r="{number}">{"".join(found)}</row>' for number, found in sorted(rows.items()))
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{sheet}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{sheet}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}">'
        '<sheets><sheet name="Bäume" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{data}</sheetData></worksheet>{extra}',
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def test_sheets_are_tables(tmp_path):
    cells = {
        "A1": "Baumliste",
        "A3": "Nr",
        "B3": "Art",
        "C3": "Höhe",
        "A4": 1,
        "B4": "Linde",
        "C4": 12.5,
        "A6": 2,
        "B6": "Eiche",
    }
    path = workbook(tmp_path / "a.xlsx", cells)
    assert str(kind(SourceFile(path))) in {"Tabellenkalkulation", "spreadsheet"}
    with tables(SourceFile(path)) as (table,):
        (rows,) = table.rows()
    assert table.name == "Bäume"
    assert table.columns == ("Nr", "Art", "Höhe")
    assert rows.values.to_numpy().tolist() == [[1.0, "Linde", 12.5], [2.0, "Eiche", None]]
    assert rows.numbers.tolist() == [4, 6]


def test_two_cells_far_apart_do_not_fill_the_memory(tmp_path):
    path = workbook(tmp_path / "a.xlsx", {"A1": "a", "XFD1048576": 1})
    with pytest.raises(UnsafeDelivery), tables(SourceFile(path)):
        pass


def test_what_unpacks_too_far_is_refused(tmp_path):
    path = workbook(tmp_path / "a.xlsx", {"A1": "a"}, extra="<!--" + " " * (20 << 20) + "-->")
    with pytest.raises(UnsafeDelivery, match="300"), tables(SourceFile(path)):
        pass


def test_repeated_cells_of_ods_are_counted_before_they_are_repeated(tmp_path):
    table, office = (
        "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
        "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    )
    cell = f'<t:table-cell t:number-columns-repeated="{{n}}" {{value}} xmlns:t="{table}" xmlns:o="{office}"/>'
    for repeated, value, refused in ((16_000, 'o:value-type="string"', True), (16_000, "", False)):
        cells = cell.format(n=repeated, value=value)
        row = f'<t:table-row t:number-rows-repeated="1000000" xmlns:t="{table}">{cells}</t:table-row>'
        path = tmp_path / "a.ods"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
            archive.writestr("content.xml", f'<o:d xmlns:o="{office}"><t:table xmlns:t="{table}">{row}</t:table></o:d>')
        assert spreadsheet.is_spreadsheet(SourceFile(path))
        if refused:
            with pytest.raises(UnsafeDelivery):
                spreadsheet._check(path, "a.ods")
        else:
            spreadsheet._check(path, "a.ods")


def test_a_damaged_spreadsheet_is_told(tmp_path):
    whole = workbook(tmp_path / "a.xlsx", {"A1": "a", "A2": 1}).read_bytes()
    for share in range(5, 100, 12):
        path = tmp_path / f"{share}.xlsx"
        path.write_bytes(whole[: len(whole) * share // 100])
        with pytest.raises(DeliveryError, match=f"{share}.xlsx"), tables(SourceFile(path)):
            pass


@pytest.fixture
def lines():
    shapes = [shapely.LineString([(440_000 + n, 5_713_000), (440_000 + n, 5_713_100)]) for n in range(3)]
    days = [date(2024, 1, n) for n in (1, 2, 3)]
    return geopandas.GeoDataFrame({"nr": [1, 2, 3], "am": days, "a": ["x", None, "z"]}, geometry=shapes, crs=25832)


@pytest.mark.parametrize("name", ["a.gpkg", "a.geojson", "a.fgb", "a.shp", "a.gml"])
def test_layers_of_vector_files_are_tables(tmp_path, lines, name):
    path = tmp_path / name
    lines.to_file(path, driver="GML" if name.endswith("gml") else None)
    before = sorted(file.name for file in tmp_path.iterdir())
    with tables(SourceFile(path)) as (table,):
        (rows,) = table.rows()
        (first,) = table.rows(1)
    assert table.geometry in ("line", "any")
    assert {"nr", "am", "a"} <= set(table.columns)
    assert len(rows) == 3
    assert len(first) >= 1
    # FlatGeobuf puts its features in an order of its own.
    assert dict(zip(rows.values["nr"], rows.values["a"], strict=True)) == {1: "x", 2: None, 3: "z"}
    assert all(shape.geom_type == "LineString" for shape in rows.shapes)
    assert np.allclose(shapely.total_bounds(rows.shapes), (440_000, 5_713_000, 440_002, 5_713_100))
    assert sorted(file.name for file in tmp_path.iterdir()) == before, "nothing is written beside it"


def test_a_zipped_shapefile_is_read_from_the_archive(tmp_path, lines):
    lines.to_file(tmp_path / "a.shp")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for file in tmp_path.glob("a.*"):
            if file.suffix != ".zip":
                archive.write(file, f"leitungen/{file.name}")
    with tables(SourceFile(tmp_path / "a.zip", "leitungen/a.shp")) as (table,):
        assert sum(len(rows) for rows in table.rows()) == 3


def test_views_of_a_database_are_left_alone(tmp_path, lines):
    path = tmp_path / "a.gpkg"
    lines.to_file(path, layer="lines")
    database = sqlite3.connect(path)
    endless = "WITH RECURSIVE r(fid) AS (SELECT 1 UNION ALL SELECT fid + 1 FROM r) SELECT fid, NULL AS geom FROM r"
    database.execute(f"CREATE VIEW forever AS {endless}")
    columns = "(table_name, data_type, identifier, srs_id)"
    database.execute(f"INSERT INTO gpkg_contents {columns} VALUES ('forever', 'attributes', 'forever', 0)")
    database.commit()
    database.close()
    with tables(SourceFile(path)) as found:
        assert [one.name for one in found] == ["lines"]


@pytest.mark.parametrize("name", ["a.gpkg", "a.shp", "a.fgb"])
def test_a_truncated_vector_file_is_told_or_shorter(tmp_path, lines, name):
    lines.to_file(tmp_path / name)
    whole = (tmp_path / name).read_bytes()
    for share in range(5, 100, 12):
        path = tmp_path / f"cut{share}.{name[2:]}"
        path.write_bytes(whole[: len(whole) * share // 100])
        if kind(SourceFile(path)) is None:
            continue
        try:
            with tables(SourceFile(path)) as found:
                for table in found:
                    list(table.rows())
        except InvalidDelivery as error:
            assert path.name in str(error)
            assert str(tmp_path) not in str(error)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.one_of(st.binary(max_size=400), st.text(alphabet='a1;,\t\n"|', max_size=200).map(str.encode)))
def test_rubbish_is_a_table_or_told(tmp_path, content):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    try:
        with tables(SourceFile(path)) as found:
            for table in found:
                for rows in table.rows():
                    assert rows.values.shape == (len(rows), len(table.columns))
    except DeliveryError as error:
        assert "a.csv" in str(error)
