"""A process that ingests what it is given, as the command line would, and says what came of it; and its keeper."""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

AGS = "05974040"
SECONDS = 60
"""Most processor time that one file may take: a busy machine is nobody's fault. [s]"""

ASLEEP = 900
"""Longest that one may take at all. [s]"""

MEMORY = 512
"""Most memory beyond the file. [MB]"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a file.

    Attributes
    ----------
    loaded : bool
        Whether something of it was stored.
    error : str
        Why it was refused; empty if it was not.
    faults : tuple of str
        What must never be: unexpected errors, rows that cannot be read, something left over.
    memory : float
        Peak beyond what the process needed before. [MB]
    """

    loaded: bool
    error: str
    faults: tuple[str, ...]
    memory: float


class Keeper:
    """Feeds a victim in a process of its own, and gets a new one where it died or hung.

    Parameters
    ----------
    home : Path
        A twin's home with one municipality; each process works on a copy.
    folder : Path
        Where the copies are.
    """

    def __init__(self, home: Path, folder: Path, cases: int = 150) -> None:
        self._home, self._folder, self._cases = home, folder, cases
        self._process: subprocess.Popen[bytes] | None = None
        self._number = self._fed = 0

    def __enter__(self) -> Keeper:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def feed(self, path: Path) -> Verdict:
        """Let it ingest a file."""
        if self._process is None or self._fed >= self._cases:
            self._begin()
        assert self._process is not None
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._fed += 1
        self._process.stdin.write(f"{path}\n".encode())
        self._process.stdin.flush()
        if not self._answers():
            self._end()
            return Verdict(False, "", (f"took more than {SECONDS} s",), 0)
        line = self._process.stdout.readline()
        if not line:
            code = self._process.wait()
            self._end()
            return Verdict(False, "", (f"the process died with {code}",), 0)
        found = json.loads(line)
        faults = list(found["faults"])
        if found["memory"] > MEMORY:
            faults.append(f"took {found['memory']:.0f} MB beyond the file")
        return Verdict(found["loaded"], found["error"], tuple(faults), found["memory"])

    def _answers(self) -> bool:
        """Wait for an answer, unless it takes too long."""
        assert self._process is not None
        started, before = time.monotonic(), _work(self._process.pid)
        while not select.select([self._process.stdout], [], [], 1.0)[0]:
            if _work(self._process.pid) - before > SECONDS or time.monotonic() - started > ASLEEP:
                return False
        return True

    def _begin(self) -> None:
        self._end()
        self._number += 1
        self._fed = 0
        home = self._folder / f"home-{self._number}"
        shutil.copytree(self._home, home)
        self._process = subprocess.Popen(
            [sys.executable, __file__, str(home)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=(self._folder / "stderr").open("ab"),
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), *sys.path[1:]])},
        )
        assert self._process.stdout is not None
        self._process.stdout.readline()

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            for stream in (self._process.stdin, self._process.stdout):
                if stream is not None:
                    stream.close()
            shutil.rmtree(self._folder / f"home-{self._number}", ignore_errors=True)
            self._process = None


def _work(pid: int) -> float:
    """Processor time that a process has taken (proc(5), stat). [s]"""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak() -> float:
    """Most memory that this process has held since the last call of `forget`. [MB]"""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return 0.0


def forget() -> None:
    """Count the peak anew from here (proc(5), clear_refs)."""
    Path("/proc/self/clear_refs").write_text("5")


def serve(home: Path) -> None:
    """Ingest each path of a line of standard input; answer with a line of JSON each."""
    import twin
    from ingest.job import Request, ingest
    from ingest.run import Options

    answer = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever a library prints is no answer
    with twin.open(home) as t:
        request = Request(options=Options(crs="EPSG:25832", ags=AGS), workers=1)
        print("ready", file=answer, flush=True)
        for line in sys.stdin:
            path = Path(line.rstrip("\n"))
            before, started = _state(t), time.perf_counter()
            forget()
            base = peak()
            try:
                report = ingest(t, [str(path)], request)
                found = _judged(t, report, before)
            except Exception as error:
                found = {"loaded": False, "error": "", "faults": [f"{type(error).__name__}: {error}"]}
            found["memory"] = peak() - base - path.stat().st_size / 1e6
            found["seconds"] = time.perf_counter() - started
            print(json.dumps(found), file=answer, flush=True)


def _state(t: Any) -> tuple[int, int]:
    from twin.registry import scalar

    with t.registry.read() as transaction:
        counts = [scalar(transaction, f"SELECT count(*) FROM {table}") for table in ("delivery", "moment")]
    return int(counts[0]), int(counts[1])


def _judged(t: Any, report: Any, before: tuple[int, int]) -> dict[str, Any]:
    faults, loaded, errors = [], False, []
    if len(report.deliveries) != 1:
        faults.append(f"{len(report.deliveries)} deliveries")
    for delivery in report.deliveries:
        errors.append(delivery.error)
        tables = [layer for layer, counts in delivery.loaded.items() if sum(counts.values())]
        loaded |= bool(tables)
        for table in tables:
            try:
                t.table(table).fetchone()
            except Exception as error:
                faults.append(f"{table} cannot be read: {error}")
    if not loaded and any(errors) and _state(t) != before:
        faults.append("refused, but not without a trace")
    left = [folder.name for folder in t.home.staging.iterdir() if folder.name != ".engine"]
    if left:
        faults.append(f"left over in staging: {', '.join(left)}")
    for log in (t.home.path / "log").glob("*.log"):
        faults.append(log.read_text("utf-8").strip()[-1500:])
        log.unlink()
    return {"loaded": loaded, "error": "; ".join(filter(None, errors)), "faults": faults}


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
