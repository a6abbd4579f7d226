"""What works on this machine and in this twin, what does not, and what helps."""

from __future__ import annotations

import ctypes.util
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

from filelock import FileLock, Timeout

from twin import Twin, __version__
from twin.discovery import discover
from twin.engine import VERSION, connect
from twin.errors import NotAHome, TwinError
from twin.home import Home
from twin.language import Text
from twin.number import written

State = Literal["ok", "hint", "broken"]

_LOW = 5 << 30  # [bytes] of free disk space from which it is said
_EMPTY = 1 << 30  # [bytes] below which a district's delivery will not fit

_LIBRARIES = {"EGL": "libegl1", "GL": "libgl1", "X11": "libx11-6"}
"""What off-screen rendering needs, by the package that Debian has it in."""

_BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes
    ----------
    check : str
        Short name, for machines.
    title, found : Text or str
        What was looked at, and what was seen.
    state : {"ok", "hint", "broken"}
        Fine; works, but could be better; does not work.
    remedy : Text, str or None
        What helps.
    """

    check: str
    title: Text
    found: Text | str
    state: State = "ok"
    remedy: Text | str | None = None

    def as_dict(self) -> dict[str, Any]:
        """As JSON knows it."""
        remedy = None if self.remedy is None or self.state == "ok" else str(self.remedy)
        return {"check": self.check, "state": self.state, "found": str(self.found), "remedy": remedy}


def examine(path: Path) -> list[Finding]:
    """Look at program, machine and the twin at `path`, if there is one; nothing that goes wrong raises."""
    findings = [finding for check in (_program, _engine, _libraries, _browser) for finding in _guarded(check)]
    try:
        home = Home.open(path)
    except NotAHome as error:
        return [*findings, Finding("home", _TWIN, str(error), "hint")]
    for check in (_disk, _staging, _tables):
        findings += _guarded(partial(check, home))
    return findings


_TWIN = Text("Zwilling", "Twin")
_UNEXPECTED = Text("Prüfung", "Check")


def _guarded(check: Callable[[], Iterator[Finding]]) -> list[Finding]:
    found: list[Finding] = []
    try:
        found.extend(check())
    except Exception as error:
        # The doctor's own trouble is a finding too.
        problem = str(error) if isinstance(error, TwinError) else type(error).__name__
        remedy = getattr(error, "fields", {}).get("remedy")
        found.append(Finding("unexpected", _UNEXPECTED, problem, "broken", remedy))
    return found


def _program() -> Iterator[Finding]:
    found = f"twin {__version__}, Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    state: State = "ok" if sys.version_info >= (3, 11) else "broken"
    yield Finding(
        "program", Text("Programm", "Program"), found, state, Text("Python 3.11 oder neuer", "Python 3.11 or newer")
    )


def _engine() -> Iterator[Finding]:
    title = Text("Datenbank mit Erweiterungen", "Database with extensions")
    connection = connect()
    try:
        # Soest's town hall, there and back again: extension, projection data and axis order in one question.
        sql = """SELECT ST_Transform(ST_Transform(ST_Point(8.105, 51.571), 'EPSG:4326', 'EPSG:25832'),
                 'EPSG:25832', 'EPSG:4326') AS p"""
        east, north = connection.execute(f"SELECT ST_X(p), ST_Y(p) FROM ({sql})").fetchall()[0]
    finally:
        connection.close()
    works = abs(east - 8.105) < 1e-6 and abs(north - 51.571) < 1e-6
    yield Finding("engine", title, f"DuckDB {VERSION}: spatial, ducklake, sqlite_scanner", "ok" if works else "broken")


def _libraries() -> Iterator[Finding]:
    title = Text("Bilder ohne Bildschirm", "Pictures without a screen")
    missing = [package for library, package in _LIBRARIES.items() if ctypes.util.find_library(library) is None]
    if platform.system() != "Linux" or not missing:
        yield Finding("rendering", title, Text("Bibliotheken vorhanden", "libraries are there"))
        return
    found = Text(f"es fehlen: {', '.join(missing)}", f"missing: {', '.join(missing)}")
    yield Finding(
        "rendering", title, found, "hint", f"apt-get install {' '.join(missing)} libegl-mesa0 libgl1-mesa-dri"
    )


def _browser() -> Iterator[Finding]:
    title = Text("Chromium (nur für Tests)", "Chromium (for tests only)")
    path = next((found for name in _BROWSERS if (found := shutil.which(name))), None)
    if path:
        yield Finding("browser", title, Path(path).name)
    else:
        yield Finding("browser", title, Text("nicht da", "not there"), "hint", "apt-get install chromium")


def _disk(home: Home) -> Iterator[Finding]:
    free = shutil.disk_usage(home.path).free
    state: State = "broken" if free < _EMPTY else "hint" if free < _LOW else "ok"
    found = Text(f"{free / 2**30:.1f} GiB frei", f"{free / 2**30:.1f} GiB free")
    yield Finding("disk", Text("Platte", "Disk"), found, state, Text("Platz schaffen", "make room"))


def _staging(home: Home) -> Iterator[Finding]:
    title = Text("Unfertige Lieferungen", "Unfinished deliveries")
    left = [folder.name for folder in home.staging.iterdir() if folder.is_dir() and _is_left(folder)]
    if not left:
        yield Finding("staging", title, Text("keine", "none"))
        return
    remedy = Text(
        "Wer schreibend öffnet, beendet oder entfernt sie.", "Whoever opens it for writing ends or removes them."
    )
    yield Finding("staging", title, ", ".join(left), "hint", remedy)


def _is_left(folder: Path) -> bool:
    """Whether nobody holds the folder: who staged in it is gone."""
    if not (folder / "lock").exists():
        return False
    try:
        with FileLock(folder / "lock", timeout=0):
            return True
    except Timeout:
        return False


def _tables(home: Home) -> Iterator[Finding]:
    """Registry, lakes at their heads, and what is made from them."""
    with Twin(home) as twin:
        status = twin.status()
        joined = sum(one["joined"] for one in status["municipalities"])
        total = len(status["municipalities"])
        yield Finding(
            "registry",
            _TWIN,
            Text(
                f"{status['name']}: {joined} von {total} Gemeinden sind beigetreten",
                f"{status['name']}: {joined} of {total} municipalities have joined",
            ),
            "ok" if joined else "hint",
            "twin join …",
        )
        rows = sum(status["rows"].values())
        readable = Text(f"{written(rows, 'de')} Zeilen lesbar", f"{written(rows, 'en')} rows readable")
        yield Finding("lakes", Text("Tabellen", "Tables"), readable)
        if rows and not status["rows"].get("municipality"):
            yield Finding(
                "borders",
                Text("Gemeindegrenzen", "Municipal borders"),
                Text(
                    "keine: Objekte ohne Schlüssel finden keine Gemeinde", "none: features without a key find no place"
                ),
                "hint",
                "twin ingest BOUNDARIES",
            )
        yield from _derivatives(twin)


def _derivatives(twin: Twin) -> Iterator[Finding]:
    for name, derivative in discover("DERIVATIVE").items():
        stale = getattr(derivative, "stale", None)
        if stale is None:
            continue
        title = Text(f"Abgeleitet: {name}", f"Derived: {name}")
        if stale(twin):
            yield Finding("derived", title, Text("veraltet", "out of date"), "hint", "twin serve")
        else:
            yield Finding("derived", title, Text("aktuell", "up to date"))
