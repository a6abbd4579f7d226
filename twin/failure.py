"""What is kept of an error that nobody expected: where it happened, and nothing of the data."""

from __future__ import annotations

import tempfile
import traceback
from datetime import UTC, datetime
from pathlib import Path

from twin import __version__


def record_failure(home: Path, error: BaseException) -> Path:
    """Write where `error` happened to a log file, and return its path.

    The message of the error and the values of variables are left out: they may hold content of the data.

    Parameters
    ----------
    home : Path
        Folder of the twin; the log goes to ``log/`` in it, or to the temporary folder where it is no twin.
    error : BaseException
        What was raised.
    """
    folder = home / "log" if home.is_dir() else Path(tempfile.gettempdir())
    now = datetime.now(UTC)
    lines = [f"twin {__version__}, {now.isoformat(timespec='seconds')}\n"]
    cause: BaseException | None = error
    while cause is not None:
        lines += [f"\n{type(cause).__module__}.{type(cause).__qualname__}\n", *traceback.format_tb(cause.__traceback__)]
        cause = cause.__cause__ or cause.__context__
    path = folder / f"twin-{now:%Y%m%d-%H%M%S-%f}.log"
    try:
        folder.mkdir(exist_ok=True)
        path.write_text("".join(lines), "utf-8")
    except OSError:
        path = Path(tempfile.gettempdir()) / path.name
        path.write_text("".join(lines), "utf-8")
    return path
