"""Deliveries land here: prepared in the registry, committed lake after lake, published by moving all heads at once."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from filelock import FileLock, Timeout

from twin.compaction import compact, count_compaction
from twin.consent import MUNICIPALITIES, Pair, accepted, layers
from twin.continuation import ACTION, fold
from twin.deliveries import add_counts
from twin.engine import Connection, EngineError, connect, name, text
from twin.findings import insert_findings, replace_findings
from twin.home import Home
from twin.lake import Lake, remove_folder
from twin.landing import Landing, Note
from twin.registry import Registry, Transaction, execute, insert, next_moment, now, rows, scalar
from twin.retirement import Part, plan, replaced
from twin.staging import DeliveryHeader, Outcome, Staging, staged_file, write_safely


class Store:
    """The writing side of a home.

    Parameters
    ----------
    home : Home
        Where it lies.
    registry : Registry
        Its registry.
    """

    def __init__(self, home: Home, registry: Registry) -> None:
        self.home, self.registry = home, registry
        self._connection: Connection | None = None

    @property
    def connection(self) -> Connection:
        """Database that lakes are attached to while they are written."""
        if self._connection is None:
            self._connection = connect(self.home.limits)
        return self._connection

    def close(self) -> None:
        """Let go of the database."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def lake(self, ags: str) -> Lake:
        """The lake of a tenant."""
        return Lake(ags, self.home.lake(ags))

    def district_in(self, transaction: Transaction) -> str:
        """Key of the district."""
        return str(scalar(transaction, "SELECT value FROM setting WHERE name = 'district'"))

    def stage(self, header: DeliveryHeader) -> Staging:
        """Begin a delivery."""
        return Staging(self, header)

    def check_geometry(self, file: Path, column: str) -> None:
        """Read all geometries of a staged file; raises the engine's error where one cannot be."""
        self.connection.execute(
            f"SELECT count(ST_GeomFromWKB({name(column)})) FROM read_parquet({text(str(file))})"
        ).fetchall()

    def is_prepared(self, delivery_id: str) -> bool:
        """Whether a delivery will land, or has."""
        with self.registry.read() as transaction:
            return bool(scalar(transaction, "SELECT 1 FROM delivery WHERE delivery_id = :id", id=delivery_id))

    def land(self, delivery_id: str) -> Outcome:
        """Bring a staged delivery in, after those that a killed process left unfinished."""
        with self.registry.commit_lock():
            self.recover_held()
            self._prepare(delivery_id)
            outcome = self._finish(delivery_id)
            self._compact(ags for tenants in outcome.loaded.values() for ags in tenants)
            return outcome

    def _compact(self, tenants: Iterable[str]) -> None:
        """Merge small files; it can be done again, so it undoes nothing that has landed."""
        with suppress(EngineError):
            for ags in sorted(set(tenants)):
                with self.registry.read() as transaction:
                    heads = [
                        row["snapshot"]
                        for row in rows(transaction, "SELECT snapshot FROM head WHERE ags = :ags", ags=ags)
                    ]
                if compact(self.connection, self.lake(ags), heads):
                    # Whoever reads an older state looks up its files anew.
                    with self.registry.write() as transaction:
                        count_compaction(transaction)

    def recover_held(self) -> None:
        """Finish what killed processes had prepared, remove what they only staged. Call it under the commit lock."""
        with self.registry.read() as transaction:
            found = rows(
                transaction, "SELECT delivery_id, state FROM delivery WHERE state = 'prepared' ORDER BY received_at"
            )
        for row in found:
            self._finish(row["delivery_id"], again=True)
        for folder in self.home.staging.iterdir():
            if folder.name == ".engine":
                _remove_dead(folder)
            elif folder.is_dir():
                self._remove_if_left(folder)

    def _remove_if_left(self, folder: Path) -> None:
        lock = FileLock(folder / "lock", timeout=0)
        try:
            with lock:
                if not self.is_prepared(folder.name) or self._is_committed(folder.name):
                    remove_folder(folder)
        except (Timeout, FileNotFoundError):
            return  # somebody is still staging in it, or has just cleared it away

    def _is_committed(self, delivery_id: str) -> bool:
        sql = "SELECT 1 FROM delivery WHERE delivery_id = :id AND state = 'committed'"
        with self.registry.read() as transaction:
            return bool(scalar(transaction, sql, id=delivery_id))

    def _prepare(self, delivery_id: str) -> None:
        folder = self.home.staging / delivery_id
        manifest = _manifest(folder)
        with self.registry.write(quiet=True) as transaction:  # nobody sees it before it is published
            self._recheck(transaction, folder, manifest)
            header = manifest["header"]
            delivery = {
                "delivery_id": delivery_id,
                "state": "prepared",
                **{title: header[title] for title in ("file", "sha256", "format", "author")},
                "ags_option": header["ags"],
                "crs_option": header["crs"],
                "read_counts": json.dumps(manifest["read"]),
                "rejected": manifest["rejected"],
                "received_at": manifest["received_at"],
                # Of a file that somebody may bring but in part, the rest is not known.
                "whole": int(not header.get("tenants")),
            }
            insert(transaction, "delivery", [delivery])
            insert(transaction, "delivery_file", [{"delivery_id": delivery_id, **file} for file in manifest["files"]])
            add_counts(
                transaction, delivery_id, "refused", [(-1, ags, layer, n) for layer, ags, n in manifest["refused"]]
            )
            rejects = [
                {"delivery_id": delivery_id, "number": n, **reject} for n, reject in enumerate(manifest["rejects"])
            ]
            insert(transaction, "reject", rejects)
            counts = [tuple(count) for count in manifest.get("findings", ())]
            insert_findings(transaction, delivery_id, folder, counts, self._accepted(transaction))

    def _accepted(self, transaction: Transaction) -> frozenset[Pair]:
        return accepted(transaction, now()) | {(self.district_in(transaction), MUNICIPALITIES)}

    def _recheck(self, transaction: Transaction, folder: Path, manifest: dict[str, Any]) -> None:
        """Drop what lost its consent while it was staged."""
        pairs = self._accepted(transaction)
        kept = []
        for ags, layer in manifest["staged"]:
            if (ags, layers()[layer].consent_class) in pairs:
                kept.append([ags, layer])
                continue
            file = staged_file(folder, ags, layer)
            if file.is_file():
                manifest["refused"].append([layer, ags, pq.read_metadata(file).num_rows])
                file.unlink()
        if kept != manifest["staged"]:
            manifest["staged"] = kept
            write_safely(folder / "manifest.json", json.dumps(manifest, ensure_ascii=False))

    def _finish(self, delivery_id: str, *, again: bool = False) -> Outcome:
        """Bring a prepared delivery into its lakes; `again` if a process was killed over it."""
        folder = self.home.staging / delivery_id
        manifest = _manifest(folder)
        with self.registry.read() as transaction:
            retirement = plan(transaction, delivery_id, manifest)
            older = replaced(transaction, delivery_id, manifest)
            formats = _formats(transaction) if any(layers()[name].precedence for _, name in manifest["staged"]) else {}
        tenants = {ags for ags, _ in manifest["staged"]} | {ags for ags, _ in retirement.places}
        if retirement.keys:
            tenants |= {path.name for path in (self.home.path / "lakes").iterdir()}
        if own := manifest["header"].get("tenants"):
            tenants &= set(own)
        notes: dict[str, tuple[int | None, Note]] = {}
        for ags in sorted(tenants):
            landing = Landing(
                self.connection,
                self.lake(ags),
                delivery_id=delivery_id,
                format_name=manifest["header"]["format"],
                folder=folder,
                retirement=retirement,
                formats=formats,
                again=again,
                continues=manifest["header"].get("continues", ""),
            )
            if (done := landing.land()) is not None:
                notes[ags] = done
            if again:
                self.lake(ags).sweep(self.connection)
        self._publish(delivery_id, notes, older, manifest)
        outcome = _outcome(delivery_id, manifest, notes)
        remove_folder(folder)
        return outcome

    def _publish(
        self, delivery_id: str, notes: dict[str, tuple[int | None, Note]], older: set[Part], manifest: dict[str, Any]
    ) -> None:
        continues = manifest["header"].get("continues", "")
        said = bool(manifest.get("findings") or manifest["rejected"] or manifest["refused"])
        landed = any(at is not None for at, _ in notes.values())
        with self.registry.write(quiet=bool(continues) and not landed and not said) as transaction:
            replace_findings(transaction, {part for part in older if part[0] != continues})
            if continues and not landed:
                # Nothing new: nobody has to look again.
                fold(transaction, delivery_id, continues)
                return
            action = ACTION if continues else "deliver"
            seq = next_moment(transaction, action, continues or delivery_id)
            insert(
                transaction,
                "head",
                [{"ags": ags, "seq": seq, "snapshot": at} for ags, (at, _) in notes.items() if at is not None],
            )
            for ags, (_, note) in notes.items():
                loaded = [
                    (int(part), ags, layer, n) for layer, parts in note["loaded"].items() for part, n in parts.items()
                ]
                add_counts(transaction, delivery_id, "loaded", loaded)
                for kind in ("retired", "kept_better"):
                    add_counts(transaction, delivery_id, kind, [(-1, ags, layer, n) for layer, n in note[kind].items()])
                superseded = defaultdict(list)
                for layer, earlier, part, n in note["superseded"]:
                    superseded[earlier].append((part, ags, layer, n))
                for earlier, counts in superseded.items():
                    add_counts(transaction, earlier, "superseded", counts)
            execute(
                transaction,
                "UPDATE delivery SET state = 'committed', committed_at = :at, seq = :seq WHERE delivery_id = :id",
                at=now(), seq=seq, id=delivery_id,
            )  # fmt: skip
            if continues:
                fold(transaction, delivery_id, continues, seq)


def _formats(transaction: Transaction) -> dict[str, str]:
    """Format of every delivery; only what competes by precedence needs it."""
    found = rows(transaction, "SELECT delivery_id, format FROM delivery")
    return {str(row["delivery_id"]): str(row["format"]) for row in found}


def _manifest(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / "manifest.json").read_text("utf-8")))


def _outcome(delivery_id: str, manifest: dict[str, Any], notes: dict[str, tuple[int | None, Note]]) -> Outcome:
    loaded: dict[str, dict[str, int]] = defaultdict(dict)
    refused: dict[str, dict[str, int]] = defaultdict(dict)
    totals: dict[str, dict[str, int]] = {"retired": defaultdict(int), "kept_better": defaultdict(int)}
    for ags, (_, note) in notes.items():
        for layer, parts in note["loaded"].items():
            loaded[layer][ags] = sum(parts.values())
        for kind, total in totals.items():
            for layer, number in note[kind].items():
                total[layer] += number
    for layer, ags, number in manifest["refused"]:
        refused[layer][ags] = refused[layer].get(ags, 0) + number
    delivery_id = manifest["header"].get("continues") or delivery_id
    return Outcome(delivery_id, dict(loaded), dict(refused), dict(totals["retired"]), dict(totals["kept_better"]))


def _remove_dead(folder: Path) -> None:
    """Remove what connections of dead processes had spilled to disk."""
    for spilled in folder.iterdir():
        try:
            os.kill(int(spilled.name.split("-")[0]), 0)
        except (ProcessLookupError, ValueError):
            remove_folder(spilled)
        except PermissionError:
            continue
