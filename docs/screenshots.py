"""Makes the pictures of the documentation: `make screenshots`, or those that are named after ``--only``.

Needs Chromium. The pictures of Wesel need the real deliveries (`TWIN_SHARED_DATA`, else ``../shared/data``) and are
left as they are where those are absent.
"""

from __future__ import annotations

import io
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
TWIN = Path(sys.executable).with_name("twin")
CHROMIUM = os.environ.get("TWIN_CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
]
SIZE = (1600, 900)
DEMO = {
    "district": "",
    "demo": "?view=444950,5712150,90,1150,25,60",
    "core": "?view=445000,5712330,90,420,-35,58",
    "height": "?view=444950,5712250,90,900,0,50&theme=height",
    "parcels": "?view=444800,5712500,90,700,0,40&shown=parcel&drape=density.gfz",
    "scenario": "?view=446470,5712500,90,430,-20,58&scenario=gartenstadt",
    "plans": "?view=444430,5712150,92,650,0,50&shown=plan_area,plan",
    "underground": "?view=444860,5712400,94,150,20,52&shown=utility_line,utility_node,underground",
    "photo": "?view=445000,5712330,90,420,-35,58&shown=orthophoto",
}
"""Pictures of the demo: name and what the address says."""

WESEL = "?view=333115,5722875,22,340,125,56"
"""What the address says for the picture of Wesel."""

STEWARD = "05099010"
"""Municipality of the demo that brings in the trees of the data page's picture."""

TREES = """BaumID;Art_botanisch;Art_deutsch;Baumhöhe [m];Kronendurchmesser [m];Pflanzjahr;Standort;X_25832;Y_25832
MK-00001;Fraxinus excelsior;Gewöhnliche Esche;13,9;6,4;2000;Auenroder Straße;444676,29;5712231,64
MK-00002;Fraxinus excelsior;Gewöhnliche Esche;27,1;14,0;1956;Auenroder Straße;444658,49;5712230,19
MK-09001;Tilia cordata;Winterlinde;4,5;2,0;2026;Auenroder Straße;444667,40;5712240,92
MK-09002;Acer campestre;Feldahorn;145;2,2;2026;Auenroder Straße;444649,60;5712239,46
"""
"""Trees as a town hands them in again: two have grown, two are new, and one height lacks its decimal comma."""

PATIENCE = 300.0
"""How long a server or a picture may take on a machine without a graphics card. [s]"""


@contextmanager
def served(home: Path, steward: str = "") -> Iterator[str]:
    """Address of a server of the twin at `home`, as long as the block runs."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(TWIN), "--home", str(home), "serve", "--port", str(port), "--no-open", "--as", "county"]
    if steward:
        command += ["--steward", steward]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
        try:
            yield wait_for(f"http://127.0.0.1:{port}/")
        finally:
            server.terminate()


def wait_for(address: str) -> str:
    """`address`, as soon as it answers."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            urllib.request.urlopen(address, timeout=10).close()
        except (urllib.error.URLError, OSError):
            if time.monotonic() > until:
                raise
            time.sleep(0.5)
        else:
            return address


def keep(page: Page, name: str) -> None:
    """Save what the page shows, in 256 colours: a third as large, and as good to the eye."""
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    small = picture.quantize(256, Image.Quantize.FASTOCTREE, dither=Image.Dither.FLOYDSTEINBERG)
    small.save(IMAGES / f"{name}.png", optimize=True)
    print(f"docs/images/{name}.png")


def shoot(page: Page, address: str, name: str, then: str = "") -> None:
    """Open `address`, wait until the map rests, run the script `then`, and save the picture."""
    page.goto(address)
    while not page.evaluate("window.__twin !== undefined"):
        page.wait_for_timeout(250)
    page.evaluate("window.__twin.idle()")
    if then:
        page.evaluate(then)
        page.evaluate("window.__twin.idle()")
    page.wait_for_timeout(1500)
    keep(page, name)


def shoot_data(page: Page, address: str, folder: Path) -> None:
    """Drop a tree register on the data page, and save the picture of what it would change before it is published."""
    register = folder / "baumkataster_2026.csv"
    register.write_text(TREES, encoding="utf-8")
    page.goto(f"{address}data")
    page.locator("input[type=file]").first.wait_for(state="attached")
    page.wait_for_timeout(2000)
    page.locator("input[type=file]").first.set_input_files(str(register))
    page.get_by_role("button", name="Veröffentlichen").first.wait_for(timeout=1000 * PATIENCE)
    page.wait_for_timeout(12_000)
    keep(page, "data")


def wesel(folder: Path, shared: Path) -> Path:
    """A twin of the Wesel block: the state's LoD2 tiles and the borders, everybody joined."""
    home = folder / "wesel"
    twin = [str(TWIN), "--home", str(home), "-q"]
    boundaries = str(shared / "boundaries" / "vg5000_gem_nrw_25832.gpkg")
    subprocess.run(
        [*twin, "init", "--district", "05170", "--name", "Kreis Wesel", "--boundaries", boundaries], check=True
    )
    for ags in ("05170048", "05170012", "05170016", "05170044"):
        subprocess.run([*twin, "join", ags, "--layer", "all", "--audience", "open"], check=True)
    tiles = next((shared / "citygml" / "nrw-wesel").glob("*.zip"))
    subprocess.run([*twin, "ingest", str(tiles)], check=True)
    return home


def main(arguments: Sequence[str] = ()) -> None:
    """Make all pictures that can be made here, or only those that are named."""
    only = set(arguments[1:]) if arguments[:1] == ["--only"] else {*DEMO, "data", "wesel"}
    IMAGES.mkdir(exist_ok=True)
    shared = Path(os.environ.get("TWIN_SHARED_DATA", ROOT.parent / "shared" / "data"))
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": SIZE[0], "height": SIZE[1]})
        page.set_default_timeout(1000 * PATIENCE)
        if only & {*DEMO, "data"}:
            home = Path(folder) / "demo"
            files = str(Path(folder) / "files")
            subprocess.run([str(TWIN), "--home", str(home), "-q", "demo", "--folder", files, "--no-serve"], check=True)
            with served(home, STEWARD) as address:
                for name in DEMO.keys() & only:
                    shoot(page, address + DEMO[name], name)
                if "data" in only:
                    shoot_data(page, address, Path(folder))
        if shared.is_dir() and "wesel" in only:
            with served(wesel(Path(folder), shared)) as address:
                shoot(page, address + WESEL, "wesel")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
