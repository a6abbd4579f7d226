"""A twin on disk: where registry, lakes, staging, tiles and locks are, and its configuration."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from twin.engine import Limits
from twin.errors import HomeExists, NotAHome

CONFIG = """\
# Where the registry is: empty for registry.sqlite in this folder, else an SQLAlchemy URL such as
# postgresql+psycopg://user@host/twin (the password comes from ~/.pgpass or PGPASSWORD, never from here).
registry = ""
# What one process may use: memory such as "4GB" (empty: 80 % of the machine's) and threads (0: all cores).
memory = ""
threads = 0
# Folder for what does not fit into memory; empty for a folder in this one.
temp = ""
# "de" or "en"; empty for the user's own.
language = ""
"""


@dataclass(frozen=True, slots=True)
class Home:
    """Folder of a twin.

    Attributes
    ----------
    path : Path
        The folder, absolute.
    registry_url : str
        SQLAlchemy URL of the registry.
    limits : Limits
        What a connection may use.
    language : str
        ``de``, ``en`` or empty.
    """

    path: Path
    registry_url: str
    limits: Limits
    language: str = ""

    @classmethod
    def create(cls, path: str | Path, config: str = CONFIG) -> Home:
        """Make the folder of a new twin.

        Parameters
        ----------
        path : str or Path
            Folder that is empty or does not exist.
        config : str
            Content of ``config.toml``.

        Raises
        ------
        HomeExists
            If a twin or anything else lies there.
        """
        folder = Path(path).expanduser().absolute()
        if folder.exists() and any(folder.iterdir()):
            raise HomeExists(path=folder, district="…")
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("lakes", "staging", "derived", "locks"):
            (folder / name).mkdir()
        (folder / "config.toml").write_text(config, "utf-8")
        return cls.open(folder)

    @classmethod
    def open(cls, path: str | Path) -> Home:
        """The twin that lies at `path`.

        Raises
        ------
        NotAHome
            If none does.
        """
        folder = Path(path).expanduser().absolute()
        try:
            config = tomllib.loads((folder / "config.toml").read_text("utf-8"))
        except (OSError, tomllib.TOMLDecodeError) as problem:
            raise NotAHome(path=folder) from problem
        temp = Path(config["temp"]) if config.get("temp") else folder / "staging" / ".engine"
        return cls(
            path=folder,
            registry_url=str(config.get("registry") or f"sqlite:///{folder / 'registry.sqlite'}"),
            limits=Limits(str(config.get("memory", "")), int(config.get("threads", 0)), temp),
            language=str(config.get("language", "")),
        )

    def lake(self, ags: str) -> Path:
        """Folder of the lake of a tenant."""
        return self.path / "lakes" / ags

    @property
    def staging(self) -> Path:
        """Folder of rows on their way in."""
        return self.path / "staging"

    @property
    def temp(self) -> Path:
        """Folder of what engines spill to the disk and readers write for themselves."""
        return self.limits.temp or self.staging / ".engine"

    def derived(self, derivative: str, ags: str = "", consent_class: str = "") -> Path:
        """Folder of what is made from the tables: ``derived/<derivative>/<ags>/<consent class>``."""
        return self.path.joinpath("derived", *(part for part in (derivative, ags, consent_class) if part))

    @contextmanager
    def lock(self, name: str, timeout: float = -1) -> Iterator[None]:
        """Hold lock `name`; the operating system releases it when the process dies, however it dies.

        Parameters
        ----------
        name : str
            Name of the file under ``locks/``.
        timeout : float
            How long to wait for it [s]; negative for ever. `filelock.Timeout` afterwards.
        """
        with FileLock(self.path / "locks" / f"{name}.lock", timeout=timeout):
            yield
