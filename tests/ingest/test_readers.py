from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.format import Options
from ingest.readers import Readers
from ingest.source_file import SourceFile
from ingest.workers import DONE, REJECTS_KEPT, Part, Task
from twin.errors import InvalidDelivery


def _tasks(folder: Path, *paths: Path) -> list[Task]:
    return [Task(part, SourceFile(path), "sample", Options(), folder) for part, path in enumerate(paths)]


def read_parts(tasks: list[Task], workers: int, done: Callable[[Part], None]) -> list[Part]:
    with Readers(workers) as readers:
        return readers.read(tasks).parts(done)


def _building(name: str) -> dict:
    return {"layer": "building", "rows": [{"building_id": name, "ags": "05974040"}]}


@pytest.mark.parametrize("workers", [1, 2])
def test_parts_come_in_the_order_of_the_files_and_hold_what_the_format_yields(
    sample: Callable[..., Path], tmp_path: Path, workers: int
) -> None:
    small = sample("a.sample", _building("a1"), _building("a2"), {"reject": "x"}, {"facts": {"version": "1"}})
    large = sample(
        "b.sample", *[_building(f"b{number}") for number in range(50)], {"retire": "building", "keys": ["k"]}
    )
    done: list[int] = []
    parts = read_parts(_tasks(tmp_path / "out", small, large), workers, lambda part: done.append(part.part))
    assert [part.name for part in parts] == ["a.sample", "b.sample"]
    assert sorted(done) == [0, 1]
    assert parts[0].table("building").column("building_id").to_pylist() == ["a1", "a2"]
    assert parts[0].rows == {"building": 2}
    assert parts[1].rows == {"building": 50}
    assert parts[1].table("building").num_rows == 50
    assert parts[0].rejected == 1
    assert parts[0].facts.version == "1"
    assert parts[1].retired == {"building": ["k"]}
    assert parts[0].sha256 != parts[1].sha256
    assert len(parts[0].sha256) == 64


def test_a_killed_reader_fails_the_delivery_and_names_the_file(sample: Callable[..., Path], tmp_path: Path) -> None:
    good, deadly = sample("good.sample", _building("a")), sample("deadly.sample", _building("a"), {"die": True})
    with pytest.raises(InvalidDelivery) as caught:
        read_parts(_tasks(tmp_path / "out", good, deadly), 2, lambda part: None)
    assert "deadly.sample" in str(caught.value)


def test_an_error_crosses_the_process_border_whole(sample: Callable[..., Path], tmp_path: Path) -> None:
    good, bad = sample("good.sample", _building("a")), sample("bad.sample", {"invalid": True})
    with pytest.raises(InvalidDelivery) as caught:
        read_parts(_tasks(tmp_path / "out", good, bad), 2, lambda part: None)
    assert caught.value.fields["file"] == "bad.sample"


def test_only_so_many_rejects_are_kept_but_all_are_counted(sample: Callable[..., Path], tmp_path: Path) -> None:
    path = sample("a.sample", *[{"reject": str(number)} for number in range(REJECTS_KEPT + 5)])
    (part,) = read_parts(_tasks(tmp_path / "out", path), 1, lambda part: None)
    assert len(part.rejects) == REJECTS_KEPT
    assert part.rejected == REJECTS_KEPT + 5


def _folders(tmp_path: Path, *deliveries: list[Path]) -> list[list[Task]]:
    return [_tasks(tmp_path / f"out{number}", *paths) for number, paths in enumerate(deliveries)]


def _nothing(part: Part) -> None:
    pass


@pytest.mark.parametrize("workers", [1, 2])
def test_several_deliveries_are_read_before_they_are_asked_for(
    sample: Callable[..., Path], tmp_path: Path, workers: int
) -> None:
    names = [f"{number}.sample" for number in range(4)]
    tasks = _folders(tmp_path, *[[sample(name, _building(name))] for name in names])
    with Readers(workers) as readers:
        readings = [readers.read(one) for one in tasks]
        if workers > 1:
            _wait(lambda: not readers.unread)
            assert all((one[0].folder / "0" / DONE).exists() for one in tasks)
        assert readers.unread == (4 if workers == 1 else 0)
        for name, reading in zip(names, readings, strict=True):
            (part,) = reading.parts(_nothing)
            assert part.table("building").column("building_id").to_pylist() == [name]
    assert readers.unread == 0


def test_a_killed_reader_fails_the_delivery_whose_file_it_was_and_no_other(
    sample: Callable[..., Path], tmp_path: Path
) -> None:
    good = [sample(f"good{number}.sample", _building("a")) for number in range(5)]
    # Whatever is being read besides when a reader dies might have been the reason, too: nobody can tell.
    alone = {"await": str(tmp_path / "out1" / "0" / DONE)}
    deadly = sample("deadly.sample", _building("a"), alone, {"die": True})
    tasks = _folders(tmp_path, [good[0], good[1]], [good[2], deadly], [good[3]], [good[4]])
    with Readers(2) as readers:
        readings = [readers.read(one) for one in tasks[:3]]
        assert len(readings[0].parts(_nothing)) == 2
        with pytest.raises(InvalidDelivery, match="deadly") as caught:
            readings[1].parts(_nothing)
        assert "good" not in caught.value.fields["file"]
        readings.append(readers.read(tasks[3]))
        for reading in readings[2:]:
            assert reading.parts(_nothing)[0].rows == {"building": 1}


def test_what_is_cancelled_is_written_no_more_and_others_go_on(sample: Callable[..., Path], tmp_path: Path) -> None:
    endless = sample("endless.sample", *[{**_building("a"), "pause": 0.02} for _ in range(2000)])
    good = sample("good.sample", _building("a"))
    unwanted, wanted = _folders(tmp_path, [endless, endless, endless], [good])
    with Readers(2) as readers:
        reading, other = readers.read(unwanted), readers.read(wanted)
        _wait((unwanted[0].folder / "0").exists)
        reading.cancel()
        assert not list(unwanted[0].folder.glob(f"*/{DONE}"))
        before = {file: file.stat().st_size for file in unwanted[0].folder.rglob("*")}
        assert other.parts(_nothing)[0].rows == {"building": 1}
        assert {file: file.stat().st_size for file in unwanted[0].folder.rglob("*")} == before


def test_to_close_ends_what_is_being_read_at_once(sample: Callable[..., Path], tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    pids.mkdir()
    files = [sample(name, {"sleep": str(pids)}) for name in ("a.sample", "b.sample", "c.sample")]
    with Readers(2) as readers:
        readers.read(_tasks(tmp_path / "out", *files))
        _wait(lambda: len(list(pids.iterdir())) == 2)
    assert not any(_lives(int(file.name)) for file in pids.iterdir())


_PARENT = """
import sys
from pathlib import Path
from ingest.format import Options
from ingest.source_file import SourceFile
from ingest.readers import Readers
from ingest.workers import Task
if __name__ == "__main__":
    folder, *files = map(Path, sys.argv[1:])
    tasks = [Task(number, SourceFile(file), "sample", Options(), folder) for number, file in enumerate(files)]
    with Readers(2) as readers:
        readers.read(tasks).parts(lambda part: None)
"""


def test_readers_end_when_their_parent_is_killed(
    sample: Callable[..., Path], sample_package: Path, tmp_path: Path
) -> None:
    pids = tmp_path / "pids"
    pids.mkdir()
    script = tmp_path / "parent.py"
    script.write_text(_PARENT)
    files = [str(sample(name, {"sleep": str(pids)})) for name in ("a.sample", "b.sample")]
    environment = {**os.environ, "PYTHONPATH": f"{Path(__file__).parents[2]}:{sample_package}"}
    parent = subprocess.Popen([sys.executable, str(script), str(tmp_path / "out"), *files], env=environment)
    try:
        _wait(lambda: len(list(pids.iterdir())) == 2)
        parent.kill()
        parent.wait()
        _wait(lambda: not any(_lives(int(file.name)) for file in pids.iterdir()))
    finally:
        for file in pids.iterdir():
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(file.name), signal.SIGKILL)


def _wait(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 90
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
