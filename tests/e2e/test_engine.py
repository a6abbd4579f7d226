"""Drives the 3D engine in a real Chromium, on a made-up district that a plain server offers."""

import asyncio
import importlib.util
import io
import json
import sys
import threading
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import panel as pn
import pytest
import tornado.web
from PIL import Image

from viewer.engine import build
from viewer.server.headers import SecurityHeaders

sync_api = pytest.importorskip("playwright.sync_api")

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
]
LAYERS = {"terrain": True, "building": True, "parcel": True, "municipality": True, "land_use": True}
PATIENCE = 90_000  # [ms] pictures are drawn by the processor, perhaps by a busy one


def _made_district():
    path = Path(__file__).parents[1] / "viewer" / "engine" / "made_district.py"
    spec = importlib.util.spec_from_file_location("made_district", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules["made_district"] = module
    spec.loader.exec_module(module)
    return module


made = _made_district()


class Answer(tornado.web.RequestHandler):
    def initialize(self, answer, kind):
        self.answer, self.kind = answer, kind

    def get(self, *parts):
        self.set_header("Content-Type", self.kind)
        self.write(self.answer(self, *parts))


class World:
    """The served district, its houses, and the maps that pages have opened."""

    def __init__(self, folder):
        from viewer.engine.component import DistrictMap

        self.houses = made.write(folder)
        self.maps, self.revision, self.component = [], 1, DistrictMap
        counts = {ags: sum(house.ags == ags for house in self.houses) for ags in made.JOINED}
        js, png, glb, binary = "application/json", "image/png", "model/gltf-binary", "application/octet-stream"
        self.patterns = [
            (r"/scene.json", Answer, {"answer": lambda _: json.dumps(made.scene(self.revision)), "kind": js}),
            (r"/borders.json", Answer, {"answer": lambda _: json.dumps({"borders": made.borders()}), "kind": js}),
            (r"/colours/(\d+).bin", Answer, {"answer": lambda h, ags: self._colours(h, counts[ags]), "kind": binary}),
            (r"/drape/(.+)_(.+)_(.+).png", Answer, {"answer": lambda _, *s: made.drape(*map(float, s)), "kind": png}),
            (r"/scenario/(\w+)/added.glb", Answer, {"answer": lambda _, name: made.added(), "kind": glb}),
            (r"/tiles/(.*)", tornado.web.StaticFileHandler, {"path": str(folder)}),
        ]

    @staticmethod
    def _colours(handler, count):
        return made.colours(count, handler.get_argument("scenario", ""))

    def page(self):
        self.maps.append(self.component(sizing_mode="stretch_both", layers=dict(LAYERS)))
        return self.maps[-1]


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    build.bundle(log=lambda _: None)
    world = World(tmp_path_factory.mktemp("tiles"))
    started, loops = threading.Event(), []

    def serve():
        # A loop of its own: Playwright's runs in the main thread.
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        loops.append(loop)
        server = pn.serve({"/": world.page}, port=0, show=False, start=False, extra_patterns=world.patterns)
        server._tornado.add_transform(SecurityHeaders)
        server.start()
        world.url = f"http://localhost:{server.port}/"
        started.set()
        loop.run_forever()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    assert started.wait(60)
    yield world
    loops[0].call_soon_threadsafe(loops[0].stop)
    thread.join(10)


@pytest.fixture(scope="module")
def browser():
    if not CHROMIUM.exists():
        pytest.skip(f"no browser at {CHROMIUM}")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield chromium
        chromium.close()


def open_page(browser, world, script=""):
    page = browser.new_page(viewport={"width": 1000, "height": 640})
    page.set_default_timeout(PATIENCE)
    page.errors, page.hosts = [], set()
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.on("console", lambda m: page.errors.append(m.text) if m.type == "error" else None)
    page.on("request", lambda request: page.hosts.add(urlsplit(request.url).netloc))
    if script:
        page.add_init_script(script)
    page.goto(world.url)
    return page


@pytest.fixture(scope="module")
def opened(browser, world):
    page = open_page(browser, world)
    # Playwright's wait_for_function evaluates text in the page, which the page forbids.
    until(page, lambda: page.evaluate("window.__twin !== undefined"))
    page.evaluate("window.__twin.idle()")
    page.map = world.maps[-1]
    yield page
    page.close()


@pytest.fixture
def page(opened):
    """The page of this module, with a test's errors counted against that test."""
    opened.errors.clear()
    yield opened
    assert opened.errors == []


def look(page, house_or_place, distance=300.0, tilt=25.0, azimuth=0.0):
    east, north = house_or_place
    view = {"east": east, "north": north, "height": float(made.ground(east, north))}
    page.evaluate("v => window.__twin.engine.jump(v)", view | {"distance": distance, "tilt": tilt, "azimuth": azimuth})
    page.evaluate("window.__twin.idle()")


def project(page, east, north, height):
    return page.evaluate("p => window.__twin.project(p)", [float(east), float(north), float(height)])


def until(page, true, patience=PATIENCE):
    """Wait for the server's side of something that the page does."""
    for _ in range(patience // 50):
        if true():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it did not happen")


def click(page, x, y):
    """Click and return what was picked."""
    before = (page.map.picked or {}).get("count", 0)
    page.mouse.click(x, y)
    until(page, lambda: page.map.picked is not None and page.map.picked["count"] > before)
    return page.map.picked


def pixel(page, x, y):
    """Colour of the drawn picture at a point of the page."""
    picture = Image.open(io.BytesIO(page.screenshot(clip={"x": x - 1, "y": y - 1, "width": 3, "height": 3})))
    return np.asarray(picture.convert("RGB"))[1, 1].astype(int)


def spread(houses, number):
    """Houses from all over the district."""
    return [houses[int(k)] for k in np.linspace(5, len(houses) - 5, number)]


def test_the_page_loads_from_its_own_host_only_and_without_eval(opened, world):
    assert opened.errors == []
    assert opened.hosts - {""} == {urlsplit(world.url).netloc}
    until(opened, lambda: opened.map.state["loading"] is False)
    assert opened.map.state["error"] == ""
    assert opened.map.state["tiles"] > 16


def test_what_is_clicked_is_what_is_picked(page, world):
    right = 0
    for number, house in enumerate(spread(world.houses, 20)):
        look(page, house.centre, distance=260, tilt=20 + number % 3 * 8, azimuth=40 * number)
        picked = click(page, *project(page, *house.centre, house.top))
        right += picked["kind"] == "building" and picked["building_id"] == house.building_id
        assert picked.get("ags") == house.ags
        assert np.hypot(*(np.array(picked["position"][:2]) - house.centre)) < 2.0
        assert abs(picked["position"][2] - house.top) < 1.5
    assert right == 20


def test_a_click_on_the_ground_gives_its_position(page):
    east, north = made.WEST + 1500, made.SOUTH + 1250
    look(page, (east, north), tilt=50)
    height = float(made.ground(east, north))
    picked = click(page, *project(page, east, north, height))
    assert picked["kind"] == "ground"
    assert np.allclose(picked["position"], [east, north, height], atol=0.8)


def test_a_drag_keeps_the_ground_under_the_pointer_and_the_view_comes_back(page):
    place = made.WEST + 1800, made.SOUTH + 1600
    look(page, place, distance=700, tilt=45)
    until(page, lambda: abs(page.map.view.get("east", 0) - place[0]) < 1)
    corner = place[0] + 60, place[1] + 40, float(made.ground(place[0] + 60, place[1] + 40))
    x, y = project(page, *corner)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 60, y + 30, steps=4)
    page.mouse.move(x - 120, y + 60, steps=4)
    page.mouse.up()
    page.evaluate("window.__twin.idle()")
    after = project(page, *corner)
    assert np.allclose(after, [x - 120, y + 60], atol=6)
    until(page, lambda: page.map.view["east"] > place[0] + 30)


def test_the_wheel_zooms_to_the_cursor(page):
    place = made.WEST + 1800, made.SOUTH + 1600
    look(page, place, distance=900, tilt=40)
    at = place[0] + 150, place[1] + 90, float(made.ground(place[0] + 150, place[1] + 90))
    x, y = project(page, *at)
    page.mouse.move(x, y)
    for _ in range(3):
        page.mouse.wheel(0, -200)
        page.evaluate("window.__twin.idle()")
    assert np.allclose(project(page, *at), [x, y], atol=8)
    until(page, lambda: page.map.view["distance"] < 600)


def test_the_keyboard_moves_the_map(page):
    look(page, (made.WEST + 1800, made.SOUTH + 1600), distance=900, tilt=40, azimuth=30)
    page.get_by_role("application").focus()
    for key in ("ArrowUp", "+", "Shift+ArrowRight"):
        page.keyboard.press(key)
        page.evaluate("window.__twin.idle()")
    until(page, lambda: page.map.view["azimuth"] == 40 and page.map.view["distance"] < 800)
    assert page.map.view["north"] > made.SOUTH + 1650
    page.keyboard.press("n")
    until(page, lambda: page.map.view["azimuth"] == 0)
    page.keyboard.press("h")
    until(page, lambda: page.map.view["distance"] > 4000)


def test_the_camera_stays_above_the_ground(page):
    look(page, (made.WEST + 2000, made.SOUTH + 3000), distance=15, tilt=82)
    for azimuth in (0, 90, 180, 270):
        look(page, (made.WEST + 2000, made.SOUTH + 3000), distance=40, tilt=82, azimuth=azimuth)
        clearance = page.evaluate(
            """() => {
              const { view, district } = window.__twin.engine;
              const { x, y, z } = view.camera.position;
              return z - district.terrain.heightAt(x, y);
            }"""
        )
        assert clearance > 2.0


def test_a_selection_is_drawn_in_its_colour(page, world):
    house = spread(world.houses, 20)[7]
    look(page, house.centre, distance=120, tilt=10)
    x, y = project(page, house.centre[0], house.centre[1], house.top)
    before = pixel(page, x + 6, y + 4)
    page.map.selection = {"ags": house.ags, "building_id": house.building_id}
    page.wait_for_timeout(500)
    page.evaluate("window.__twin.idle()")
    red, _, blue = pixel(page, x + 6, y + 4)
    assert blue > before[2] + 60
    assert blue > red + 60
    page.map.selection = None


def test_a_scenario_hides_ghosts_and_adds(page, world):
    hidden, ghost = (next(h for h in world.houses if h.ags == made.JOINED[0] and h.slot == k) for k in (0, 1))
    page.map.scenario = "neu"
    page.wait_for_timeout(500)
    look(page, hidden.centre, distance=200)
    assert click(page, *project(page, *hidden.centre, hidden.top))["kind"] == "ground"
    look(page, ghost.centre, distance=200)
    assert click(page, *project(page, *ghost.centre, ghost.top))["building_id"] == ghost.building_id
    east, north = made.WEST + 1380, made.SOUTH + 1500
    look(page, (east, north), distance=80, tilt=5)
    x, y = project(page, east, north, float(made.ground(east, north)) + 10)
    red, green, _ = pixel(page, x, y + 10)
    assert green > red + 25
    page.map.scenario = ""
    page.wait_for_timeout(500)
    look(page, hidden.centre, distance=200)
    assert click(page, *project(page, *hidden.centre, hidden.top)).get("building_id") == hidden.building_id


def test_a_theme_colours_the_roofs(page, world):
    house = [h for h in world.houses if h.ags == made.JOINED[0]][10]
    look(page, house.centre, distance=100, tilt=5)
    x, y = project(page, *house.centre, house.top)
    plain = pixel(page, x + 8, y + 8)
    page.map.theme = "height"
    page.wait_for_timeout(500)
    page.evaluate("window.__twin.idle()")
    red, _, blue = pixel(page, x + 8, y + 8)
    assert plain[0] > plain[2]
    assert blue > red + 40  # the first slots of the ramp are blue
    page.map.theme = ""


def test_municipalities_are_named_and_the_empty_one_says_so(page):
    page.evaluate("window.__twin.engine.jump({east: 432000, north: 5712000, distance: 6500, tilt: 40, azimuth: 0})")
    page.evaluate("window.__twin.idle()")
    assert page.get_by_text("Leerhausen").is_visible()
    assert page.get_by_text("nicht beigetreten").is_visible()
    page.map.language = "en"
    page.get_by_text("not joined").wait_for()
    for name in ("Zoom in", "Zoom out", "Whole district", "Face north", "Beautiful rendering"):
        assert page.get_by_role("button", name=name).is_visible()
    page.map.language = "de"


def test_a_layer_that_is_switched_off_is_not_picked(page, world):
    house = spread(world.houses, 20)[4]
    page.map.layers = LAYERS | {"building": False}
    page.wait_for_timeout(500)
    look(page, house.centre, distance=200)
    assert click(page, *project(page, *house.centre, house.top))["kind"] == "ground"
    page.map.layers = dict(LAYERS)
    page.wait_for_timeout(500)
    page.evaluate("window.__twin.idle()")
    assert click(page, *project(page, *house.centre, house.top))["building_id"] == house.building_id


def test_new_tiles_replace_the_old_without_a_gap(page, world):
    look(page, (made.WEST + 2000, made.SOUTH + 2700), distance=900)
    page.evaluate(
        """() => {
          window.fewest = Infinity;
          const count = () => {
            window.fewest = Math.min(window.fewest, window.__twin.engine.district.tiles);
            window.counting = requestAnimationFrame(count);
          };
          count();
        }"""
    )
    before = page.evaluate("window.__twin.engine.district.tiles")
    world.revision += 1
    page.map.revision += 1
    until(page, lambda: page.map.state["loading"] is True)
    until(page, lambda: page.map.state["loading"] is False)
    page.evaluate("cancelAnimationFrame(window.counting)")
    assert page.evaluate("window.fewest") == before
    assert page.evaluate("window.__twin.engine.district.tiles") == before


def test_nothing_is_drawn_while_nothing_happens(page):
    page.evaluate("window.__twin.idle()")
    page.wait_for_timeout(600)
    frames = "window.__twin.engine.picture.renderer.info.render.frame"
    before = page.evaluate(frames)
    page.wait_for_timeout(1000)
    assert page.evaluate(frames) == before


def test_a_lost_context_is_said_and_recovered_from(page):
    page.evaluate(
        "window.lose = window.__twin.engine.picture.renderer.getContext().getExtension('WEBGL_lose_context');"
        "window.lose.loseContext()"
    )
    page.get_by_text("unterbrochen").wait_for()
    page.evaluate("window.lose.restoreContext()")
    page.get_by_text("unterbrochen").wait_for(state="hidden")
    page.evaluate("window.__twin.idle()")
    # three.js reports the loss itself; that is no error of the page.
    page.errors[:] = [error for error in page.errors if "Context Lost" not in error]


def test_without_webgl_the_page_says_what_is_missing(browser, world):
    page = open_page(
        browser,
        world,
        "const real = HTMLCanvasElement.prototype.getContext;"
        "HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {"
        "  return kind.startsWith('webgl') ? null : real.call(this, kind, ...rest); };",
    )
    page.get_by_text("WebGL 2").wait_for()
    until(page, lambda: "WebGL 2" in world.maps[-1].state["error"])
    assert page.errors == []
    page.close()
