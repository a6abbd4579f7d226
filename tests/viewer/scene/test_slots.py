from __future__ import annotations

import pyarrow as pa

from viewer.scene.slots import assign_slots, places, read_slots


def test_slots_stay_and_new_buildings_come_after(tmp_path):
    assert assign_slots(tmp_path, pa.array(["a", "b"])).tolist() == [0, 1]
    assert assign_slots(tmp_path, pa.array(["c", "b", "c"])).tolist() == [2, 1, 2]
    assert assign_slots(tmp_path, pa.array(["a"])).tolist() == [0]
    assert read_slots(tmp_path).to_pylist() == ["a", "b", "c"]
    assert places(pa.array(["x", "c"]), read_slots(tmp_path)).tolist() == [-1, 2]
