"""Files that belong to others."""

from __future__ import annotations

import zipfile
from pathlib import Path

import geopandas
import pytest
import shapely

from ingest.companion import ATTACHED, accompanying, attached, is_companion
from ingest.delivery import deliveries
from ingest.source_file import SourceFile


def test_what_is_attached_goes_with_its_owner_in_the_same_folder_alone():
    files = ["a/x.shp", "a/x.shx", "a/x.DBF", "b/x.prj", "dom.tif", "dom.tif.aux.xml", "dom.tfw", "lone.dbf"]
    files += ["c.jpg", "c.jgw"]
    assert attached(files) == {"a/x.shx", "a/x.DBF", "dom.tif.aux.xml", "dom.tfw", "c.jgw"}


def test_a_picture_beside_a_plan_accompanies_it():
    files = ["plan.gml", "plan.pdf", "plan.jpg", "other.pdf", "photo.jpg", "photo.jgw"]
    assert accompanying(files) == {"plan.pdf", "plan.jpg"}


@pytest.mark.parametrize("ending", ATTACHED)
def test_every_ending_is_one_of_a_companion(ending):
    assert is_companion(SourceFile(Path(f"a{ending.upper()}")))


def test_a_shapefile_is_one_file_of_a_delivery(tmp_path):
    squares = [shapely.box(440_000, 5_713_000, 440_100, 5_713_100), shapely.box(440_100, 5_713_000, 440_200, 5_713_100)]
    frame = geopandas.GeoDataFrame({"AGS": ["05974040", "05974044"]}, geometry=squares, crs="EPSG:25832")
    folder = tmp_path / "in"
    folder.mkdir()
    frame.to_file(folder / "gem.shp")
    (found,) = deliveries([str(folder)], tmp_path / "plain")
    assert found.name == "in/gem.shp"
    archive = zipped(folder, tmp_path / "gem.zip")
    (found,) = deliveries([str(archive)], tmp_path / "packed")
    assert [source.member for source in found.sources] == ["gem.shp"]
    assert not found.passed_over


def zipped(folder: Path, target: Path) -> Path:
    with zipfile.ZipFile(target, "w") as archive:
        for file in sorted(folder.iterdir()):
            archive.write(file, file.name)
    return target
