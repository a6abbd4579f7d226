"""Slots: the number of each building within its tenant, which colours are addressed by."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from viewer.scene.tileset import write_whole

FILE = "slots.arrow"


def read_slots(folder: Path) -> pa.Array:
    """Building ids in the order of their slots; empty where there are none yet."""
    try:
        with pa.ipc.open_file((folder / FILE).read_bytes()) as reader:
            return reader.read_all().column("building_id").combine_chunks()
    except (OSError, pa.ArrowInvalid, KeyError):
        return pa.array([], pa.string())


def assign_slots(folder: Path, building_ids: pa.Array) -> npt.NDArray[np.int64]:
    """Slots of `building_ids`; ids that have none yet get the next free numbers.

    A slot is never given to another building, so that colours fetched for older tiles stay right.

    Parameters
    ----------
    folder : Path
        Where ``slots.arrow`` is.
    building_ids : pyarrow.Array of shape (n,)

    Returns
    -------
    slots : int64 array of shape (n,)
    """
    known = read_slots(folder)
    fresh = building_ids.filter(pc.invert(pc.is_in(building_ids, known))).unique()
    if len(fresh):
        known = pa.concat_arrays([known, fresh])
        sink = pa.BufferOutputStream()
        table = pa.table({"building_id": known})
        with pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table)
        write_whole(folder / FILE, sink.getvalue().to_pybytes())
    return places(building_ids, known)


def places(building_ids: pa.Array, slots: pa.Array) -> npt.NDArray[np.int64]:
    """Place of each of `building_ids` in `slots`, int64; -1 where it has none."""
    found: npt.NDArray[np.int64] = (
        pc.fill_null(pc.index_in(building_ids, slots), -1).to_numpy(zero_copy_only=False).astype(np.int64)
    )
    return found
