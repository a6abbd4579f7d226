"""Any table that a server answers with: CSV or JSON, read by a saved mapping."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from ingest.delivery import MAPPED
from ingest.outside.request import Answer, Patience, ask, without_secrets
from ingest.source import Catch, Option, Setting, Source
from twin.errors import FeedError, Unreachable
from twin.language import Text

LARGEST = 256 << 20
"""Largest answer. [B]"""

PATIENCE = Patience(idle=30.0, total=120.0)
"""How long an answer may take."""

OVERLAP = timedelta(hours=1)
"""How far before the last answer ``{since}`` lies: what comes twice is harmless, what comes late is not lost."""

_SINCE = re.compile(r"\{(since|now)\}")
_SPAN = re.compile(r"(\d{1,5})([hd])")
_HEADER = re.compile(r"[A-Za-z0-9-]{1,60}")
_KINDS = {"json": ".json", "csv": ".csv", "tab-separated": ".tsv", "spreadsheet": ".xlsx", "plain": ".csv"}
_URL = Text("„{url}“: erwartet http(s)://…", "“{url}”: expected http(s)://…")
_BEGIN = Text("begin={found}: erwartet etwa 12h oder 7d.", "begin={found}: expected such as 12h or 7d.")
_NO_HEADER = Text("header={found}: kein Name einer Kopfzeile.", "header={found}: no name of a header.")
_TIME = Text("time={found}: damit lässt sich keine Zeit schreiben.", "time={found}: no time can be written by that.")
_CLEAR = Text(
    "das Geheimnis ginge unverschlüsselt an {host}: erwartet https, oder der Rechner in TWIN_ALLOW_HOSTS.",
    "the secret would go to {host} in clear: expected https, or the host in TWIN_ALLOW_HOSTS.",
)


class Table:
    """A table that is asked for again and again.

    Parameters
    ----------
    setting : Setting
        With the URL.

    Raises
    ------
    FeedError
        If the options make no sense.
    """

    def __init__(self, setting: Setting) -> None:
        self._setting, self._feed = setting, setting.feed
        options = setting.feed.options
        self._url = options["url"]
        self._time = options.get("time", "%Y-%m-%dT%H:%M:%SZ")
        self._begin = self._span(options.get("begin", "7d"))
        self._header = options.get("header", "")
        self._mapping = options.get("mapping", "")
        self._format = options.get("format", "") or (MAPPED if self._mapping else "")
        self._demand()

    def gather(self) -> Iterator[Catch]:
        """What the server answers, if it is something else than last time.

        Raises
        ------
        Unreachable, UnsafeDelivery
            If it does not answer, or not so.
        """
        cursor = dict(self._setting.cursor)
        began = datetime.now(UTC).replace(microsecond=0)
        url = self._filled(cursor, began)
        place = hashlib.sha256(url.encode()).hexdigest()[:16]
        known = cursor if cursor.get("place") == place else {}
        headers = {"Accept": "application/json, text/csv;q=0.9, */*;q=0.5"}
        for name, word in (("If-None-Match", "etag"), ("If-Modified-Since", "modified")):
            if known.get(word):
                headers[name] = str(known[word])
        with ask(url, headers=headers, private=self._private(), patience=PATIENCE) as answer:
            if answer.status in (204, 304):
                return
            if answer.status != 200:
                found = f"HTTP {answer.status} {answer.reason}"[:200]
                raise Unreachable(file=without_secrets(url), found=found)
            path, digest = self._kept(answer)
            new = {
                "place": place,
                "etag": answer.header("ETag")[:500],
                "modified": answer.header("Last-Modified")[:100],
                "digest": digest,
                "since": began.isoformat(),
            }
        if cursor.get("digest") == digest:
            path.unlink()
            return
        yield Catch(path, self._format, new, crs=self._feed.options.get("crs", ""), mapping=self._mapping)

    def close(self) -> None:
        """Nothing is open."""

    def _demand(self) -> None:
        try:
            parts = urlsplit(self._url)
            usable = parts.scheme in ("http", "https") and bool(parts.hostname)
        except ValueError:
            usable = False
        if not usable:
            raise self._wrong(_URL.filled(url=without_secrets(self._url)))
        if self._header and not _HEADER.fullmatch(self._header):
            raise self._wrong(_NO_HEADER.filled(found=self._header[:60]))
        try:
            written = datetime(2026, 1, 1, tzinfo=UTC).strftime(self._time)
        except ValueError:
            written = ""
        if not written or len(written) > 60:
            raise self._wrong(_TIME.filled(found=self._time[:60]))
        allowed = {name.strip().lower() for name in os.environ.get("TWIN_ALLOW_HOSTS", "").split(",")}
        host = (parts.hostname or "").lower()
        if self._feed.secret and parts.scheme == "http" and host not in allowed:
            raise self._wrong(_CLEAR.filled(host=host))

    def _wrong(self, problem: Text) -> FeedError:
        return FeedError(feed=self._feed.name, problem=problem)

    def _span(self, written: str) -> timedelta:
        found = _SPAN.fullmatch(written)
        if found is None:
            raise self._wrong(_BEGIN.filled(found=written[:20]))
        return timedelta(hours=int(found[1]) * (24 if found[2] == "d" else 1))

    def _filled(self, cursor: dict[str, Any], now: datetime) -> str:
        """The URL with its times in place."""
        since = now - self._begin
        try:
            last = datetime.fromisoformat(str(cursor.get("since", "")))
            # A clock that was ahead then is not believed.
            since = max(min(last, now) - OVERLAP, now - timedelta(days=3660))
        except (ValueError, TypeError):
            pass
        moments = {"since": since, "now": now}
        return _SINCE.sub(lambda found: quote(moments[found[1]].strftime(self._time), safe=""), self._url)

    def _private(self) -> dict[str, str]:
        if not self._setting.secret:
            return {}
        if self._header:
            return {self._header: self._setting.secret}
        return {"Authorization": f"Bearer {self._setting.secret}"}

    def _kept(self, answer: Answer) -> tuple[Path, str]:
        """The answer as a file, and the digest of its content."""
        kind = answer.header("Content-Type").lower()
        suffix = next((ending for word, ending in _KINDS.items() if word in kind), "")
        suffix = suffix or Path(urlsplit(self._url).path).suffix[:6] or ".csv"
        name = re.sub(r"[^A-Za-z0-9_-]", "_", self._feed.name) + re.sub(r"[^A-Za-z0-9.]", "_", suffix)
        path, digest = self._setting.folder / name, hashlib.sha256()
        with path.open("wb") as file:
            for chunk in answer.chunks(LARGEST):
                digest.update(chunk)
                file.write(chunk)
        return path, digest.hexdigest()


SOURCE = Source(
    name="http_table",
    title=Text("Tabelle über HTTP", "Table over HTTP"),
    description=Text(
        "Fragt eine Adresse nach CSV oder JSON und liest es nach einer gespeicherten Zuordnung ('twin mapping'), sonst "
        "nach der, die zu den Spalten passt, oder als erkanntes Format. {since} und {now} in der Adresse werden zu "
        "Zeiten (UTC); was sich nicht geändert hat (ETag, Last-Modified, Inhalt), wird nicht wieder gespeichert.",
        "Asks an address for CSV or JSON and reads it by a saved mapping ('twin mapping'), else by the one that fits "
        "the columns, or as the format that it is. {since} and {now} in the address become times (UTC); what has not "
        "changed (ETag, Last-Modified, content) is not stored again.",
    ),
    options=(
        Option(
            "url",
            Text("Adresse, etwa https://…/werte?ab={since}", "Address, such as https://…/values?from={since}"),
            required=True,
        ),
        Option("mapping", Text("Name der gespeicherten Zuordnung.", "Name of the saved mapping.")),
        Option("format", Text("Format, statt es zu erkennen.", "Format, instead of recognising it.")),
        Option("crs", Text("CRS, wenn die Antwort keines nennt.", "CRS where the answer names none.")),
        Option(
            "begin",
            Text("Wie weit {since} beim ersten Mal zurückliegt.", "How far back {since} lies at first."),
            default="7d",
        ),
        Option(
            "time",
            Text("Wie Zeiten geschrieben werden (strftime).", "How times are written (strftime)."),
            default="%Y-%m-%dT%H:%M:%SZ",
        ),
        Option(
            "header",
            Text("Kopfzeile für das Geheimnis.", "Header for the secret."),
        ),
    ),
    open=Table,
    every=600,
    secret=Text("Token (Bearer), oder Schlüssel für `header`.", "Token (bearer), or key for `header`."),
    example="twin feed add 05974040 parken --source http_table --url https://daten.example.org/parken.json --option mapping=parken",  # noqa: E501
)
