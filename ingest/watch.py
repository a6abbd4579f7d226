"""Who watches a run of the ingest job: nobody, or somebody at a terminal."""

from __future__ import annotations

from types import TracebackType
from typing import Protocol, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from ingest.workers import Part
from twin.language import Text

PLACING = Text("ordnet zu", "placing")
COMMITTING = Text("speichert", "storing")
DERIVING = Text("erneuert Kacheln", "renewing tiles")


class Watch(Protocol):
    """Is told how far the job is."""

    def begin(self, name: str, files: int) -> None:
        """Delivery `name` of so many files begins."""

    def file_done(self, part: Part) -> None:
        """One of its files has been read."""

    def step(self, title: Text) -> None:
        """The delivery has got to this step."""


class Nobody:
    """Watches nothing."""

    def begin(self, name: str, files: int) -> None:
        """Do nothing."""

    def file_done(self, part: Part) -> None:
        """Do nothing."""

    def step(self, title: Text) -> None:
        """Do nothing."""


class ProgressBar:
    """A progress bar on a terminal; use it as a context."""

    def __init__(self, console: Console) -> None:
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        self._progress = Progress(*columns, console=console, transient=True)
        self._task: TaskID | None = None
        self._name = ""

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def begin(self, name: str, files: int) -> None:
        """Start a new bar."""
        if self._task is not None:
            self._progress.remove_task(self._task)
        self._name = name
        self._task = self._progress.add_task(name, total=files)

    def file_done(self, part: Part) -> None:
        """Advance the bar."""
        if self._task is not None:
            self._progress.advance(self._task)

    def step(self, title: Text) -> None:
        """Say it beside the name."""
        if self._task is None:
            self._task = self._progress.add_task(str(title), total=None)
        self._progress.update(self._task, description=f"{self._name} – {title}")
