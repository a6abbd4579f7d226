"""A folder that others drop files into."""

from __future__ import annotations

import json
import os
import re
import stat
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatch
from pathlib import Path

from ingest.delivery import MAPPED
from ingest.report import DeliveryReport
from ingest.source import Catch, Option, Setting, Source
from twin.errors import FeedError
from twin.language import Text

SETTLE = 3.0
"""So long a file has to stay as it is between two looks. [s]"""

MOST = 1_000
"""Files that are taken in one turn; the rest comes in the next."""

TAKEN, DONE, REFUSED = ".taken", "done", "refused"
"""Folders in the folder: what is being landed, what has landed, what was refused for what it is."""

_UNFINISHED = (".part", ".tmp", ".partial", ".crdownload", ".filepart")
_LONGEST = 120
_ODD = re.compile(r"[^\w.() +,=@-]", re.ASCII)
_DAY = 24 * 3600.0
_PATH = Text(
    "Ordner {path}: erwartet der absolute Pfad eines Ordners, der weder im Zwilling liegt noch ihn enthält.",
    "folder {path}: expected an absolute path of an existing folder that is neither in the twin nor around it.",
)
_NOT_OURS = Text(
    "Ordner {path}: lesen, schreiben und umbenennen muss dort erlaubt sein ({problem}).",
    "folder {path}: reading, writing and renaming must be allowed there ({problem}).",
)
_DAYS = Text("keep={found}: erwartet eine Zahl von Tagen.", "keep={found}: expected a number of days.")

_Look = dict[str, tuple[int, int, int]]


@dataclass(slots=True)
class _Told:
    """What became of a file."""

    report: DeliveryReport | None = None

    def hear(self, report: DeliveryReport) -> None:
        self.report = report


class Drop:
    """A folder that is looked at again and again.

    Parameters
    ----------
    setting : Setting
        With the folder's path.

    Raises
    ------
    FeedError
        If it is no folder that may be used.
    """

    def __init__(self, setting: Setting) -> None:
        options, self._name = setting.feed.options, setting.feed.name
        self._patterns = [word.strip() for word in options.get("pattern", "*").split(",") if word.strip()]
        self._mapping, self._crs = options.get("mapping", ""), options.get("crs", "")
        self._format = options.get("format", "") or (MAPPED if self._mapping else "")
        self._folder = self._allowed(Path(options["path"]), (setting.home, setting.folder))
        try:
            self._keep = float(options.get("keep", "0"))
        except ValueError:
            problem = _DAYS.filled(found=options["keep"][:20])
            raise FeedError(feed=self._name, problem=problem) from None
        self._seen: _Look = {}
        self._seen_at = 0.0

    def gather(self) -> Iterator[Catch]:
        """Files that have come and no longer change, the oldest first.

        Raises
        ------
        FeedError
            If the folder cannot be used any more.
        """
        try:
            for name in (TAKEN, DONE, REFUSED):
                (self._folder / name).mkdir(mode=0o700 if name == TAKEN else 0o770, exist_ok=True)
            # What was taken before this program was killed comes first.
            for taken in sorted(self._regular(self._folder / TAKEN)):
                yield self._catch(taken)
            for name in self._settled():
                path = self._take(name)
                if path is not None:
                    yield self._catch(path)
            self._tidy()
        except OSError as problem:
            sentence = _NOT_OURS.filled(path=self._folder, problem=problem.strerror or type(problem).__name__)
            raise FeedError(feed=self._name, problem=sentence) from problem

    def close(self) -> None:
        """Nothing is open."""

    def _allowed(self, path: Path, forbidden: Iterable[Path | None]) -> Path:
        """The folder, if it is one that may be used."""
        found = path.resolve()
        usable = path.is_absolute() and path.is_dir()
        for other in [one.resolve() for one in forbidden if one is not None]:
            usable = usable and not (found.is_relative_to(other) or other.is_relative_to(found))
        if not usable:
            raise FeedError(feed=self._name, problem=_PATH.filled(path=str(path)[:200]))
        return found

    def _look(self) -> _Look:
        """Regular files of the folder that are wanted: size, time of change and number."""
        found = {}
        with os.scandir(self._folder) as entries:
            for entry in entries:
                name = entry.name
                if name.startswith(".") or name.lower().endswith(_UNFINISHED):
                    continue
                if not any(fnmatch(name, pattern) for pattern in self._patterns):
                    continue
                facts = entry.stat(follow_symlinks=False)
                if stat.S_ISREG(facts.st_mode) and facts.st_nlink == 1:
                    found[name] = facts.st_size, facts.st_mtime_ns, facts.st_ino
        return found

    def _settled(self) -> list[str]:
        """Names of files that were the same in two looks, by time of change."""
        now = self._look()
        if not now:
            self._seen = now
            return []
        if time.monotonic() - self._seen_at < SETTLE or any(
            self._seen.get(name) != facts for name, facts in now.items()
        ):
            self._seen = now
            time.sleep(SETTLE)
            now = self._look()
        same = [name for name, facts in now.items() if self._seen.get(name) == facts]
        self._seen, self._seen_at = now, time.monotonic()
        return sorted(same, key=lambda name: (now[name][1], name))[:MOST]

    def _take(self, name: str) -> Path | None:
        """Move a file to where nobody else moves it; None if it is not what it was any more."""
        place = self._free(TAKEN, name)
        try:
            (self._folder / name).rename(place)
        except FileNotFoundError:
            return None
        facts = place.lstat()
        if not stat.S_ISREG(facts.st_mode) or facts.st_nlink != 1:
            # Something else was put in its place between look and move.
            place.rename(self._free(REFUSED, name))
            return None
        return place

    def _catch(self, path: Path) -> Catch:
        told, before = _Told(), _facts(path)

        def landed() -> None:
            if _facts(path) != before:
                return  # somebody still writes into it: it lands again
            refused = told.report is not None and bool(told.report.error)
            place = self._free(REFUSED if refused else DONE, path.name)
            if told.report is not None:
                content = json.dumps(told.report.as_dict(), ensure_ascii=False, indent=2, default=str)
                place.with_name(place.name + ".report.json").write_text(content, "utf-8")
            os.utime(path)
            path.rename(place)

        return Catch(path, self._format, landed=landed, crs=self._crs, mapping=self._mapping, told=told.hear)

    def _free(self, folder: str, name: str) -> Path:
        """A name in a folder that no file has; what a terminal or a registry could trip over is left out."""
        plain = _ODD.sub("_", name)[-_LONGEST:].lstrip(".") or "_"
        if folder == TAKEN:
            place = self._folder / folder / plain
        else:
            place = self._folder / folder / f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{plain}"
        number = 1
        while os.path.lexists(place):
            number += 1
            place = place.with_name(f"{number}-{plain}")
        return place

    @staticmethod
    def _regular(folder: Path) -> list[Path]:
        return [path for path in folder.iterdir() if path.is_file() and not path.is_symlink()]

    def _tidy(self) -> None:
        """Remove what has landed long ago; what was refused stays until somebody looks at it."""
        if self._keep <= 0:
            return
        oldest = time.time() - self._keep * _DAY
        for path in self._regular(self._folder / DONE):
            if path.lstat().st_mtime < oldest:
                path.unlink(missing_ok=True)


def _facts(path: Path) -> tuple[int, int]:
    facts = path.lstat()
    return facts.st_size, facts.st_mtime_ns


SOURCE = Source(
    name="folder",
    title=Text("Ordner zum Ablegen", "Folder for dropping"),
    description=Text(
        "Nimmt jede Datei, die in den Ordner gelegt wird und sich nicht mehr ändert, und legt sie danach nach done/ "
        "oder refused/, mit dem Bericht daneben. Verknüpfungen, Gerätedateien, Punktdateien und Unterordner bleiben. "
        "Am sichersten schreibt man unter einem Namen mit .part am Ende und benennt um, wenn alles da ist.",
        "Takes every file that is put into the folder and no longer changes, and moves it to done/ or refused/ then, "
        "with the report beside it. Links, special files, dot files and folders in it are left alone. It is safest to "
        "write under a name that ends in .part and to rename it once everything is there.",
    ),
    options=(
        Option(
            "path",
            Text(
                "Absoluter Pfad des Ordners, außerhalb des Zwillings.", "Absolute path of the folder, outside the twin."
            ),
            required=True,
        ),
        Option(
            "pattern",
            Text("Welche Dateien, etwa *.csv; mehrere mit Komma.", "Which files, such as *.csv; several by comma."),
            default="*",
        ),
        Option(
            "format",
            Text("Format der Dateien, statt es zu erkennen.", "Format of the files, instead of recognising it."),
        ),
        Option(
            "mapping",
            Text("Gespeicherte Zuordnung, nach der Tabellen gelesen werden.", "Saved mapping that tables are read by."),
        ),
        Option("crs", Text("CRS von Dateien, die keines nennen.", "CRS of files that name none.")),
        Option(
            "keep",
            Text("Tage, die done/ aufgehoben wird; 0 für immer.", "Days that done/ is kept; 0 for ever."),
            default="30",
        ),
    ),
    open=Drop,
    every=60,
    example="twin feed add 05974040 ablage --source folder --option path=/srv/ablage --option pattern=*.csv,*.json",
)
