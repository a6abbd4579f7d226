"""What a source of readings is: it gets bytes from somewhere, again and again, and knows where it stands.

Sources know no tables. What they get are files in a format of ``ingest.formats``; these land through the ordinary job,
and only then does the source go on: a reading is acknowledged, and a cursor moved, after the commit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from twin.feeds.feed import Feed
from twin.language import Text

if TYPE_CHECKING:
    from ingest.report import DeliveryReport


def _nothing() -> None:
    return


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that a source has to know.

    Attributes
    ----------
    name : str
        As in ``--option name=value``.
    title : Text
        What it is.
    required : bool
        Whether there is no asking without it.
    default : str
        Value where none is given.
    """

    name: str
    title: Text
    required: bool = False
    default: str = ""


@dataclass(frozen=True, slots=True)
class Catch:
    """A file that a source got.

    Attributes
    ----------
    path : Path
        Where it lies: in `Setting.folder`, or where a municipality has dropped it.
    format : str
        Name of its ``FORMAT``; empty to recognise it.
    cursor : dict or None
        Where to go on once it has landed; None where nothing moves.
    landed : callable
        Is called once it is stored, or refused for what it is: acknowledges, moves away, or does nothing.
    crs : str
        CRS of a file that names none; empty if it does.
    mapping : str
        Name of the saved mapping that it is read by, where its format is ``mapped_table``; empty for whichever fits.
    told : callable
        Is called with the job's report of it before `landed`, and also where it is to come again.
    """

    path: Path
    format: str = ""
    cursor: dict[str, Any] | None = None
    landed: Callable[[], None] = _nothing
    crs: str = ""
    mapping: str = ""
    told: Callable[[DeliveryReport], None] = lambda _: None


@dataclass(frozen=True, slots=True)
class Setting:
    """What a source works with.

    Attributes
    ----------
    feed : Feed
        What was declared, with defaults filled in.
    cursor : mapping
        Where it stands; always what was kept last, for as long as the feed is at work.
    folder : Path
        Where it may write what it gets; emptied when it has landed.
    secret : str
        The password or token itself; empty for none. It goes into no text, log or error.
    latest : callable
        Ids of sensors → time of the latest stored reading of each that has one (UTC, naive).
    home : Path or None
        Folder of the twin, for sources that must keep out of it.
    """

    feed: Feed
    cursor: Mapping[str, Any]
    folder: Path
    secret: str = field(default="", repr=False)
    latest: Callable[[list[str]], dict[str, datetime]] = lambda _: {}
    home: Path | None = None


class Gatherer(Protocol):
    """A feed at work, for as long as its process runs.

    One that has an attribute ``remark`` (Text or None) says there, when `gather` has ended, what somebody should know
    though it has answered, such as losses on the other side: it is shown as the feed's problem, and is no failure.
    """

    def gather(self) -> Iterator[Catch]:
        """Files that have come since the cursor.

        The next one is asked for when the last has landed. A source that pushes gives what came meanwhile.

        Raises
        ------
        twin.errors.TwinError
            If the other side cannot be reached, or does not make sense; it is asked again later.
        """
        ...

    def close(self) -> None:
        """Let go of connections. What was not acknowledged comes again."""
        ...


@dataclass(frozen=True, slots=True)
class Source:
    """A kind of feed.

    Attributes
    ----------
    name : str
        As in ``twin feed add --source NAME``.
    title, description : Text
        What it is, and what a steward has to know.
    options : tuple of Option
        What it has to know.
    open : callable
        ``(Setting) -> Gatherer``. Connects late: it raises only where the options make no sense.
    every : int
        How often it is asked unless the feed says so. [s]
    secret : Text or None
        What the secret is, such as a broker's password; None where it takes none.
    example : str
        A command line that declares one.
    """

    name: str
    title: Text
    description: Text
    options: tuple[Option, ...]
    open: Callable[[Setting], Gatherer]
    every: int = 600
    secret: Text | None = None
    example: str = ""
