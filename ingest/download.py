"""Fetches a delivery from a URL, from public addresses only."""

from __future__ import annotations

import http.client
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from ingest.outside.request import Answer, ask, without_secrets
from twin.errors import Unreachable

LARGEST = 64 << 30
"""Most bytes that are fetched from one URL."""

_UNNAMED = "delivery"


def is_url(word: str) -> bool:
    """Whether `word` is a URL that `download` fetches."""
    return word.lower().startswith(("http://", "https://"))


def download(url: str, folder: Path, largest: int = LARGEST) -> Path:
    """Fetch `url` into `folder`; see `ingest.outside.request.ask` for what may be reached.

    Parameters
    ----------
    url : str
        ``http`` or ``https``.
    folder : Path
        Where the file is put.
    largest : int
        Most bytes taken.

    Returns
    -------
    path : Path
        The file, by the name that the URL gives it.

    Raises
    ------
    UnsafeDelivery
        If an address is not public, or the file is too large.
    Unreachable
        If it cannot be fetched.
    """
    with ask(url) as answer:
        if answer.status != http.client.OK:
            raise Unreachable(file=without_secrets(url), found=f"HTTP {answer.status} {answer.reason}")
        path = folder / _file_name(answer)
        with path.open("wb") as file:
            for chunk in answer.chunks(largest):
                file.write(chunk)
    return path


def _file_name(answer: Answer) -> str:
    named = re.search(r'filename="?([^";]+)', answer.header("Content-Disposition"))
    name = named.group(1) if named else unquote(urlsplit(answer.url).path).rpartition("/")[2]
    name = re.sub(r"[^\w.\-+ ]", "_", name.replace("\\", "/").rpartition("/")[2]).strip(". ")
    return name[:120] or _UNNAMED
