"""Figures on their way into a twin: what is a municipality's own needs its consent, what is official is open."""

from __future__ import annotations

from pathlib import Path

import pytest

import twin
from ingest.job import Request, ingest
from twin.consent import Principal

SOEST, WERL = "05974040", "05974044"
FILES = {
    "a_gem.geojson": '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"AGS": "05974040", '
    '"GEN": "Soest"}, "geometry": {"type": "Polygon", "coordinates": [[[8.0, 51.5], [8.3, 51.5], [8.3, 51.7], '
    "[8.0, 51.7], [8.0, 51.5]]]}}]}",
    "b_atlas_2021.csv": "AGS,DSL ≥ 50 Mbit/s,CATV ≥ 50 Mbit/s,FTTH/B ≥ 1000 Mbit/s\n"
    "05974040,90.5,80,4\n11000000,1,2,3\n",
    "c_einwohner.csv": "AGS;Einwohner\n05974040;47.460\n05974044;30.772\n09162000;1.500.000\n",
    "d_lines.csv": "adresse;ags;lon;lat;technik;download\n"
    "Hof 1;;8.1;51.57;FTTH;1000\nHof 2;05974044;8.1;51.57;DSL;16\n",
    "e_Zensus2022_100m.csv": "GITTER_ID_100m;x_mp_100m;y_mp_100m;Einwohner\n"
    "CRS3035RES100mN3160000E4189000;4189050;3160050;12\nCRS3035RES100mN3360000E4189000;4189050;3360050;7\n",
}


@pytest.fixture
def home(tmp_path: Path):
    folder = tmp_path / "in"
    folder.mkdir()
    for name, content in FILES.items():
        (folder / name).write_text(content, "utf-8")
    with twin.init(tmp_path / "home", "05974") as made:
        made.join(SOEST, ["all"], "internal")
        report = ingest(made, [str(folder)], Request(workers=1))
        yield made, {one.file.removeprefix("in/"): one for one in report.deliveries}


def test_each_row_goes_where_it_may(home):
    made, reports = home
    assert not [one.error for one in reports.values() if one.error]
    assert reports["b_atlas_2021.csv"].loaded == {"broadband_coverage": {"05974": 3}}
    assert reports["b_atlas_2021.csv"].refused == {"outside:broadband_coverage": 3}
    assert reports["c_einwohner.csv"].loaded == {"municipality_statistic": {"05974": 2}}
    assert reports["c_einwohner.csv"].refused == {"outside:municipality_statistic": 1}
    assert reports["d_lines.csv"].loaded == {"broadband": {SOEST: 1}}
    assert reports["d_lines.csv"].refused == {f"no_consent:broadband:{WERL}": 1}
    assert reports["e_Zensus2022_100m.csv"].loaded == {"statistic": {SOEST: 1}}
    assert reports["e_Zensus2022_100m.csv"].refused == {"unplaced:statistic": 1}
    assert made.sql("SELECT value FROM municipality_statistic ORDER BY ags").fetchall() == [(47460.0,), (30772.0,)]
    assert made.read("statistic").area.between(9_950, 10_050).all()


def test_official_figures_are_open_and_a_municipalitys_own_are_not(home):
    made, _ = home
    with twin.open(made.home.path, principal=Principal.public()) as seen:
        assert seen.sql("SELECT count(*) FROM broadband_coverage").fetchall() == [(3,)]
        assert seen.sql("SELECT count(*) FROM municipality_statistic").fetchall() == [(2,)]
        assert seen.sql("SELECT count(*) FROM broadband").fetchall() == [(0,)]
        assert seen.sql("SELECT count(*) FROM statistic").fetchall() == [(0,)]


def test_another_year_stays_beside_and_the_same_year_takes_its_place(home, tmp_path):
    made, _ = home
    again = tmp_path / "in" / "b_atlas_2021.csv"
    again.write_text(FILES["b_atlas_2021.csv"].replace("90.5", "95"), "utf-8")
    (tmp_path / "in" / "atlas_2025.csv").write_text(FILES["b_atlas_2021.csv"].replace("90.5", "99"), "utf-8")
    ingest(made, [str(again), str(tmp_path / "in" / "atlas_2025.csv")], Request(workers=1))
    dsl = "SELECT year(date), share FROM broadband_coverage WHERE technology = 'dsl' ORDER BY date"
    assert made.sql(dsl).fetchall() == [(2021, 0.95), (2025, 0.99)]
