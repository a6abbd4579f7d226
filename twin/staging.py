"""Rows on their way in: written as Parquet beside the lakes, where nothing reads them, until the delivery commits."""

from __future__ import annotations

import json
import os
import secrets
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq
from filelock import FileLock

from twin.consent import MUNICIPALITIES, accepted, layers
from twin.delivery import DeliveryHeader, Outcome
from twin.engine import EngineError
from twin.errors import InvalidDelivery
from twin.findings import Count, FindingRecord, stage_findings
from twin.lake import remove_folder
from twin.layer import STORED_AT
from twin.registry import now

if TYPE_CHECKING:
    from twin.store import Store

Box = tuple[float, float, float, float]

__all__ = ["DeliveryHeader", "Outcome", "Staging"]

_BUFFER = 32 << 20  # [bytes] of one table that are gathered before they are written
_REJECTS = 10_000  # that are kept with their reasons; the rest is counted


@dataclass(slots=True)
class _Buffer:
    tables: list[pa.Table] = field(default_factory=list)
    size: int = 0
    writer: pq.ParquetWriter | None = None


class Staging:
    """A delivery before it lands. Use it as a context; leaving without `commit` discards it.

    Parameters
    ----------
    store : Store
        Where it will land.
    header : DeliveryHeader
        What it is.
    """

    def __init__(self, store: Store, header: DeliveryHeader) -> None:
        received = datetime.now(UTC)
        self.delivery_id = _delivery_id(received)
        self._stored_at = pa.scalar(received.replace(tzinfo=None), pa.timestamp("us"))
        self.header = header
        self._store = store
        self._layers = layers()
        self._received_at = now()
        self.folder = store.home.staging / self.delivery_id
        self.folder.mkdir()
        # Held as long as this process lives: whoever can take it knows that the folder is left over.
        self._lock = FileLock(self.folder / "lock")
        self._lock.acquire()
        with store.registry.read() as transaction:
            self._accepted = accepted(transaction, self._received_at)
            self._district = store.district_in(transaction)
        self._buffers: dict[tuple[str, str], _Buffer] = {}
        self._files: dict[int, dict[str, Any]] = {}
        self._retire: dict[str, list[str]] = {}
        self._rejects: list[dict[str, str]] = []
        self._rejected = 0
        self._findings: list[FindingRecord] = []
        self._finding_counts: list[Count] = []
        self._refused: Counter[tuple[str, str]] = Counter()
        self._read: Counter[str] = Counter()

    def __enter__(self) -> Staging:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.discard()

    def file(
        self,
        part: int,
        name: str,
        sha256: str = "",
        *,
        version: str = "",
        crs: str = "",
        extent: Box | None = None,
        mode: Literal["replace", "update"] = "replace",
        licence: str = "",
        date: str = "",
        dropped: Mapping[str, int] | None = None,
        notes: Sequence[str] = (),
    ) -> None:
        """Describe file `part` of the delivery; the facts are those of `ingest.format.Facts`.

        Parameters
        ----------
        part : int
            Number of the file in the delivery, from 0; as in `add`.
        name, sha256 : str
            Its name and the hash of its bytes.
        extent : (west, south, east, north) or None
            Area that it claims to describe wholly [m]; None where it claims none.
        mode : {"replace", "update"}
            Whether older rows that it no longer holds go.
        """
        box = dict(zip(("west", "south", "east", "north"), extent or (None,) * 4, strict=True))
        self._files[part] = {
            "part": part, "name": name, "sha256": sha256, "version": version, "crs": crs, "licence": licence,
            "content_date": date, "mode": mode, **box,
            "dropped": json.dumps(dict(dropped or {}), ensure_ascii=False),
            "notes": json.dumps(list(notes), ensure_ascii=False),
        }  # fmt: skip

    def foreign(self, ags: str) -> bool:
        """Whether whoever hands the delivery in may not write rows of tenant `ags`."""
        return bool(self.header.tenants) and ags not in self.header.tenants

    def accepts(self, ags: str, layer: str) -> bool:
        """Whether rows of `layer` of tenant `ags` may be stored: a consent covers them, of whatever audience."""
        if self.foreign(ags):
            return False
        consent_class = self._layers[layer].consent_class
        if consent_class == MUNICIPALITIES:
            return ags == self._district
        return (ags, consent_class) in self._accepted

    def add(self, ags: str, layer: str, table: pa.Table, part: int = 0) -> int:
        """Add rows of one layer of one tenant.

        Parameters
        ----------
        ags : str
            Tenant: a municipality, or the district.
        layer : str
            Name of the layer.
        table : pyarrow.Table
            Columns of the layer by name, geometry as WKB in the store's CRS; columns that are missing stay empty.
            ``ags`` is overwritten with the tenant unless the layer's placement is ``district``.
        part : int
            File that they come from.

        Returns
        -------
        accepted : int
            Number of rows: all, or 0 if there is no consent, when they are counted as refused and nothing is kept.
        """
        self._read[layer] += table.num_rows
        if not self.accepts(ags, layer):
            self._refused[layer, ags] += table.num_rows
            return 0
        if table.num_rows:
            buffer = self._buffers.setdefault((ags, layer), _Buffer())
            buffer.tables.append(self._filled(ags, layer, table, part))
            buffer.size += buffer.tables[-1].nbytes
            if buffer.size > _BUFFER:
                self._flush(ags, layer)
        return int(table.num_rows)

    def refuse(self, ags: str, layer: str, count: int = 1) -> None:
        """Count rows that were left out for want of consent before they were added."""
        self._read[layer] += count
        self._refused[layer, ags] += count

    def reject(self, feature: str, reason: str, layer: str = "") -> None:
        """Note a feature that could not be read, and why."""
        self._rejected += 1
        if len(self._rejects) < _REJECTS:
            self._rejects.append({"feature": feature, "reason": reason, "layer": layer})

    def find(self, records: Iterable[FindingRecord], counts: Iterable[Count] = ()) -> None:
        """Note what checks have found, as far as a consent covers the rows that it is about.

        Parameters
        ----------
        records : iterable of FindingRecord
            One a feature; what nobody is known to own has no ``ags``.
        counts : iterable of (layer, code, severity, count)
            How many there were of each kind.
        """
        self._findings += [
            record
            for record in records
            if not record.ags
            or (record.layer in self._layers and self.accepts(record.ags, record.layer))
            or (not record.layer and any(ags == record.ags for ags, _ in self._accepted))
        ]
        self._finding_counts += counts

    def retire(self, layer: str, keys: Iterable[str]) -> None:
        """Let rows go whose first key column holds one of `keys`, in whichever lake, with all that depends on them."""
        self._retire.setdefault(layer, []).extend(keys)

    def commit(self) -> Outcome:
        """Make the delivery visible, whole. Killed meanwhile, it has not begun, or whoever comes next finishes it.

        Raises
        ------
        InvalidDelivery
            If a geometry cannot be read.
        """
        for ags, layer in list(self._buffers):
            self._flush(ags, layer)
        for (ags, layer), buffer in self._buffers.items():
            if buffer.writer is not None:
                buffer.writer.close()
                self._settle(ags, layer)
        if not self._files:
            self.file(0, self.header.file, self.header.sha256)
        stage_findings(self.folder, self._findings)
        manifest = {
            "header": asdict(self.header),
            "received_at": self._received_at,
            "files": [self._files[part] for part in sorted(self._files)],
            "retire": self._retire,
            "rejects": self._rejects,
            "rejected": self._rejected,
            "findings": self._finding_counts,
            "read": self._read,
            "refused": [[layer, ags, count] for (layer, ags), count in sorted(self._refused.items()) if count],
            "staged": sorted([ags, layer] for (ags, layer), buffer in self._buffers.items() if buffer.writer),
        }
        write_safely(self.folder / "manifest.json", json.dumps(manifest, ensure_ascii=False))
        return self._store.land(self.delivery_id)

    def discard(self) -> None:
        """Remove what is staged; harmless after a commit."""
        for buffer in self._buffers.values():
            if buffer.writer is not None:
                buffer.writer.close()
        self._buffers.clear()
        if self._lock.is_locked:
            if not self._store.is_prepared(self.delivery_id):
                remove_folder(self.folder)
            self._lock.release()

    def _filled(self, ags: str, layer: str, table: pa.Table, part: int) -> pa.Table:
        declaration = self._layers[layer]
        count = table.num_rows
        columns = []
        for entry in declaration.schema:
            if entry.name == "delivery_id":
                column = pa.repeat(pa.scalar(self.header.continues or self.delivery_id), count)
            elif entry.name == STORED_AT.name:
                column = pa.repeat(self._stored_at, count)
            elif entry.name == "delivery_part":
                column = pa.repeat(pa.scalar(part, pa.int32()), count)
            elif entry.name == "ags" and declaration.placement != "district":
                column = pa.repeat(pa.scalar(ags), count)
            elif entry.name in table.column_names:
                column = table.column(entry.name).cast(entry.type)
            else:
                column = pa.nulls(count, entry.type)
            columns.append(column)
        return pa.Table.from_arrays(columns, schema=declaration.schema)

    def _settle(self, ags: str, layer: str) -> None:
        """Wait until the rows are on the disk, and see that the engine takes them: what is prepared must land."""
        file = staged_file(self.folder, ags, layer)
        try:
            with file.open("rb") as stream:
                os.fsync(stream.fileno())
        except FileNotFoundError:
            return  # its municipality has withdrawn while it was staged
        for column in self._layers[layer].columns:
            if column.type == "GEOMETRY":
                try:
                    self._store.check_geometry(file, column.name)
                except EngineError as problem:
                    where = f"{layer}.{column.name}"
                    found = str(problem).splitlines()[0]
                    raise InvalidDelivery(
                        file=self.header.file, format=self.header.format, where=where, expected="WKB", found=found
                    ) from problem

    def _flush(self, ags: str, layer: str) -> None:
        buffer = self._buffers[ags, layer]
        if not buffer.tables:
            return
        if buffer.writer is None:
            file = staged_file(self.folder, ags, layer)
            file.parent.mkdir(exist_ok=True)
            buffer.writer = pq.ParquetWriter(file, self._layers[layer].schema, compression="zstd", compression_level=1)
        buffer.writer.write_table(pa.concat_tables(buffer.tables), row_group_size=50_000)
        buffer.tables.clear()
        buffer.size = 0


def staged_file(folder: Path, ags: str, layer: str) -> Path:
    """Where the rows of a layer of a tenant are staged."""
    return folder / ags / f"{layer}.parquet"


def write_safely(file: Path, content: str) -> None:
    """Write a file that is there whole or not at all, after a power cut too."""
    draft = file.with_suffix(".draft")
    with draft.open("w", encoding="utf-8") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(file)


def _delivery_id(received: datetime) -> str:
    """Ids sort as their deliveries came, also within a second: where two cover a place, the later wins.

    ``20261122T080000-7a12012ab9``: five digits hold the microseconds, five are by chance.
    """
    return f"{received:%Y%m%dT%H%M%S}-{received.microsecond:05x}{secrets.token_hex(3)[:5]}"
