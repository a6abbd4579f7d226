"""The uploads of a server: limited together, removed when they are done with, forgotten or left behind."""

from __future__ import annotations

import os
import secrets
import shutil
import threading
import time
from collections.abc import Sequence
from itertools import count
from pathlib import Path

from twin.errors import UploadRefused
from twin.lake import remove_folder
from twin.language import Text
from viewer.uploads.upload import Upload

PATIENCE = 24 * 3600
"""How long an upload is kept to which nothing happens. [s]"""

SPARE = 2 << 30
"""What has to stay free on the disk. [B]"""

MOST = 64
"""Uploads at a time, over all visitors."""

_number = count(1)

_FULL = Text("auf dem Server sind nur noch {free} GB frei", "only {free} GB are free on the server")
_BUSY = Text("zu viele Uploads auf einmal, bitte später", "too many uploads at once, later please")


class Inbox:
    """Uploads by key.

    They lie in ``<temp>/<process>-upload-<n>/<key>/``, so that the next process removes what a dead one left.

    Parameters
    ----------
    temp : Path
        Temporary folder of the home.
    """

    def __init__(self, temp: Path) -> None:
        self._folder = temp / f"{os.getpid()}-upload-{next(_number)}"
        self._uploads: dict[str, Upload] = {}
        self._lock = threading.Lock()

    def begin(self, names: Sequence[str], sizes: Sequence[int]) -> Upload:
        """Announce files.

        Raises
        ------
        UploadRefused
            If they are too many, too large, or the disk is too full.
        """
        with self._lock:
            self._forget_old()
            if len(self._uploads) >= MOST:
                raise UploadRefused(problem=str(_BUSY))
            self._folder.mkdir(parents=True, exist_ok=True)
            coming = sum(file.size - file.received for one in self._uploads.values() for file in one.files)
            free = shutil.disk_usage(self._folder).free - coming
            if sum(sizes) + SPARE > free:
                raise UploadRefused(problem=_FULL.format(free=max(0, free - SPARE) >> 30))
            key = secrets.token_urlsafe(18)
            upload = Upload(key, self._folder / key)
            upload.folder.mkdir()
            try:
                upload.announce(list(names), list(sizes))
            except UploadRefused:
                remove_folder(upload.folder)
                raise
            self._uploads[key] = upload
            return upload

    def get(self, key: str) -> Upload | None:
        """The upload called `key`, if it is still there."""
        return self._uploads.get(key)

    def remove(self, key: str) -> None:
        """Throw an upload away."""
        with self._lock:
            upload = self._uploads.pop(key, None)
        if upload is not None:
            remove_folder(upload.folder)

    def close(self) -> None:
        """Throw all away."""
        self._uploads.clear()
        remove_folder(self._folder)

    def _forget_old(self) -> None:
        for key, upload in list(self._uploads.items()):
            if time.monotonic() - upload.touched > PATIENCE:
                del self._uploads[key]
                remove_folder(upload.folder)
