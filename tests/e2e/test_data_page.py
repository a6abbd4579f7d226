"""A steward in a real Chromium: drops files, sees what they are, publishes, discards, says what columns mean."""

from __future__ import annotations

import pyarrow as pa
import pytest
import shapely

import twin
from twin.municipalities import Municipality

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SOEST, WERL = "05974040", "05974052"
BORDERS = {
    SOEST: shapely.box(438_000, 5_708_000, 442_000, 5_712_000),
    WERL: shapely.box(430_000, 5_708_000, 438_000, 5_712_000),
}
TREES = "Baumnr;Baumart;Hoehe;Rechtswert;Hochwert\n" + "".join(
    f"{n};<b>Tilia</b>;12,5;{440_000 + 9 * n};5710000\n" for n in range(40)
)
PIPES = "NR;SPARTE;DN;MATERIAL;WKT\n" + "".join(
    f"{n};Schmutzwasser;300;PVC;LINESTRING (4400{n:02} 5710000, 4400{n:02} 5710030)\n" for n in range(30)
)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("steward") / "home"
    with twin.init(folder, "05974", "Kreis Soest") as t:
        t.register([Municipality(SOEST, "Soest"), Municipality(WERL, "Werl")])
        for ags in BORDERS:
            t.join(ags, "all", "open")
        rows = [{"name": ags, "geom": shapely.to_wkb(area), "ags": ags} for ags, area in BORDERS.items()]
        with t.stage(twin.DeliveryHeader(file="borders", format="test")) as staging:
            staging.file(0, "borders")
            staging.add(t.district, "municipality", pa.Table.from_pylist(rows))
            staging.commit()
    return folder


@pytest.fixture(scope="module")
def address(home, serve_home):
    return serve_home(home, "public", "--steward", SOEST)


@pytest.fixture
def desk(page, address):
    page.goto(address + "data", wait_until="domcontentloaded")
    page.wait_for_selector("input[type=file]", state="attached")
    return page


def drop(desk, name, text):
    desk.set_input_files("input[type=file]", [{"name": name, "mimeType": "text/csv", "buffer": text.encode()}])


def count(home, table):
    with twin.open(home) as t:
        return t.sql(f"SELECT ags, count(*) FROM {table} GROUP BY ags").fetchall()


def test_files_are_checked_before_anything_changes(desk, home):
    drop(desk, "baeume.csv", TREES)
    desk.get_by_text("Oben das Koordinatensystem wählen").wait_for()
    desk.locator("[role=combobox]").first.click()
    desk.get_by_text("EPSG:25832", exact=True).last.click()
    desk.get_by_role("button", name="Erneut prüfen").click()
    desk.get_by_text("zu speichern").wait_for()
    assert count(home, "tree") == []
    desk.get_by_role("button", name="Prüfbericht").click()
    report = desk.frame_locator("iframe.report")
    report.get_by_text("baeume.csv").first.wait_for()
    desk.locator("[role=dialog] button").first.click()
    desk.get_by_role("button", name="Veröffentlichen").click()
    desk.get_by_text("Auf der Karte ansehen").wait_for()
    assert count(home, "tree") == [(SOEST, 40)]
    desk.get_by_text("baeume.csv").last.wait_for()


def test_what_columns_mean_is_asked_once(desk, home):
    drop(desk, "kanal.csv", PIPES)
    desk.get_by_role("button", name="Zuordnung merken").click()
    desk.get_by_text("zu speichern").wait_for()
    desk.get_by_role("button", name="Verwerfen").click()
    desk.get_by_text("Am Zwilling hat sich nichts geändert").wait_for()
    assert count(home, "utility_line") == []
    drop(desk, "kanal-neu.csv", PIPES.replace("300", "400"))
    desk.get_by_text("zu speichern").wait_for()
    desk.get_by_role("button", name="Veröffentlichen").click()
    desk.get_by_text("Auf der Karte ansehen").wait_for()
    assert count(home, "utility_line") == [(SOEST, 30)]


def test_staff_brings_in_nothing_of_others(desk, home):
    here, there = "440000;5710000", "434000;5710000"
    head = "Baumnr;Baumart;Hoehe;Rechtswert;Hochwert\n"
    drop(desk, "grenze.csv", f"{head}1;Acer;3;{here}\n2;Acer;3;{there}\n")
    desk.get_by_text("Oben das Koordinatensystem wählen").wait_for()
    desk.locator("[role=combobox]").first.click()
    desk.get_by_text("EPSG:25832", exact=True).last.click()
    desk.get_by_role("button", name="Erneut prüfen").click()
    desk.get_by_text("gehört einer anderen Gemeinde: 1").wait_for()
    desk.get_by_role("button", name="Verwerfen").click()
    desk.get_by_text("Am Zwilling hat sich nichts geändert").wait_for()
    assert (WERL, 1) not in count(home, "tree")


def test_a_file_of_many_pieces_arrives_whole(desk):
    """Nine pieces; that it is no known format is all that anybody says."""
    drop(desk, "gross.bin", "x" * (33 << 20))
    desk.get_by_text("Nichts davon kann gespeichert werden").wait_for()
    desk.get_by_role("button", name="Verwerfen").click()


def test_the_map_links_to_the_page_only_for_stewards(page, address):
    page.goto(address, wait_until="domcontentloaded")
    page.get_by_role("link", name="Daten").wait_for()
