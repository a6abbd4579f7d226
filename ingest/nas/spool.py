"""Rows that wait on disk for the end of the document: names and relations may come after what needs them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from types import TracebackType
from typing import Any

import pyarrow as pa


class Spool:
    """Record batches in a nameless temporary file, written once and read as often as needed.

    Parameters
    ----------
    schema : pyarrow.Schema
        Schema of all batches.
    """

    def __init__(self, schema: pa.Schema) -> None:
        self.schema = schema
        self.rows = 0
        self._file = tempfile.TemporaryFile(prefix="twin-nas-")  # noqa: SIM115 (closed by close)
        self._writer: Any = pa.ipc.new_stream(self._file, schema)

    def write(self, table: pa.Table) -> None:
        """Append rows."""
        self._writer.write_table(table)
        self.rows += table.num_rows

    def __iter__(self) -> Iterator[pa.Table]:
        """What was written, batch by batch; nothing can be written any more."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        self._file.seek(0)
        with pa.ipc.open_stream(pa.PythonFile(self._file, mode="r")) as reader:
            for batch in reader:
                yield pa.Table.from_batches([batch])

    def close(self) -> None:
        """Let the file go."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        self._file.close()

    def __enter__(self) -> Spool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
