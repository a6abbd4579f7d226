"""Hauskoordinaten: every dialect, what is deleted, what is refused."""

import pytest
import shapely

from ingest.format import Batch, Facts, Options, Reject, Retire
from ingest.formats.house_coordinates import FORMAT
from ingest.source_file import SourceFile
from twin.errors import InvalidDelivery, MissingCRS

LINE = "N;DENW05AL00000001;A;05;9;74;040;0000;00304;11;a;32440000,002;5713000,566;Ährenweg;59494;Soest;, Westf;Nord"
NAMES_5 = (
    "nba;oid;qua;landschl;land;regbezschl;regbez;kreisschl;kreis;gmdschl;gmd;ottschl;ott;strschl;str;hnr;adz;zone;"
    "ostwert;nordwert;postplz;postonm;postonmzus;postott"
)
LINE_5 = "N;DENW1;A;05;NRW;9;Arnsberg;74;Soest;040;Soest;0000;;00027;Am Berg;3;;{zone};{east};5713000.3;59494;Soest;;"


@pytest.fixture
def load(tmp_path):
    def read(content, crs=""):
        path = tmp_path / "hk.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        assert FORMAT.recognise(SourceFile(path))
        items = list(FORMAT.read(SourceFile(path), Options(crs=crs)))
        rows = [row for item in items if isinstance(item, Batch) for row in item.table.to_pylist()]
        return rows, [item for item in items if isinstance(item, Reject | Retire)], items[-1]

    return read


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
def test_version_3_has_no_names_and_a_zone_before_the_easting(load, encoding):
    (row,), others, facts = load((LINE + "\r\n").encode(encoding))
    assert row["ags"] == "05974040" and row["address_id"] == "DENW05AL00000001"
    assert (row["street"], row["house_number"]) == ("Ährenweg", "11a")
    assert (row["postcode"], row["place"]) == ("59494", "Soest, Westf")
    place = shapely.from_wkb(row["geom"])
    assert (place.x, place.y) == (pytest.approx(440_000.002), 5_713_000.566)
    assert not others and facts == Facts(version="HK 3.1", crs="EPSG:25832")


def test_version_3_with_its_names_in_a_line_of_their_own(load):
    names = "NBA;OI;QUA;LAN;RBZ;KRS;GMD;OTT;SSS;HNR;ADZ;EEE;NNN;STN;PLZ;ONM;ZON;POT"
    assert load(f"{names}\n{LINE}\n")[0] == load(LINE)[0]
    assert load(names)[0] == []


def test_version_5_names_columns_and_zone(load):
    rows, _, facts = load("\n".join([NAMES_5, LINE_5.format(zone=32, east="440000.1")]))
    assert rows[0]["ags"] == "05974040" and rows[0]["house_number"] == "3" and rows[0]["place"] == "Soest"
    assert shapely.from_wkb(rows[0]["geom"]).x == pytest.approx(440_000.1)
    assert facts.version == "HK 5.0"
    # The same spot in the neighbouring zone.
    other, _, facts = load("\n".join([NAMES_5, LINE_5.format(zone=33, east="26000")]))
    assert facts.crs == "EPSG:25833" and 400_000 < shapely.from_wkb(other[0]["geom"]).x < 500_000


def test_columns_that_version_5_leaves_out_are_empty(load):
    names = NAMES_5.replace("kreisschl;", "").replace("postplz;", "")
    line = LINE_5.format(zone=32, east="440000.1").replace("74;Soest;", "Soest;", 1).replace("59494;", "")
    (row,), _, _ = load(f"{names}\n{line}")
    assert row["ags"] is None and row["postcode"] is None and row["street"] == "Am Berg"


def test_deleted_records_retire_and_make_it_an_update(load):
    gone = LINE.replace("N;DENW05AL00000001", "L;DENW05AL00000002")
    rows, (retire,), facts = load(f"{LINE}\n{gone}\n")
    assert len(rows) == 1 and retire == Retire("address", ("DENW05AL00000002",)) and facts.mode == "update"


def test_coarse_positions_are_counted(load):
    assert "1" in load(LINE.replace(";A;05", ";B;05"))[2].notes[0]


def test_broken_lines_are_rejected_one_by_one(load):
    other = LINE.replace("0001;", "0002;")
    broken = [
        *("too;few", other.replace("32440000,002", "x"), other.replace("32440000,002", "440000,0")),
        *(other.replace("DENW05AL00000002", ""), other.replace("5713000,566", "1e999"), LINE),
    ]
    rows, rejects, _ = load("\n".join([LINE, *broken]))
    assert len(rows) == 1 and len(rejects) == 6
    assert [reject.feature for reject in rejects[:1]] == ["line 2"]


def test_an_easting_without_zone_needs_the_user_s_word(load):
    line = LINE.replace("32440000,002", "440000,002")
    with pytest.raises(MissingCRS):
        load(line)
    (row,), _, _ = load(line, crs="EPSG:25832")
    assert shapely.from_wkb(row["geom"]).x == 440_000.002


@pytest.mark.parametrize(
    "content",
    ["", "a;b;c", "1;2;3", ";".join("x" * 18), LINE.replace(";05;9;", ";5;9;"), LINE.replace("N;", "X;"), LINE + ";"],
)
def test_other_lists_are_not_claimed(tmp_path, content):
    path = tmp_path / "other.csv"
    path.write_text(content)
    assert not FORMAT.recognise(SourceFile(path))
    with pytest.raises(InvalidDelivery):
        list(FORMAT.read(SourceFile(path), Options()))
