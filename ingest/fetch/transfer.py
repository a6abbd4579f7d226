"""One file from the portal to the disk: resumed where it broke off, whole or not at all."""

from __future__ import annotations

import errno
import http.client
import os
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from ingest.fetch.index import Entry
from ingest.fetch.manifest import Kept, Manifest, Validators
from ingest.fetch.portal import PASSING, Final, Portal
from ingest.fetch.soundness import demand_sound, digest
from ingest.fetch.state import Product, State
from ingest.outside.request import Answer, without_secrets
from twin.errors import NoRoom, Unreachable, UnsafeDelivery
from twin.language import Text
from twin.number import grouped

Fate = Literal["fetched", "changed", "kept"]

PART = ".part"
"""End of the name of a file that is on its way."""

_OK, _PARTIAL, _NOT_MODIFIED = http.client.OK, http.client.PARTIAL_CONTENT, http.client.NOT_MODIFIED
_UNSATISFIABLE = http.client.REQUESTED_RANGE_NOT_SATISFIABLE
_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")
_ROUNDS = 100
_NEVER = Text("bricht immer wieder ab", "breaks off again and again")
_MORE_THAN_LISTED = Text("mehr als {size} B laut Dateiliste", "more than {size} B by the list of files")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file that lies over a municipality.

    Attributes
    ----------
    state : State
        Whose portal.
    product : Product
        What it is of.
    entry : Entry
        Its line in the portal's list.
    path : Path
        Where it is kept.
    kept : Kept or None
        What has been fetched by this name before.
    companion : bool
        Whether it only belongs to another, and is no delivery of its own.
    """

    state: State
    product: Product
    entry: Entry
    path: Path
    kept: Kept | None
    companion: bool = False

    @property
    def part(self) -> Path:
        """Where it is on its way."""
        return self.path.with_name(self.path.name + PART)

    @property
    def largest(self) -> int:
        """Bytes that are taken at most."""
        return self.product.largest if self.entry.size is None else min(self.entry.size, self.product.largest)

    def standing(self, manifest: Manifest, *, thorough: bool = False) -> Fate:
        """``kept`` if it is here whole as the portal lists it, else what fetching it would make it.

        Size and time of change are looked at; the bytes only where these have changed, or if it is to be `thorough`.
        A file that lists tell no version of is asked for again, with a condition.
        """
        kept = self.kept
        if kept is None:
            return "fetched"
        self._finish(kept)
        if not self.entry.version or kept.version != self.entry.version:
            return "changed"
        return "kept" if self.intact(manifest, thorough=thorough) else "fetched"

    def intact(self, manifest: Manifest, *, thorough: bool = False) -> bool:
        """Whether the file on disk is what was fetched."""
        kept = self.kept
        try:
            found = self.path.stat()
        except OSError:
            return False
        if kept is None or found.st_size != kept.size:
            return False
        if found.st_mtime_ns == kept.modified_ns and not thorough:
            return True
        if digest(self.path) != kept.sha256:
            # Nobody may take it for what its size and time of change say it is.
            self.path.unlink()
            return False
        manifest.keep(replace(kept, modified_ns=found.st_mtime_ns))
        return True

    def _finish(self, kept: Kept) -> None:
        """Make up for a rename that a kill has prevented."""
        if self.part.is_file():
            found = self.part.stat()
            if (found.st_size, found.st_mtime_ns) == (kept.size, kept.modified_ns):
                self.part.replace(self.path)


class Transfer:
    """Fetches one file.

    Parameters
    ----------
    wanted : Wanted
        The file.
    portal : Portal
        Who is asked.
    manifest : Manifest
        What remembers how far it is.
    """

    def __init__(self, wanted: Wanted, portal: Portal, manifest: Manifest) -> None:
        self.wanted, self.portal, self.manifest = wanted, portal, manifest
        self.url, self.part = wanted.entry.url, wanted.part

    def run(self) -> tuple[Fate, Kept]:
        """Fetch it, and give what became of it.

        Raises
        ------
        Unreachable
            If the portal does not give it.
        InvalidDelivery
            If what came is not what the portal lists.
        UnsafeDelivery
            If it is larger than it may be, or lies where nothing may be fetched from.
        NoRoom
            If the disk is full.
        """
        self.part.parent.mkdir(parents=True, exist_ok=True)
        attempt, furthest = 0, self._arrived()
        for _ in range(_ROUNDS):
            try:
                found = self._once(attempt)
            except Final:
                raise
            except Unreachable as broken:
                # Whatever has come is not asked for again: as long as there is more of it, it is worth another try.
                if self._arrived() > furthest:
                    attempt, furthest = 0, self._arrived()
                self._pause(attempt, broken)
            else:
                if isinstance(found, Kept):
                    return "kept", found
                if found is not None:
                    return self._keep(found)
            attempt += 1
        raise Unreachable(file=without_secrets(self.url), found=_NEVER)

    def _once(self, attempt: int) -> Validators | Kept | None:
        """Ask once: what the whole file has come as, what is kept if it is still that, or None to ask again."""
        wanted, begun = self.wanted, self.manifest.begun(self.url)
        have = self._have(begun)
        headers: dict[str, str] = {}
        if have and begun is not None:
            if have == wanted.entry.size:
                return begun
            headers = {"Range": f"bytes={have}-", "If-Range": begun.strong}
        elif wanted.kept is not None and wanted.intact(self.manifest):
            headers = Validators(wanted.kept.etag, wanted.kept.last_modified).conditions
        with self.portal.asked(self.url, headers) as answer:
            if answer.status == _NOT_MODIFIED and wanted.kept is not None and headers and not have:
                return self._unchanged(wanted.kept)
            if answer.status == _PARTIAL and begun is not None and self._continues(answer, have, begun):
                return self._write(answer, have, begun)
            if answer.status == _OK:
                named = answer.header("ETag"), answer.header("Last-Modified")
                return self._write(answer, 0, Validators(*named, wanted.entry.version))
            if answer.status in {_PARTIAL, _UNSATISFIABLE}:
                # The server has another file by now than the one that was begun.
                self._discard()
                return None
            if answer.status not in PASSING:
                raise Final(file=without_secrets(self.url), found=f"HTTP {answer.status} {answer.reason}")
            busy = answer
        # The connection is closed by now: nobody should hold one while he waits.
        self.portal.wait(self.url, attempt, busy)
        return None

    def _pause(self, attempt: int, broken: Unreachable) -> None:
        self.portal.demand_running(self.url)
        try:
            self.portal.wait(self.url, attempt, None)
        except Final:
            raise broken from None

    def _have(self, begun: Validators | None) -> int:
        """Bytes of this very version that are here already. [B]"""
        try:
            have = self.part.stat().st_size
        except OSError:
            return 0
        same = begun is not None and begun.strong and begun.version == self.wanted.entry.version
        if not same or have > self.wanted.largest:
            self._discard()
            return 0
        return have

    def _arrived(self) -> int:
        return self.part.stat().st_size if self.part.is_file() else 0

    def _continues(self, answer: Answer, have: int, begun: Validators) -> bool:
        """Whether an answer is the rest of what was begun; not every server looks at ``If-Range``."""
        named = ((answer.header("ETag"), begun.etag), (answer.header("Last-Modified"), begun.last_modified))
        if not have or any(new and old and new != old for new, old in named):
            return False
        match, size = _RANGE.fullmatch(answer.header("Content-Range").strip()), self.wanted.entry.size
        if match is None or int(match[1]) != have:
            return False
        return size is None or match[3] in {"*", str(size)}

    def _write(self, answer: Answer, have: int, validators: Validators) -> Validators:
        """Write the body behind the first `have` bytes."""
        if not have:
            self.part.unlink(missing_ok=True)
        # Before the first byte: whoever finds a part has to know of which version it is.
        self.manifest.begin(self.url, validators)
        left = self.wanted.largest - have
        announced = answer.header("Content-Length")
        if announced.isdecimal() and int(announced) > left:
            raise _too_large(self.wanted)
        try:
            with self.part.open("r+b" if have else "wb") as file:
                file.seek(have)
                for chunk in answer.chunks(1 << 50):
                    left -= len(chunk)
                    if left < 0:
                        raise _too_large(self.wanted)
                    file.write(chunk)
                    self.portal.count(len(chunk))
                    self.portal.demand_running(self.url)
                file.flush()
                os.fsync(file.fileno())
        except OSError as problem:
            if problem.errno in {errno.ENOSPC, errno.EDQUOT}:
                raise NoRoom(path=self.part.parent, found="0 B", expected=f"{grouped(left)} B") from problem
            raise
        return validators

    def _keep(self, validators: Validators) -> tuple[Fate, Kept]:
        """Look at what has come, and put it where it belongs."""
        wanted, entry = self.wanted, self.wanted.entry
        sha256 = digest(self.part)
        try:
            demand_sound(self.part, wanted.product, entry, sha256, companion=wanted.companion)
        except Exception:
            self._discard()
            raise
        found = self.part.stat()
        kept = Kept(
            wanted.state.name, wanted.product.name, entry.name, self.url, found.st_size, sha256, validators.etag,
            validators.last_modified, entry.version, entry.timestamp, wanted.product.licence.key, _now(),
            found.st_mtime_ns,
        )  # fmt: skip
        # In this order: after a kill between the two, the part is known to be the file, and renamed then.
        self.manifest.keep(kept)
        self.part.replace(wanted.path)
        return "changed" if wanted.kept is not None and wanted.kept.sha256 != sha256 else "fetched", kept

    def _unchanged(self, kept: Kept) -> Kept:
        """The portal lists it anew, and still has the same."""
        same = replace(kept, version=self.wanted.entry.version, timestamp=self.wanted.entry.timestamp, gone_at="")
        self.manifest.keep(same)
        return same

    def _discard(self) -> None:
        self.part.unlink(missing_ok=True)
        self.manifest.drop(self.url)


def _too_large(wanted: Wanted) -> UnsafeDelivery:
    limit = _MORE_THAN_LISTED.filled(size=grouped(wanted.largest))
    return UnsafeDelivery(file=wanted.entry.name, found=limit, expected=f"{grouped(wanted.largest)} B")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
