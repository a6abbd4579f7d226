"""An orthophoto on the ground, in Chromium: it comes with the switch, lies where it should, and is sharp close up."""

from __future__ import annotations

import io

import geopandas
import numpy as np
import pytest
import rasterio
import shapely
from PIL import Image
from rasterio.transform import Affine

from twin.cli import main

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AGS = "05974040"
WEST, SOUTH = 437_000.0, 5_713_000.0
STRIPE = 0.8
"""Width of the photo's stripes: four pixels. [m]"""


@pytest.fixture(scope="module")
def photographed(tmp_path_factory):
    """Level ground of 1 km² at 90 m; a photo of stripes, magenta and green, over its south-western quarter."""
    folder = tmp_path_factory.mktemp("photo")
    home = str(folder / "home")
    borders = geopandas.GeoDataFrame(
        {"AGS": [AGS], "GEN": ["Soest"]}, geometry=[shapely.box(WEST, SOUTH, WEST + 1000, SOUTH + 1000)], crs=25832
    )
    borders.to_file(folder / "borders.gpkg")
    whole = {"driver": "GTiff", "crs": "EPSG:25832"}
    place = Affine(10, 0, WEST, 0, -10, SOUTH + 1000)
    with rasterio.open(
        folder / "dgm.tif", "w", **whole, width=100, height=100, count=1, dtype="float32", transform=place
    ) as copy:
        copy.write(np.full((1, 100, 100), 90, np.float32))
    stripes = (np.arange(2500) * 0.2 // STRIPE % 2 == 0)[None, :]
    bands = np.broadcast_to(np.where(stripes, [[[230]], [[20]], [[230]]], [[[20]], [[230]], [[20]]]), (3, 2500, 2500))
    place = Affine(0.2, 0, WEST, 0, -0.2, SOUTH + 500)
    with rasterio.open(
        folder / "dop20_2024.tif", "w", **whole, width=2500, height=2500, count=3, dtype="uint8", transform=place,
        compress="deflate",
    ) as copy:  # fmt: skip
        copy.write(bands.astype(np.uint8))
    assert (
        main(["--home", home, "-q", "init", "--district", "05974", "--boundaries", str(folder / "borders.gpkg")]) == 0
    )
    assert main(["--home", home, "-q", "join", AGS, "--layer", "all", "--audience", "open"]) == 0
    assert main(["--home", home, "-q", "ingest", str(folder / "dgm.tif"), str(folder / "dop20_2024.tif")]) == 0
    return folder / "home"


def drawn(page):
    page.evaluate("window.__twin.idle()")
    page.wait_for_timeout(300)
    return np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("RGB")).astype(int)


def opened(page, address):
    page.goto(address)
    for _ in range(1000):
        if page.evaluate("window.__twin !== undefined"):
            return drawn(page)
        page.wait_for_timeout(250)
    return pytest.fail("the map never came up")


def magenta(picture):
    return (picture[..., 0] > picture[..., 1] + 60) & (picture[..., 2] > picture[..., 1] + 60)


def test_the_photo_comes_with_its_switch_and_stripes_are_told_apart(page, serve_home, photographed):
    asked, said = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda request: asked.append(request.url) if "/imagery/" in request.url else None)
    address = serve_home(photographed, "county")
    view = f"view={WEST + 250:.0f},{SOUTH + 250:.0f},90,60,0,0"
    assert not magenta(opened(page, f"{address}?{view}")).any()
    assert not asked
    picture = opened(page, f"{address}?{view}&shown=orthophoto")
    assert 5 < len(asked) < 80
    assert len(set(asked)) == len(asked)
    # Straight from above, north up: along a row, stripes of 0.8 m follow each other.
    left, middle = page.evaluate("p => window.__twin.project(p)", [WEST + 240, SOUTH + 250, 90])
    right, _ = page.evaluate("p => window.__twin.project(p)", [WEST + 260, SOUTH + 250, 90])
    for _ in range(20):  # on a busy machine the finest picture comes after the first that is complete
        row = magenta(picture)[int(middle), int(left) : int(right)]
        changes = np.count_nonzero(np.diff(row.astype(int)))
        if abs(changes - 20 / STRIPE) <= 2:
            break
        page.wait_for_timeout(500)
        picture = drawn(page)
    assert abs(changes - 20 / STRIPE) <= 2, f"{changes} changes; console: {said}"
    assert 0.2 < row.mean() < 0.6  # JPEG and WebP halve the resolution of colours: edges are grey
    # Where the photo says magenta it is: the middle of a stripe.
    at, _ = page.evaluate("p => window.__twin.project(p)", [WEST + 250 - 250 % (2 * STRIPE) + 0.4, SOUTH + 250, 90])
    assert magenta(picture)[int(middle), round(at)]


def test_the_photo_ends_where_it_ends(page, serve_home, photographed):
    address = serve_home(photographed, "county")
    view = f"view={WEST + 500:.0f},{SOUTH + 500:.0f},90,400,0,0"
    picture = opened(page, f"{address}?{view}&shown=orthophoto")
    saturated = picture.max(axis=2) - picture.min(axis=2)

    def at(east, north):
        x, y = page.evaluate("p => window.__twin.project(p)", [WEST + east, SOUTH + north, 90])
        return saturated[int(y) - 3 : int(y) + 4, int(x) - 3 : int(x) + 4].max()

    inside, outside = at(480, 480), [at(520, 480), at(480, 520), at(520, 520)]
    assert inside > max(outside) + 30
