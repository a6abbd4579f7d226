"""After a withdrawal no byte of it is left anywhere in the home, and everybody else's are as they were."""

from __future__ import annotations

import hashlib
import json
import struct
from pathlib import Path

import pyarrow as pa
import pytest
import shapely
from delivering import SOEST, TILE, WERL, buildings, deliver, keys, surfaces

import twin
from twin.errors import NotJoined, QueryError
from twin.registry import insert, now

NAME = "Xanthippe-Quellenhof"
IDENTIFIER = "DENWGEHEIM4711"
HEIGHT = 8848.862695312
EAST = 444_444.4375
REASON = "Kennzeichen ZZTOP-0815 doppelt"
FILE = "Vertraulich_Fabelstadt.gml"
EDIT = "Luftschloss"

PLANTED = {
    "name": NAME.encode(),
    "id": IDENTIFIER.encode(),
    "reject reason": b"ZZTOP-0815",
    "file name": b"Fabelstadt",
    "height": struct.pack("<d", HEIGHT),
    "coordinate": struct.pack("<d", EAST),
    "scenario": EDIT.encode(),
    "note": b"Raritaet",
    "staged elsewhere": b"ZWISCHENLAGER",
}


def _plant(t: twin.Twin, home: Path) -> None:
    table = pa.table(
        {
            "building_id": [f"{IDENTIFIER}-{n}" for n in range(50)],
            "name": [NAME] * 50,
            "measured_height": [HEIGHT] * 50,
            "geom": [shapely.to_wkb(shapely.box(EAST, TILE[1] + n, EAST + 1, TILE[1] + n + 1)) for n in range(50)],
        }
    )
    for _ in range(2):  # the second time leaves delete files and history behind
        with t.stage(twin.DeliveryHeader(file=FILE, format="citygml", author=NAME)) as staging:
            staging.file(0, FILE, extent=TILE, notes=["Raritaet"], dropped={"Raritaet": 3})
            staging.add(SOEST, "building", table)
            staging.add(SOEST, "building_surface", surfaces([f"{IDENTIFIER}-0"]))
            staging.reject(IDENTIFIER, REASON, "building")
            staging.commit()
    # One archive for two municipalities: Werl's file stays, with Werl's rows.
    with t.stage(twin.DeliveryHeader(file="district.zip", format="citygml")) as staging:
        staging.file(0, f"district.zip/{FILE}", extent=(1, 1, 2, 2), notes=["Raritaet"])
        staging.file(1, "district.zip/werl.gml", extent=(1, 1, 2, 2), notes=["Raritaet"])
        staging.add(SOEST, "building", table.slice(0, 1), 0)
        staging.add(WERL, "building", buildings(["werl-1"]), 1)
        staging.reject(IDENTIFIER, REASON, "building")
        staging.commit()
    for derivative in ("tiles", "pictures"):
        for ags in (SOEST, WERL):
            folder = t.home.derived(derivative, ags, "building")
            folder.mkdir(parents=True)
            (folder / "tile.glb").write_bytes(IDENTIFIER.encode() if ags == SOEST else b"werl")
    with t.registry.write() as transaction:
        scenario = {"name": "s", "title": "S", "at_moment": now(), "created_at": now(), "created_by": "x"}
        insert(transaction, "scenario", [scenario])
        changed = {SOEST: (f"{IDENTIFIER}-0", EDIT), WERL: ("werl-1", "Scheune")}
        edits = [
            {
                "scenario": "s",
                "seq": seq,
                "kind": "change",
                "ags": ags,
                "layer": "building",
                "target": key,
                "payload": json.dumps({"building_id": key, "column": "name", "value": value}),
            }
            for seq, (ags, (key, value)) in enumerate(changed.items(), 1)
        ]
        insert(transaction, "scenario_edit", edits)


def _found(home: Path) -> dict[str, set[str]]:
    """Which planted bytes are in which files: names and contents, Parquet unpacked, too."""
    found: dict[str, set[str]] = {}
    for file in home.rglob("*"):
        path = str(file.relative_to(home))
        content = path.encode()
        if file.is_file():
            content += file.read_bytes()
            if file.suffix == ".parquet":
                content += _unpacked(file)
        for what, sign in PLANTED.items():
            if sign in content:
                found.setdefault(what, set()).add(path)
    return found


def _unpacked(file: Path) -> bytes:
    import pyarrow.parquet as pq

    try:
        table = pq.ParquetFile(file).read()
    except pa.ArrowInvalid:
        return b""  # still being written
    chunks = [b"".join(bytes(part) for part in column.buffers() if part) for name in table.column_names
              for column in table.column(name).chunks]  # fmt: skip
    return b"".join(chunks)


def _hashes(home: Path, ags: str) -> dict[str, str]:
    files = [file for place in ("lakes", "derived") for file in (home / place).rglob("*") if file.is_file()]
    return {
        str(file.relative_to(home)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in files
        if ags in file.parts and not file.name.endswith(("-wal", "-shm"))
    }


def test_nothing_is_left_of_a_municipality_and_the_rest_is_untouched(t: twin.Twin, home: Path) -> None:
    _plant(t, home)
    before = deliver(t, ["werl-2"], ags=WERL, file="later.gml", extent=(5, 5, 6, 6))
    staging = t.stage(twin.DeliveryHeader(file="running", format="citygml"))
    staging.add(SOEST, "building", buildings(["ZWISCHENLAGER"]))
    staging._flush(SOEST, "building")
    assert set(_found(home)) >= set(PLANTED) - {"staged elsewhere"}, "the search finds what it is to find"
    others, history = _hashes(home, WERL), t.changes("building", "2001-01-01").filter(f"ags = '{WERL}'").fetchall()

    receipt = t.withdraw(SOEST)

    assert receipt.remains == ()
    assert receipt.tables["building"] == 50
    assert receipt.deliveries == 2
    assert receipt.edits == 1
    assert receipt.files > 4
    assert receipt.bytes > 1000
    assert _found(home) == {}
    assert not t.home.lake(SOEST).exists()
    assert _hashes(home, WERL) == others
    assert keys(t) == keys(t, before.delivery_id) == ["werl-1", "werl-2"]
    assert t.changes("building", "2001-01-01").fetchall() == history
    assert {SOEST, WERL} >= {ags for ags, layer in t.visible() if layer == "building"} == {WERL}
    assert t.receipts() == [
        {"at": receipt.at, "ags": SOEST, "layer": "all", "files": receipt.files, "bytes": receipt.bytes}
    ]
    assert staging.commit().loaded == {}, "what was being staged does not come in either"
    staging.discard()
    assert _found(home) == {}
    with pytest.raises(NotJoined):
        t.withdraw(SOEST)


def test_one_layer_goes_and_the_others_keep_their_history(t: twin.Twin, home: Path) -> None:
    t.join(SOEST, "parcel", "open")
    kept = []
    for key in ("p1", "p2"):
        with t.stage(twin.DeliveryHeader(file="parcels.xml", format="nas")) as staging:
            table = pa.table({"flurstueckskennzeichen": [key], "geom": buildings(["x"]).column("geom")})
            staging.add(SOEST, "parcel", table)
            kept.append(staging.commit())
    _plant(t, home)
    receipt = t.withdraw(SOEST, "building_surface")  # the consent class is building, and goes as a whole
    assert receipt.layer == "building"
    assert receipt.remains == ()
    assert _found(home) == {}
    for outcome, key in zip(kept, ("p1", "p2"), strict=True):
        rows = t.sql("SELECT flurstueckskennzeichen FROM parcel", at=outcome.delivery_id).fetchall()
        assert rows == [(key,)]
    assert t.sql("SELECT count(*) FROM building").fetchall() == [(1,)], "Werl's"
    assert ("05974040", "parcel") in t.visible()
    t.join(SOEST, "building", "open")
    deliver(t, ["new"])
    assert keys(t) == ["new", "werl-1"]


def test_interrupted_withdrawal_is_finished_by_the_next(
    t: twin.Twin, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _plant(t, home)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("twin.withdrawal._forget", killed)
    with pytest.raises(KeyboardInterrupt):
        t.withdraw(SOEST)
    assert keys(t) == ["werl-1"], "nothing of it is visible any more"
    assert t.receipts() == []
    monkeypatch.undo()
    with twin.open(home) as again:
        assert len(again.receipts()) == 1
    assert _found(home) == {}


def test_municipality_may_come_back(t: twin.Twin) -> None:
    deliver(t, ["a"])
    t.withdraw(SOEST)
    t.join(SOEST, "all", "open")
    outcome = deliver(t, ["b"])
    assert keys(t) == ["b"]
    assert keys(t, outcome.delivery_id) == ["b"]


@pytest.mark.parametrize("layer", [None, "building"])
def test_who_holds_a_question_over_a_withdrawal_gets_an_error_and_then_the_rest(
    t: twin.Twin, home: Path, layer: str | None
) -> None:
    deliver(t, ["a", "b"])
    deliver(t, ["a"])  # leaves a file with deletions behind
    deliver(t, ["werl-1"], ags=WERL, extent=None, file="werl.gml")
    with twin.open(home) as reader:
        before = reader.reading()
        asked = reader.sql("SELECT building_id FROM building ORDER BY ALL")  # bound, not yet run
        again = reader.sql("SELECT building_id FROM building ORDER BY ALL")
        assert again.fetchall() == [("a",), ("werl-1",)]  # whatever is cached of the files is cached now
        t.withdraw(SOEST, layer)
        for late in (asked.fetchall, lambda: before.query("FROM building").fetchall()):
            with pytest.raises(QueryError):
                late()
        assert keys(reader) == ["werl-1"]
